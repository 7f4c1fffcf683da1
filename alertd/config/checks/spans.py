"""Dates that end before they begin, and entries that overlap in time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from alertd.config.reading import ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alertd.config.checks.context import Context
    from alertd.config.organisation import Spanned


def backwards(context: Context, spanned: Spanned, path: tuple[str | int, ...], file: str = ORGANISATION) -> None:
    """A fault at `until` when it is earlier than `from`."""
    if spanned.first and spanned.last and spanned.last < spanned.first:
        place = context.at(file, *path, "until")
        context.add("span.backwards", place, first=spanned.first, last=spanned.last)


def overlap(one: Spanned, other: Spanned) -> bool:
    """Whether two spans share a day."""
    first = max(one.first or date.min, other.first or date.min)
    return first <= min(one.last or date.max, other.last or date.max)


def overlaps(entries: Sequence[tuple[object, Spanned]]) -> Iterator[tuple[int, int]]:
    """Pairs (later, earlier) of entries of the same kind that share a day; each later one once."""
    for later, (kind, spanned) in enumerate(entries):
        for earlier in range(later):
            if entries[earlier][0] == kind and overlap(entries[earlier][1], spanned):
                yield later, earlier
                break
