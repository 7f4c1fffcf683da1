"""HTML tables under a sheet's name ("export.xls"), as many portals make them (reference 5, problem 23).

The XML that Excel 2003 saved as a sheet is read too: its rows and cells have other names and little else is different.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.csvfile import decoded, is_utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A cell is never wider than this: a damaged `colspan` must not fill the memory.
WIDEST = 100
BLANKS = b"\xef\xbb\xbf \t\r\n"
#: A merged cell is never longer than this.
LONGEST = 100_000
XML_2003 = {"row": "tr", "cell": "td"}
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?\b(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD = 4096


def is_page(raw: bytes) -> bool:
    """Whether the content, whatever the file's name, is HTML."""
    return raw.lstrip(BLANKS)[:1] == b"<"


def table_rows(raw: bytes, encoding: str | None, where: str) -> Sequence[Sequence[str]]:
    """The rows of the page's longest table. Raises FeedInputError for a page without one, such as a login page."""
    reader = _Tables()
    reader.feed(decoded(raw, encoding or declared(raw), where))
    reader.close()
    if reader.unfinished:
        raise FeedInputError(f"{where} ends in the middle of its table; it was cut short, export it again")
    rows = max(reader.tables, key=len, default=[])
    if not rows:
        raise FeedInputError(f"{where} is a web page (HTML) without a table, not a sheet; the login may have expired")
    return rows


def declared(raw: bytes) -> str | None:
    """The encoding that the page says it is in, where it is not UTF-8 after all."""
    found = None if is_utf8(raw) else _CHARSET.search(raw[:_HEAD])
    name = found[1].decode("ascii", "ignore") if found else ""
    with suppress(LookupError, ValueError):
        "".encode(name)
        return name
    return None


class _Tables(HTMLParser):
    """Gathers every table; a table inside a cell is one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[_Table] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)

    @property
    def unfinished(self) -> bool:
        """Whether the page has ended before its tables."""
        return bool(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = XML_2003.get(tag, tag)
        if tag == "table":
            self._end_cell()
            self._open.append(_Table())
            self.tables.append(self._open[-1].rows)
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].new_row()
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._cell = []
            self._span = spans_of(dict(attrs))
            self._open[-1].move_to(min(_count(dict(attrs), "ss:index", 1), WIDEST) - 1)
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        tag = XML_2003.get(tag, tag)
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._open:
            self._open[-1].add(" ".join("".join(self._cell).split()), *self._span)
        self._cell = None


class _Table:
    """Rows as they grow. A merged cell's text stands in its first place, and in each row that it spans."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._spans: dict[int, tuple[int, int, str]] = {}  # by column: rows to come, width, text

    def new_row(self) -> None:
        """End the row, with what still spans down into it, and begin another."""
        if self.rows:
            for column in sorted(column for column in self._spans if column > len(self.rows[-1])):
                self.move_to(column)
                self._fill()
        self.rows.append([])
        self._fill()

    def move_to(self, column: int) -> None:
        """To the column where the next cell stands, if that is further on."""
        if self.rows:
            self.rows[-1] += [""] * (column - len(self.rows[-1]))

    def add(self, text: str, width: int, height: int) -> None:
        """One cell, and what spans down beside it."""
        if not self.rows:
            self.rows.append([])
        row = self.rows[-1]
        at = len(row)
        row += [text, *[""] * (width - 1)]
        self._fill()
        if height > 1:
            self._spans[at] = (height - 1, width, text)

    def _fill(self) -> None:
        row = self.rows[-1]
        while (at := len(row)) in self._spans:
            left, width, text = self._spans.pop(at)
            row += [text, *[""] * (width - 1)]
            if left > 1:
                self._spans[at] = (left - 1, width, text)


def spans_of(given: dict[str, str | None]) -> tuple[int, int]:
    """How many columns and rows a cell spans."""
    across = _count(given, "ss:mergeacross", 0) + _count(given, "colspan", 1)
    down = _count(given, "ss:mergedown", 0) + _count(given, "rowspan", 1)
    return min(max(across, 1), WIDEST), min(max(down, 1), LONGEST)


def _count(given: dict[str, str | None], name: str, default: int) -> int:
    """A number among a tag's attributes."""
    text = given.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default  # noqa: PLR2004
