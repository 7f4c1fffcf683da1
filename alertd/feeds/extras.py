"""What a sheet may say of a dossier besides its clock: other codes, steps, fees, digitised results (reference 4.1).

No alert hangs on any of it, so a value that cannot be read makes it unknown and is noted; its row is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alertd.core.text import clean, normal_code
from alertd.feeds.answers import YES_NO_FIELDS, amount
from alertd.feeds.cell import CodeError, code_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.feeds.answers import Answers
    from alertd.feeds.headers import Header

FIELDS = ("parent", "step", "supplements", "service_level", "fee_total", *YES_NO_FIELDS)
MOST_SUPPLEMENTS = 99
_SEPARATOR = re.compile(r"[;,\n]|#+")


@dataclass(slots=True)
class Extras:
    """Reads these fields of the rows of one file, and counts what cannot be read."""

    header: Header
    answers: Answers
    _present: tuple[str, ...] = ()
    _unread: dict[str, tuple[int, int]] = field(default_factory=dict)  # by field: how many, the first row

    def __post_init__(self) -> None:
        """Most sheets have none of them."""
        self._present = tuple(name for name in FIELDS if name in self.header.columns)

    def read(self, number: int, row: Sequence[object], cells: Mapping[str, object], key: str) -> dict[str, Any]:
        """The fields of one row that are known. `key` is the dossier's own code, which is no alias of itself."""
        found: dict[str, Any] = {}
        for name in self._present:
            cell = cells.get(name)
            if cell is None or (text := clean(text_of(cell))) == "":
                continue
            value = self._value(name, cell, text)
            if value is None:
                self._note(name, number)
            else:
                found[name] = value
        if self.header.aliases:
            found["aliases"] = self._aliases(number, row, key)
        return found

    def _value(self, name: str, cell: object, text: str) -> Any:
        if name == "step":
            return text
        if name == "parent":
            return _code(cell)
        if name == "supplements":
            return int(text) if text.isdecimal() and len(text) < 3 else None  # noqa: PLR2004 - nobody is asked a hundred times
        if name == "service_level":
            return self.answers.level(text) or None
        if name == "fee_total":
            return amount(text)
        return self.answers.is_yes(name, text)

    def _aliases(self, number: int, row: Sequence[object], key: str) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for column in self.header.aliases:
            cell = row[column] if column < len(row) else None
            for part in _SEPARATOR.split(cell) if isinstance(cell, str) else (cell,):
                code = _code(part)
                if code is None:
                    self._note("aliases", number)
                elif code and normal_code(code) != key:
                    found.setdefault(normal_code(code), code)
        return tuple(found.values())

    def _note(self, name: str, number: int) -> None:
        count, first = self._unread.get(name, (0, number))
        self._unread[name] = (count + 1, first)

    def notes(self) -> list[str]:
        """What counts as unknown, for a person to know; never the values, which may be anything."""
        return [
            f"{name}: {count} values could not be read and count as unknown (the first in row {first});"
            f" `values:` of the feed names what it writes"
            for name, (count, first) in self._unread.items()
        ]


def _code(cell: object) -> str | None:
    """A code, empty for none; None for one that Excel has destroyed."""
    try:
        return code_of(cell)
    except CodeError:
        return None
