"""Weeks on the clock of the office: where they end, and what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
DAY_MINUTES = 1440
_LABEL = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True)
class WeekEnd:
    """The instant of each week at which it ends: 0 (Monday) to 6 (Sunday), minutes of that day up to 1440."""

    weekday: int
    minute: int
    zone: ZoneInfo

    def at_or_before(self, at: datetime) -> datetime:
        """The last end of a week that is not later, UTC."""
        day = at.astimezone(self.zone).date() + timedelta(days=1)
        day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        found = self._on(day)
        return found if found <= at else self._on(day - WEEK)

    def before(self, cutoff: datetime) -> datetime:
        """The end of the week before the one that ends at `cutoff`."""
        return self.at_or_before(cutoff - timedelta(microseconds=1))

    def after(self, cutoff: datetime) -> datetime:
        """The end of the week after the one that ends at `cutoff`."""
        found = self.at_or_before(cutoff + WEEK)
        return found if found > cutoff else self.at_or_before(cutoff + WEEK + timedelta(hours=3))

    def last_day(self, cutoff: datetime) -> date:
        """The local date on which the week that ends at `cutoff` ends: a Sunday for Sunday 24:00."""
        return (cutoff - timedelta(microseconds=1)).astimezone(self.zone).date()

    def label(self, cutoff: datetime) -> str:
        """`2026-W48`: the ISO week of the last day of the week that ends at `cutoff`."""
        year, week, _ = self.last_day(cutoff).isocalendar()
        return f"{year}-W{week:02}"

    def of_label(self, text: str) -> datetime:
        """The end of the week of a label. Raises ValueError when there is no such week."""
        match = _LABEL.fullmatch(text)
        if match is None:
            raise ValueError(text)
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if self.minute == 0:  # the last day is the one before
            return self._on(monday + timedelta(days=(self.weekday - 1) % 7 + 1))
        return self._on(monday + timedelta(days=self.weekday))

    def _on(self, day: date) -> datetime:
        if self.minute == DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        else:
            minute = self.minute
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).astimezone(UTC)
