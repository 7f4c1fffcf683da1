"""One dossier's story as data: what was seen, planned, recorded and sent up to an instant, and what comes next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.commands.answered import acks, answered, handed_to, muted_by, upcoming
from alertd.core.acknowledging import Hold, held
from alertd.core.delivery import PartState
from alertd.core.dossier import FIELDS, Clock, Phase, clock_of
from alertd.core.plan import instant as instant_of
from alertd.core.policy import Subject

if TYPE_CHECKING:
    from alertd.core.rules import Rules
    from alertd.store.history import Record

INSTANTS = (
    "submitted_at", "received_at", "due_at", "due_on", "finished_at", "returned_at", "step_due_at", "accept_due_at",
    "due_before_at",
)  # fmt: skip


def _as_of(record: Record) -> dict[str, Any]:
    """The fields as the feed had shown them by then: the first observation, with every later change over it."""
    fields: dict[str, Any] = dict.fromkeys(FIELDS, "") | dict.fromkeys(INSTANTS) | {"officers": []}
    for observation in record.observations:
        fields |= observation.changed
    return fields


def story(record: Record, rules: Rules, now: datetime, *, past: bool) -> dict[str, Any]:
    """The story up to `now`; `past` when that is not the present, and what comes next is worked out from the plan."""
    fields = _as_of(record)
    day = rules.local_date(now)
    directory = rules.organisation.on(day)
    unit = directory.unit(fields["unit"])
    shown, taker = tuple(fields["officers"]), handed_to(record, now)
    officers = directory.officers(unit, shown, taker)
    due_at = rules.due_instant(unit, _instant(fields["due_at"]), _date(fields["due_on"]))
    phase = Phase(fields["phase"])
    subject = Subject(unit, fields["procedure_code"], fields["procedure"], fields["field"], fields["channel"])
    policy = rules.policy_for(subject, Clock.DUE, day)
    clock = _clock(record)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(rules.zone).isoformat() if at else None

    plan: list[dict[str, Any]] = []
    hold: Hold | None = None
    if policy and due_at:
        anchor = rules.anchor(unit, due_at, _instant(fields["received_at"]), _instant(fields["finished_at"]))
        people = {step.name: {p for target in step.to for p in directory.resolve(target, unit, shown, taker)}
                  for step in policy.steps}  # fmt: skip
        told = ((step, people[step.name]) for step in policy.steps)
        hold = held(acks(record, past=past), policy.ack_holds, anchor.calendar, told)
        for step in policy.steps:
            planned = upcoming(step, anchor, now, hold)
            until = hold.until(step, planned) if hold and planned else planned
            plan.append({
                "step": step.name,
                "at": local(instant_of(step, 0, anchor)),
                "every": step.every.text if step.every else None,
                "next": local(planned),
                "held_until": local(until) if until != planned else None,
                "to": [target.text for target in step.to],
                "people": sorted(people[step.name]),
            })  # fmt: skip
    delivery: dict[str | None, str] = {part.message: part.state for part in record.parts}
    next_at = record.dossier.next_step_at
    # while a step is held the dossier may be looked at before anything of it fires
    stored_next = not past and (hold is None or next_at is None or next_at <= now)
    overdue = clock is Clock.DUE and due_at is not None and due_at < now
    return {
        "code": record.dossier.code,
        "other_codes": [{"code": a.code, "since": local(a.first_seen_at)} for a in record.aliases],
        "feed": record.dossier.feed,
        "phase": phase.value,
        "status": fields["status"],
        "clock": clock.value,
        "unit": {"code": unit, "as_shown": fields["unit"]},
        "officers": {"people": list(officers.people), "unmatched": list(officers.unmatched)},
        "handed_to": taker,
        "procedure": fields["procedure"] or fields["procedure_code"],
        "received_at": local(_instant(fields["received_at"])),
        "due_at": local(due_at),
        "finished_at": local(_instant(fields["finished_at"])),
        "overdue": overdue,
        "working_hours_left": _hours(rules, unit, now, due_at),
        "missing_since": None if past else local(record.dossier.missing_since),
        "policy": policy.name if policy else None,
        "plan": plan,
        "next_step_at": local(record.dossier.next_step_at) if stored_next else _next(plan, clock),
        "waiting_at": None if past else local(record.dossier.waiting_at),
        "history": _history(record, local),
        "alerts": [
            {
                "step": a.step, "occurrence": a.occurrence, "folded": a.folded, "at": local(a.at),
                "recorded_at": local(a.recorded_at), "person": a.person, "policy": a.policy, "to": a.target,
                "state": a.state, "urgency": a.urgency, "late_reason": a.late_reason, "note": a.note,
                "episode": a.episode, "message": a.message, "delivery": delivery.get(a.message),
                "acknowledged_at": local(muted_by(record, a)),
            }
            for a in record.alerts
        ],
        **answered(record, now, local),
        "messages": [_message(record, part, local) for part in record.parts],
        "silence": None if record.alerts else _silence(record, clock, due_at, now, no_policy=policy is None),
    }  # fmt: skip


def _next(plan: list[dict[str, Any]], clock: Clock) -> str | None:
    instants = (step["held_until"] or step["next"] for step in plan if step["next"])
    return min(instants, default=None) if clock is Clock.DUE else None


def _clock(record: Record) -> Clock:
    untimed = next((o.changed["untimed"] for o in reversed(record.observations) if "untimed" in o.changed), None)
    clock = clock_of(Phase(record.observations[0].changed["phase"]), untimed=untimed)
    for change in record.phases:
        clock = clock_of(Phase(change.new_phase), clock, untimed=untimed)
    return clock


def _history(record: Record, local: Any) -> list[dict[str, Any]]:
    events = [
        {"at": o.seen_at, "event": "seen", "changed": {k: _shown(k, v, local) for k, v in o.changed.items()}}
        for o in record.observations
    ]
    events += [{"at": p.seen_at, "event": "phase", "from": p.old_phase, "to": p.new_phase} for p in record.phases]
    events += [{"at": d.seen_at, "event": "due", "kind": d.kind, "from": local(d.old_due_at), "to": local(d.new_due_at)}
               for d in record.dues]  # fmt: skip
    for spell in record.spells:
        events.append({"at": spell.first_seen_at, "event": "overdue", "due_at": local(spell.due_at)})
        if spell.ended_seen_at:
            events.append({"at": spell.ended_seen_at, "event": "overdue_ended", "kind": spell.end_kind})
    events.sort(key=lambda event: event["at"])
    return [event | {"at": local(event["at"])} for event in events]


def _shown(field: str, value: Any, local: Any) -> Any:
    """A field's value as people see it: instants in the configured zone."""
    return local(datetime.fromisoformat(value)) if field in INSTANTS and field != "due_on" and value else value


