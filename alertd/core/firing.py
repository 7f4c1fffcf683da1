"""What fires for one dossier at one tick: which occurrences, for whom, which of them is sent (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.acknowledging import held, muting
from alertd.core.plan import first_from, latest_due, next_instant
from alertd.core.policy import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.acknowledging import Ack, Hold
    from alertd.core.directory import Directory
    from alertd.core.dossier import Clock
    from alertd.core.organisation import Target
    from alertd.core.plan import Anchor
    from alertd.core.policy import Policy, Step, Subject
    from alertd.core.rules import Rules

LATE_AFTER = timedelta(minutes=15)
#: Why an alert is late that waited for somebody who had acknowledged the dossier.
HELD = "held"
TICK = timedelta.resolution


class AlertState(StrEnum):
    """`pending` waits for its message, `sent` is in one, the others never are.

    `superseded`: overtaken before it was sent; `muted`: the person had acknowledged the dossier;
    `discarded`: an operator decided against it, with a reason.
    """

    PENDING = "pending"
    SENT = "sent"
    COALESCED = "coalesced"
    MUTED = "muted"
    NOT_APPLIED = "not_applied"
    NOBODY = "nobody"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier as the tick sees it. `fresh`: its data come from a complete poll not older than the feed's max_age.

    `received_at`, `due_at` and `finished_at` are those of the clock that runs: of the accept clock the submission, the
    deadline to accept, and None (`core.planning.Stretch`).
    `officers` are as the feed names them; `handed_to` is the colleague who took it over from them.
    """

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
    handed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is on record: the last index of each step in this episode, and when each step last fired for each person.

    `acks` are the episode's acknowledgements, oldest first; `reached` holds, for whoever gave one, the latest instant
    of the episode's alerts that were not kept from them.
    """

    fired: Mapping[str, int] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    acks: tuple[Ack, ...] = ()
    reached: Mapping[str, datetime] = field(default_factory=dict)


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
    clock: Clock


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
    until: datetime  # when it may fire: its instant, or later while an acknowledgement holds it


def fire(case: Case, ledger: Ledger, rules: Rules, now: datetime) -> Firing:
    """Decide what fires for a dossier at `now`.

    For each person only the latest due occurrence is sendable (tie: later in the policy), the rest is coalesced. Steps
    at or after the due instant wait for fresh data. Posts are resolved on the local date of `now`.

    The latest is muted if its instant lies within `ack_mutes` of an acknowledgement by that person; what was coalesced
    into it stays coalesced, for it is older news of what they have acknowledged. It is not muted if it lies at or after
    the due instant and nothing at or after that instant has reached them in this episode yet. That is one question to
    ask of the latest alone: if any of a tick's occurrences lies there, the latest does.
    """
    policy = rules.policy_for(case.subject, case.clock, rules.local_date(now))
    if policy is None:
        return Firing((), None)
    anchor = rules.anchor(case.subject.unit, case.due_at, case.received_at, case.finished_at)
    limit = now if case.fresh else min(now, case.due_at - TICK)
    directory = rules.organisation.on(rules.local_date(now))
    hold = hold_on(case, policy, anchor, ledger, directory)
    dues = _dues(policy, anchor, ledger, limit, now, hold)
    told = _told(case, anchor, ledger, directory, dues)
    alerts = tuple(
        alert
        for person, theirs in told.items()
        for alert in _alerts(
            case, policy, person, theirs, now, muted=_is_muted(case, policy, anchor, ledger, person, theirs)
        )
    )
    fired = {**ledger.fired, **{due.step.name: due.last for due in dues}}
    following = next_instant(policy, anchor, fired, hold)
    if not case.fresh and following is not None and following <= now:
        return Firing(alerts, None, following)
    return Firing(alerts, following)


def hold_on(case: Case, policy: Policy, anchor: Anchor, ledger: Ledger, directory: Directory) -> Hold | None:
    """What the episode's first acknowledgement holds; None in nearly every case, at no cost."""
    if not ledger.acks or policy.ack_holds is None:
        return None
    told = (
        (step, {person for target in step.to for person in _people(case, target, directory)}) for step in policy.steps
    )
    return held(ledger.acks, policy.ack_holds, anchor.calendar, told)


def _people(case: Case, target: Target, directory: Directory) -> tuple[str, ...]:
    return directory.resolve(target, case.subject.unit, case.officers, case.handed_to)


def _dues(
    policy: Policy, anchor: Anchor, ledger: Ledger, limit: datetime, now: datetime, hold: Hold | None
) -> list[_Due]:
    """The occurrences of each step that are due by the plan at `limit`, not on record and not held at `now`."""
    dues = []
    for position, step in enumerate(policy.steps):
        due = latest_due(step, anchor, limit, ledger.fired.get(step.name, -1))
        if due is not None and hold is not None:
            due = hold.released(step, anchor, due, now)
        if due is not None:
            until = hold.until(step, due[2]) if hold is not None else due[2]
            dues.append(_Due(due[2], position, step, due[0], due[1], "", until))
    return dues


def _told(case: Case, anchor: Anchor, ledger: Ledger, directory: Directory, dues: list[_Due]) -> dict[str, list[_Due]]:
    """Due occurrences by person; "" stands for nobody."""
    told: dict[str, list[_Due]] = {}
    for due in dues:
        seen: set[str] = set()
        for target in due.step.to:
            for person in _people(case, target, directory) or ("",):
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


def _is_muted(case: Case, policy: Policy, anchor: Anchor, ledger: Ledger, person: str, dues: list[_Due]) -> bool:
    """Whether the latest of a person's occurrences is muted (the rule stands at `fire`)."""
    if not ledger.acks or policy.ack_mutes is None:
        return False
    at = _latest(dues).at
    reached = ledger.reached.get(person)
    if at >= case.due_at and (reached is None or reached < case.due_at):
        return False
    return muting(ledger.acks, person, at, policy.ack_mutes, anchor.calendar) is not None


def _latest(dues: list[_Due]) -> _Due:
    return max(dues, key=lambda due: (due.at, due.position))


def _alerts(case: Case, policy: Policy, person: str, dues: list[_Due], now: datetime, *, muted: bool) -> list[Alert]:
    latest = _latest(dues)
    sendable = AlertState.MUTED if muted else AlertState.PENDING
    alerts = []
    for due in dues:
        state = sendable if due is latest else AlertState.COALESCED
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
                late_reason=_late_reason(case, due, now),
                clock=case.clock,
            )
        )
    return alerts


def _late_reason(case: Case, due: _Due, now: datetime) -> str | None:
    """Why an alert is recorded more than 15 minutes after its instant; `down` when nothing else explains it."""
    if now - due.at <= LATE_AFTER:
        return None
    if now - due.until <= LATE_AFTER:
        return HELD
    return case.plan_reason if due.until < case.planned_at else "down"
