"""Policies and steps: who is told, how long before or after the due date."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from alertd.core.dossier import Clock
from alertd.core.text import clean
from alertd.core.worktime import HOUR_US

if TYPE_CHECKING:
    from alertd.core.directory import Directory
    from alertd.core.organisation import Target
    from alertd.core.worktime import Calendar

_DURATION = re.compile(r"(?P<sign>[+-]?)(?P<number>\d+(?:\.\d+)?)(?P<unit>cd|d|h|m|%)")
WHOLE = 100
_UNIT_US = {"h": HOUR_US, "m": HOUR_US // 60}


class Urgency(StrEnum):
    """How a message travels: normal before due, high from due on, critical only when a step says so."""

    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """1, 2, 3: the levels of the delivery reference."""
        return list(Urgency).index(self) + 1


@dataclass(frozen=True, slots=True)
class Duration:
    """`4h`, `30m`, `3d` of working time, `1cd` calendar days, or `50%` of the time from receipt to due."""

    number: Fraction
    unit: str
    text: str
    #: Microseconds of one unit where that does not depend on the calendar, and whole units where there are no parts.
    _unit_us: int | None = field(default=None, compare=False, repr=False)
    _whole: int | None = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a signed duration; raises ValueError for anything else, and for a percentage outside 0 to 100."""
        match = _DURATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        number = Fraction(match["number"]) * (-1 if match["sign"] == "-" else 1)
        if match["unit"] == "%" and not (match["sign"] == "" and 0 < number < WHOLE):
            raise ValueError(text)
        if match["unit"] == "cd" and number.denominator != 1:
            raise ValueError(text)
        whole = number.numerator if number.denominator == 1 else None
        return cls(number, match["unit"], text.strip(), _UNIT_US.get(match["unit"]), whole)

    def working(self, calendar: Calendar) -> int:
        """Working time in microseconds; a calendar-day duration has none."""
        unit_us = self._unit_us
        if unit_us is None:
            if self.unit != "d":
                return 0
            unit_us = calendar.day_us
        # fractions are exact but slow, and nearly every duration in use is whole
        return self._whole * unit_us if self._whole is not None else round(self.number * unit_us)

    @property
    def days(self) -> int:
        """Calendar days, for `cd`."""
        return int(self.number) if self.unit == "cd" else 0

    def after(self, at: datetime, calendar: Calendar) -> datetime:
        """The instant this much later, in UTC: working time, or the same time of the clock some dates away."""
        if self.unit == "cd":
            local = at.astimezone(calendar.zone)
            day = local.date() + timedelta(days=self.days)
            return datetime.combine(day, local.time(), calendar.zone).astimezone(UTC)
        return calendar.add(at, timedelta(microseconds=self.working(calendar)))


#: The usual time to accept an online submission (reference 2.2).
EIGHT_HOURS = Duration.parse("8h")
#: Steps that no policy may write: alertd's own messages are told by these names (DESIGN section 5, decision 20).
RESERVED = frozenset({
    "vanished", "no_due", "vacancy", "feed", "rates", "drill", "resolved",
    "address", "audit", "calendar", "channel", "config", "delivery", "storm",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: at which offset from the due instant, for whom, how often."""

    name: str
    at: Duration
    to: tuple[Target, ...]
    every: Duration | None = None
    times: int | None = None
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Which dossiers a policy is for; an empty list of a key matches every dossier."""

    unit: tuple[str, ...] = ()
    procedure: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether this is `{}`."""
        return not (self.unit or self.procedure or self.field or self.channel)


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a dossier a policy can look at; `unit` is the processing unit's code, None when unmatched."""

    unit: str | None
    procedure_code: str
    procedure: str
    field: str
    channel: str


@dataclass(frozen=True, slots=True)
class Policy:
    """An ordered list of steps for the dossiers that match."""

    name: str
    match: Match
    steps: tuple[Step, ...]
    clock: Clock = Clock.DUE
    ack_mutes: Duration | None = None
    ack_holds: Duration | None = None
    position: int = 0

    def matches(self, subject: Subject, directory: Directory) -> bool:
        """Whether the dossier is this policy's; a unit includes what stands below it, `=CODE` only itself."""
        match = self.match
        if match.everything:
            return True
        if match.unit and not any(_in_unit(subject.unit, wanted, directory) for wanted in match.unit):
            return False
        if match.procedure and not {subject.procedure_code, subject.procedure} & {clean(p) for p in match.procedure}:
            return False
        if match.field and subject.field not in {clean(f) for f in match.field}:
            return False
        return not match.channel or subject.channel in match.channel


def _in_unit(unit: str | None, wanted: str, directory: Directory) -> bool:
    if unit is None:
        return False
    if wanted.startswith("="):
        return unit == wanted[1:]
    return directory.within(unit, wanted)


def first_match(policies: tuple[Policy, ...], clock: Clock, subject: Subject, directory: Directory) -> Policy | None:
    """The first policy for this clock that matches; None puts the dossier on the list of those without one."""
    return next((p for p in policies if p.clock is clock and p.matches(subject, directory)), None)
