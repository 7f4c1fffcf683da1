"""Rows of a sheet that hold no dossier (reference 5, problem 23)."""

from __future__ import annotations

import pytest

from alertd.feeds.between import is_numbering, is_total
from tests.feeds.sheets import csv_file, read

HEAD = "STT,Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Cán bộ xử lý"


def units(folder, *lines, head=HEAD):
    found = read(csv_file(folder, head, *lines))
    assert found.rejects == []
    return [row.unit for row in found.rows]


def row(number):
    return f"{number},H27-{number},03/06/2024,05/06/2024,tp.a"


def test_a_group_row_gives_the_unit_to_the_rows_under_it(tmp_path):
    assert units(tmp_path, row(1), "Phòng Tư pháp,,,,", row(2), row(3), "Phòng Nội vụ,,,,", row(4)) == [
        "", "Phòng Tư pháp", "Phòng Tư pháp", "Phòng Nội vụ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("I. Phòng Tư pháp", "Phòng Tư pháp"),
        ("A/ Phòng Tư pháp: 12 hồ sơ", "Phòng Tư pháp"),
        ("1. Phòng Tư pháp (3)", "Phòng Tư pháp"),
        ("Đơn vị: Phòng Tư pháp", "Phòng Tư pháp"),
        ("Tên đơn vị giải quyết:  Phòng  Tư pháp", "Phòng Tư pháp"),
        ("Phòng Công chứng số 1", "Phòng Công chứng số 1"),
        ("Đội Cảnh sát", "Đội Cảnh sát"),
    ],
)
def test_a_group_s_number_label_and_count_are_no_part_of_the_unit(tmp_path, text, unit):
    assert units(tmp_path, f"{text},,,,", row(1)) == [unit]


def test_of_groups_numbered_in_two_ways_the_outer_one_is_the_unit(tmp_path):
    lines = [
        "I. Phòng Tư pháp,,,,",
        "1. Hộ tịch,,,,",
        row(1),
        "2. Chứng thực,,,,",
        row(2),
        "II. Phòng Nội vụ,,,,",
        row(3),
    ]
    assert units(tmp_path, *lines) == ["Phòng Tư pháp", "Phòng Tư pháp", "Phòng Nội vụ"]


def test_a_group_of_a_field_names_the_field(tmp_path):
    found = read(csv_file(tmp_path, HEAD, "Phòng Tư pháp,,,,", "Lĩnh vực: Hộ tịch,,,,", row(1)))
    assert (found.rows[0].unit, found.rows[0].field) == ("Phòng Tư pháp", "Hộ tịch")


def test_a_group_row_with_sums_is_one_too(tmp_path):
    assert units(tmp_path, "Phòng Tư pháp,,,,3", row(1)) == ["Phòng Tư pháp"]


def test_a_group_in_the_code_column_must_be_numbered(tmp_path):
    head = "Mã hồ sơ,Ngày hẹn trả,Cán bộ xử lý"
    assert units(tmp_path, "I. Phòng Tư pháp,,", "H27-1,05/06/2024,tp.a", head=head) == ["Phòng Tư pháp"]
    found = read(csv_file(tmp_path, head, "Phòng Tư pháp,,", "H27-1,05/06/2024,tp.a"))
    assert [reject.row for reject in found.rejects] == [2]


def test_a_row_s_own_unit_comes_before_its_group_s(tmp_path):
    head = "Mã hồ sơ,Ngày hẹn trả,Đơn vị"
    assert units(tmp_path, "I. Phòng Tư pháp,,", "H27-1,05/06/2024,Phòng Nội vụ", "H27-2,05/06/2024,", head=head) == [
        "Phòng Nội vụ",
        "Phòng Tư pháp",
    ]


def test_totals_numberings_headers_again_and_texts_are_passed_over_and_counted(tmp_path):
    found = read(
        csv_file(
            tmp_path,
            HEAD,
            "(1),(2),(3),(4),(5)",
            row(1),
            HEAD,
            "A,B,1,2,3",
            row(2),
            "Tổng cộng,2,,,",
            ",Tổng số: 2,,,",
            "Cộng,,,,",
            ",,,,Người lập biểu",
            ",,,,",
        )
    )
    assert (found.codes, found.rejects) == (["H27-1", "H27-2"], [])
    assert found.notes == [
        "rows without a dossier, passed over: 2 × numbering of the columns, 1 × repeated header, 1 × text without a dossier, 3 × total"
    ]


def test_both_rows_of_a_header_may_be_repeated(tmp_path):
    head = ["STT,Mã hồ sơ,Thời gian,", ",,Ngày tiếp nhận,Ngày hẹn trả"]
    found = read(csv_file(tmp_path, *head, "1,H27-1,03/06/2024,05/06/2024", *head, "2,H27-2,03/06/2024,05/06/2024"))
    assert (found.codes, found.rejects) == (["H27-1", "H27-2"], [])
    assert found.notes == ["rows without a dossier, passed over: 2 × repeated header"]


def test_a_row_with_dates_and_no_code_is_never_passed_over(tmp_path):
    found = read(csv_file(tmp_path, HEAD, "Tổng cộng,,03/06/2024,,"))
    assert [reject.row for reject in found.rejects] == [2]


@pytest.mark.parametrize(
    "text", ["Tổng cộng", "TỔNG CỘNG: 5", "Tổng số", "Tong cong", "Cộng", "Cộng mục I", "Tổng", "Tổng: 12 hồ sơ"]
)
def test_what_a_total_is_called(text):
    assert is_total(text)


@pytest.mark.parametrize("text", ["", "CONG-12", "TONG12", "Tổng cục Thuế", "Tổng công ty Điện lực", "Cổng thông tin",
                                  "Công an huyện", "Cộng đồng dân cư", "Phòng Tư pháp"])  # fmt: skip
def test_what_is_no_total(text):
    assert not is_total(text)


@pytest.mark.parametrize("texts", [["1", "2", "3"], ["(1)", "(2)", "(3)"], ["A", "B", "1", "2"], ["(A)", "1", "2"]])
def test_what_numbers_the_columns(texts):
    assert is_numbering(texts)


@pytest.mark.parametrize(
    "texts", [[], ["1", "2"], ["1", "3", "4"], ["A", "B", "C"], ["1", "H27-1", "2"], ["1", "2", "2024"]]
)
def test_what_does_not(texts):
    assert not is_numbering(texts)
