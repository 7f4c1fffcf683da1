"""What was known of one dossier at a cut-off, and what that makes it in a period: came in, carried over, left, open.

A receipt or an end counts once. It belongs to the period of its date if it was known by that period's cut-off; what
became known later belongs to the period in which it did, and is called belated. So a finish that is entered with an
earlier date is counted, and not lost between two weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from alertd.core.dossier import Filing, Phase

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `cutoff` (exclusive), both UTC.

    `counted_until` (exclusive) is how far history was read for the period before this one: what it knew, it counted.
    Due before `tomorrow` is due today, before `soon` due soon (`core.due_classes.bounds`).
    """

    start: datetime
    cutoff: datetime
    counted_until: datetime
    tomorrow: datetime
    soon: datetime
    zone: ZoneInfo

    def day(self, at: datetime) -> date:
        """The local date of an instant."""
        return at.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The local date on which it ends: a Sunday for one that ends on Sunday at 24:00."""
        return self.day(self.cutoff - timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Fact:
    """One dossier as of a cut-off. Instants are UTC; units are codes, None where nothing matched.

    `phase` is where it stood at the cut-off, never unknown: a status that nobody knows keeps the clock of the one
    before (`unknown_status`). `ended_at` is the end by the feed's dates, else when it was seen; None while it is open.
    `accepted_seen_at` is when it was first seen accepted, `ended_seen_at` when first seen ended, `history_since` when
    its feed was first read. `received_unit` is the processing unit where the feed names no other.
    """

    id: int
    unit: str | None
    received_unit: str | None
    phase: Phase
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    accepted_seen_at: datetime
    ended_seen_at: datetime | None
    history_since: datetime
    code: str = ""
    procedure: str = ""
    officers: tuple[str, ...] = ()
    handed_to: str | None = None
    first_due_at: datetime | None = None
    procedure_code: str = ""
    channel: Filing = Filing.UNKNOWN
    service_level: str = ""
    paused_since: datetime | None = None
    pauses: int = 0
    supplements: int | None = None
    missing: bool = False
    unknown_status: bool = False
    fee: bool | None = None
    fee_total: int | None = None
    paid_online: bool | None = None
    result_required: bool | None = None
    result_digital: bool | None = None
    components_digital: bool | None = None


class When(Enum):
    """Where something lies relative to a period."""

    BEFORE = "before"
    WITHIN = "within"
    BELATED = "belated"
    AFTER = "after"


#: It is the period's: dated in it, or known in it for the first time.
HERE = (When.WITHIN, When.BELATED)


def came(fact: Fact, period: Period) -> When:
    """When it came in. Without a date it came when it was first seen, or before all history."""
    seen = fact.accepted_seen_at
    if fact.received_at is None:
        return When.BEFORE if seen <= fact.history_since else _when(seen, seen, fact, period)
    return _when(fact.received_at, seen, fact, period)


def left(fact: Fact, period: Period) -> When:
    """When it ended; AFTER when it had not by the cut-off."""
    if fact.ended_at is None:
        return When.AFTER
    return _when(fact.ended_at, fact.ended_seen_at or fact.ended_at, fact, period)


def _when(dated: datetime, seen: datetime, fact: Fact, period: Period) -> When:
    at = min(dated, seen)  # nobody sees what is yet to come: such a date is a mistake
    if at >= period.cutoff:
        return When.AFTER
    if at >= period.start:
        return When.WITHIN
    observed = fact.history_since < period.counted_until
    return When.BELATED if observed and seen >= period.counted_until else When.BEFORE


def overdue(fact: Fact, at: datetime) -> bool:
    """Running past its due instant (DESIGN section 5)."""
    return is_running(fact) and fact.due_at is not None and fact.due_at < at


def is_running(fact: Fact) -> bool:
    """Whether its clock runs."""
    return fact.phase is Phase.RUNNING


def overdue_by_day(fact: Fact, period: Period) -> bool:
    """The same as portals count: running, and due on an earlier day than the last of the period."""
    return is_running(fact) and fact.due_at is not None and period.day(fact.due_at) < period.last_day


def late(fact: Fact) -> bool | None:
    """Whether it ended after its due instant; None without one."""
    if fact.due_at is None or fact.ended_at is None:
        return None
    return fact.ended_at > fact.due_at


def late_day(fact: Fact, period: Period) -> bool | None:
    """The same by the day, as portals count (reference 1.3.3)."""
    if fact.due_at is None or fact.ended_at is None:
        return None
    return period.day(fact.ended_at) > period.day(fact.due_at)
