"""Dates as portals and sheets write them (reference 5, problems 1 to 8): explicit, day first, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EXPECTED = "expected dd/MM/yyyy, dd/MM/yyyy HH:mm[:ss], yyyyMMddHHmmss or ISO 8601, in the years 2000 to 2100"
FIRST_YEAR, LAST_YEAR = 2000, 2100
SENTINEL_YEARS = frozenset({0, 1, 1899, 1900, 9999})  # how databases and Excel write "no date"
SENTINEL_TEXTS = frozenset({"", "-", "null", "none", "undefindedcompletetime", "khongcongayhentra"})
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # Excel's 01/01/2000 and 31/12/2099
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial is a local time
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DAY_FIRST = re.compile(
    r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})"
    r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?)?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ]+[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r" *(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_SLASH_DATE = re.compile(r"\\?/Date\((-?[0-9]{1,17})(?:[+-][0-9]{4})?\)\\?/")
_EPOCH_MS = re.compile(r"[0-9]{12,13}")  # 2000 to 2100; fourteen digits are yyyyMMddHHmmss and never an epoch
_ISO_DATE = 10


#: Digits as long as those of a phone or an identity number.
_NUMBER = re.compile(r"(?<!\d)\d{9,12}(?!\d)")


def is_personal(text: str) -> bool:
    """Whether a text may name a citizen: two words with capitals, or such a number. An error is kept and shown."""
    return sum(word[0].isupper() for word in text.split()) > 1 or _NUMBER.search(text) is not None


class DateError(ValueError):
    """A value that is not a date in any accepted form; the text says which forms are."""

    def __init__(self, value: object, field: str = "") -> None:
        text = str(value)[:24]  # the start is enough to find it by
        shown = "a text" if is_personal(text) else f"'{text}'"
        super().__init__(f"{field}{': ' if field else ''}{shown} is not a date; {EXPECTED}")


class Form(Enum):
    """How much a date value says about its time."""

    DATE = auto()
    TIME = auto()
    OFFSET = auto()
    CELL = auto()


@dataclass(frozen=True, slots=True)
class When:
    """A date value. `at` is an instant in UTC, the local 00:00 of a value without a time; `zone` is the source's."""

    at: datetime
    form: Form
    zone: ZoneInfo

    @property
    def local(self) -> datetime:
        """The same instant in the zone of the source."""
        return self.at.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class Dates:
    """How one source writes dates.

    `zone` is the zone of values without an offset. `z_is_local`: this source labels its local time with a `Z` (a rule
    per source, never per value). `epoch_ms`: bare numbers of twelve or thirteen digits are milliseconds since 1970.
    """

    zone: ZoneInfo
    z_is_local: bool = False
    epoch_ms: bool = False

    def read(self, value: object) -> When | None:
        """A text or a cell as a date; None when it says that there is none. Raises DateError."""
        if isinstance(value, str):
            return self.text(value)
        if value is None:
            return None
        if isinstance(value, bool):
            raise DateError(value)
        if isinstance(value, datetime):
            return self._local(value, Form.CELL, value)
        if isinstance(value, date):
            return self._local(datetime.combine(value, time()), Form.CELL, value)
        if value == time():  # Excel's day zero: an empty date that was formatted
            return None
        if isinstance(value, int | float):
            return self._number(value)
        raise DateError(value)

    def text(self, text: str) -> When | None:
        """A text as a date; None for the ways of writing that there is none. Raises DateError."""
        if _ISO.fullmatch(text):  # first, as it is: a hundred thousand rows have nothing else
            return self._iso(text)
        text = text.strip().removeprefix("'").strip()
        if text.lower() in SENTINEL_TEXTS:
            return None
        if _ISO.fullmatch(text):
            return self._iso(text)
        if found := _DAY_FIRST.fullmatch(text):
            day, _, month, year, hour, minute, second, fraction = found.groups()
            form = Form.DATE if hour is None else Form.TIME
            micro = (fraction or "").ljust(6, "0")
            return self._parts(text, form, year, month, day, hour or 0, minute or 0, second or 0, micro)
        if found := _COMPACT.fullmatch(text):
            return self._parts(text, Form.TIME, *found.groups())
        if found := _SLASH_DATE.fullmatch(text):
            return self._epoch(int(found[1]), text)
        if self.epoch_ms and _EPOCH_MS.fullmatch(text):
            return self._epoch(int(text), text)
        raise DateError(text)

    def _iso(self, text: str) -> When | None:
        if text.startswith("0000"):  # MySQL's zero date, which is no date to Python
            return None
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            try:  # several blanks, or one before the offset
                written = datetime.fromisoformat(
                    re.sub(r" +(?=[+\-Zz])", "", re.sub(r"(?<=[0-9]) +(?=[0-9])", "T", text))
                )
            except ValueError:
                raise DateError(text) from None
        if len(text) == _ISO_DATE:
            return self._local(written, Form.DATE, text)
        if written.tzinfo is None:
            return self._local(written, Form.TIME, text)
        if self.z_is_local and text[-1] in "Zz":
            return self._local(written.replace(tzinfo=None), Form.TIME, text)
        if not in_range(written, text):
            return None
        return When(written.astimezone(UTC), Form.OFFSET, self.zone)

    def _parts(self, text: str, form: Form, *parts: str | int) -> When | None:
        year, *rest = (int(part) for part in parts)
        if year in SENTINEL_YEARS:
            return None
        try:
            written = datetime(year, *rest)  # type: ignore[arg-type]  # noqa: DTZ001 - made aware below
        except ValueError:
            raise DateError(text) from None
        return self._local(written, form, text)

    def _local(self, written: datetime, form: Form, shown: object) -> When | None:
        if not in_range(written, shown):
            return None
        return When(written.replace(tzinfo=self.zone).astimezone(UTC), form, self.zone)

    def _epoch(self, ms: int, shown: object) -> When | None:
        try:
            at = UNIX_EPOCH + timedelta(milliseconds=ms)
            # The year that counts is the local one: a sentinel's midnight lies in the year before in UTC.
            local = at.astimezone(self.zone)
        except (OverflowError, ValueError):
            raise DateError(shown) from None
        return When(at, Form.OFFSET, self.zone) if in_range(local, shown) else None

    def _number(self, value: float) -> When | None:
        if FIRST_SERIAL <= value < LAST_SERIAL + 1:
            # A serial is a binary fraction of a day: without rounding 17:00 would be 16:59:59.999.
            written = EXCEL_EPOCH + timedelta(milliseconds=round(value * 86_400_000))
            return self._local(written, Form.CELL, value)
        whole = int(value) if value == value and abs(value) < 1e15 else 0  # noqa: PLR0124, PLR2004 - not a NaN, exact
        if whole == value and whole > 0 and (_COMPACT.fullmatch(str(whole)) or self.epoch_ms):
            return self.text(str(whole))
        raise DateError(value)


