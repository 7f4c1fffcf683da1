"""Days off and make-up days: twice, in the wrong year, on a day that is so anyway; years that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alertd.config.adviser import advice
from alertd.config.checks.sessions import calendars
from alertd.config.findings import language
from alertd.config.nearest import nearest
from alertd.config.reading import CALENDAR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from alertd.config.calendar import CalendarModel, DefaultCalendar, UnitCalendar
    from alertd.config.checks.context import Context

_MONDAY, _NOVEMBER = 0, 11
_WORDS = {
    "vi": {"off": "ngày nghỉ", "work": "ngày làm việc", "make-up": "ngày làm bù"},
    "en": {"off": "a day off", "work": "a working day", "make-up": "a make-up day"},
}


class _Listed(NamedTuple):
    """One special day as written."""

    day: date
    off: bool
    documented: bool
    path: tuple[str | int, ...]
    year: int | None


def check(context: Context) -> None:
    """Look at the special days and years of every calendar."""
    if context.calendar is None:
        return
    for path, model, whole in _wholes(context.calendar):
        listed = list(_listed(path, model))
        _days(context, listed, whole)
        if _is_compared(model, whole):
            _years(context, path, whole)
            _compare(context, path, whole, listed)
    _unused(context)


def years_published(written: CalendarModel) -> dict[str, frozenset[int]]:
    """The years whose days off are written, of each calendar that is compared with Vietnam's holidays.

    By its place in calendar.yaml: `default`, `units.TP`.
    """
    return {
        ".".join(path): frozenset(years_written(whole))
        for path, model, whole in _wholes(written)
        if _is_compared(model, whole)
    }


def _wholes(
    written: CalendarModel,
) -> Iterator[tuple[tuple[str, ...], DefaultCalendar | UnitCalendar, DefaultCalendar]]:
    """Each calendar with its path, as it is written and with what it inherits."""
    for path, model in calendars(written):
        yield path, model, written.default if path == ("default",) else written.default.for_unit(written.units[path[1]])


def _is_compared(model: DefaultCalendar | UnitCalendar, whole: DefaultCalendar) -> bool:
    """A unit's that writes neither `holidays` nor `years` lacks what the default lacks, which is said once."""
    return model.holidays == "VN" or (model.holidays is None and model.years is not None and whole.holidays == "VN")


def _listed(path: tuple[str, ...], model: DefaultCalendar | UnitCalendar) -> Iterator[_Listed]:
    """The days that a calendar writes itself, in the order of the file's keys."""
    parts = [(path, None, model.days_off, model.working_days)]
    parts += [((*path, "years", str(y)), y, m.days_off, m.working_days) for y, m in (model.years or {}).items()]  # type: ignore[misc]
    for base, year, days_off, working_days in parts:
        for index, special in enumerate(days_off or ()):
            yield _Listed(special.day, True, special.by is not None, (*base, "days_off", index), year)
        for index, special in enumerate(working_days or ()):
            yield _Listed(special.day, False, special.by is not None, (*base, "working_days", index), year)


def _days(context: Context, listed: list[_Listed], whole: DefaultCalendar) -> None:
    seen: dict[date, bool] = {}
    week = whole.week
    for item in listed:
        place, day = context.at(CALENDAR, *item.path), item.day
        busy = bool(week.get(day.weekday()))
        if item.year is not None and day.year != item.year:
            context.add("calendar.year-day", place, day=day, year=item.year)
        if seen.setdefault(day, item.off) != item.off:
            context.add("calendar.off-and-working", place, day=day)
        elif any(item is not other and other.day == day for other in listed[: listed.index(item)]):
            context.add("calendar.day-twice", place, day=day)
        elif item.off and not busy:
            context.add("calendar.off-idle", place, day=day)
        elif not item.off and busy:
            context.add("calendar.working-busy", place, day=day)
    makes_up = next((item for item in listed if not item.off), None)
    if makes_up is not None and not week.get(_MONDAY) and any(week.values()):
        context.add("session.monday", context.at(CALENDAR, *makes_up.path))


def years_written(model: DefaultCalendar) -> set[int]:
    """The years whose days off are written, under `years` or in the flat list."""
    return set(model.years) | {special.day.year for special in model.days_off}


def _years(context: Context, path: tuple[str, ...], whole: DefaultCalendar) -> None:
    written, year = years_written(whole), context.today.year
    place = context.key(CALENDAR, *path, "years")
    if year not in written:
        context.add("calendar.year-missing", place, year=year)
    if context.today.month >= _NOVEMBER and year + 1 not in written:
        context.add("calendar.next-year", place, year=year + 1)


def _compare(context: Context, path: tuple[str, ...], whole: DefaultCalendar, listed: list[_Listed]) -> None:
    """Differences from the library, this year and next; a day that names its own document is beyond doubt."""
    words, week = _WORDS[language()], whole.week
    documented = {item.day for item in listed if item.documented}
    places = {item.day: item.path for item in listed}
    for year in (context.today.year, context.today.year + 1):
        known = advice(year) if year in years_written(whole) else None
        if known is None:
            continue
        off = {day for day in known.off if week.get(day.weekday())}
        here_off = {day for day in whole.off() if day.year == year and week.get(day.weekday())}
        made_up = {day for day in whole.made_up() if day.year == year}
        for day in sorted((off ^ here_off) | (known.worked ^ made_up)):
            if day in documented:
                continue
            here = words["off"] if day in here_off else words["make-up"] if day in made_up else words["work"]
            if day in known.worked and day not in made_up:
                here = words["off"]
            where = places.get(day, (*path, "years", str(year)))
            place = context.at(CALENDAR, *where) if day in places else context.key(CALENDAR, *where)
            context.add("calendar.holiday", place, day=day, here=here)


def _unused(context: Context) -> None:
    if context.calendar is None or context.organisation is None or context.directory is None:
        return
    for code in context.calendar.units:
        if code not in context.unit_codes:
            near = nearest(code, context.unit_codes)
            context.add("calendar.unused", context.key(CALENDAR, "units", code), code=code, near=near)
