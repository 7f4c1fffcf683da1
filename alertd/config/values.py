"""The kinds of value that the configuration is written in: texts, times, durations, dates, secrets.

Each kind is a pydantic type whose error carries a code of `wording.MESSAGES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from alertd.config.nearest import nearest
from alertd.config.secrets import Filled, Secret
from alertd.config.tree import Scalar
from alertd.core.organisation import Target
from alertd.core.policy import Duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from alertd.core.worktime import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 1440
_ELAPSED = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_WORKING_DAYS = re.compile(r"(\d+)d")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_CODE = re.compile(r"[^\s@:=\"']+")
_RESERVED = frozenset({"parent", "kind", "root"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_T = TypeVar("_T")


def fault(code: str, **named: object) -> PydanticCustomError:
    """An error that `problems` puts into words."""
    return PydanticCustomError(code, code, named)  # type: ignore[arg-type]


def _written(value: Any) -> str:
    """The text of a scalar; a fault for a list or mapping, for nothing, and for what other readers take otherwise."""
    if not isinstance(value, str):
        raise fault("type.text")
    if isinstance(value, Scalar) and value.surprising:
        raise fault("yaml.surprise", value=str(value))
    return value if isinstance(value, Filled) else str(value)


def _text(value: Any) -> str:
    text = _written(value)
    if not text.strip():
        raise fault("text.empty")
    return text if isinstance(text, Filled) else text.strip()


def _code(value: Any) -> str:
    text = _text(value)
    if not _CODE.fullmatch(text) or text in _RESERVED:
        raise fault("code.bad", value=text)
    return text


def _parsed(code: str, parse: Callable[[str], _T | None]) -> Callable[[Any], _T]:
    """A validator for values that must be readable as something; None or ValueError is the fault `code`."""

    def validate(value: Any) -> _T:
        text = _written(value).strip()
        try:
            made = parse(text)
        except (ValueError, OverflowError):
            made = None
        if made is None:
            raise fault(code, value=text)
        return made

    return validate


def _elapsed(text: str) -> timedelta | None:
    match = _ELAPSED.fullmatch(text)
    if match is None:
        return None
    made = timedelta(seconds=float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]])
    return made or None


@dataclass(frozen=True, slots=True)
class MaxAge:
    """How old a feed's data may be: elapsed time, or whole working days."""

    elapsed: timedelta | None = None
    working_days: int = 0

    def oldest(self, now: datetime, calendar: Calendar) -> datetime:
        """Data read at or after this instant are fresh at `now` (aware)."""
        if self.elapsed is not None:
            return now - self.elapsed
        return calendar.add(now, timedelta(microseconds=-self.working_days * calendar.day_us))


def _max_age(text: str) -> MaxAge | None:
    match = _WORKING_DAYS.fullmatch(text)
    if match is not None:
        return MaxAge(working_days=int(match[1])) if 0 < int(match[1]) < 1000 else None  # noqa: PLR2004 - sanity
    elapsed = _elapsed(text)
    return MaxAge(elapsed=elapsed) if elapsed else None


def minute_of_day(text: str) -> int:
    """Minutes since midnight of `HH:MM`, 24:00 included; raises ValueError for anything else."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[2]) > 59 or (minute := int(match[1]) * 60 + int(match[2])) > MINUTES_A_DAY:  # noqa: PLR2004
        raise ValueError(text)
    return minute


def _clock(text: str) -> time:
    return time(*divmod(minute_of_day(text), 60))


class Minutes(NamedTuple):
    """A session: from and to, in minutes of the day; the end at most 1440."""

    start: int
    end: int


def _session(text: str) -> Minutes | None:
    start, dash, end = text.partition("-")
    return Minutes(minute_of_day(start.strip()), minute_of_day(end.strip())) if dash else None


class Quiet(NamedTuple):
    """Quiet hours on the wall clock; they cross midnight when the end is not later than the start."""

    start: time
    end: time


def _quiet(text: str) -> Quiet | None:
    start, dash, end = text.partition("-")
    made = Quiet(_clock(start.strip()), _clock(end.strip())) if dash else None
    return made if made and made.start != made.end else None


class WeekTime(NamedTuple):
    """An instant of each week: 0 (Monday) to 6 (Sunday), and minutes of that day, 1440 for its end."""

    weekday: int
    minute: int


def _week_time(text: str) -> WeekTime | None:
    day, _, clock = text.partition(" ")
    return WeekTime(DAYS.index(day.lower()), minute_of_day(clock.strip()))


class Listen(NamedTuple):
    """An address and port to serve on."""

    host: str
    port: int


def _listen(text: str) -> Listen | None:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65535:  # noqa: PLR2004
        return None
    return Listen(host.strip("[]"), int(port))


def _share(text: str) -> float | None:
    match = _SHARE.fullmatch(text)
    return float(match[1]) / 100 if match and 0 < float(match[1]) <= 100 else None  # noqa: PLR2004


def _amount(text: str) -> Duration | None:
    """A working duration greater than zero, without a percentage."""
    made = Duration.parse(text)
    return made if made.unit != "%" and made.number > Fraction(0) else None


def _offset(text: str) -> Duration:
    if len(text) > 20:  # noqa: PLR2004 - a number of that length is no duration
        raise ValueError(text)
    return Duration.parse(text)


def day_of(text: str) -> date | None:
    """A date as 2026-11-23; raises ValueError for one that does not exist."""
    return date.fromisoformat(text) if _DAY.fullmatch(text) else None


def instant(value: Any) -> datetime | None:
    """An ISO 8601 instant; without an offset it is in the configured zone, which `load` puts in."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(_written(value).strip())
    except ValueError:
        raise fault("instant.bad", value=str(value)) from None


