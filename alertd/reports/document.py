"""DOCX in the layout of administrative documents (NĐ 30/2020/NĐ-CP, appendix I); python-docx writes it.

A4, margins 20, 20, 30 and 15 mm, Times New Roman; the block of the agency at the left, the national title at the right,
number and place below, the body, then recipients at the left and the signature at the right; behind them the annexes,
across the sheet.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from alertd.reports.agency import BLANK, MOTTO, NATION
from alertd.reports.document_table import CELL, HEADER, NUMBER, Grid, add_styles, plain, set_widths
from alertd.reports.layout import roman

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from alertd.reports.agency import Agency
    from alertd.reports.layout import Annex, Chart, HeatMap, Paper, Section, Table

FONT = "Times New Roman"
BODY = Pt(13)
#: What there is to write on, in mm.
ROOM, ROOM_ACROSS = 165, 252
#: The labels of a heat map, in mm.
NAMES = 70


def write(
    path: Path,
    agency: Agency,
    day: date,
    paper: Paper,
    pictures: Mapping[str, bytes] | None = None,
    *,
    number: str = "",
) -> None:
    """One document; `pictures` are PNG by the names of charts. Raises OSError."""
    made = _Page(pictures or {})
    made.head(agency, day, number)
    made.heading(paper.kind, paper.title)
    for place, section in enumerate(paper.sections, 1):
        made.section(section, f"{place}. ")
    made.sign(agency)
    named = f"{paper.kind.capitalize()} số {number or BLANK}/{agency.number}"
    issued = f"(Kèm theo {named} ngày {day:%d/%m/%Y} của {agency.name})"
    for place, annex in enumerate(paper.annexes, 1):
        made.annex(f"PHỤ LỤC {roman(place)}", annex, issued)
    made.save(path)


class _Page:
    """One document, from its head to its last annex."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._document = Document()
        self._pictures = pictures
        style: Any = self._document.styles["Normal"]
        style.font.name, style.font.size = FONT, BODY
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_after = Pt(6)
        add_styles(self._document)
        self._wide = False
        first = self._document.sections[0]
        self._page(first)
        _numbered(first)

    def head(self, agency: Agency, day: date, number: str) -> None:
        table = self._document.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        left, right = table.rows[0].cells
        set_widths(table, (Mm(62), Mm(103)))
        lines = [(agency.parent.upper(), False)] if agency.parent else []
        _lines(left, [*lines, (agency.name.upper(), True), ("———————", False),
                      (f"Số: {number or BLANK}/{agency.number}", False)])  # fmt: skip
        _lines(right, [(NATION, True), (MOTTO, True), ("———————————————", False)])
        dated = right.add_paragraph()
        dated.alignment = WD_ALIGN_PARAGRAPH.CENTER
        dated.add_run(f"{agency.place}, ngày {day:%d} tháng {day:%m} năm {day:%Y}").italic = True

    def heading(self, kind: str, title: str) -> None:
        self._line(kind, bold=True, size=Pt(14), before=Pt(12))
        self._line(title, bold=True)

    def annex(self, name: str, annex: Annex, issued: str) -> None:
        """On a page of its own, across the sheet."""
        again = self._wide
        if not again:
            self._turn()
        self._line(name, bold=True, size=Pt(14)).paragraph_format.page_break_before = again
        self._line(annex.title, bold=True)
        self._line(issued, italic=True)
        for section in annex.sections:
            self.section(section)

    def section(self, section: Section, numbered: str = "") -> None:
        if section.title:
            self._titled(f"{numbered}{section.title}")
        for text in section.paragraphs:
            paragraph = self._document.add_paragraph(plain(text))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            paragraph.paragraph_format.first_line_indent = Mm(10)
        for text in section.items:
            self._document.add_paragraph(f"- {plain(text)}").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for table in section.tables:
            self._table(table)
        for chart in section.charts:
            self._chart(chart)
        if section.heat is not None:
            self._heat(section.heat)

    def _titled(self, text: str) -> None:
        heading = self._document.add_heading(text, level=2)
        for run in heading.runs:
            run.font.name, run.font.size, run.font.color.rgb = FONT, BODY, RGBColor(0, 0, 0)
            run._element.rPr.rFonts.set(qn("w:asciiTheme"), "")  # noqa: SLF001 - the theme's font goes first otherwise
            run.bold = True

    def sign(self, agency: Agency) -> None:
        table = self._document.add_table(rows=1, cols=2)
        left, right = table.rows[0].cells
        first = left.paragraphs[0]
        run = first.add_run("Nơi nhận:")
        run.bold = run.italic = True
        run.font.size = Pt(12)
        for each in (*agency.recipients, "Lưu: VT."):
            left.add_paragraph().add_run(f"- {plain(each)}").font.size = Pt(11)
        _lines(right, [(agency.signer_title.upper(), True), ("", False), ("", False), ("", False),
                       (agency.signer, True)])  # fmt: skip

    def save(self, path: Path) -> None:
        self._document.core_properties.author = ""
        self._document.save(str(path))

    def _table(self, table: Table) -> None:
        self._caption(table.caption)
        room = ROOM_ACROSS if self._wide else ROOM
        made = self._grid(table.headers, [room * share / sum(table.widths) for share in table.widths])
        styles = [NUMBER if at in table.numbers else CELL for at in range(len(table.headers))]
        for place, row in enumerate(table.rows):
            made.row(zip(row, styles, strict=True), bold=place >= len(table.rows) - table.foot)
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def _heat(self, heat: HeatMap) -> None:
        """A table that is shaded, and the steps of its colours below it."""
        self._caption(heat.caption)
        room = ROOM_ACROSS if self._wide else ROOM
        width = min(14, (room - NAMES) / max(len(heat.columns), 1))
        made = self._grid((heat.corner, *heat.columns), [NAMES, *[width] * len(heat.columns)])
        for label, cells in heat.coloured():
            made.row([(label, CELL), *((text, NUMBER) for text, _ in cells)], colours=["", *(c for _, c in cells)])
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)
        legend = Grid(self._document.add_table(rows=0, cols=len(heat.scale())), [18] * len(heat.scale()))
        legend.row([(step.text, NUMBER) for step in heat.scale()], colours=[step.colour for step in heat.scale()])

    def _chart(self, chart: Chart) -> None:
        picture = self._pictures.get(chart.name)
        if picture is None:
            return
        self._caption(chart.caption)
        shown = self._document.add_picture(BytesIO(picture), width=Mm(ROOM_ACROSS if self._wide else ROOM))
        shown._inline.docPr.set("descr", chart.caption)  # noqa: SLF001 - python-docx has no name for it

    def _caption(self, text: str) -> None:
        caption = self._document.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        caption.add_run(plain(text)).bold = True

    def _grid(self, headers: Sequence[str], widths: Sequence[float]) -> Grid:
        made = Grid(self._document.add_table(rows=0, cols=len(headers)), widths)
        made.row([(text, HEADER) for text in headers], bold=True, repeated=True)
        return made

    def _line(
        self, text: str, *, bold: bool = False, italic: bool = False, size: Any = BODY, before: Any = None
    ) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if before is not None:
            paragraph.paragraph_format.space_before = before
        run = paragraph.add_run(plain(text))
        run.bold, run.italic, run.font.size = bold, italic, size
        return paragraph

    def _turn(self) -> None:
        self._wide = True
        section = self._document.add_section()
        section.different_first_page_header_footer = False
        self._page(section)

    def _page(self, section: Any) -> None:
        long, short = Mm(297), Mm(210)
        section.orientation = WD_ORIENT.LANDSCAPE if self._wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if self._wide else (short, long)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)


def _numbered(section: Any) -> None:
    """The number of the page, in the middle of its head, from the second page on (NĐ 30/2020/NĐ-CP)."""
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text
        run._r.append(mark)  # noqa: SLF001 - python-docx has no name for fields


def _lines(cell: Any, lines: Sequence[tuple[str, bool]]) -> None:
    for place, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(plain(text))
        run.bold, run.font.size = bold, Pt(12)
