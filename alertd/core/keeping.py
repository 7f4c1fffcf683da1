"""How long what is stored is kept, by class of data, and what must not go sooner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_LAST_OF_FEBRUARY = 28


class Kind(StrEnum):
    """A class of data with a term of its own; the names are the keys of `retention` in alertd.yaml."""

    #: Dossiers that have ended, with all that was recorded, told, acknowledged and explained of them.
    DOSSIERS = "dossiers"
    #: Messages, with the calls made for them and the addresses they went to.
    MESSAGES = "messages"
    #: The log of who looked at what.
    ACCESS = "access"
    #: Rows of feeds that could not be read.
    QUARANTINE = "quarantine"
    #: What people wrote and could not be handled.
    INBOUND = "inbound"
    #: Readings of feeds that brought nothing new.
    POLLS = "polls"
    #: Configurations that ran, which name people and how they are reached.
    CONFIGURATIONS = "configurations"
    #: Frozen weeks.
    WEEKS = "weeks"


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time on the calendar: whole years and days."""

    years: int = 0
    days: int = 0

    def before(self, now: datetime) -> datetime:
        """The instant that lies so long before `now`; what is older is past its term. 29 February falls on the 28th."""
        year = now.year - self.years
        leap = now.month == 2 and now.day > _LAST_OF_FEBRUARY  # noqa: PLR2004 - February
        return now.replace(year=year, day=_LAST_OF_FEBRUARY if leap and self.years else now.day) - timedelta(self.days)

    def shorter(self, other: Term) -> bool:
        """Whether it is certainly less than another one; a year has 365 days here."""
        return self._rough < other._rough

    @property
    def _rough(self) -> int:
        return self.years * 365 + self.days

    def __str__(self) -> str:
        """As it is written in the configuration."""
        return f"{self.years}y" if self.years else f"{self.days}d"


#: What the office still needs: nothing may go sooner. The reasons stand in the words of `retention.short`.
LEAST: Mapping[Kind, Term] = {
    Kind.DOSSIERS: Term(days=400),
    Kind.MESSAGES: Term(days=90),
    Kind.ACCESS: Term(years=1),
    Kind.QUARANTINE: Term(days=7),
    Kind.INBOUND: Term(days=7),
    Kind.POLLS: Term(days=30),
    Kind.CONFIGURATIONS: Term(days=400),
    Kind.WEEKS: Term(years=5),
}
