"""Times, days and lengths of time as texts write them. None or ValueError means that a text is none."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import NamedTuple

from alertd.core.freshness import MaxAge
from alertd.core.keeping import Term

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 1440
_ELAPSED = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(s|m|h)")
_WORKING_DAYS = re.compile(r"(\d{1,3})d")
_TERM = re.compile(r"(\d{1,5})(d|y)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def elapsed(text: str) -> timedelta | None:
    """`60s`, `5m`, `4h`; None for anything else and for nothing."""
    match = _ELAPSED.fullmatch(text)
    if match is None:
        return None
    made = timedelta(seconds=float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]])
    return made or None


def max_age(text: str) -> MaxAge | None:
    """`30m`, `1h`, or whole working days as `1d`."""
    match = _WORKING_DAYS.fullmatch(text)
    if match is not None:
        return MaxAge(working_days=int(match[1])) if int(match[1]) else None
    passed = elapsed(text)
    return MaxAge(elapsed=passed) if passed else None


def term(text: str) -> Term | None:
    """`90d`, `5y`: days or years on the calendar, at most a hundred years; raises ValueError or gives None."""
    match = _TERM.fullmatch(text)
    if match is None or not 0 < int(match[1]) <= {"d": 36_500, "y": 100}[match[2]]:
        return None
    return Term(years=int(match[1])) if match[2] == "y" else Term(days=int(match[1]))


def minute_of_day(text: str) -> int:
    """Minutes since midnight of `HH:MM`, 24:00 included; raises ValueError for anything else."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[2]) > 59 or (minute := int(match[1]) * 60 + int(match[2])) > MINUTES_A_DAY:  # noqa: PLR2004
        raise ValueError(text)
    return minute


def clock(text: str) -> time:
    """A time of day before 24:00; raises ValueError."""
    return time(*divmod(minute_of_day(text), 60))


class Minutes(NamedTuple):
    """A session: from and to, in minutes of the day; the end at most 1440."""

    start: int
    end: int


def session(text: str) -> Minutes | None:
    """`07:30-11:30`; which of the two comes first is `check`'s business."""
    start, dash, end = text.partition("-")
    return Minutes(minute_of_day(start.strip()), minute_of_day(end.strip())) if dash else None


class Quiet(NamedTuple):
    """Quiet hours on the wall clock; they cross midnight when the end is not later than the start."""

    start: time
    end: time


def quiet(text: str) -> Quiet | None:
    """`21:30-06:30`; raises ValueError or gives None."""
    start, dash, end = text.partition("-")
    made = Quiet(clock(start.strip()), clock(end.strip())) if dash else None
    return made if made and made.start != made.end else None


class WeekTime(NamedTuple):
    """An instant of each week: 0 (Monday) to 6 (Sunday), and minutes of that day, 1440 for its end."""

    weekday: int
    minute: int


def week_time(text: str) -> WeekTime | None:
    """`Mon 07:30`, `Sun 24:00`; raises ValueError."""
    day, _, clock = text.partition(" ")
    return WeekTime(DAYS.index(day.lower()), minute_of_day(clock.strip()))


def day_of(text: str) -> date | None:
    """A date as 2026-11-23; raises ValueError for one that does not exist."""
    return date.fromisoformat(text) if _DAY.fullmatch(text) else None
