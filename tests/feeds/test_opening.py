"""What a file is read as is settled by its content: encodings, font encodings, delimiters (reference 5, problem 21)."""

from __future__ import annotations

import unicodedata

import pytest
import xlsxwriter

from alertd.core.errors import FeedInputError
from tests.feeds.sheets import csv_file, read
from tests.feeds.test_legacy import TO_TCVN3, vni

HEAD = "STT,Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Đơn vị giải quyết"
LINE = "1,H27-1,03/06/2024,05/06/2024,Phòng Tư pháp"


def tcvn3(text):
    return text.translate(TO_TCVN3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_is_read_in_any_form_and_kept_in_one(tmp_path, encoding, form):
    lines = [unicodedata.normalize(form, line) for line in (HEAD, LINE)]
    (row,) = read(csv_file(tmp_path, *lines, encoding=encoding)).rows
    assert row.unit == "Phòng Tư pháp"


@pytest.mark.parametrize(
    ("lines", "encoding", "named"),
    [
        ([tcvn3(HEAD), tcvn3(LINE)], "latin-1", r"TCVN3 \(ABC\)"),
        ([vni(HEAD), vni(LINE)], "latin-1", "VNI"),
        ([tcvn3(HEAD), tcvn3(LINE)], "utf-8", r"TCVN3 \(ABC\)"),
        ([vni(HEAD), vni(LINE)], "utf-8", "VNI"),
        ([tcvn3(HEAD), tcvn3(LINE)], "utf-16", r"TCVN3 \(ABC\)"),
    ],
)
def test_a_font_encoding_is_converted_where_the_headers_prove_it(tmp_path, lines, encoding, named):
    found = read(csv_file(tmp_path, *lines, encoding=encoding))
    assert found.rows[0].unit == "Phòng Tư pháp"
    (note,) = found.notes
    assert named.replace("\\", "") in note


def combined(text):
    """As windows-1258 writes it: circumflex, breve and horn belong to the letter, tones are marks of their own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
        out.append(base + "".join(c for c in parts if c in tones))
    return "".join(out)


def test_windows_1258_is_read_where_the_headers_prove_it(tmp_path):
    found = read(csv_file(tmp_path, combined(HEAD), combined(LINE), encoding="cp1258"))
    assert found.rows[0].unit == "Phòng Tư pháp"
    assert "cp1258" in found.notes[0]


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "cp1258"])
def test_two_known_headers_prove_nothing(tmp_path, encoding):
    lines = ["Mã hồ sơ,Ngày hẹn trả", "H27-1,05/06/2024"]
    convert = {"tcvn3": tcvn3, "vni": vni, "cp1258": combined}[encoding]
    path = csv_file(tmp_path, *map(convert, lines), encoding="cp1258" if encoding == "cp1258" else "latin-1")
    with pytest.raises(FeedInputError, match=r"is not utf-8.*encoding:.*cp1258 .*tcvn3, vni"):
        read(path)
    assert read(path, encoding=encoding).codes == ["H27-1"]


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_workbook_in_a_font_encoding_is_converted_where_that_is_declared_or_proved(tmp_path, encoding):
    convert = {"tcvn3": tcvn3, "vni": vni}[encoding]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        for number, line in enumerate((HEAD, LINE)):
            tab.write_row(number, 0, [convert(cell) for cell in line.split(",")])
    assert read(path).rows[0].unit == "Phòng Tư pháp"
    declared = read(path, encoding=encoding)
    assert (declared.rows[0].unit, declared.notes) == ("Phòng Tư pháp", [])


def test_utf8_that_was_read_as_windows_1252_is_refused_and_shown_what_it_was(tmp_path):
    path = csv_file(tmp_path, HEAD.encode().decode("latin-1"), LINE.encode().decode("latin-1"))
    with pytest.raises(FeedInputError, match=r"was read as windows-1252 and saved again .*is 'Mã hồ sơ'"):
        read(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_a_header_of_the_first_rows(tmp_path, delimiter):
    head = ["Mã hồ sơ", "Ngày hẹn trả", "Địa chỉ"]
    rows = [f"H27-{n}{delimiter}05/06/2024{delimiter}tổ 1, khu 2, xã 3, huyện 4; tỉnh 5" for n in range(40)]
    if delimiter in ",;":
        rows = [row.rpartition("05/06/2024")[0] + f'05/06/2024{delimiter}"tổ 1, khu 2, xã 3; huyện 4"' for row in rows]
    assert len(read(csv_file(tmp_path, "DANH SÁCH, THÁNG 6", delimiter.join(head), *rows)).rows) == 40


def test_the_delimiter_of_other_cells_is_not_taken_for_the_file_s(tmp_path):
    lines = ["Mã hồ sơ;Ngày hẹn trả;Địa chỉ", *(f"H27-{n};05/06/2024;tổ 1, khu 2, xã 3, huyện 4" for n in range(40))]
    assert len(read(csv_file(tmp_path, *lines)).rows) == 40
