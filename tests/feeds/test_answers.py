from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.dossier import ServiceLevel
from alertd.feeds.answers import LEVELS, OF_FIELD, YES_NO, YES_NO_FIELDS, Answers, amount

NONE = Answers()


@pytest.mark.parametrize(("text", "answer"), YES_NO.items())
@pytest.mark.parametrize("field", YES_NO_FIELDS)
def test_the_usual_words_are_a_yes_or_a_no_in_every_field(field, text, answer):
    assert NONE.is_yes(field, f" {text.upper()} ") is answer


@pytest.mark.parametrize(
    ("field", "text", "answer"), [(field, *row) for field, rows in OF_FIELD.items() for row in rows.items()]
)
def test_a_field_has_words_of_its_own(field, text, answer):
    assert NONE.is_yes(field, text) is answer


@pytest.mark.parametrize("text", ["", " ", "null", "N/A", "?", "2", "đang xử lý", "có lẽ"])
def test_unknown_is_never_no(text):
    assert NONE.is_yes("paid_online", text) is None
    assert NONE.is_yes("result_digital", text) is None


def test_a_word_of_one_field_says_nothing_in_another():
    assert NONE.is_yes("result_required", "Trực tuyến") is None
    assert NONE.is_yes("fee", "Đã số hóa") is None


def test_a_feed_s_own_values_come_before_the_tables():
    own = Answers.of({"paid_online": {"yes": ["VNPAY", "0"], "no": ["Có"]}, "service_level": {"info": ["4"]}})
    assert own.is_yes("paid_online", "vnpay") is True
    assert own.is_yes("paid_online", "0") is True
    assert own.is_yes("paid_online", "CÓ") is False
    assert own.is_yes("fee", "0") is False
    assert own.level("4") == ServiceLevel.INFO


@pytest.mark.parametrize(("text", "level"), LEVELS.items())
def test_each_name_of_a_service_level_is_known(text, level):
    assert NONE.level(text.upper()) == level


@pytest.mark.parametrize("text", ["", "5", "0", "mức độ", "Trực tuyến"])
def test_any_other_level_is_unknown(text):
    assert NONE.level(text) == ""


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("0", 0),
        ("150000", 150_000),
        ("150.000", 150_000),
        ("150,000", 150_000),
        ("1.234.000 đ", 1_234_000),
        ("1 234 000", 1_234_000),
        ("1,234,000.00", 1_234_000),
        ("1.234.000,00 đồng", 1_234_000),
        ("20000,0", 20_000),
        ("8.000VNĐ", 8_000),
        ("1.234,5", None),
        ("1,234.567", None),
        ("12.34", None),
        ("1.2345", None),
        ("-5", None),
        ("miễn phí", None),
        ("", None),
        ("1e6", None),
    ],
)
def test_an_amount_is_a_whole_number_of_dong_or_unknown(text, dong):
    assert amount(text) == dong


@given(st.integers(0, 10**12), st.sampled_from(".,"), st.sampled_from(["", " đ", " đồng", "VND"]))
def test_every_amount_is_read_as_it_was_written(dong, mark, unit):
    assert amount(f"{dong:,}".replace(",", mark) + unit) == dong


@given(st.text(max_size=30))
def test_no_text_is_too_odd_for_an_amount(text):
    assert amount(text) is None or amount(text) >= 0


def test_a_star_stands_for_any_other_text_and_a_dash_for_none_in_a_sources_own_table():
    own = Answers.of({"result_digital": {"yes": ["*"], "no": ["-", "hỏng"]}})
    assert [own.is_yes("result_digital", text) for text in ("ket-qua.pdf", "", " ", "-", "Hỏng", "không")] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
    assert own.is_yes("paid_online", "ket-qua.pdf") is None
    assert Answers.of({"fee": {"yes": ["*"]}}).is_yes("fee", "") is None
