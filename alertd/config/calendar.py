"""The shape of calendar.yaml: sessions, days off, make-up days, per default and per unit (DESIGN section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from alertd.config.strict import Strict
from alertd.config.times import DAYS, Minutes
from alertd.config.values import Code, Day, Hours, OneOrMany, SessionText, Text, fault, form

if TYPE_CHECKING:
    from datetime import date

Sessions = tuple[Minutes, ...]


def days_of(value: Any) -> tuple[int, ...]:
    """The weekdays that a key of `sessions` names: `mon`, `mon-fri`."""
    first, dash, last = str(value).strip().lower().partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise fault("session.day", value=str(value))
    start, end = DAYS.index(first), DAYS.index(last if dash else first)
    if end < start:
        raise fault("session.day", value=str(value))
    return tuple(range(start, end + 1))


_DAY = f"(?:{'|'.join(DAYS)})"
Week = dict[
    Annotated[tuple[int, ...], PlainValidator(days_of, json_schema_input_type=form(rf"{_DAY}(?:-{_DAY})?"))],
    Annotated[tuple[SessionText, ...], OneOrMany],
]


class SpecialDay(Strict):
    """A day off or make-up day: a bare date, or with the document that ordered this very day."""

    day: Day
    by: Text | None = None


def _special(value: Any) -> Any:
    return value if isinstance(value, dict) else {"day": value}


Special = Annotated[SpecialDay, BeforeValidator(_special, json_schema_input_type=SpecialDay | Day)]
SpecialDays = Annotated[tuple[Special, ...], OneOrMany]


def _year(value: Any) -> int:
    text = str(value)
    if not text.isascii() or not text.isdigit() or not 1990 <= int(text) <= 2200:  # noqa: PLR2004 - the core's years
        raise fault("year.bad", value=text)
    return int(text)


class YearModel(Strict):
    """One year as it was published."""

    by: Text | None = None
    days_off: SpecialDays = ()
    working_days: SpecialDays = ()


Years = dict[Annotated[int, PlainValidator(_year, json_schema_input_type=form(r"(?:19|20|21|22)\d\d"))], YearModel]


class UnitCalendar(Strict):
    """A unit's own calendar; what it does not write comes from `default`."""

    sessions: Week | None = None
    hours_per_day: Hours | None = None
    holidays: Literal["VN", "none"] | None = None
    days_off: SpecialDays | None = None
    working_days: SpecialDays | None = None
    years: Years | None = None


class DefaultCalendar(Strict):
    """The calendar of every unit without one of its own."""

    sessions: Week
    hours_per_day: Hours = 8
    holidays: Literal["VN", "none"] = "VN"
    days_off: SpecialDays = ()
    working_days: SpecialDays = ()
    years: Years = Field(default_factory=dict)

    def for_unit(self, own: UnitCalendar) -> DefaultCalendar:
        """The calendar of a unit: what it writes itself, the rest from here."""
        written = {name: getattr(own, name) for name in type(self).model_fields if getattr(own, name) is not None}
        return self.model_copy(update=written)

    @property
    def week(self) -> dict[int, Sessions]:
        """Sessions by weekday, 0 is Monday, in the order of the day."""
        return {day: tuple(sorted(sessions)) for days, sessions in self.sessions.items() for day in days}

    def off(self) -> frozenset[date]:
        """All days off, of the flat list and of all years."""
        days = [*self.days_off, *(day for year in self.years.values() for day in year.days_off)]
        return frozenset(day.day for day in days)

    def made_up(self) -> frozenset[date]:
        """All make-up working days."""
        days = [*self.working_days, *(day for year in self.years.values() for day in year.working_days)]
        return frozenset(day.day for day in days)


class CalendarModel(Strict):
    """calendar.yaml."""

    bare = frozenset({"default"})

    default: DefaultCalendar
    units: dict[Code, UnitCalendar] = Field(default_factory=dict)
