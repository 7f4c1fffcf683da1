"""Whether alertd does its work, as far as records tell: one judgement for `/readyz`, `doctor` and the heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from alertd.core.delivery import PATIENCE
from alertd.core.policy import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

#: The clocks of escalating, composing and delivering tick every few seconds: so long without, and something is wrong.
TICKS_WITHIN: Final = timedelta(minutes=2)
#: A feed is read every so often, and a large portal takes its time: so many intervals, and so much longer.
POLLS, LONGEST_POLL = 3, timedelta(minutes=30)
#: How often the ledger is audited, and the oldest that an audit may ever be.
AUDIT_EVERY, OLDEST_AUDIT = timedelta(minutes=15), timedelta(days=1)


class Sign(StrEnum):
    """What is looked at."""

    ESCALATE = "escalate"
    OUTBOX = "outbox"
    POLL = "poll"
    COMPOSE = "compose"
    DELIVER = "deliver"
    AUDIT = "audit"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Jobs:
    """What must run: the feeds with how often each is read, and the channels."""

    feeds: Mapping[str, timedelta]
    channels: tuple[str, ...]


#: Where nobody asks whether they run.
NONE: Final = Jobs({}, ())


@dataclass(frozen=True, slots=True)
class LastAudit:
    """The newest audit of the ledger. Instants in UTC."""

    begun_at: datetime
    ended_at: datetime
    findings: int

    @property
    def good_until(self) -> datetime:
        """Twice its period and what it took: one that takes an hour is followed by the next when that one has ended."""
        took = max(self.ended_at - self.begun_at, timedelta())
        return self.ended_at + min(2 * (AUDIT_EVERY + took), OLDEST_AUDIT)


@dataclass(frozen=True, slots=True)
class Signs:
    """What is on record. Instants in UTC; None where something never ran.

    `waiting`: parts that should have left, how many and since when, by urgency; `polled` and `delivered`: when each of
    the feeds and channels was last at work.
    """

    escalated_at: datetime | None
    waiting: Mapping[str, tuple[int, datetime]]
    composed_at: datetime | None
    polled: Mapping[str, datetime | None]
    delivered: Mapping[str, datetime | None]
    audited: LastAudit | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be: of what (`subject`), since when (None: never), how many."""

    sign: Sign
    since: datetime | None
    subject: str = ""
    count: int = 0

    def __str__(self) -> str:
        since = f"since {self.since.isoformat()}" if self.since else "since the start"
        match self.sign:
            case Sign.ESCALATE | Sign.COMPOSE:
                return f"{self.sign}: no tick {since}"
            case Sign.POLL | Sign.DELIVER:
                return f"{self.sign} {self.subject}: no tick {since}"
            case Sign.OUTBOX:
                return f"outbox: {self.count} {self.subject} parts wait, the oldest {since}"
            case Sign.AUDIT:
                return f"audit: none {since}"
            case Sign.LEDGER:  # pragma: no branch - mypy sees to it that there is no other
                return f"ledger: the audit {since} found {self.count} differences; `alertd audit` shows them"


def not_working(signs: Signs, now: datetime) -> list[Problem]:
    """Why alertd does not do its work at `now`: no escalation tick, or urgent messages that do not leave."""
    found = []
    if _is_late(signs.escalated_at, now):
        found.append(Problem(Sign.ESCALATE, signs.escalated_at))
    for urgency in (Urgency.HIGH, Urgency.CRITICAL):
        count, since = signs.waiting.get(urgency.value, (0, now))
        if now - since > PATIENCE[urgency.rank]:
            found.append(Problem(Sign.OUTBOX, since, urgency.value, count))
    return found


def unsound(signs: Signs, jobs: Jobs, now: datetime) -> list[Problem]:
    """Why no heartbeat may say at `now` that all is well: the same, a job that stands still, a ledger not confirmed."""
    return [*not_working(signs, now), *_standing(signs, jobs, now), *_unconfirmed(signs.audited, now)]


def _standing(signs: Signs, jobs: Jobs, now: datetime) -> Iterator[Problem]:
    for feed, every in jobs.feeds.items():
        at = signs.polled.get(feed)
        if _is_late(at, now, POLLS * every + LONGEST_POLL):
            yield Problem(Sign.POLL, at, feed)
    if _is_late(signs.composed_at, now):
        yield Problem(Sign.COMPOSE, signs.composed_at)
    for channel in jobs.channels:
        at = signs.delivered.get(channel)
        if _is_late(at, now):
            yield Problem(Sign.DELIVER, at, channel)


def _unconfirmed(audited: LastAudit | None, now: datetime) -> Iterator[Problem]:
    if audited is None or now > audited.good_until:
        yield Problem(Sign.AUDIT, audited.ended_at if audited else None)
    elif audited.findings:
        yield Problem(Sign.LEDGER, audited.ended_at, count=audited.findings)


def _is_late(at: datetime | None, now: datetime, within: timedelta = TICKS_WITHIN) -> bool:
    return at is None or now - at > within
