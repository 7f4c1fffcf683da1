"""The header of a sheet: which row it is, and which column holds which field (reference 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alertd.core.errors import FeedInputError
from alertd.core.text import clean
from alertd.feeds.aliases import ALIAS_KEYS, HANDED_OVER, KNOWN, RETURN_DAY, squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Columns = Mapping[str, Sequence[str]]
    #: For each column the keys that its header may be found by, the best first.
    Names = Sequence[Sequence[str]]

LOOKED_AT = 50  # rows: titles and emblems stand above a header, never more than a page of them
SHOWN = 40  # headers named in an error


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's header stands (0-based, its last row) and the 0-based column of each field that it has.

    `aliases` are the columns of the dossiers' other codes, `titles` the headers as written, by column. `keys` are those
    by which the columns were found, in `names`; `words` all keys of the row or the two.
    """

    row: int
    width: int
    columns: Mapping[str, int]
    aliases: tuple[int, ...]
    titles: Sequence[str]
    names: Names
    keys: frozenset[str]
    words: frozenset[str]

    def without(self, fields: Sequence[str]) -> Header:
        """The same without some fields."""
        return replace(self, columns={name: at for name, at in self.columns.items() if name not in fields})

    def title(self, field: str) -> str:
        """The header of a field's column, as written."""
        return self.titles[self.columns[field]]


def find_header(rows: Sequence[Sequence[object]], columns: Columns, where: str) -> Header:
    """The header among a sheet's first rows: the row, or two, that name a code column and the most other fields.

    `columns` maps fields to headers as the admin wrote them; fields that it leaves out are found by their aliases, in
    columns that it does not name. `where` names the file in errors. Raises FeedInputError when a named column or a code
    column is absent, or when a header that is needed stands there twice.
    """
    best: Header | None = None
    keys = {field: [squeeze(header) for header in headers] for field, headers in columns.items()}
    for number, row in enumerate(rows[:LOOKED_AT]):
        above = rows[number - 1] if number else ()
        for rows_of_it in ((row,), (above, row)):
            texts, names = under(rows_of_it[0] if len(rows_of_it) > 1 else (), row)
            found = match(names, keys)
            if "code" in found and (best is None or len(found) > len(best.columns) + bool(best.aliases)):
                best = _header(number, found, texts, names, rows_of_it)
    if best is None or _absent(columns, best):
        raise missing(rows, columns, best, where)
    for key in best.keys:
        if len(again := places(key, best.names)) > 1:
            raise FeedInputError(
                f"{where}: the header '{best.titles[again[0]]}' stands in {len(again)} columns;"
                f" name them apart in the file, or name other columns in `columns:` of the feed"
            )
    return best


def under(above: Sequence[object], row: Sequence[object]) -> tuple[list[str], Names]:
    """The headers that a row has under the row above it: as written, and the keys of each column.

    A group's header stands in the first of its columns; a column without a second header keeps the first.
    """
    texts, names, group = [], [], ""
    for index, cell in enumerate(row):
        sub = cell if isinstance(cell, str) else ""
        top = above[index] if index < len(above) else ""
        top = top if isinstance(top, str) else ""
        group = squeeze(top) or group
        text = sub if sub.strip() else top
        texts.append(clean(text))
        key = squeeze(text)
        names.append((key, key + group, group + key) if group and squeeze(sub) not in ("", group) else (key,))
    return texts, names


def match(names: Names, explicit: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[int, str]]]:
    """The column of each field and the key it was found by: as named, else by alias. `aliases` may have several."""
    found = {field: _first(keys, names, frozenset()) for field, keys in explicit.items()}
    taken = frozenset(index for at in found.values() for index, _ in at)
    for field, aliases in ALIAS_KEYS.items():
        if field not in explicit:
            at = _first(aliases, names, taken)
            found[field] = at if field == "aliases" else at[:1]
    codes = {index for index, _ in found["code"]}
    found["aliases"] = [at for at in found["aliases"] if at[0] not in codes]
    if not found["due_at"] and "due_at" not in explicit and places(HANDED_OVER, names):
        found["due_at"] = _first((RETURN_DAY,), names, taken)
    return {field: at for field, at in found.items() if at}


def _first(keys: Sequence[str], names: Names, taken: frozenset[int]) -> list[tuple[int, str]]:
    """The first column of each key that is there and is not taken."""
    return [(index, key) for key in keys for index in places(key, names)[:1] if index not in taken]


def places(key: str, names: Names) -> list[int]:
    """The columns with a header; only where none has it, those that have it together with their group's."""
    if not key:
        return []
    return [index for index, own in enumerate(names) if own[0] == key] or [
        index for index, own in enumerate(names) if key in own
    ]


def _header(
    number: int,
    found: Mapping[str, Sequence[tuple[int, str]]],
    texts: list[str],
    names: Names,
    rows: Sequence[Sequence[object]],
) -> Header:
    return Header(
        row=number,
        width=max((index + 1 for index, own in enumerate(names) if own[0]), default=0),
        columns={field: at[0][0] for field, at in found.items() if field != "aliases"},
        aliases=tuple(index for index, _ in found.get("aliases", ())),
        titles=texts,
        names=names,
        keys=frozenset(key for at in found.values() for _, key in at),
        words=frozenset(squeeze(cell) for row in rows for cell in row if isinstance(cell, str)),
    )


def _absent(columns: Columns, header: Header | None) -> list[str]:
    """The columns that the admin names and the header has not."""
    return [
        f"'{text}' ({field})"
        for field, headers in columns.items()
        for text in headers
        if header is None or not places(squeeze(text), header.names)
    ]


def missing(rows: Sequence[Sequence[object]], columns: Columns, best: Header | None, where: str) -> FeedInputError:
    """The error that says which header is not there, and which are."""
    likely = rows[best.row] if best else max(rows[:LOOKED_AT], key=filled, default=())
    named = {squeeze(header) for headers in columns.values() for header in headers}
    # a row that holds no header at all is data, and data may name a citizen: nothing of it is shown
    is_header = not KNOWN.union(named).isdisjoint(squeeze(cell) for cell in likely if isinstance(cell, str))
    cells = [clean(cell) for cell in likely[:SHOWN] if isinstance(cell, str) and cell.strip()] if is_header else []
    shown = ", ".join(f"'{cell}'" for cell in cells)
    texts, names = under((), likely)
    absent = _absent(columns, best or _header(0, {}, texts, names, ()))
    what = f"has no column {', '.join(absent)}" if absent else "has no column with the dossiers' codes ('Mã hồ sơ')"
    return FeedInputError(
        f"{where} {what}; the headers found are: {shown or 'none'}; correct the file, or `columns:` of the feed"
    )


def filled(row: Sequence[object]) -> int:
    """How many cells of a row hold a text: a header is where most do."""
    return sum(isinstance(cell, str) and bool(cell.strip()) for cell in row)
