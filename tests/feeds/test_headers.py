from __future__ import annotations

import pytest

from alertd.core.errors import FeedInputError
from alertd.feeds.headers import ALIASES, find_header

OPENCPS = ["Mã hồ sơ", "Nội dung", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái", "Hạn xử lý"]


@pytest.mark.parametrize(
    ("field", "header"),
    [(field, header) for field, headers in ALIASES.items() for header in headers if field != "code"],
)
def test_every_alias_finds_its_field(field, header):
    assert find_header([["Mã hồ sơ", header]], {}, "a.csv").columns[field] == 1


@pytest.mark.parametrize("header", ["Số hồ sơ", "MÃ HỒ SƠ", "Ma ho so", " mã  hồ sơ", "Số biên nhận", "Mã số hồ sơ"])
def test_a_header_is_found_without_regard_to_case_marks_and_spaces(header):
    assert find_header([["STT", header]], {}, "a.csv").columns == {"code": 1}


def test_a_header_may_stand_below_titles_and_empty_rows():
    rows = [["", ""], ["DANH SÁCH HỒ SƠ", ""], [], ["STT", "Mã hồ sơ"], ["1", "H27-1"]]
    assert find_header(rows, {}, "a.csv").row == 3


def test_the_text_column_of_opencps_is_not_taken_for_the_due_date():
    assert find_header([OPENCPS], {}, "a.csv").columns["due_at"] == OPENCPS.index("Ngày hẹn trả")


def test_the_receiving_unit_is_kept_apart_from_the_processing_one():
    columns = find_header([["Mã hồ sơ", "Đơn vị tiếp nhận", "Đơn vị giải quyết"]], {}, "a.csv").columns
    assert (columns["received_unit"], columns["unit"]) == (1, 2)


def test_named_columns_are_taken_as_named_and_the_rest_by_alias():
    rows = [["case", "deadline", "Ngày tiếp nhận"]]
    assert find_header(rows, {"code": "case", "due_at": "deadline"}, "a.csv").columns == {
        "code": 0,
        "due_at": 1,
        "received_at": 2,
    }


def test_a_named_column_that_is_absent_is_an_error_that_names_the_file_the_header_and_what_is_there():
    with pytest.raises(FeedInputError) as raised:
        find_header([["case", "end"]], {"code": "case", "due_at": "deadline"}, "drop/a.csv")
    assert "drop/a.csv" in str(raised.value)
    assert "'deadline' (due_at)" in str(raised.value)
    assert "'case', 'end'" in str(raised.value)


def test_a_sheet_without_a_code_column_is_an_error():
    with pytest.raises(FeedInputError, match=r"no column with the dossiers' codes.*'STT', 'Ngày hẹn trả'"):
        find_header([["STT", "Ngày hẹn trả"], ["1", "03/06/2024"]], {}, "a.csv")


def test_a_needed_header_that_stands_there_twice_is_an_error():
    with pytest.raises(FeedInputError, match="'Mã hồ sơ' stands in 2 columns"):
        find_header([["Mã hồ sơ", "Mã hồ sơ"]], {}, "a.csv")
