"""Problem 6: serial numbers, date cells, texts and apostrophes mixed in one column of a workbook, from 1900 or 1904."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import xlsxwriter

from tests.feeds.problems.ground import HEADERS, shown

DUE = datetime(2026, 6, 10, 16)  # what a cell shows
SERIAL = 46183.0 + 16 / 24  # the same in the count from 1900
#: One due date, as five clerks have typed it; the last cell is no date of our time.
CELLS = (DUE, SERIAL, "10/06/2026 16:00", "'10/06/2026 16:00", "2026-06-10 16:00", 12.0)


def workbook(options):
    """The dossiers HS-1 … with their due dates as above."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        sheet, date = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, HEADERS.split(";"))
        for row, cell in enumerate(CELLS, 1):
            sheet.write_row(row, 0, [f"HS-{row}", "Đang xử lý", "Phòng Tư pháp", "tp.chuyenvien", "01/06/2026"])
            if isinstance(cell, datetime):
                sheet.write_datetime(row, 5, cell, date)
            elif isinstance(cell, float) and options.get("date_1904") and cell > 1000:
                sheet.write_number(row, 5, cell - 1462)
            elif isinstance(cell, float):
                sheet.write_number(row, 5, cell)
            else:
                sheet.write_string(row, 5, cell)
    return content.getvalue()


@pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
def test_each_cell_is_read_by_what_it_is_and_a_number_out_of_range_is_set_aside(office, options):
    office.drops("a.xlsx", workbook(options), "08/06 09:00")
    office.reads_files()
    counts = office.poll("08/06 09:01")
    assert (counts.new, counts.rejected) == (5, 1)
    assert {shown(row.due_at) for row in office.world.rows("dossiers")} == {"10/06/2026 16:00"}
    (aside,) = office.status("08/06 09:01")["lists"]["quarantine"]
    assert aside["code"] == "HS-6"
    assert "'12" in aside["reason"]
