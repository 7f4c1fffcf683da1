"""What a document is made of: steps of a heat map, numbers of captions, what is left out when a chart is missing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alertd.reports.layout import SHADES, Annex, Chart, HeatMap, Paper, Section, Table, drawn, filled, numbered, roman


def heat(*numbers):
    return HeatMap("Quá hạn", "Đơn vị", tuple("ABCDEFGH"[: len(numbers)]), (("Phòng Tư pháp", numbers),))


def test_the_steps_go_from_nothing_to_the_most():
    assert [step.text for step in heat(0, 17).scale()] == ["0", "1–4", "5–7", "8–11", "12–14", "15–17"]
    assert [step.text for step in heat(0, 2).scale()] == ["0", "1", "2"]
    assert [step.text for step in heat(0, None).scale()] == ["0"]


def test_no_number_is_an_empty_cell_and_nothing_is_the_lightest():
    ((_, cells),) = heat(0, None, 10).coloured()
    assert cells == [("0", SHADES[0]), ("", SHADES[0]), ("10", SHADES[-1])]


@given(st.lists(st.none() | st.integers(0, 10_000), min_size=1, max_size=8))
def test_every_number_lies_in_one_step_and_more_is_never_lighter(numbers):
    made = heat(*numbers)
    for number in numbers:
        if number is not None:
            assert sum(step.first <= number <= step.last for step in made.scale()) == 1
    ((_, cells),) = made.coloured()
    known = sorted((int(text), SHADES.index(colour)) for text, colour in cells if text)
    assert [shade for _, shade in known] == sorted(shade for _, shade in known)


def paper():
    table = Table("Tình hình", ("Đơn vị",), (), (1,))
    return Paper("BÁO CÁO", "Tuần 1", (Section("Giải trình", tables=(table,)),),
                 (Annex("Số liệu", (Section("Tỷ lệ", tables=(table,), charts=(Chart("rates", "Tỷ lệ"),)),)),
                  Annex("Xu hướng", (Section("Các tuần", charts=(Chart("trend", "Quá hạn"),)),))))  # fmt: skip


def test_captions_are_numbered_through_body_and_annexes():
    made = numbered(paper()).all_sections()
    assert [table.caption for section in made for table in section.tables] == ["Bảng 1. Tình hình", "Bảng 2. Tình hình"]
    assert [chart.caption for section in made for chart in section.charts] == ["Hình 1. Tỷ lệ", "Hình 2. Quá hạn"]


def test_a_chart_that_could_not_be_drawn_leaves_no_empty_annex():
    made = drawn(paper(), ["rates"])
    assert [annex.title for annex in made.annexes] == ["Số liệu"]
    assert [section.title for section in drawn(paper(), []).all_sections()] == ["Giải trình", "Tỷ lệ"]


def test_a_column_that_says_nothing_is_left_out():
    table = Table(
        "Quá hạn", ("Mã", "Thủ tục", "Chậm"), (("HS-1", "", "2"), ("HS-2", "", "")), (3, 2, 1), frozenset({2})
    )
    made = filled(table)
    assert (made.headers, made.rows) == (("Mã", "Chậm"), (("HS-1", "2"), ("HS-2", "")))
    assert (made.widths, made.numbers) == ((3, 1), frozenset({1}))


def test_annexes_have_roman_numbers():
    assert [roman(number) for number in (1, 4, 9, 10, 14)] == ["I", "IV", "IX", "X", "XIV"]
