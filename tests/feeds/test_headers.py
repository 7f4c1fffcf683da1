from __future__ import annotations

import pytest

from alertd.core.errors import FeedInputError
from alertd.feeds.aliases import ALIASES
from alertd.feeds.headers import find_header

OPENCPS = ["Mã hồ sơ", "Nội dung", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái", "Hạn xử lý"]


@pytest.mark.parametrize(
    ("field", "header"),
    [(field, header) for field, headers in ALIASES.items() for header in headers if field not in ("code", "aliases")],
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
    assert find_header(rows, {"code": ["case"], "due_at": ["deadline"]}, "a.csv").columns == {
        "code": 0,
        "due_at": 1,
        "received_at": 2,
    }


def test_a_named_column_that_is_absent_is_an_error_that_names_the_file_the_header_and_what_is_there():
    with pytest.raises(FeedInputError) as raised:
        find_header([["case", "end"]], {"code": ["case"], "due_at": ["deadline"]}, "drop/a.csv")
    assert "drop/a.csv" in str(raised.value)
    assert "'deadline' (due_at)" in str(raised.value)
    assert "'case', 'end'" in str(raised.value)


def test_a_sheet_without_a_code_column_is_an_error():
    with pytest.raises(FeedInputError, match=r"no column with the dossiers' codes.*'STT', 'Ngày hẹn trả'"):
        find_header([["STT", "Ngày hẹn trả"], ["1", "03/06/2024"]], {}, "a.csv")


def test_a_needed_header_that_stands_there_twice_is_an_error():
    with pytest.raises(FeedInputError, match="'Mã hồ sơ' stands in 2 columns"):
        find_header([["Mã hồ sơ", "Mã hồ sơ"]], {}, "a.csv")


def test_other_codes_beside_the_first_are_aliases():
    header = find_header([["Mã hồ sơ gốc", "Số biên nhận", "Mã hồ sơ"]], {}, "a.csv")
    assert (header.columns, header.aliases) == ({"code": 2}, (1, 0))
    alone = find_header([["Số biên nhận", "Ngày nhận"]], {}, "a.csv")
    assert (alone.columns, alone.aliases) == ({"code": 0, "received_at": 1}, ())
    named = find_header([["a", "b", "c"]], {"code": ["b"], "aliases": ["c", "a"]}, "a.csv")
    assert (named.columns, named.aliases) == ({"code": 1}, (2, 0))


TWO_ROWS = [
    ["DANH SÁCH HỒ SƠ"],
    ["STT", "Mã hồ sơ", "Thời gian", "", "", "Xử lý", ""],
    ["", "", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả", "Đơn vị", "Cán bộ xử lý"],
    ["1", "H27-1", "03/06/2024", "05/06/2024", "", "Phòng Tư pháp", "tp.a"],
]


def test_a_header_of_two_rows_is_read_as_one():
    header = find_header(TWO_ROWS, {}, "a.csv")
    assert header.row == 2
    assert header.columns == {"code": 1, "received_at": 2, "due_at": 3, "returned_at": 4, "unit": 5, "officer": 6}
    assert header.title("due_at") == "Ngày hẹn trả"
    assert header.title("code") == "Mã hồ sơ"


def test_a_column_may_be_known_only_together_with_the_group_above_it():
    rows = [["Mã hồ sơ", "Tiếp nhận", "", "Đơn vị", ""], ["", "Ngày", "Kênh thực hiện", "giải quyết", "tiếp nhận"]]
    rows[1][2] = "Hình thức nộp"
    assert find_header(rows, {}, "a.csv").columns == {
        "code": 0, "received_at": 1, "channel": 2, "unit": 3, "received_unit": 4,
    }  # fmt: skip


def test_the_same_word_under_two_groups_is_no_header_twice():
    rows = [["Mã hồ sơ", "Tiếp nhận", "Hẹn trả"], ["", "Ngày", "Ngày"]]
    header = find_header(rows, {"received_at": ["Ngày Tiếp nhận"], "due_at": ["Ngày hẹn trả"]}, "a.csv")
    assert header.columns == {"code": 0, "received_at": 1, "due_at": 2}


def test_the_day_of_return_is_the_promised_one_beside_the_day_it_was_handed_over():
    columns = find_header([["soHoSo", "ngayNhan", "ngayTra", "traThucTe"]], {}, "a.csv").columns
    assert columns == {"code": 0, "received_at": 1, "due_at": 2, "returned_at": 3}
    assert find_header([["Mã hồ sơ", "Ngày trả"]], {}, "a.csv").columns == {"code": 0, "returned_at": 1}
    assert find_header([["Mã hồ sơ", "Ngày trả", "Trả thực tế", "Hạn trả"]], {}, "a.csv").columns["due_at"] == 3
