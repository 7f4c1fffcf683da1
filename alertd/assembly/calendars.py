"""What a daemon keeps in mind of the calendars beside their working time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.checks import calendars

if TYPE_CHECKING:
    from alertd.config.load import Loaded


def years_published(loaded: Loaded) -> dict[str, frozenset[int]]:
    """The years whose days off are written, of each calendar that `check` looks through for them."""
    return calendars.years_published(loaded.calendar)
