"""Sessions that overlap, end before they begin, or are not there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from alertd.config.calendar import days_of
from alertd.config.reading import CALENDAR
from alertd.config.times import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.config.calendar import CalendarModel, DefaultCalendar, UnitCalendar
    from alertd.config.checks.context import Context
    from alertd.config.times import Minutes


def check(context: Context) -> None:
    """Look at the week of every calendar."""
    if context.calendar is None:
        return
    for path, model in calendars(context.calendar):
        if model.sessions is None:
            continue
        _week(context, (*path, "sessions"), model)


def calendars(written: CalendarModel) -> Iterator[tuple[tuple[str, ...], DefaultCalendar | UnitCalendar]]:
    """The default and each unit's, with its path in the file."""
    yield ("default",), written.default
    for code, own in written.units.items():
        yield ("units", code), own


def _week(context: Context, path: tuple[str, ...], model: DefaultCalendar | UnitCalendar) -> None:
    written = _written(context, path)
    seen: set[int] = set()
    for days, sessions in (model.sessions or {}).items():
        key = written.get(days, "")
        for day in days:
            if day in seen:
                context.add("session.day-twice", context.key(CALENDAR, *path, key), day=DAYS[day])
            seen.add(day)
        _sessions(context, (*path, key), sessions)
    if not any((model.sessions or {}).values()):
        context.add("session.none", context.at(CALENDAR, *path))


def _sessions(context: Context, path: tuple[str, ...], sessions: tuple[Minutes, ...]) -> None:
    for index, session in enumerate(sessions):
        if session.end <= session.start:
            context.add("session.backwards", context.at(CALENDAR, *path, index), value=_shown(session))
    for (_, earlier), (index, later) in pairwise(sorted(enumerate(sessions), key=lambda item: item[1])):
        if later.start < earlier.end and later.end > later.start and earlier.end > earlier.start:
            place = context.at(CALENDAR, *path, index)
            context.add("session.overlap", place, value=_shown(later), other=_shown(earlier))


def _written(context: Context, path: tuple[str, ...]) -> dict[tuple[int, ...], str]:
    """The keys as written, by the days that they mean."""
    value = context.reading.sources[CALENDAR].values
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    made: dict[tuple[int, ...], str] = {}
    for key in value if isinstance(value, dict) else ():
        try:
            made[days_of(key)] = str(key)
        except ValueError:
            continue
    return made


def _shown(session: Minutes) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in session)
