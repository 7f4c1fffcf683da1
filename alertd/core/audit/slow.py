"""When an occurrence falls due, a second time: walked session by session, without tables and bisections.

Nothing of `core.plan` is used, nor the arithmetic of `core.worktime`: of a calendar only the sessions of a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from alertd.core.errors import CalendarError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.core.planning import Stretch
    from alertd.core.policy import Duration, Step
    from alertd.core.worktime import Calendar

#: Days walked before a calendar is said to have no working time, and occurrences before a step is not judged.
MOST_DAYS, MOST_LOOKED_AT = 10_000, 1_000
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
HOURS = {"h": timedelta(hours=1), "m": timedelta(minutes=1)}
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Due:
    """An occurrence of a step and its instant (UTC)."""

    index: int
    at: datetime


def instant(step: Step, index: int, stretch: Stretch, calendar: Calendar) -> datetime | None:
    """When an occurrence falls due, UTC; None for a percentage without a receipt. Raises CalendarError."""
    base, work, days = stretch.deadline, _work(step.at, calendar), step.at.days
    if step.every is not None:
        work += index * _work(step.every, calendar)
        days += index * step.every.days
    if step.at.unit == "%":
        if stretch.begin is None:
            return None
        share = Fraction(_worked(calendar, stretch.begin, base) // MICROSECOND) * step.at.number / WHOLE
        base = _moved(calendar, stretch.begin, -(-share.numerator // share.denominator) * MICROSECOND)
    if days:
        local = base.astimezone(calendar.zone)
        base = datetime.combine(local.date() + days * DAY, local.time(), calendar.zone).astimezone(UTC)
    return _moved(calendar, base, work)


def first_after(
    step: Step, last: int, stretch: Stretch, calendar: Calendar, later_than: datetime | None = None
) -> Due | None:
    """The first occurrence above index `last` that applies: not before the beginning, before the end, one by one.

    `later_than`: those up to this instant count as told. Raises CalendarError, also where there are too many to count.
    """
    count = 1 if step.every is None else step.times
    for index in range(last + 1, last + 1 + MOST_LOOKED_AT):
        if count is not None and index >= count:
            return None
        at = instant(step, index, stretch, calendar)
        if at is None or (stretch.end is not None and at >= stretch.end):
            return None
        if (stretch.begin is None or at >= stretch.begin) and (later_than is None or at > later_than):
            return Due(index, at)
    raise CalendarError(f"step {step.name}: more than {MOST_LOOKED_AT} occurrences before the first that applies")


def _work(duration: Duration, calendar: Calendar) -> timedelta:
    if duration.unit == "d":
        return round(duration.number * round(calendar.hours_per_day * (HOURS["h"] // MICROSECOND))) * MICROSECOND
    return round(duration.number * (HOURS.get(duration.unit, timedelta()) // MICROSECOND)) * MICROSECOND


def _sessions(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    for begin, end in calendar.sessions(day):
        first, last = _clock(calendar, day, begin), _clock(calendar, day, end)
        if first < last:
            yield first, last


def _clock(calendar: Calendar, day: date, minute: int) -> datetime:
    midnight = datetime.combine(day + (minute // 1440) * DAY, time(), calendar.zone)
    return midnight.replace(hour=minute % 1440 // 60, minute=minute % 60).astimezone(UTC)


def _worked(calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    total, day, last = timedelta(), begin.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        for first, until in _sessions(calendar, day):
            total += max(min(until, end) - max(first, begin), timedelta())
        day += DAY
    return total


def _moved(calendar: Calendar, at: datetime, amount: timedelta) -> datetime:
    """Forward to the earliest, back to the latest instant with that much working time in between."""
    day, left = at.astimezone(calendar.zone).date(), abs(amount)
    if not left:
        return at
    for _ in range(MOST_DAYS):
        sessions = list(_sessions(calendar, day))
        for first, last in sessions if amount > timedelta() else reversed(sessions):
            first, last = (max(first, at), last) if amount > timedelta() else (first, min(last, at))  # noqa: PLW2901
            if last <= first:
                continue
            if left <= last - first:
                return first + left if amount > timedelta() else last - left
            left -= last - first
        day += DAY if amount > timedelta() else -DAY
    raise CalendarError(f"no working time within {MOST_DAYS} days of {at.isoformat()}")
