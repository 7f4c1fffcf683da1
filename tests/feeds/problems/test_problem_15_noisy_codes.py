"""Problem 15: codes with blanks, invisible characters, other dashes and letters; and codes that Excel has destroyed."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from tests.feeds.problems.ground import HEADERS, exported

CODE = "H27.35-260601-0012"
NOISE = (
    " H27.35-260601-0012 ",
    "H27.35-260601-0012\u00a0",
    "H27.35- 260601 -0012",
    "H27.35\u2013260601\u20110012",
    "h27.35-260601-0012",
    "\u200bH27.35-260601-0012\ufeff",
    "Н27.35-260601-0012",  # the first letter is Cyrillic
)


@pytest.mark.parametrize("noisy", NOISE)
def test_a_code_that_is_written_otherwise_is_the_same_dossier(office, noisy):
    office.drops("a.csv", [exported(CODE)], "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    office.drops("a.csv", [exported(noisy)], "09/06 09:00")
    counts = office.poll("09/06 09:01")
    assert counts.new == 0
    (row,) = office.world.rows("dossiers")
    assert row.missing_since is None
    assert office.explain(noisy, "09/06 09:02")["code"] == row.code


def test_a_zero_is_never_taken_for_an_o(office):
    office.drops("a.csv", [exported("H27.35-260601-0012"), exported("H27.35-260601-OO12")], "08/06 09:00")
    office.reads_files()
    assert office.poll("08/06 09:01").new == 2


def test_a_code_that_excel_has_made_a_number_of_is_set_aside_loudly(office):
    rows = [exported(code) for code in ("3.52112E+11", "3,52112E+11", "00352112000539", "00352112000540")]
    office.drops("a.csv", rows, "08/06 09:00")
    office.reads_files()
    counts = office.poll("08/06 09:01")
    assert (counts.new, counts.rejected) == (2, 2)
    reasons = [entry["reason"] for entry in office.listed("quarantine", "08/06 09:02")]
    assert all("is a number that Excel has rounded, its last digits are lost" in reason for reason in reasons)


def test_a_number_in_a_cell_of_a_workbook_is_a_code_only_while_it_has_all_its_digits(office):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS.split(";"))
        for row, code in enumerate((352112000539, 35211200053912345678), 1):
            sheet.write_row(row, 0, [code, *exported("").split(";")[1:]])
    office.drops("a.xlsx", content.getvalue(), "08/06 09:00")
    office.reads_files()
    counts = office.poll("08/06 09:01")
    assert (counts.new, counts.rejected) == (1, 1)
    assert office.stored("352112000539").code == "352112000539"
