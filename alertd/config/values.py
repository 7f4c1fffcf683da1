"""The kinds of value that the configuration is written in: texts, times, durations, dates, secrets.

Each kind is a pydantic type whose error carries a code of `wording.MESSAGES`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from alertd.config import times
from alertd.config.nearest import nearest
from alertd.config.secrets import Filled, Secret
from alertd.config.times import Minutes, Quiet, WeekTime
from alertd.config.tree import Scalar
from alertd.core.freshness import MaxAge
from alertd.core.keeping import Term
from alertd.core.organisation import Target
from alertd.core.policy import Duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_CODE = re.compile(r"[^\s@:=\"']+")
_CODE_FORM = rf"^\s*{_CODE.pattern}\s*$"
#: The longest durations by unit.
_MOST = {"d": 2500, "cd": 3650, "h": 20_000, "m": 1_200_000, "%": 100}
FONT_ENCODINGS = ("tcvn3", "vni")
_RESERVED = frozenset({"parent", "kind", "root"})
_T = TypeVar("_T")


def fault(code: str, **named: object) -> PydanticCustomError:
    """An error that `problems` puts into words."""
    return PydanticCustomError(code, code, named)


def written(value: Any) -> str:
    """The text of a scalar; a fault for a list or mapping, for nothing, and for what other readers take otherwise."""
    if not isinstance(value, str):
        raise fault("type.text")
    if isinstance(value, Scalar) and value.surprising:
        raise fault("yaml.surprise", value=str(value))
    return value if isinstance(value, Filled) else str(value)


def _text(value: Any) -> str:
    text = written(value)
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
        text = written(value).strip()
        try:
            made = parse(text)
        except (ValueError, OverflowError):
            made = None
        if made is None:
            raise fault(code, value=text)
        return made

    return validate


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


def _duration(text: str) -> Duration:
    """A duration of at most some ten years: one beyond could not be counted on a calendar. Raises ValueError."""
    made = Duration.parse(text)
    if abs(made.number) > _MOST[made.unit]:
        raise ValueError(text)
    return made


def _amount(text: str) -> Duration | None:
    """A working duration greater than zero, without a percentage."""
    made = _duration(text)
    return made if made.unit != "%" and made.number > 0 else None


def instant(value: Any) -> datetime | None:
    """An ISO 8601 instant; without an offset it is in the configured zone, which `load` puts in."""
    if value is None:
        return None
    try:
        return datetime.fromisoformat(written(value).strip())
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


def _encoding(text: str) -> str | None:
    """An encoding of text that Python knows, or a Vietnamese font encoding that `alertd.feeds.legacy` converts."""
    if text.lower() in FONT_ENCODINGS:
        return text.lower()
    try:
        "".encode(text)
    except LookupError:
        return None
    return text


def _zone(value: Any) -> ZoneInfo:
    if isinstance(value, Filled) and value.unset:
        return ZoneInfo("Asia/Ho_Chi_Minh")
    text = written(value).strip()
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


def one_of(names: Iterable[str]) -> PlainValidator:
    """A key that is one of some names."""
    known = tuple(map(str, names))

    def validate(value: Any) -> str:
        if value not in known:
            raise fault("key.unknown", key=str(value), near=nearest(value, known))
        return str(value)

    return PlainValidator(validate, json_schema_input_type=_shown({"type": "string", "enum": list(known)}))


def one_or_many(value: Any) -> Any:
    """A single value stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def unless(word: str, otherwise: Any) -> BeforeValidator:
    """A bare `off` or `none`, where it is offered beside `otherwise`, stands for nothing."""
    return BeforeValidator(
        lambda value: None if isinstance(value, str) and value.strip() == word else value,
        json_schema_input_type=otherwise | Literal[word],
    )


def _shown(schema: dict[str, Any]) -> Any:
    """What an editor takes for right; the schemas for editors are made of it (`alertd.config.schema`)."""
    return Annotated[str, WithJsonSchema(schema)]


def form(pattern: str) -> Any:
    """A text of one form; with a `${NAME}` in it nobody can know."""
    return _shown({"type": "string", "pattern": rf"^\s*(?:{pattern})\s*$|\$\{{"})


