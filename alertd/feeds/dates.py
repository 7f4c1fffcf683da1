"""Dates as portals and sheets write them (reference 5, problems 1 to 8): explicit, never guessed from one value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from alertd.core.text import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EXPECTED = "expected dd/MM/yyyy, dd/MM/yyyy HH:mm[:ss], yyyyMMddHHmmss or ISO 8601, in the years 2000 to 2100"
FIRST_YEAR, LAST_YEAR = 2000, 2100
SENTINEL_YEARS = frozenset({0, 1, 1899, 1900, 9999})  # how databases and Excel write "no date"
SENTINEL_TEXTS = frozenset({"", "-", "null", "none", "undefindedcompletetime", "khongcongayhentra"})
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # Excel's 01/01/2000 and 31/12/2099
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial is a local time
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
FROM_1900_TO_1904 = (EPOCH_1904 - EXCEL_EPOCH).days
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DATE = r"(?P<first>[0-9]{1,2})(?P<sign>[/.-])(?P<second>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})"
_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<sec>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,6})[0-9]*)?)?"
_DATE_TIME = re.compile(rf"{_DATE}(?:[ T]+{_TIME}(?: *(?P<half>AM|PM|SA|CH))?)?", re.IGNORECASE)
_TIME_DATE = re.compile(rf"{_TIME}[ ,]+{_DATE}")
_AFTERNOON = frozenset({"PM", "CH"})  # "chiều", as Vietnamese Windows writes it; "SA" is "sáng"
_NOON = 12
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ]+[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r" *(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_SLASH_DATE = re.compile(r"\\?/Date\((-?[0-9]{1,17})(?:[+-][0-9]{4})?\)\\?/")
#: 2000 to 2100; fourteen digits are yyyyMMddHHmmss and never an epoch, nor are thirteen that are such a date cut short.
_EPOCH_MS = re.compile(
    r"(?!20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-9]{3}$)[0-9]{12,13}"
)
_ISO_DATE = 10


#: Digits as long as those of a phone or an identity number.
_NUMBER = re.compile(r"(?<!\d)\d{9,12}(?!\d)")


def is_personal(text: str) -> bool:
    """Whether a text may name a citizen: two words with capitals, or such a number. An error is kept and shown."""
    return sum(word[0].isupper() for word in text.split()) > 1 or _NUMBER.search(text) is not None


class DateError(ValueError):
    """A value that is not a date in any accepted form; the text says which forms are."""

    def __init__(self, value: object, field: str = "", why: str = EXPECTED) -> None:
        text = clean(str(value))[:24]  # the start is enough to find it by
        shown = "a text" if is_personal(text) else f"'{text}'"
        self.why = why
        super().__init__(f"{field}{': ' if field else ''}{shown} is not a date; {why}")


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
    `month_first`: it writes MM/dd/yyyy. `epoch` is day zero of Excel's serial numbers, None where it cannot be told.
    """

    zone: ZoneInfo
    z_is_local: bool = False
    epoch_ms: bool = False
    month_first: bool = False
    epoch: datetime | None = EXCEL_EPOCH

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
        if found := _DATE_TIME.fullmatch(text) or _TIME_DATE.fullmatch(text):
            return self._written(text, found.groupdict())
        if found := _COMPACT.fullmatch(text):
            return self._parts(text, Form.TIME, *found.groups())
        if found := _SLASH_DATE.fullmatch(text):
            return self._epoch(int(found[1]), text)
        if self.epoch_ms and _EPOCH_MS.fullmatch(text):
            return self._epoch(int(text), text)
        raise DateError(text)

    def _written(self, text: str, part: dict[str, str | None]) -> When | None:
        day, month = part["first"] or "", part["second"] or ""
        if self.month_first:
            day, month = month, day
        if part["hour"] is None:
            return self._parts(text, Form.DATE, part["year"] or "", month, day)
        hour = int(part["hour"])
        if half := part.get("half"):
            if not 1 <= hour <= _NOON:
                raise DateError(text)
            hour = hour % _NOON + _NOON * (half.upper() in _AFTERNOON)
        micro = (part["fraction"] or "").ljust(6, "0")
        return self._parts(
            text, Form.TIME, part["year"] or "", month, day, hour, part["minute"] or 0, part["sec"] or 0, micro
        )

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
        since_1904 = FROM_1900_TO_1904 if self.epoch == EPOCH_1904 else 0
        if FIRST_SERIAL <= value + since_1904 < LAST_SERIAL + 1:
            if self.epoch is None:
                raise DateError(value, why="the workbook may count days from 1904: save it as XLSX")
            # A serial is a binary fraction of a day: without rounding 17:00 would be 16:59:59.999.
            written = self.epoch + timedelta(milliseconds=round(value * 86_400_000))
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
