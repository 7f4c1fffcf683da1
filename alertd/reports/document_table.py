"""Tables of a DOCX: rows are set by named styles and built without python-docx's lookups, for lists may be long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Styles of cells.
CELL, NUMBER, HEADER = "Ô chữ", "Ô số", "Ô đầu bảng"
SMALL = Pt(10)
#: What XML cannot hold; a citizen's portal may.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Grid:
    """A table with lines, row by row; `widths` in mm."""

    def __init__(self, table: Any, widths: Sequence[float]) -> None:
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
        set_widths(table, [Mm(width) for width in widths])
        self._body = table._tbl  # noqa: SLF001 - rows by python-docx take a hundred times as long
        self._make = self._body.makeelement
        self._twips = [str(round(width * 1440 / 25.4)) for width in widths]

    def row(
        self, cells: Iterable[tuple[str, str]], *, bold: bool = False, repeated: bool = False,
        colours: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Texts with their styles; a row is not torn between two pages."""
        row = self._make(_TR)
        settings = self._child(row, _TR_SETTINGS)
        self._child(settings, _WHOLE)
        if repeated:
            self._child(settings, _REPEATED)
        for place, (text, style) in enumerate(cells):
            cell = self._child(row, _TC)
            settings = self._child(cell, _TC_SETTINGS)
            self._child(settings, _WIDTH, {_WIDTH_VALUE: self._twips[place], _WIDTH_UNIT: "dxa"})
            if colours and colours[place]:
                self._child(settings, _SHADE, {_VALUE: "clear", _FILL: colours[place].removeprefix("#")})
            for line in plain(text).split("\n"):
                self._paragraph(cell, line, style, bold=bold)
        self._body.append(row)

    def _paragraph(self, cell: Any, text: str, style: str, *, bold: bool) -> None:
        paragraph = self._child(cell, _P)
        self._child(self._child(paragraph, _P_SETTINGS), _P_STYLE, {_VALUE: _STYLE_IDS[style]})
        if not text:
            return
        run = self._child(paragraph, _R)
        if bold:
            self._child(self._child(run, _R_SETTINGS), _BOLD)
        written = self._child(run, _TEXT)
        written.text = text
        if text != text.strip():
            written.set(_SPACE, "preserve")

    def _child(self, parent: Any, tag: str, attributes: Mapping[str, str] | None = None) -> Any:
        made = self._make(tag, attributes or {})
        parent.append(made)
        return made


_TR, _TR_SETTINGS, _WHOLE, _REPEATED = qn("w:tr"), qn("w:trPr"), qn("w:cantSplit"), qn("w:tblHeader")
_TC, _TC_SETTINGS, _WIDTH, _SHADE = qn("w:tc"), qn("w:tcPr"), qn("w:tcW"), qn("w:shd")
_WIDTH_VALUE, _WIDTH_UNIT, _VALUE, _FILL = qn("w:w"), qn("w:type"), qn("w:val"), qn("w:fill")
_P, _P_SETTINGS, _P_STYLE = qn("w:p"), qn("w:pPr"), qn("w:pStyle")
_R, _R_SETTINGS, _BOLD, _TEXT = qn("w:r"), qn("w:rPr"), qn("w:b"), qn("w:t")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_STYLE_IDS = {CELL: "CellText", NUMBER: "CellNumber", HEADER: "CellHeader"}


def add_styles(document: Any) -> None:
    """Of the cells of tables."""
    alignments = {CELL: WD_ALIGN_PARAGRAPH.LEFT, NUMBER: WD_ALIGN_PARAGRAPH.RIGHT, HEADER: WD_ALIGN_PARAGRAPH.CENTER}
    for name, alignment in alignments.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), _STYLE_IDS[name])
        style.base_style, style.font.size = document.styles["Normal"], SMALL
        style.paragraph_format.alignment, style.paragraph_format.space_after = alignment, Pt(0)


def set_widths(table: Any, widths: Sequence[Any]) -> None:
    """Word keeps to the columns' widths, others to the cells': both are set."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def plain(text: str) -> str:
    """What XML can hold of a text."""
    return _UNWANTED.sub("", text)