def in_range(written: datetime, shown: object) -> bool:
    """Whether a date is one at all: False for a sentinel year; any year but 2000 to 2100 raises DateError."""
    if FIRST_YEAR <= written.year <= LAST_YEAR:
        return True
    if written.year in SENTINEL_YEARS:
        return False
    raise DateError(shown)


def due_value(when: When | None, *, portal: bool, midnight: str | None) -> tuple[datetime | None, date | None]:
    """A due value as (exact instant in UTC, local date without a time); at most one is set (DESIGN section 4).

    A value without a time is a date. Midnight is one too when it comes from a portal or a date cell, or from a text
    that writes no UTC offset (exports print 00:00 for dates); a sheet's text with an offset is exact. `midnight`, the
    feed's `due_midnight`, overrides this for every midnight: "date" or "exact".
    """
    if when is None:
        return None, None
    return (None, when.local.date()) if without_time(when, portal=portal, midnight=midnight) else (when.at, None)


def without_time(when: When, *, portal: bool, midnight: str | None = None) -> bool:
    """Whether a value is a date whose time nobody wrote, by the rule of `due_value`."""
    if when.form is Form.DATE:
        return True
    if when.form is Form.OFFSET and not portal and midnight != "date":
        return False
    return when.local.time() == time() and midnight != "exact"


def days_only(**dates: When | None) -> tuple[str, ...]:
    """Which of a portal's dates, by name, are without a time (`Observation.day_only`)."""
    return tuple(name for name, when in dates.items() if when is not None and without_time(when, portal=True))
