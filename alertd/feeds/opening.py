"""From a file's bytes to the one grid of cells that holds dossiers: kind, encoding, worksheet and delimiter by content.

What a file may be read as is settled by its header, never by its name: the first reading in which a header with the
dossiers' codes stands is the right one, and a font encoding is believed only when several headers are known in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.feeds.aliases import KNOWN, squeeze
from alertd.feeds.csvfile import decoded, delimiters_of, records
from alertd.feeds.dates import EPOCH_1904, EXCEL_EPOCH
from alertd.feeds.headers import LOOKED_AT, find_header
from alertd.feeds.htmltable import is_page, table_rows
from alertd.feeds.legacy import CONVERTERS, NAMES, repaired
from alertd.feeds.workbook import ZIP_MARK, is_workbook, tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from alertd.feeds.headers import Header
    from alertd.feeds.workbook import Tab

#: Encodings that a file which is not UTF-8 may be in, if its headers say so.
EIGHT_BITS = ("cp1258", *CONVERTERS)
PROOF = 3  # fields known by their headers


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, as often as they are asked for.

    `is_text`: a record may be longer than its header only by a mistake. `epoch` is day zero of serial numbers, None
    where it cannot be told. `encoding` is the one its texts were converted from, where nobody declared it.
    """

    rows: Callable[[], Iterator[Sequence[object]]]
    is_text: bool = False
    worksheet: str = ""
    encoding: str = ""
    epoch: datetime | None = EXCEL_EPOCH
    hidden_rows: frozenset[int] = field(default=frozenset())
    hidden_columns: frozenset[int] = field(default=frozenset())

    def first(self) -> list[Sequence[object]]:
        """The rows among which a header may stand."""
        return list(islice(self.rows(), LOOKED_AT))

    def converted(self, encoding: str) -> Grid:
        """The same with its texts taken for a font encoding."""
        return replace(self, rows=partial(_converted, self.rows, CONVERTERS[encoding]))


def opened(
    raw: bytes, columns: Mapping[str, Sequence[str]], encoding: str | None, worksheet: str | None, where: str
) -> tuple[Grid, Header]:
    """The grid of a file that holds dossiers, and its header. Raises FeedInputError, which says what is wrong."""
    try:
        grids = grids_of(raw, encoding, worksheet, where)
    except FeedInputError:
        if encoding is None and not is_workbook(raw) and (proven := _proven(raw, columns, where)):
            return proven
        raise
    found = with_header(grids, columns, where)
    if found and found[0][0].worksheet and len(found) > 1:
        names = ", ".join(f"'{grid.worksheet}'" for grid, _ in found)
        raise FeedInputError(
            f"{where}: several worksheets hold dossiers ({names}); name one with `worksheet:` of the feed,"
            f" and the others in feeds of their own"
        )
    if found:
        return found[0]
    for name in CONVERTERS if encoding is None else ():
        for grid, header in with_header([grid.converted(name) for grid in grids], columns, where):
            if len(header.columns) >= PROOF:
                return replace(grid, encoding=name), header
    first = grids[0].first() if grids else []
    if not any(any(row) for row in first):
        raise FeedInputError(f"{where} is empty; export it again, or take the empty file away")
    known = KNOWN.union(squeeze(header) for headers in columns.values() for header in headers)
    for grid in grids:
        refuse_mojibake(grid.first(), known, where)
    return grids[0], find_header(first, columns, where)  # raises what is wrong with the header


def grids_of(raw: bytes, encoding: str | None, worksheet: str | None, where: str) -> list[Grid]:
    """What a file may be read as, the likeliest first: its worksheets, or its text with each delimiter.

    Raises FeedInputError when it cannot be read at all.
    """
    if is_workbook(raw):
        is_xlsx = raw.startswith(ZIP_MARK)
        grids = [_of_tab(tab, is_xlsx=is_xlsx) for tab in tabs(raw, worksheet, where)]
    elif is_page(raw):
        rows = table_rows(raw, encoding, where)
        grids = [Grid(partial(iter, rows))]
    else:
        text = decoded(raw, encoding, where)
        grids = [Grid(partial(records, text, delimiter, where), is_text=True) for delimiter in delimiters_of(text)]
    return [grid.converted(encoding) for grid in grids] if encoding in CONVERTERS else grids


def _of_tab(tab: Tab, *, is_xlsx: bool) -> Grid:
    epoch: datetime | None = EXCEL_EPOCH
    if tab.from_1904:
        epoch = EPOCH_1904 if is_xlsx else None
    return Grid(
        partial(iter, tab.rows),
        worksheet=tab.name,
        epoch=epoch,
        hidden_rows=tab.hidden_rows,
        hidden_columns=tab.hidden_columns,
    )


def with_header(grids: Sequence[Grid], columns: Mapping[str, Sequence[str]], where: str) -> list[tuple[Grid, Header]]:
    """Those in which a header stands."""
    found = []
    for grid in grids:
        try:
            found.append((grid, find_header(grid.first(), columns, where)))
        except FeedInputError:
            continue
    return found


def _proven(raw: bytes, columns: Mapping[str, Sequence[str]], where: str) -> tuple[Grid, Header] | None:
    """A file of eight-bit letters in the one encoding in which its headers are known."""
    for name in EIGHT_BITS:
        try:
            grids = grids_of(raw, name, None, where)
        except FeedInputError:
            continue
        for grid, header in with_header(grids, columns, where):
            if len(header.columns) >= PROOF:
                return replace(grid, encoding=name), header
    return None


def refuse_mojibake(rows: Sequence[Sequence[object]], known: AbstractSet[str], where: str) -> None:
    """Raises FeedInputError when headers are UTF-8 that somebody read as windows-1252 and saved again."""
    for cell in (cell for row in rows for cell in row if isinstance(cell, str)):
        was = repaired(cell)
        if was is not None and squeeze(was) in known:
            raise FeedInputError(
                f"{where}: its text was UTF-8, was read as windows-1252 and saved again ('{cell}' is '{was}');"
                f" export it again, and open it as UTF-8 if you must open it first"
            )


def named(encoding: str) -> str:
    """An encoding as people call it."""
    return NAMES.get(encoding, encoding)


def _converted(
    rows: Callable[[], Iterator[Sequence[object]]], convert: Callable[[str], str]
) -> Iterator[Sequence[object]]:
    for row in rows():
        yield [convert(cell) if isinstance(cell, str) else cell for cell in row]
