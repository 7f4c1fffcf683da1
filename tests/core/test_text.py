"""Text made comparable (reference 5, problems 15 and 21)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text import clean, fold, normal_code

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
names = st.text(VIETNAMESE + VIETNAMESE.upper() + " 0123456789-.,&()", max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Phòng Tư pháp", "PHÒNG  TƯ PHÁP"),
        ("Phòng Tư pháp", "phong tu phap"),
        ("Văn phòng ĐKĐĐ", "van phong dkdd"),
        ("hòa", "hoà"),
        ("Đức Thọ", unicodedata.normalize("NFD", "Đức Thọ")),
        ("Phòng\u00a0Tư\u200b pháp ", "Phòng Tư pháp"),
        ("\ufeffUBND", "ubnd"),
    ],
)
def test_names_that_people_take_for_the_same_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


def test_names_that_differ_stay_different():
    assert fold("Phòng Tư pháp") != fold("Phòng Nội vụ")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  H27.35-240603-0012 ", "H27.35-240603-0012"),
        ("a\u00a0\t b", "a b"),
        ("h27\u200b.35", "h27.35"),
        (unicodedata.normalize("NFD", "Đức Thọ"), "Đức Thọ"),
    ],
)
def test_clean_is_text_to_keep_and_show(written, shown):
    assert clean(written) == shown


@pytest.mark.parametrize(
    "noisy",
    [
        "h27.35-240603-0012",
        " H27.35 - 240603-0012 ",
        "H27.35\u2011240603\u20130012",
        "H27.35-\u200b240603-0012\u00a0",
        "Н27.35-240603-0012",  # a Cyrillic letter
        "Η27.35-240603-0012",  # a Greek one
        "н27.35-240603-0012",
    ],
)
def test_a_code_s_noise_does_not_matter_for_matching(noisy):
    assert normal_code(noisy) == "H27.35-240603-0012"


@pytest.mark.parametrize(("one", "other"), [("H27-O1", "H27-01"), ("H27-I1", "H27-11"), ("H27-Đ1", "H27-D1")])
def test_codes_that_differ_in_a_letter_stay_different(one, other):
    assert normal_code(one) != normal_code(other)


def test_leading_zeros_of_a_code_stay():
    assert normal_code("000123") == "000123"


@given(names)
def test_folding_is_idempotent_and_blind_to_case_form_and_composition(name):
    assert fold(fold(name)) == fold(name)
    assert fold(name) == fold(name.upper()) == fold(unicodedata.normalize("NFD", name)) == fold(f" {name}\u00a0")
    assert fold(name).isascii()


@given(st.text(max_size=40))
def test_cleaning_is_idempotent_and_leaves_no_edge_blanks(text):
    once = clean(text)
    assert once == once.strip()
    assert "  " not in once
    assert clean(once) == once


@given(st.text(VIETNAMESE + "0123456789-./ \u00a0\u2011", max_size=40))
def test_a_normal_code_is_stable(code):
    assert normal_code(normal_code(code)) == normal_code(code)
    assert normal_code(clean(code)) == normal_code(code)
    assert not any(c.isspace() for c in normal_code(code))