def _plain(code: str, parse: Callable[[str], Any], pattern: str = ".+") -> PlainValidator:
    return PlainValidator(_parsed(code, parse), json_schema_input_type=form(pattern))


def plain_text(code: str, parse: Callable[[str], Any], shown: dict[str, Any]) -> PlainValidator:
    """A kind of value that one file alone has: a text that `parse` must be able to read, and its JSON Schema."""
    return PlainValidator(_parsed(code, parse), json_schema_input_type=_shown(shown))


def _between(low: float, high: float, *, whole: bool) -> PlainValidator:
    kind, form = ("integer", r"\d+") if whole else ("number", r"\d+(?:\.\d+)?")
    shown = {"type": [kind, "string"], "minimum": low, "maximum": high, "pattern": rf"^\s*{form}\s*$|\$\{{"}
    return PlainValidator(_number(low, high, whole=whole), json_schema_input_type=_shown(shown))


#: A number without quotes is a text too, where a text belongs.
_TEXT = _shown({"type": ["string", "number"]})
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_TIMES = rf"{_TIME}\s*-\s*(?:{_TIME}|24:00)"
_LASTING = r"\d+(?:\.\d+)?[smh]"
_WORKING = r"\d+(?:\.\d+)?(?:cd|d|h|m)"

Text = Annotated[str, PlainValidator(_text, json_schema_input_type=_TEXT)]
Code = Annotated[
    str,
    PlainValidator(_code, json_schema_input_type=_shown({"type": ["string", "number"], "pattern": _CODE_FORM})),
]
Elapsed = Annotated[timedelta, _plain("elapsed.bad", times.elapsed, _LASTING)]
Age = Annotated[MaxAge, _plain("age.bad", times.max_age, rf"{_LASTING}|\d{{1,3}}d")]
TermText = Annotated[Term, _plain("term.bad", times.term, r"\d{1,5}[dy]")]
Clock = Annotated[time, _plain("time.bad", times.clock, _TIME)]
SessionText = Annotated[Minutes, _plain("session.bad", times.session, _TIMES)]
QuietText = Annotated[Quiet, _plain("quiet.bad", times.quiet, rf"{_TIME}\s*-\s*{_TIME}")]
WeekTimeText = Annotated[WeekTime, _plain("weektime.bad", times.week_time, rf"[A-Za-z]{{3}}\s+(?:{_TIME}|24:00)")]
ListenText = Annotated[Listen, _plain("listen.bad", _listen, r"\S+:\d{1,5}")]
Encoding = Annotated[str, _plain("encoding.unknown", _encoding, r"[\w.:-]+")]
Share = Annotated[float, _plain("share.bad", _share, r"\d+(?:\.\d+)?\s*%")]
Offset = Annotated[Duration, _plain("offset.bad", _duration, rf"[+-]?{_WORKING}|\d{{1,2}}(?:\.\d+)?%")]
Amount = Annotated[Duration, _plain("amount.bad", _amount, rf"\+?{_WORKING}")]
Day = Annotated[date, _plain("date.bad", times.day_of, r"\d{4}-\d{2}-\d{2}")]
Zone = Annotated[ZoneInfo, PlainValidator(_zone, json_schema_input_type=str)]
SecretText = Annotated[Secret, PlainValidator(_secret, json_schema_input_type=_TEXT)]
TargetText = Annotated[Target, _plain("target.bad", _target, r"(?:person|group):.+|[^\s@:]+(?:@[^\s:]+(?::\S+)?)?")]
PersonText = Annotated[str, _plain("person.bad", _person, r"person:.+")]
PeopleText = Annotated[Target, _plain("people.bad", _people, r"(?:person|group):.+")]
Count = Annotated[int, _between(1, 1_000_000, whole=True)]
ZeroOrOne = Annotated[int, _between(0, 1, whole=True)]
Hours = Annotated[float, _between(0.5, 24, whole=False)]
Port = Annotated[int, _between(1, 65535, whole=True)]
Rate = Annotated[float, _between(0.01, 10_000, whole=False)]
Factor = Annotated[float, _between(1, 1000, whole=False)]
OneOrMany = BeforeValidator(one_or_many)