def http_url(value: str) -> str:
    """An http or https address with a host; one with a `${NAME}` that is not set passes."""
    if "${" in value:
        return value
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise fault("url.bad", value=value.partition("?")[0].rpartition("@")[2])
    return value


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, Filled) and value.unset:
        return ZoneInfo("Asia/Ho_Chi_Minh")
    text = _written(value).strip()
    if text not in available_timezones():
        raise fault("zone.unknown", value=text, near=nearest(text.rpartition("/")[2], _zones_like(text)))
    return ZoneInfo(text)


def _zones_like(text: str) -> list[str]:
    """Whole names to compare a wrong zone with; the office's own first."""
    area = text.partition("/")[0].casefold()
    return [name for name in available_timezones() if name.casefold().startswith(area)] or ["Asia/Ho_Chi_Minh", "UTC"]


def _secret(value: Any) -> Secret:
    if isinstance(value, Filled):
        return Secret(None, value.unset) if value.unset else Secret(str(value))
    if not isinstance(value, str):
        raise fault("type.text")
    return Secret(str(value))


def _target(text: str) -> Target:
    return Target.parse(text)


def _person(text: str) -> str | None:
    """The id in `person:ID`."""
    prefix, _, person = text.partition(":")
    return person.strip() or None if prefix == "person" else None


def _people(text: str) -> Target | None:
    """`person:ID` or `group:NAME`."""
    target = Target.parse(text)
    return target if target.post in ("person", "group") else None


def _number(low: float, high: float, *, whole: bool) -> Callable[[Any], float]:
    def validate(value: Any) -> float:
        text = str(value).strip() if isinstance(value, str | int | float) else ""
        try:
            made = int(text) if whole else float(text)
        except ValueError:
            made = None
        if made is None or not low <= made <= high or (whole and text != str(made)):
            raise fault("number.bad", value=text or "…", low=low, high=high)
        return made

    return validate


def one_or_many(value: Any) -> Any:
    """A single value stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _plain(code: str, parse: Callable[[str], Any]) -> PlainValidator:
    return PlainValidator(_parsed(code, parse), json_schema_input_type=str)


Text = Annotated[str, PlainValidator(_text, json_schema_input_type=str)]
Code = Annotated[str, PlainValidator(_code, json_schema_input_type=str)]
Elapsed = Annotated[timedelta, _plain("elapsed.bad", _elapsed)]
Age = Annotated[MaxAge, _plain("age.bad", _max_age)]
Clock = Annotated[time, _plain("time.bad", _clock)]
SessionText = Annotated[Minutes, _plain("session.bad", _session)]
QuietText = Annotated[Quiet, _plain("quiet.bad", _quiet)]
WeekTimeText = Annotated[WeekTime, _plain("weektime.bad", _week_time)]
ListenText = Annotated[Listen, _plain("listen.bad", _listen)]
Share = Annotated[float, _plain("share.bad", _share)]
Offset = Annotated[Duration, _plain("offset.bad", _offset)]
Amount = Annotated[Duration, _plain("amount.bad", _amount)]
Day = Annotated[date, _plain("date.bad", day_of)]
Zone = Annotated[ZoneInfo, PlainValidator(_zone, json_schema_input_type=str)]
SecretText = Annotated[Secret, PlainValidator(_secret, json_schema_input_type=str)]
TargetText = Annotated[Target, _plain("target.bad", _target)]
PersonText = Annotated[str, _plain("person.bad", _person)]
PeopleText = Annotated[Target, _plain("people.bad", _people)]
Count = Annotated[int, PlainValidator(_number(1, 1_000_000, whole=True), json_schema_input_type=int)]
Hours = Annotated[float, PlainValidator(_number(0.5, 24, whole=False), json_schema_input_type=float)]
Factor = Annotated[float, PlainValidator(_number(1, 1000, whole=False), json_schema_input_type=float)]
OneOrMany = BeforeValidator(one_or_many)
