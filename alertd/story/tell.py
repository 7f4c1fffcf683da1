"""One dossier's story as data: what was seen, planned, recorded and sent up to an instant, and what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock, Phase
from alertd.core.policy import Subject
from alertd.story import facts
from alertd.story.answers import answered, handed_to
from alertd.story.events import events
from alertd.story.messages import alerts, messages
from alertd.story.plan import first_of, hold_on, plan
from alertd.story.silence import silence

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.acknowledging import Hold
    from alertd.core.rules import Rules
    from alertd.store.history import Record


def tell(record: Record, rules: Rules, now: datetime, *, past: bool) -> dict[str, Any]:
    """The story up to `now`; `past` when that is not the present, and what comes next is worked out from the plan."""
    fields = facts.as_of(record)
    day = rules.local_date(now)
    directory = rules.organisation.on(day)
    unit = directory.unit(fields["unit"])
    shown, taker = tuple(fields["officers"]), handed_to(record, now)
    officers = directory.officers(unit, shown, taker)
    due_at = rules.due_instant(unit, facts.at(fields["due_at"]), facts.on(fields["due_on"]))
    phase = Phase(fields["phase"])
    subject = Subject(unit, fields["procedure_code"], fields["procedure"], fields["field"], fields["channel"])
    policy = rules.policy_for(subject, Clock.DUE, day)
    clock = facts.clock(record)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(rules.zone).isoformat() if at else None

    planned: list[dict[str, Any]] = []
    hold: Hold | None = None
    if policy and due_at:
        anchor = rules.anchor(unit, due_at, facts.at(fields["received_at"]), facts.finish(record, fields))
        people = {step.name: {p for target in step.to for p in directory.resolve(target, unit, shown, taker)}
                  for step in policy.steps}  # fmt: skip
        hold = hold_on(record, policy, anchor, people, past=past)
        planned = plan(policy, anchor, people, hold, now, local)
    next_at = record.dossier.next_step_at
    # while a step is held the dossier may be looked at before anything of it fires
    stored_next = not past and (hold is None or next_at is None or next_at <= now)
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
        "received_at": local(facts.at(fields["received_at"])),
        "due_at": local(due_at),
        "finished_at": local(facts.at(fields["finished_at"])),
        "overdue": clock is Clock.DUE and due_at is not None and due_at < now,
        "working_hours_left": _hours(rules, unit, now, due_at),
        "missing_since": None if past else local(record.dossier.missing_since),
        "policy": policy.name if policy else None,
        "plan": planned,
        "next_step_at": local(next_at) if stored_next else first_of(planned) if clock is Clock.DUE else None,
        "waiting_at": None if past else local(record.dossier.waiting_at),
        "history": events(record, now, local),
        "alerts": alerts(record, rules, now, local),
        **answered(record, now, local),
        "messages": messages(record, now, local),
        "silence": None if record.alerts else silence(record, clock, due_at, now, no_policy=policy is None),
    }


def _hours(rules: Rules, unit: str | None, now: datetime, due_at: datetime | None) -> float | None:
    if due_at is None:
        return None
    return round(rules.calendar_of(unit).between(now, due_at) / timedelta(hours=1), 2)
