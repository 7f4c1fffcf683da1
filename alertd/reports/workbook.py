"""XLSX with one sheet a table and formulas that live: sums and rates follow when a number is changed.

Each formula carries its value, so that readers that do not count show the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from alertd.core.rates.rate import Indicator
from alertd.reports import sections, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from alertd.core.rates.goals import Verdict
    from alertd.core.weekly import UnitRow, WeeklyReport
    from alertd.reports.sections import Table

COUNTED = (
    ("Tồn trước", "carried_over"), ("Tiếp nhận", "received"), ("Xong trước hạn", "early"), ("Xong đúng hạn", "on_time"),
    ("Xong quá hạn", "late"), ("Xong, không hẹn", "finished_no_due"), ("Rút", "withdrawn"),
    ("Còn trong hạn", "in_time"), ("Sắp đến hạn", "due_soon"), ("Hạn trong ngày", "due_today"),
    ("Đang quá hạn", "overdue"), ("Chưa hẹn trả", "no_due"), ("Tạm dừng", "paused"),
)  # fmt: skip
#: Columns of the sheet of counts that are sums of others: (header, first and last column added).
FINISHED, OPEN = (3, 6), (8, 13)
WIDTH_NAME, WIDTH_NUMBER, WIDTH_TEXT = 34, 12, 28


def write(path: Path, report: WeeklyReport) -> None:
    """The workbook. Raises OSError."""
    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        made = _Book(book)
        made.counts(report)
        made.rates(report)
        made.trend(report)
        for name, table in _lists(report):
            made.table(name, table)
    finally:
        book.close()


def _lists(report: WeeklyReport) -> list[tuple[str, Table]]:
    names = {"Bảng 4": "Quá hạn", "Bảng 5": "Đổi hẹn trả", "Bảng 6": "Giải trình"}
    return [
        (names[start], table)
        for section in sections.sections(report)
        for table in section.tables
        if (start := table.caption[:6]) in names
    ]


class _Book:
    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
        self._text = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
        self._number = book.add_format({"border": 1, "num_format": "#,##0"})
        self._share = book.add_format({"border": 1, "num_format": "0.00%"})
        self._sum = book.add_format({"border": 1, "num_format": "#,##0", "bold": True})

    def counts(self, report: WeeklyReport) -> None:
        """Each unit's counts; finished, open and the last row are sums."""
        sheet = self._sheet("Tình hình", ["Đơn vị", *(name for name, _ in COUNTED), "Đã giải quyết", "Còn lại"])
        last = len(report.units)
        for at, row in enumerate(report.units, 1):
            sheet.write_string(at, 0, row.name, self._text)
            for column, (_, field) in enumerate(COUNTED, 1):
                sheet.write_number(at, column, getattr(row.counts, field), self._number)
            self._sums(sheet, at, row, self._number)
        whole = last + 1
        sheet.write_string(whole, 0, report.whole.name, self._head)
        for column, (_, field) in enumerate(COUNTED, 1):
            name = xl_col_to_name(column)
            value = getattr(report.whole.counts, field)
            sheet.write_formula(whole, column, f"=SUM({name}2:{name}{whole})", self._sum, value)
        self._sums(sheet, whole, report.whole, self._sum)
        sheet.write_string(whole + 2, 0, sections.title(report))
        sheet.write_string(whole + 3, 0, sections.source(report))

    def _sums(self, sheet: Any, at: int, row: UnitRow, form: Any) -> None:
        for place, ((first, last), value) in enumerate(((FINISHED, row.counts.finished), (OPEN, row.counts.open))):
            cells = f"{xl_rowcol_to_cell(at, first)}:{xl_rowcol_to_cell(at, last)}"
            sheet.write_formula(at, len(COUNTED) + 1 + place, f"=SUM({cells})", form, value)

    def rates(self, report: WeeklyReport) -> None:
        """A row for each unit and indicator: what is counted, out of what, the rate, the goal, the verdict."""
        sheet = self._sheet("Tỷ lệ", [
            "Đơn vị", "Chỉ số", "Tử số", "Mẫu số", "Chưa rõ", "Tỷ lệ", "Chỉ tiêu", "Đánh giá", "Tuần trước", "Hạng",
        ])  # fmt: skip
        sheet.set_column(1, 1, WIDTH_NAME)
        better = {note.indicator: note.higher_is_better for note in report.indicators}
        at = 0
        for row in (*report.units, report.whole):
            for indicator in Indicator:
                at += 1
                self._rate(sheet, at, row, indicator, higher=better[indicator])

    def _rate(self, sheet: Any, at: int, row: UnitRow, indicator: Indicator, *, higher: bool) -> None:
        cell = row.rates[indicator]
        value = float(cell.rate.value) if cell.rate.value is not None else words.NOT_APPLICABLE
        sheet.write_string(at, 0, row.name, self._text)
        sheet.write_string(at, 1, words.INDICATORS[indicator], self._text)
        for column, number in enumerate((cell.rate.numerator, cell.rate.denominator, cell.rate.unknown), 2):
            sheet.write_number(at, column, number, self._number)
        line = at + 1
        sheet.write_formula(at, 5, f'=IF(D{line}=0,"{words.NOT_APPLICABLE}",C{line}/D{line})', self._share, value)
        if cell.goal is None:
            sheet.write_blank(at, 6, None, self._share)
            sheet.write_blank(at, 7, None, self._text)
        else:
            sheet.write_number(at, 6, float(cell.goal.value), self._share)
            self._verdict(sheet, at, cell.verdict, judged_here=cell.to_date is None, higher=higher)
        before = cell.previous.value if cell.previous is not None else None
        if before is None:
            sheet.write_blank(at, 8, None, self._share)
        else:
            sheet.write_number(at, 8, float(before), self._share)
        sheet.write_string(at, 9, f"{cell.rank}/{cell.ranked}" if cell.rank else "", self._text)

    def _verdict(self, sheet: Any, at: int, verdict: Verdict | None, *, judged_here: bool, higher: bool) -> None:
        """A formula where this week's rate is judged; what was judged since the goal's first day is a word."""
        text = sections.VERDICTS[verdict] if verdict is not None else ""
        if not judged_here:
            sheet.write_string(at, 7, text, self._text)
            return
        line, sign = at + 1, ">=" if higher else "<="
        formula = f'=IF(ISNUMBER(F{line}),IF(F{line}{sign}G{line},"đạt","chưa đạt"),"")'
        sheet.write_formula(at, 7, formula, self._text, text)

    def trend(self, report: WeeklyReport) -> None:
        """The whole week by week, with a chart that follows the numbers."""
        sheet = self._sheet("Xu hướng", ["Tuần", "Tiếp nhận", "Đã giải quyết", "Đang quá hạn", "Tạm dừng"])
        for at, point in enumerate(report.trend, 1):
            sheet.write_string(at, 0, point.week, self._text)
            numbers = (point.counts.received, point.counts.finished, point.counts.overdue, point.counts.paused)
            for column, number in enumerate(numbers, 1):
                sheet.write_number(at, column, number, self._number)
        if len(report.trend) > 1:
            chart = self._book.add_chart({"type": "line"})
            end = len(report.trend)
            chart.add_series({
                "name": "Đang quá hạn", "categories": ["Xu hướng", 1, 0, end, 0], "values": ["Xu hướng", 1, 3, end, 3],
            })  # fmt: skip
            chart.set_title({"name": "Hồ sơ quá hạn cuối tuần"})
            sheet.insert_chart(1, 6, chart)

    def table(self, name: str, table: Table) -> None:
        """A list, as it stands in the document."""
        sheet = self._sheet(name, table.headers)
        sheet.set_column(0, len(table.headers) - 1, WIDTH_TEXT)
        for at, row in enumerate(table.rows, 1):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text, self._text)

    def _sheet(self, name: str, headers: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, WIDTH_NAME)
        sheet.set_column(1, len(headers) - 1, WIDTH_NUMBER)
        for column, text in enumerate(headers):
            sheet.write_string(0, column, text, self._head)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet
