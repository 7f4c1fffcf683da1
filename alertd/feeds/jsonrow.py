"""One dossier as a JSON object: its texts, and its dates, of which those that decide nothing may be damaged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alertd.core.text import clean, normal_code
from alertd.feeds.dates import DateError, Dates, When

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    Row = Mapping[str, Any]


@dataclass
class Dated:
    """The dates of one row. `damaged` gathers why some were left out (reference 5, problem 1: the row is kept)."""

    dates: Dates
    damaged: list[str] = field(default_factory=list)

    def when(self, row: Row, name: str) -> When | None:
        """A date that decides. Raises DateError, which names the field."""
        value = row.get(name)
        if value in (0, "0"):  # an index writes it for "none"
            return None
        try:
            return self.dates.read(value)
        except DateError:
            raise DateError(value, name) from None

    def if_readable(self, row: Row, name: str) -> When | None:
        """A date by which nothing is decided: a damaged one is noted and left out."""
        try:
            return self.when(row, name)
        except DateError as error:
            self.damaged.append(f"{error}; the rest of the row was taken")
            return None


def at(when: When | None) -> datetime | None:
    """The instant of a date, in UTC."""
    return when.at if when else None


def text(row: Row, name: str) -> str:
    """A value as text; objects and lists count as missing."""
    return text_of(row.get(name))


def text_of(value: object) -> str:
    """The same for the value itself."""
    if isinstance(value, bool):
        return str(value).lower()
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def part(row: Row, name: str) -> Row:
    """An object within the row; empty when there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def others(code: str, *codes: str) -> tuple[str, ...]:
    """Other codes of the dossier with that code: each once, and none that only writes the same one differently."""
    known = {normal_code(code): code}
    for other in codes:
        if other:
            known.setdefault(normal_code(other), other)
    return tuple(known.values())[1:]
