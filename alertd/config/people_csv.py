"""People from a CSV file that organisation.yaml includes; one with several posts or contacts has several rows.

Columns: id, name, portal_ids, unit, post, from, until, channel, phone, address. Comma, semicolon or tab; dates as
2026-11-23 or 23/11/2026; several portal ids in one cell are parted by `|` or spaces.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from alertd.config.findings import Finding, Place
from alertd.config.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("id", "name", "portal_ids", "unit", "post", "from", "until", "channel", "phone", "address")
_POST = ("unit", "post", "from", "until")
_CONTACT = ("channel", "phone", "address")
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class PeopleCsv:
    """The file's people as the models take them, each with the rows that it came from."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.people: list[dict[str, Any]] = []
        self._rows: list[dict[str, list[int]]] = []
        self._lines = text.removeprefix("\ufeff").splitlines()
        head = self._lines[0] if self._lines else ""
        self._separator = max(",;\t", key=head.count)
        self._columns: list[str] = []
        try:
            self._read("\n".join(self._lines))
        except csv.Error as error:
            self.findings.append(Finding.of("csv.syntax", Place(file, 1, 1), problem=error))

    def _read(self, text: str) -> None:
        rows = self._numbered(text)
        self._columns = [cell.strip().lower() for cell in next(rows, (1, [""]))[1]]
        for index, name in enumerate(self._columns):
            if name not in COLUMNS:
                place = self._cell(1, index)
                self.findings.append(Finding.of("key.unknown", place, key=name, near=nearest(name, COLUMNS)))
            elif name in self._columns[:index]:
                self.findings.append(Finding.of("yaml.duplicate", self._cell(1, index), key=name))
        missing = [name for name in ("id", "name") if name not in self._columns]
        self.findings += [Finding.of("key.missing", Place(self.file, 1, 1), key=name) for name in missing]
        if self.findings:
            return
        known: dict[str, int] = {}
        for number, cells in rows:
            if len(cells) > len(self._columns):
                place = self._cell(number, len(self._columns))
                self.findings.append(Finding.of("csv.cells", place, cells=len(cells), columns=len(self._columns)))
                continue
            row = dict.fromkeys(self._columns, "") | dict(zip(self._columns, map(str.strip, cells), strict=False))
            self._row(number, row, known)

    def _numbered(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not blank, with the line on which each begins."""
        reader = csv.reader(io.StringIO(text), delimiter=self._separator, strict=True)
        start = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1

    def _row(self, number: int, row: dict[str, str], known: dict[str, int]) -> None:
        index = known.get(row["id"])
        if index is None:
            index = known[row["id"]] = len(self.people)
            self.people.append({"id": row["id"], "name": row["name"], "portal_ids": [], "posts": [], "contacts": []})
            self._rows.append({"": [number], "posts": [], "contacts": []})
        person, rows = self.people[index], self._rows[index]
        if row["name"] and row["name"] != person["name"]:
            place = self._cell(number, self._columns.index("name"))
            self.findings.append(Finding.of("csv.name", place, id=row["id"], name=person["name"]))
        ids = re.split(r"[|\s]+", row.get("portal_ids", ""))
        person["portal_ids"] += [i for i in ids if i and i not in person["portal_ids"]]
        for part, keys in (("posts", _POST), ("contacts", _CONTACT)):
            made = {key: _iso(row[key]) if key in ("from", "until") else row[key] for key in keys if row.get(key)}
            if made and made not in person[part]:
                person[part].append(made)
                rows[part].append(number)

    def locate(self, index: int, path: tuple[str | int, ...]) -> Place:
        """The cell of person `index` that a path within it names."""
        rows = self._rows[index]
        number, column = rows[""][0], str(path[0]) if path else "id"
        if column in ("posts", "contacts"):
            at = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
            number = rows[column][at] if at < len(rows[column]) else number
            first = "unit" if column == "posts" else "channel"
            column = str(path[2]) if len(path) > 2 else first  # noqa: PLR2004 - part, index, key
        found = self._columns.index(column) if column in self._columns else 0
        return self._cell(number, found)

    def _cell(self, number: int, index: int) -> Place:
        """Where the cell of an index begins in a line."""
        quoted, seen = False, 0
        line = self._lines[number - 1] if number <= len(self._lines) else ""
        for position, char in enumerate(line):
            if seen == index:
                return Place(self.file, number, position + 1)
            quoted ^= char == '"'
            seen += char == self._separator and not quoted
        return Place(self.file, number, len(line) + 1)


def _iso(text: str) -> str:
    match = _VIETNAMESE_DAY.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
