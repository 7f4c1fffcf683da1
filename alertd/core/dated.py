"""The dates of a dossier compared: some are instants, of some only the day is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Observation, Phase
    from alertd.core.planning import Resolved


@dataclass(frozen=True, slots=True)
class Dated:
    """A dossier's phase and the dates by which it can contradict itself; instants aware.

    `due_at` is the resolved instant of `due_on` where that is set, `accept_by` the deadline to accept a submission.
    `day_only` names the instants of which only the day is known.
    """

    phase: Phase
    received_at: datetime | None
    due_at: datetime | None
    due_on: date | None
    accept_by: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    day_only: tuple[str, ...] = ()

    @classmethod
    def of(cls, seen: Observation, resolved: Resolved) -> Dated:
        """Of an observation and what it means."""
        return cls(
            seen.phase, seen.received_at, resolved.due_at, seen.due_on, resolved.accept_by, seen.finished_at,
            seen.returned_at, seen.day_only,
        )  # fmt: skip

    def day(self, name: str, zone: ZoneInfo) -> date | None:
        """The local day of a date; of the due value the day that the portal names."""
        if name == "due_at" and self.due_on is not None:
            return self.due_on
        at: datetime | None = getattr(self, name)
        return at.astimezone(zone).date() if at is not None else None

    def is_day(self, name: str) -> bool:
        """Whether only the day of a date is known."""
        return name in self.day_only or (name == "due_at" and self.due_on is not None)

    def finish(self) -> str | None:
        """By which date processing has ended: the finish, else the return (reference 4.3); None if neither is known."""
        if self.finished_at is not None:
            return "finished_at"
        return "returned_at" if self.returned_at is not None else None


def in_order(dates: Dated, earlier: str, later: str, zone: ZoneInfo) -> bool:
    """Whether one date is not after another, as far as both are known; of a day without a time, by days."""
    first, second = getattr(dates, earlier), getattr(dates, later)
    if first is None or second is None or first <= second:
        return True
    if not (dates.is_day(earlier) or dates.is_day(later)):
        return False
    a, b = dates.day(earlier, zone), dates.day(later, zone)
    return a is None or b is None or a <= b


def before_due(dates: Dated, due: Dated, zone: ZoneInfo) -> bool:
    """Whether a finish surely lies before the due value of `due`, or at its instant.

    A finish of which only the day is known does not when that is the day of the due value: it may have been late.
    """
    return _against(dates, due, zone) < 0


def after_due(dates: Dated, due: Dated, zone: ZoneInfo) -> bool:
    """Whether a finish surely lies after the due value of `due`; a mere day when it is a later one."""
    return _against(dates, due, zone) > 0


def _against(dates: Dated, due: Dated, zone: ZoneInfo) -> int:
    """-1, 0 or 1: before, not to be said, after."""
    name = dates.finish()
    if name is None or due.due_at is None:
        return 0
    if not dates.is_day(name):
        return 1 if getattr(dates, name) > due.due_at else -1
    day, limit = dates.day(name, zone), due.day("due_at", zone)
    if day is None or limit is None or day == limit:
        return 0
    return 1 if day > limit else -1
