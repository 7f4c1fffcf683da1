"""The alerts of a dossier and the messages that named it, as they stood at an instant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.delivery import PartState
from alertd.core.firing import LATE_AFTER, AlertState
from alertd.core.outcome import Outcome
from alertd.story.answers import muted_by

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from alertd.core.rules import Rules
    from alertd.store.history import Record
    from alertd.story.facts import Local
    from alertd.story.in_force import InForce

_HOUR = timedelta(hours=1)
#: The delivery of an alert whose message is deleted.
PAST_TERM = "past_term"
#: What an answer makes of a part, until another attempt or the end is on record.
_AFTER = {Outcome.ACCEPTED.value: PartState.ACCEPTED, Outcome.UNKNOWN.value: PartState.UNKNOWN}


def alerts(
    record: Record, rules: Rules, now: datetime, local: Local, in_force: InForce | None = None
) -> list[dict[str, Any]]:
    """Every alert, oldest first; how late it was recorded is in working time, as everything that people read."""
    state = {part.message: part_state(record, part, now) for part in record.parts if part.created_at <= now}
    to_come = {part.message for part in record.parts} - state.keys()
    return [
        {
            "step": a.step, "occurrence": a.occurrence, "folded": a.folded, "at": local(a.at),
            "recorded_at": local(a.recorded_at), "person": a.person, "policy": a.policy, "to": a.target,
            "state": _state(a, to_come), "urgency": a.urgency, "late_hours": _late(a, rules),
            "late_reason": a.late_reason, "note": a.note, "episode": a.episode,
            "message": a.message if a.message in state else None, "delivery": _delivery(a, state, to_come),
            "acknowledged_at": local(muted_by(record, a)),
            "rule": in_force.step(a.policy, a.step, a.recorded_at) if in_force and a.policy else None,
        }
        for a in record.alerts
    ]  # fmt: skip


def messages(record: Record, now: datetime, local: Local) -> list[dict[str, Any]]:
    """Every part of a message that named the dossier, with the calls made for it."""
    return [
        {
            "id": part.id, "message": part.message, "person": part.person, "state": part_state(record, part, now),
            "part": part.part, "parts": part.parts, "created_at": local(part.created_at),
            "reason": part.detail if part.state == PartState.DISCARDED and _settled(part, now) else "",
            "attempts": [
                {"channel": a.channel, "at": local(a.started_at), "outcome": a.outcome if _answered(a, now) else None,
                 "code": a.code if _answered(a, now) else "",
                 "provider_id": a.provider_id if _answered(a, now) else None}
                for a in record.attempts if a.outbox_id == part.id
            ],
        }
        for part in record.parts if part.created_at <= now
    ]  # fmt: skip


def part_state(record: Record, part: Row[Any], now: datetime) -> str:
    """The state of a part at an instant: what is stored, unless that came later."""
    last = next((a for a in reversed(record.attempts) if a.outbox_id == part.id), None)
    if _settled(part, now) or (part.settled_at is None and (last is None or last.number == part.attempts)):
        return str(part.state)
    if last is None:
        return PartState.PENDING.value
    if not _answered(last, now):
        return PartState.SENDING.value
    return _AFTER.get(last.outcome, PartState.RETRY).value


def _settled(part: Row[Any], now: datetime) -> bool:
    return part.settled_at is not None and part.settled_at <= now


def _answered(attempt: Row[Any], now: datetime) -> bool:
    return attempt.finished_at is not None and attempt.finished_at <= now


def _state(alert: Row[Any], to_come: set[str]) -> str:
    """An alert whose message was composed later was waiting for it; one whose message is past its term was sent."""
    return AlertState.PENDING.value if alert.message in to_come else str(alert.state)


def _delivery(alert: Row[Any], present: dict[str, str], to_come: set[str]) -> str | None:
    known = alert.message in present or alert.message in to_come
    return present.get(alert.message) if known or alert.state != AlertState.SENT.value else PAST_TERM


def _late(alert: Row[Any], rules: Rules) -> float | None:
    """Working hours from its instant to its record; None when that is no more than 15 minutes on the clock."""
    if not alert.policy or alert.recorded_at - alert.at <= LATE_AFTER:
        return None
    return round(rules.calendar_of(alert.unit).between(alert.at, alert.recorded_at) / _HOUR, 2)
