"""The arithmetic behind an instant, line by line: `Thứ Hai 03/06: 4 h 00 (13:00-17:00)`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.policy import WHOLE
from alertd.core.sums import DayKind, DaySum, by_day
from alertd.messages.words import WEEKDAYS

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.plan import Anchor
    from alertd.core.policy import Step
    from alertd.core.worktime import Calendar

#: Of a stretch of more dates than these, those in between are one line.
_FIRST, _LAST = 8, 4
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_KINDS = {DayKind.MADE_UP: "làm bù", DayKind.OFF: "nghỉ"}


def stretch(calendar: Calendar, one: datetime, other: datetime) -> list[str]:
    """The dates between two instants, whichever comes first, each with the working time in it.

    A weekend needs no line; a day off by decree and a made-up day have one.
    """
    days = [day for day in by_day(calendar, min(one, other), max(one, other)) if day.kind is not DayKind.FREE]
    if len(days) <= _FIRST + _LAST + 1:
        return [_day(day) for day in days]
    between = days[_FIRST:-_LAST]
    worked = sum((day.worked for day in between), timedelta())
    count = sum(bool(day.worked) for day in between)
    fold = f"{between[0].day:%d/%m/%Y} đến {between[-1].day:%d/%m/%Y}: {hours(worked)} ({count} ngày làm việc)"
    return [*map(_day, days[:_FIRST]), fold, *map(_day, days[-_LAST:])]


def of_step(step: Step, index: int, anchor: Anchor, at: datetime) -> dict[str, Any] | None:
    """How occurrence `index` of a step comes to its instant; None for the due instant itself."""
    calendar = anchor.calendar
    if step.at.unit == "%":
        assert anchor.received_at is not None
        total = calendar.between(anchor.received_at, anchor.due_at)
        share = f"{step.at.text} của {hours(total)} từ tiếp nhận đến hạn"
        means = f"{share} = {hours(total * step.at.number.numerator / step.at.number.denominator / WHOLE)}"
        return {"means": f"{means} sau tiếp nhận", "days": stretch(calendar, anchor.received_at, at)}
    again = step.every if index else None
    days = step.at.days + (index * again.days if again else 0)
    worked = timedelta(microseconds=step.at.working(calendar) + (index * again.working(calendar) if again else 0))
    if not days and not worked:
        return None
    written = f"{step.at.text} và {index} lần {again.text}" if again else step.at.text
    amounts = [f"{abs(days)} ngày lịch"] if days else []
    amounts += [f"{hours(worked)} làm việc"] if worked else []
    side = "sau hạn" if at > anchor.due_at else "trước hạn"
    return {
        "means": f"{written} = {' và '.join(amounts)} {side}",
        "days": stretch(calendar, anchor.due_at, at) if worked else [],
    }


def hours(amount: timedelta) -> str:
    """`40 h 30`, without a sign."""
    whole, minutes = divmod(round(abs(amount) / _MINUTE), 60)
    return f"{whole} h {minutes:02}"


def _day(day: DaySum) -> str:
    ends = ((low, "24:00" if high.date() > low.date() else f"{high:%H:%M}") for low, high in day.spans)
    spans = [f"{low:%H:%M}-{end}" for low, end in ends]
    why = ", ".join(word for word in (_KINDS.get(day.kind), *spans) if word)
    return f"{WEEKDAYS[day.day.weekday()]} {day.day:%d/%m}: {hours(day.worked)}{f' ({why})' if why else ''}"
