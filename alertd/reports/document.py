"""DOCX in the layout of administrative documents (NĐ 30/2020/NĐ-CP, appendix I); only here python-docx is imported.

A4, margins 20, 20, 30 and 15 mm, Times New Roman; the block of the agency at the left, the national title at the right,
number and place below, the body, then recipients at the left and the signature at the right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from alertd.reports.agency import BLANK, MOTTO, NATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from alertd.reports.agency import Agency
    from alertd.reports.sections import Section, Table

FONT = "Times New Roman"
BODY, SMALL = Pt(13), Pt(10)
#: Tables with more columns than this turn the page.
WIDE = 7
#: What XML cannot hold; a citizen's portal may.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(
    path: Path, agency: Agency, day: date, kind: str, title: str, sections: Sequence[Section], *, number: str = ""
) -> None:
    """One document. `kind` is what it is called in capitals (`BÁO CÁO`), `title` the line below. Raises OSError."""
    made = _Paper()
    made.head(agency, day, number)
    made.heading(kind, title)
    for place, section in enumerate(sections, 1):
        made.section(place, section)
    made.sign(agency)
    made.save(path)


class _Paper:
    """One document, from its head to its signature."""

    def __init__(self) -> None:
        self._document = Document()
        style: Any = self._document.styles["Normal"]
        style.font.name, style.font.size = FONT, BODY
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_after = Pt(6)
        self._wide = False
        first = self._document.sections[0]
        self._page(first)
        _numbered(first)

    def head(self, agency: Agency, day: date, number: str) -> None:
        table = self._document.add_table(rows=1, cols=2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        left, right = table.rows[0].cells
        _widths(table, (Mm(62), Mm(103)))
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

    def section(self, place: int, section: Section) -> None:
        wide = any(len(table.headers) > WIDE for table in section.tables)
        if wide != self._wide:
            self._turn(wide=wide)
        if section.title:
            self._titled(f"{place}. {section.title}")
        for text in section.paragraphs:
            paragraph = self._document.add_paragraph(_plain(text))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            paragraph.paragraph_format.first_line_indent = Mm(10)
        for text in section.items:
            self._document.add_paragraph(f"- {_plain(text)}").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for table in section.tables:
            self._table(table)

    def _titled(self, text: str) -> None:
        heading = self._document.add_heading(text, level=2)
        for run in heading.runs:
            run.font.name, run.font.size, run.font.color.rgb = FONT, BODY, RGBColor(0, 0, 0)
            run._element.rPr.rFonts.set(qn("w:asciiTheme"), "")  # noqa: SLF001 - the theme's font goes first otherwise
            run.bold = True

    def sign(self, agency: Agency) -> None:
        if self._wide:
            self._turn(wide=False)
        table = self._document.add_table(rows=1, cols=2)
        left, right = table.rows[0].cells
        first = left.paragraphs[0]
        run = first.add_run("Nơi nhận:")
        run.bold = run.italic = True
        run.font.size = Pt(12)
        for each in (*agency.recipients, "Lưu: VT."):
            left.add_paragraph().add_run(f"- {_plain(each)}").font.size = Pt(11)
        _lines(right, [(agency.signer_title.upper(), True), ("", False), ("", False), ("", False),
                       (agency.signer, True)])  # fmt: skip

    def save(self, path: Path) -> None:
        self._document.core_properties.author = ""
        self._document.save(str(path))

    def _table(self, table: Table) -> None:
        caption = self._document.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        caption.add_run(table.caption).bold = True
        made = self._document.add_table(rows=1, cols=len(table.headers))
        made.style = "Table Grid"
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        room = 252 if self._wide else 165
        widths = [Mm(room * share / sum(table.widths)) for share in table.widths]
        _widths(made, widths)
        _row(made.rows[0].cells, table.headers, widths, bold=True)
        _repeated(made.rows[0])
        for place, row in enumerate(table.rows):
            bold = place >= len(table.rows) - table.foot
            _row(made.add_row().cells, row, widths, bold=bold, numbers=table.numbers)
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def _line(self, text: str, *, bold: bool = False, size: Any = BODY, before: Any = None) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if before is not None:
            paragraph.paragraph_format.space_before = before
        run = paragraph.add_run(_plain(text))
        run.bold, run.font.size = bold, size

    def _turn(self, *, wide: bool) -> None:
        self._wide = wide
        section = self._document.add_section()
        section.different_first_page_header_footer = False
        self._page(section)

    def _page(self, section: Any) -> None:
        long, short = Mm(297), Mm(210)
        section.orientation = WD_ORIENT.LANDSCAPE if self._wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if self._wide else (short, long)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)


def _row(
    cells: Sequence[Any],
    texts: Sequence[str],
    widths: Sequence[Any],
    *,
    bold: bool,
    numbers: frozenset[int] = frozenset(),
) -> None:
    for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if place in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(_plain(text))
        run.bold, run.font.size = bold, SMALL


def _widths(table: Any, widths: Sequence[Any]) -> None:
    """Word keeps to the columns' widths, others to the cells': both are set."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


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


def _repeated(row: Any) -> None:
    """The header stands again on each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no name for it


def _lines(cell: Any, lines: Sequence[tuple[str, bool]]) -> None:
    for place, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(_plain(text))
        run.bold, run.font.size = bold, Pt(12)


def _plain(text: str) -> str:
    return _UNWANTED.sub("", text)
