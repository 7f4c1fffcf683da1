"""HTML tables under a sheet's name ("export.xls"), as many portals make them (reference 5, problem 23)."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.csvfile import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A cell is never wider than this: a damaged `colspan` must not fill the memory.
WIDEST = 100
BLANKS = b"\xef\xbb\xbf \t\r\n"


def is_page(raw: bytes) -> bool:
    """Whether the content, whatever the file's name, is HTML."""
    return raw.lstrip(BLANKS)[:1] == b"<"


def table_rows(raw: bytes, encoding: str | None, where: str) -> Sequence[Sequence[str]]:
    """The rows of the page's longest table. Raises FeedInputError for a page without one, such as a login page."""
    reader = _Tables()
    reader.feed(decoded(raw, encoding, where))
    reader.close()
    rows = max(reader.tables, key=len, default=[])
    if not rows:
        raise FeedInputError(f"{where} is a web page (HTML) without a table, not a sheet; the login may have expired")
    return rows


class _Tables(HTMLParser):
    """Gathers every table; a table inside a cell is one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            self._cell = []
            span = dict(attrs).get("colspan") or ""
            self._span = min(max(int(span), 1), WIDEST) if span.isdecimal() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        """A merged cell's text stands in its first place, the others are empty, as in a workbook."""
        if self._cell is None or not self._open:
            return
        if not self._open[-1]:
            self._open[-1].append([])
        text = " ".join("".join(self._cell).split())
        self._open[-1][-1] += [text, *[""] * (self._span - 1)]
        self._cell = None
