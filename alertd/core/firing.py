"""What fires for one dossier at one tick: which occurrences, for whom, which of them is sent (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.plan import first_from, latest_due, next_instant
from alertd.core.policy import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.dossier import Clock
    from alertd.core.plan import Anchor
    from alertd.core.policy import Policy, Step, Subject
    from alertd.core.rules import Rules

LATE_AFTER = timedelta(minutes=15)
TICK = timedelta.resolution


class AlertState(StrEnum):
    """`pending` waits for its message, `sent` is in one, the others never are (`superseded`: overtaken)."""

    PENDING = "pending"
    SENT = "sent"
    COALESCED = "coalesced"
    MUTED = "muted"
    NOT_APPLIED = "not_applied"
    NOBODY = "nobody"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier as the tick sees it. `fresh`: its data come from a complete poll not older than the feed's max_age."""

    id: int
    clock: Clock
    episode: int
    subject: Subject
    officers: tuple[str, ...]
    received_at: datetime | None
    due_at: datetime
    finished_at: datetime | None
    planned_at: datetime
    plan_reason: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is on record: the last index of each step in this episode, and when each step last fired for each person."""

    fired: Mapping[str, int] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alert:
    """One step that fell due for one dossier and one person; it also stands for `folded` occurrences before its own."""

    dossier_id: int
    episode: int
    step: str
    occurrence: int
    folded: int
    person: str
    policy: str
    target: str
    unit: str | None
    at: datetime
    state: AlertState
    urgency: Urgency
    late_reason: str | None


@dataclass(frozen=True, slots=True)
class Firing:
    """The tick's result for one dossier; `waiting_at` is set instead of `next_step_at` while data are stale."""

    alerts: tuple[Alert, ...]
    next_step_at: datetime | None
    waiting_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Due:
    at: datetime
    position: int
    step: Step
    first: int
    last: int
    target: str


def fire(case: Case, ledger: Ledger, rules: Rules, now: datetime) -> Firing:
    """Decide what fires for a dossier at `now`.

    For each person only the latest due occurrence is sendable (tie: later in the policy), the rest is coalesced. Steps
    at or after the due instant wait for fresh data. Posts are resolved on the local date of `now`.
    """
    policy = rules.policy_for(case.subject, case.clock, rules.local_date(now))
    if policy is None:
        return Firing((), None)
    anchor = rules.anchor(case.subject.unit, case.due_at, case.received_at, case.finished_at)
    limit = now if case.fresh else min(now, case.due_at - TICK)
    dues = _dues(policy, anchor, ledger, limit)
    told = _told(case, anchor, ledger, rules, now, dues)
    alerts = tuple(alert for person, theirs in told.items() for alert in _alerts(case, policy, person, theirs, now))
    fired = {**ledger.fired, **{due.step.name: due.last for due in dues}}
    following = next_instant(policy, anchor, fired)
    if not case.fresh and following is not None and following <= now:
        return Firing(alerts, None, following)
    return Firing(alerts, following)


def _dues(policy: Policy, anchor: Anchor, ledger: Ledger, limit: datetime) -> list[_Due]:
    """The occurrences of each step that are due at `limit` and not on record."""
    dues = []
    for position, step in enumerate(policy.steps):
        due = latest_due(step, anchor, limit, ledger.fired.get(step.name, -1))
        if due is not None:
            dues.append(_Due(due[2], position, step, due[0], due[1], ""))
    return dues


def _told(
    case: Case, anchor: Anchor, ledger: Ledger, rules: Rules, now: datetime, dues: list[_Due]
) -> dict[str, list[_Due]]:
    """Due occurrences by person; "" stands for nobody."""
    directory = rules.organisation.on(rules.local_date(now))
    told: dict[str, list[_Due]] = {}
    for due in dues:
        seen: set[str] = set()
        for target in due.step.to:
            for person in directory.resolve(target, case.subject.unit, case.officers) or ("",):
                if person in seen:
                    continue
                seen.add(person)
                begin = _after_earlier(due.step, anchor, ledger, person, due.first, due.at)
                if begin is not None:
                    told.setdefault(person, []).append(replace(due, first=begin, target=target.text))
    return told


def _after_earlier(step: Step, anchor: Anchor, ledger: Ledger, person: str, first: int, at: datetime) -> int | None:
    """In a new episode, occurrences not later than when the step last fired for this person count as fired."""
    fired_at = ledger.earlier.get((step.name, person))
    if fired_at is None:
        return first
    if at <= fired_at:
        return None
    found = first_from(step, anchor, fired_at + TICK, first - 1)
    return found[0] if found else None


def _alerts(case: Case, policy: Policy, person: str, dues: list[_Due], now: datetime) -> list[Alert]:
    latest = max(dues, key=lambda due: (due.at, due.position))
    alerts = []
    for due in dues:
        state = AlertState.PENDING if due is latest else AlertState.COALESCED
        alerts.append(
            Alert(
                dossier_id=case.id,
                episode=case.episode,
                step=due.step.name,
                occurrence=due.last,
                folded=due.last - due.first,
                person=person,
                policy=policy.name,
                target=due.target,
                unit=case.subject.unit,
                at=due.at,
                state=state if person else AlertState.NOBODY,
                urgency=due.step.urgency or (Urgency.NORMAL if due.at < case.due_at else Urgency.HIGH),
                late_reason=_late_reason(case, due.at, now),
            )
        )
    return alerts


def _late_reason(case: Case, at: datetime, now: datetime) -> str | None:
    """Why an alert is recorded more than 15 minutes after its instant; `down` when nothing else explains it."""
    if now - at <= LATE_AFTER:
        return None
    return case.plan_reason if at < case.planned_at else "down"
