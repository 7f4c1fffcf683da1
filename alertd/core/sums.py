"""Working time as people add it up: date by date, with the sessions that count and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.core.worktime import Calendar

DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a date is to a calendar: `off` is a day off by decree, `free` one without sessions in any week."""

    WORK = "work"
    MADE_UP = "made_up"
    OFF = "off"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class DaySum:
    """One date between two instants: its sessions as far as they lie between them (local), and the time in them."""

    day: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    worked: timedelta


def by_day(calendar: Calendar, start: datetime, end: datetime) -> Iterator[DaySum]:
    """Every date from `start` to a later `end`, in order; together they are `calendar.between(start, end)`.

    A date at either end on which nothing counts is left out.
    """
    first, last = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    day = first.date()
    while day <= last.date():
        begin = max(start, datetime.combine(day, time(), calendar.zone))
        until = min(end, datetime.combine(day + DAY, time(), calendar.zone))
        worked = calendar.between(begin, until)
        if worked or first.date() < day < last.date():
            yield DaySum(day, _kind(calendar, day), tuple(_spans(calendar, day, begin, until)), worked)
        day += DAY


def _kind(calendar: Calendar, day: date) -> DayKind:
    if day in calendar.days_off:
        return DayKind.OFF if calendar.week.get(day.weekday()) or day in calendar.working_days else DayKind.FREE
    if day in calendar.working_days:
        return DayKind.MADE_UP
    return DayKind.WORK if calendar.sessions(day) else DayKind.FREE


def _spans(calendar: Calendar, day: date, begin: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(), calendar.zone)
    for start, end in calendar.sessions(day):
        # on the clock of the wall, also on a day on which it is put forward or back
        session = [midnight + timedelta(minutes=minute) for minute in (start, end)]
        low, high = max(session[0], begin.astimezone(calendar.zone)), min(session[1], until.astimezone(calendar.zone))
        if low < high:
            yield low, high