def _message(record: Record, part: Any, local: Any) -> dict[str, Any]:
    return {
        "id": part.id, "message": part.message, "person": part.person, "state": part.state, "part": part.part,
        "parts": part.parts, "created_at": local(part.created_at),
        "reason": part.detail if part.state == PartState.DISCARDED else "",
        "attempts": [
            {"channel": a.channel, "at": local(a.started_at), "outcome": a.outcome, "code": a.code,
             "provider_id": a.provider_id}
            for a in record.attempts if a.outbox_id == part.id
        ],
    }  # fmt: skip


def _silence(record: Record, clock: Clock, due_at: datetime | None, now: datetime, *, no_policy: bool) -> str:
    """Why nobody was told."""
    if clock is Clock.ENDED:
        return "hồ sơ đã kết thúc trước khi có bước nào đến hạn"
    if clock is Clock.NONE:
        return "nguồn này không dùng để tính hạn (deadlines: false)"
    if clock is not Clock.DUE:
        return "hồ sơ không chạy hạn ở giai đoạn này"
    if due_at is None:
        return "hồ sơ không có ngày hẹn trả"
    if no_policy:
        return "không chính sách nào khớp với hồ sơ"
    if record.dossier.missing_since:
        return "hồ sơ đang mất dấu trên cổng, cảnh báo tạm giữ"
    if record.dossier.waiting_at:
        return "bước đã đến hạn chờ dữ liệu mới từ cổng"
    upcoming = record.dossier.next_step_at
    if upcoming is not None and upcoming <= now:
        return "bước đã đến hạn chờ lần quét tới của tiến trình alertd run"
    return "chưa bước nào đến hạn"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _date(text: str | None) -> Any:
    return datetime.fromisoformat(text).date() if text else None


def _hours(rules: Rules, unit: str | None, now: datetime, due_at: datetime | None) -> float | None:
    if due_at is None:
        return None
    return round(rules.calendar_of(unit).between(now, due_at) / timedelta(hours=1), 2)
