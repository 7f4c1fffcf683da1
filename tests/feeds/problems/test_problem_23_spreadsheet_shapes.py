"""Problem 23: titles above the header, a header of two rows, group rows, totals, hidden rows, HTML called .xls."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from tests.feeds.problems.ground import shown


def workbook():
    """An office's list: a merged title, an empty row, two header rows, groups, a total, one row hidden by a filter."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, "DANH SÁCH HỒ SƠ ĐANG XỬ LÝ (đến 08/06/2026)")
        sheet.merge_range(2, 0, 3, 0, "STT")
        sheet.merge_range(2, 1, 3, 1, "Mã hồ sơ")
        sheet.merge_range(2, 2, 2, 3, "Thời gian")
        sheet.write_row(3, 2, ["Ngày tiếp nhận", "Ngày hẹn trả"])
        sheet.merge_range(2, 4, 3, 4, "Trạng thái")
        sheet.merge_range(2, 5, 3, 5, "Phí, lệ phí")
        sheet.merge_range(4, 0, 4, 5, "I. Phòng Tư pháp")
        sheet.write_row(5, 0, [1, "HS-1", "01/06/2026", "10/06/2026 16:00", "Đang xử lý", "1.234.000 đ"])
        sheet.write_row(6, 0, [2, "HS-2", "01/06/2026", "10/06/2026 16:00", "Đang xử lý", "20.000"])
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.merge_range(7, 0, 7, 5, "II. Phòng Nội vụ")
        sheet.write_row(8, 0, [3, "HS-3", "01/06/2026", "10/06/2026 16:00", "Đang xử lý", ""])
        sheet.write_row(9, 0, ["Tổng cộng", "", "", 3, "", "1.254.000 đ"])
    return content.getvalue()


PAGE = """<html><meta charset="utf-8"><table>
<tr><td colspan=5></td></tr>
<tr><td>STT</td><td>Mã hồ sơ</td><td>Đơn vị/ cá nhân giải quyết</td><td>Ngày nhận</td><td>Ngày hẹn trả</td></tr>
<tr><td>1</td><td>HS-1</td><td>tp.chuyenvien</td><td>01/06/2026</td><td>10/06/2026 16:00</td></tr>
<tr><td colspan=4>Tổng cộng</td><td>1</td></tr>
</table></html>"""


def test_a_clerks_workbook_is_read_row_by_row_and_nothing_else_becomes_a_dossier(office):
    office.drops("a.xlsx", workbook(), "08/06 08:00")
    office.reads_files()
    counts = office.poll("08/06 09:00")
    assert (counts.new, counts.rejected) == (3, 0)
    found = {row.code: row for row in office.world.rows("dossiers")}
    assert {code: (row.unit, shown(row.due_at), row.fee_total) for code, row in found.items()} == {
        "HS-1": ("TP", "10/06/2026 16:00", 1_234_000),
        "HS-2": ("TP", "10/06/2026 16:00", 20_000),
        "HS-3": ("NV", "10/06/2026 16:00", None),
    }
    assert any("ẩn" in note or "hidden" in note for note in counts.notes), "that a filter was left on is said"


@pytest.mark.parametrize("name", ["a.xls", "a.html", "a.csv"])
def test_the_content_decides_what_a_file_is_and_not_its_name(office, name):
    office.drops(name, PAGE, "08/06 08:00")
    office.reads_files()
    assert office.poll("08/06 09:00").new == 1
    assert shown(office.stored("HS-1").due_at) == "10/06/2026 16:00"
