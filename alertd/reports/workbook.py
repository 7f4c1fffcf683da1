"""XLSX with one sheet a table and formulas that live: sums and rates follow when a number is changed.

Each formula carries its value, so that readers that do not count show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from alertd.core.rates.rate import Indicator
from alertd.reports import sections, words, year_sections
from alertd.reports.layout import SHADES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from alertd.core.rates.goals import Verdict
    from alertd.core.weekly import TrendPoint, UnitRow, WeeklyReport
    from alertd.core.yearly import YearReport
    from alertd.reports.layout import HeatMap, Paper, Table

COUNTED = (
    ("Tồn trước", "carried_over"), ("Tiếp nhận", "received"), ("Xong trước hạn", "early"), ("Xong đúng hạn", "on_time"),
    ("Xong quá hạn", "late"), ("Xong, không hẹn", "finished_no_due"), ("Rút", "withdrawn"),
    ("Còn trong hạn", "in_time"), ("Sắp đến hạn", "due_soon"), ("Hạn trong ngày", "due_today"),
    ("Đang quá hạn", "overdue"), ("Chưa hẹn trả", "no_due"), ("Tạm dừng", "paused"),
)  # fmt: skip
#: Columns of the sheet of counts that are sums of others: (header, first and last column added).
FINISHED, OPEN = (3, 6), (8, 13)
FONT = "Times New Roman"
#: Columns in characters, rows in points; Excel holds no cell longer and no row higher.
WIDTH_NAME, WIDTH_NUMBER, WIDE = 44, 11, 170
LINE, HIGHEST, LONGEST = 15, 409, 32_767
#: Of xlsxwriter's papers.
A4 = 9


@dataclass(frozen=True, slots=True)
class Sheets:
    """What goes into a workbook: rows that sum up to `whole`, the whole week by week, and the paper's own tables.

    `lines` stand below the counts: what the numbers are, and where they are from.
    """

    rows: Sequence[UnitRow]
    whole: UnitRow
    higher: Mapping[Indicator, bool]
    trend: Sequence[TrendPoint]
    paper: Paper
    lines: Sequence[str]


def of_week(report: WeeklyReport) -> Sheets:
    """The workbook of a week."""
    higher = {note.indicator: note.higher_is_better for note in report.indicators}
    lines = (sections.title(report), sections.source(report))
    return Sheets(report.units, report.whole, higher, report.trend, sections.paper(report), lines)


def of_year(report: YearReport) -> Sheets:
    """The workbook of a year."""
    higher = {note.indicator: note.higher_is_better for note in report.indicators}
    lines = (year_sections.title(report), year_sections.source(report))
    rows = [unit.row for unit in report.units]
    return Sheets(rows, report.whole.row, higher, report.trend, year_sections.paper(report), lines)


def write(path: Path, sheets: Sheets) -> None:
    """The workbook. Raises OSError."""
    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        made = _Book(book)
        made.counts(sheets)
        made.rates(sheets)
        made.trend(sheets.trend)
        for section in sheets.paper.all_sections():
            for table in section.tables:
                if table.sheet:
                    made.table(table)
            if section.heat is not None:
                made.heat(section.heat)
    finally:
        book.close()


class _Book:
    def __init__(self, book: Workbook) -> None:
        self._book = book
        plain = {"border": 1, "font_name": FONT, "valign": "top"}
        self._head = book.add_format({**plain, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"})
        self._text = book.add_format({**plain, "text_wrap": True})
        self._number = book.add_format({**plain, "num_format": "#,##0"})
        self._decimal = book.add_format({**plain, "num_format": "#,##0.0#"})
        self._share = book.add_format({**plain, "num_format": "0.00%", "align": "right"})
        self._sum = book.add_format({**plain, "num_format": "#,##0", "bold": True})
        self._note = book.add_format({"font_name": FONT})

    def counts(self, report: Sheets) -> None:
        """Each unit's counts; finished, open and the last row are sums."""
        sheet = self._sheet("Tình hình", ["Đơn vị", *(name for name, _ in COUNTED), "Đã giải quyết", "Còn lại"])
        last = len(report.rows)
        for at, row in enumerate(report.rows, 1):
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
        for at, text in enumerate(report.lines, whole + 2):
            sheet.write_string(at, 0, text, self._note)

    def _sums(self, sheet: Any, at: int, row: UnitRow, form: Any) -> None:
        for place, ((first, last), value) in enumerate(((FINISHED, row.counts.finished), (OPEN, row.counts.open))):
            cells = f"{xl_rowcol_to_cell(at, first)}:{xl_rowcol_to_cell(at, last)}"
            sheet.write_formula(at, len(COUNTED) + 1 + place, f"=SUM({cells})", form, value)

    def rates(self, report: Sheets) -> None:
        """A row for each unit and indicator: what is counted, out of what, the rate, the goal, the verdict."""
        sheet = self._sheet("Tỷ lệ", [
            "Đơn vị", "Chỉ số", "Tử số", "Mẫu số", "Chưa rõ", "Tỷ lệ", "Chỉ tiêu", "Đánh giá", "Tuần trước", "Hạng",
        ])  # fmt: skip
        sheet.set_column(1, 1, WIDTH_NAME)
        at = 0
        for row in report.rows:
            for indicator in Indicator:
                at += 1
                self._rate(sheet, at, row, indicator, higher=report.higher[indicator])
        units = at
        for indicator in Indicator:
            at += 1
            self._rate(sheet, at, report.whole, indicator, higher=report.higher[indicator], units=units)

    def _rate(self, sheet: Any, at: int, row: UnitRow, indicator: Indicator, *, higher: bool, units: int = 0) -> None:
        """`units`: the rows above that this one sums up."""
        cell = row.rates[indicator]
        value = float(cell.rate.value) if cell.rate.value is not None else words.NOT_APPLICABLE
        sheet.write_string(at, 0, row.name, self._text)
        sheet.write_string(at, 1, words.INDICATORS[indicator], self._text)
        for column, number in enumerate((cell.rate.numerator, cell.rate.denominator, cell.rate.unknown), 2):
            if units:
                name, last = xl_col_to_name(column), units + 1
                formula = f"=SUMIF(B$2:B${last},B{at + 1},{name}$2:{name}${last})"
                sheet.write_formula(at, column, formula, self._sum, number)
            else:
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

    def trend(self, points: Sequence[TrendPoint]) -> None:
        """The whole week by week, with a chart that follows the numbers."""
        sheet = self._sheet("Xu hướng", ["Tuần", "Tiếp nhận", "Đã giải quyết", "Đang quá hạn", "Tạm dừng"])
        for at, point in enumerate(points, 1):
            sheet.write_string(at, 0, point.week, self._text)
            numbers = (point.counts.received, point.counts.finished, point.counts.overdue, point.counts.paused)
            for column, number in enumerate(numbers, 1):
                sheet.write_number(at, column, number, self._number)
        if len(points) > 1:
            chart = self._book.add_chart({"type": "line"})
            end = len(points)
            chart.add_series({
                "name": "Đang quá hạn", "categories": ["Xu hướng", 1, 0, end, 0], "values": ["Xu hướng", 1, 3, end, 3],
            })  # fmt: skip
            chart.set_title({"name": "Hồ sơ quá hạn cuối tuần"})
            sheet.insert_chart(1, 6, chart)

    def table(self, table: Table) -> None:
        """A list, as it stands in the document; numbers are numbers, sums are sums of what is above them."""
        sheet = self._sheet(table.sheet, table.headers)
        widths = [max(9, round(WIDE * share / sum(table.widths))) for share in table.widths]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for at, row in enumerate(table.rows, 1):
            lines = 1
            for column, text in enumerate(row):
                self._cell(sheet, at, column, text, number=column in table.numbers)
                lines = max(lines, -(-len(text) // widths[column]) + text.count("\n"))
            if lines > 1:
                sheet.set_row(at, min(LINE * lines, HIGHEST))

    def _cell(self, sheet: Any, at: int, column: int, text: str, *, number: bool) -> None:
        value = _number(text) if number else None
        if value is None:
            sheet.write_string(at, column, text[:LONGEST], self._text)
        else:
            sheet.write_number(at, column, value, self._number if value.is_integer() else self._decimal)

    def heat(self, heat: HeatMap) -> None:
        """The numbers, coloured by rules that follow them when they are changed."""
        sheet = self._sheet("Bản đồ nhiệt", [heat.corner, *heat.columns])
        sheet.set_column(1, len(heat.columns), 6)
        for at, (label, numbers) in enumerate(heat.rows, 1):
            sheet.write_string(at, 0, label, self._text)
            for column, number in enumerate(numbers, 1):
                if number is None:
                    sheet.write_blank(at, column, None, self._number)
                else:
                    sheet.write_number(at, column, number, self._number)
        rule = {"type": "2_color_scale", "min_color": SHADES[0], "max_color": SHADES[-1]}
        if heat.rows:
            sheet.conditional_format(1, 1, len(heat.rows), len(heat.columns), rule)
        sheet.write_string(len(heat.rows) + 2, 0, heat.caption, self._note)

    def _sheet(self, name: str, headers: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, WIDTH_NAME)
        sheet.set_column(1, len(headers) - 1, WIDTH_NUMBER)
        for column, text in enumerate(headers):
            sheet.write_string(0, column, text, self._head)
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 3 * LINE)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet


def _number(text: str) -> float | None:
    """What a cell of the document says, as a number; None where it says nothing or a dash."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
