"""Workbooks: what a person sees in them, and what damage may do to whoever reads them."""

from __future__ import annotations

import random
from datetime import date, datetime

import pytest
import xlsxwriter

from alertd.core.errors import FeedInputError
from alertd.feeds import workbook as workbook_module
from alertd.feeds.workbook import tabs, unmerged
from tests.feeds.sheets import FILES, HANOI, read

HEAD = ["STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị giải quyết"]


@pytest.fixture
def book(tmp_path):
    """Writes a workbook: `tables` by worksheet, and what `more` does to the first of them."""

    def write(tables, more=lambda tab: None, hidden=(), **options):
        path = tmp_path / "a.xlsx"
        with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy", **options}) as made:
            for name, rows in tables.items():
                tab = made.add_worksheet(name)
                for number, row in enumerate(rows):
                    tab.write_row(number, 0, row)
                if name in hidden:
                    tab.hide()
            more(made.get_worksheet_by_name(next(iter(tables))))
        return path

    return write


def row(number, unit="Phòng Tư pháp"):
    return [number, f"H27-{number}", datetime(2024, 6, 3, 8), datetime(2024, 6, 5), unit]


def test_an_old_xls_is_read_with_its_merged_cells_numbers_and_mixed_dates():
    found = read(FILES / "export.xls")
    assert found.codes == ["352112000001", "H27.35-240603-0002", "352112000003", "H27.35-240603-0004", "352112000005",
                           "H27.35-240603-0006"]  # fmt: skip
    assert [row.unit for row in found.rows] == ["Phòng Tư pháp"] * 3 + ["Phòng Nội vụ"] * 3
    assert found.rows[0].due_at == datetime(2024, 6, 8, 12, tzinfo=HANOI)
    assert found.rows[2].due_at == datetime(2024, 6, 3, 16, tzinfo=HANOI)
    assert found.rejects == []
    assert "mẫu" not in str(found)


def test_days_counted_from_1904_are_read_as_what_excel_shows(book):
    rows = [
        ["Mã hồ sơ", "Ngày hẹn trả"],
        ["H27-1", datetime(2024, 6, 3)],
        ["H27-2", 45446 - 1462],
        ["H27-3", "03/06/2024"],
    ]
    found = read(book({"A": rows}, date_1904=True))
    assert [row.due_on for row in found.rows] == [date(2024, 6, 3)] * 3


def test_a_bare_number_in_an_xls_that_may_count_from_1904_is_no_date():
    found = read(FILES / "from-1904.xls")
    assert found.rows[0].due_at == datetime(2024, 6, 3, 17, tzinfo=HANOI)
    assert found.reasons == [
        (3, "due_at: '43984' is not a date; the workbook may count days from 1904: save it as XLSX")
    ]


def test_hidden_rows_and_columns_are_read_and_said(book):
    def hide(tab):
        tab.set_row(2, None, None, {"hidden": True})
        tab.set_row(0, None, None, {"hidden": True})
        tab.set_column(3, 3, None, None, {"hidden": True})
        tab.set_column(9, 9, None, None, {"hidden": True})

    found = read(book({"A": [["tiêu đề"], HEAD, row(1), row(2)]}, hide))
    assert found.codes == ["H27-1", "H27-2"]
    assert found.notes == [
        "1 rows are hidden in the file (row 3); they are read like the others",
        "hidden columns are read like the others: 'Ngày hẹn trả'",
    ]


def test_a_unit_merged_over_several_rows_is_that_of_each(book):
    def merge(tab):
        tab.merge_range(1, 4, 3, 4, "Phòng Tư pháp")

    found = read(book({"A": [HEAD, row(1, ""), row(2, ""), row(3, ""), row(4, "")]}, merge))
    assert [seen.unit for seen in found.rows] == ["Phòng Tư pháp"] * 3 + [""]


def test_a_header_of_two_merged_rows_below_a_merged_title(book):
    def merge(tab):
        tab.merge_range(0, 0, 1, 4, "DANH SÁCH HỒ SƠ")
        for column, text in ((0, "STT"), (1, "Mã hồ sơ"), (4, "Đơn vị giải quyết")):
            tab.merge_range(2, column, 3, column, text)
        tab.merge_range(2, 2, 2, 3, "Thời gian")
        tab.write_row(3, 2, ["Ngày tiếp nhận", "Ngày hẹn trả"])

    found = read(book({"A": [[], [], [], [], row(1)]}, merge))
    (seen,) = found.rows
    assert (seen.received_at, seen.due_on, seen.unit) == (
        datetime(2024, 6, 3, 8, tzinfo=HANOI), date(2024, 6, 5), "Phòng Tư pháp",
    )  # fmt: skip


def test_the_worksheet_with_dossiers_is_found_behind_a_cover_and_hidden_ones_are_not_looked_at(book):
    assert read(book({"Bìa": [["BÁO CÁO"]], "Hồ sơ": [HEAD, row(1)]})).codes == ["H27-1"]
    path = book({"Hồ sơ": [HEAD, row(1)], "Cũ": [HEAD, row(2)]}, hidden=["Cũ"])
    assert read(path).codes == ["H27-1"]
    assert read(path, worksheet="Cũ").codes == ["H27-2"]


def test_dossiers_in_several_worksheets_are_never_dropped_in_silence(book):
    path = book({"Tháng 5": [HEAD, row(1)], "Tháng 6": [HEAD, row(2)]})
    with pytest.raises(FeedInputError, match=r"several worksheets hold dossiers \('Tháng 5', 'Tháng 6'\); name one"):
        read(path)
    assert read(path, worksheet="Tháng 6").codes == ["H27-2"]


def test_a_cell_at_the_end_of_the_worksheet_ends_nobody(book):
    path = book({"A": [HEAD, row(1)]}, lambda tab: tab.write(1_048_575, 16_383, "x"))
    with pytest.raises(FeedInputError, match="its cells reach too far"):
        read(path)


def test_an_archive_of_another_kind_is_named(tmp_path):
    import zipfile

    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(FeedInputError, match="an archive of another kind, such as ODS or XLSB"):
        read(path)


#: Where a large number in the XLS above makes its reader ask for all memory, or give up in a way of its own.
@pytest.mark.parametrize("place", [1497, 2045, 2283, 2495, 2594, 3476])
def test_a_damaged_xls_is_one_clear_line_and_the_process_goes_on(place):
    raw = bytearray((FILES / "export.xls").read_bytes())
    raw[place : place + 4] = b"\xff\xff\xff\x7f"
    with pytest.raises(
        FeedInputError, match=r"export\.xls cannot be read as an Excel workbook .*save it again as XLSX"
    ):
        tabs(bytes(raw), None, "export.xls")


def test_an_xls_damaged_anywhere_is_read_or_refused(monkeypatch):
    monkeypatch.setattr(workbook_module, "MAX_MEMORY", 1_000_000_000)
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    whole = (FILES / "export.xls").read_bytes()
    refused = []
    for _ in range(25):
        raw = bytearray(whole)
        for _ in range(rng.choice([1, 4, 30])):
            raw[rng.randrange(512, len(raw))] = rng.choice([0, 255, rng.randrange(256)])
        if rng.random() < 0.3:
            del raw[rng.randrange(len(raw)) :]
        try:
            tabs(bytes(raw), None, "export.xls")
        except FeedInputError as error:
            refused.append(str(error))
    assert refused, "so much damage must show"
    assert not any("\n" in line for line in refused)


def test_what_is_merged_down_stands_in_each_row_and_what_is_merged_across_in_the_first():
    rows = [["a", "", "b"], ["", "", ""], ["", "c", ""]]
    assert list(unmerged(map(list, rows), [((0, 0), (1, 1)), ((0, 2), (9, 2))])) == [
        ["a", "", "b"],
        ["a", "", "b"],
        ["", "c", "b"],
    ]


LAUGHS = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">{more}]><workbook>&z;</workbook>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_that_grow_without_end_are_refused_before_they_are_read(tmp_path, part, encoding):
    import zipfile

    more = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghiz", strict=True))
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            archive.writestr(name, LAUGHS.format(more=more).encode(encoding) if name == part else "<workbook/>")
    with pytest.raises(FeedInputError, match="declares a document type"):
        tabs(path.read_bytes(), None, "laughs.xlsx")
