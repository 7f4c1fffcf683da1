"""How old a feed's data may be before steps from the due instant on wait for new ones (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.core.worktime import Calendar


@dataclass(frozen=True, slots=True)
class MaxAge:
    """Elapsed time, or working days (`1d`) of the default calendar; one of the two is set."""

    elapsed: timedelta | None = None
    working_days: float | None = None

    def divided(self, by: int) -> MaxAge:
        """An equal part of it."""
        if self.elapsed is not None:
            return MaxAge(elapsed=self.elapsed / by)
        return MaxAge(working_days=(self.working_days or 0) / by)

    def until(self, as_of: datetime, calendar: Calendar) -> datetime:
        """The instant up to which data of `as_of` may be acted upon."""
        if self.elapsed is not None:
            return as_of + self.elapsed
        return calendar.add(as_of, timedelta(microseconds=round((self.working_days or 0) * calendar.day_us)))


def is_fresh(as_of: datetime | None, limit: MaxAge, calendar: Calendar, now: datetime) -> bool:
    """Whether data of `as_of` may be acted upon at `now`; there are none before the first complete poll."""
    if as_of is None:
        return False
    if limit.elapsed is not None:
        return now - as_of <= limit.elapsed
    days = limit.working_days or 0
    return calendar.between(as_of, now) <= timedelta(microseconds=round(days * calendar.day_us))
