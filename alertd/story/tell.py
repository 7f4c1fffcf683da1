"""One dossier's story as data: what was seen, planned, recorded and sent up to an instant, and what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.planning import LADDERS
from alertd.story import facts, matching, sums
from alertd.story.answers import answered
from alertd.story.events import events
from alertd.story.messages import alerts, messages
from alertd.story.plan import first_of, plan
from alertd.story.silence import silence
from alertd.story.situation import Situation

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.config.places import Places
    from alertd.core.rules import Rules
    from alertd.core.slots import Slots
    from alertd.store.history import Record
    from alertd.story.in_force import InForce


def tell(
    record: Record,
    rules: Rules,
    now: datetime,
    *,
    past: bool,
    places: Places | None = None,
    in_force: InForce | None = None,
    slots: Slots | None = None,
) -> dict[str, Any]:
    """The story up to `now`; `past` when that is not the present, and what comes next is worked out from the plan.

    `places` says where the rules are written, `in_force` where those were by which earlier alerts were made, `slots`
    when messages leave.
    """
    of = Situation(record, rules, now, past, places)
    local, fields = of.local, of.fields
    planned = plan(of)
    told, sent = alerts(record, rules, now, local, in_force), messages(record, now, local)
    return {
        "code": record.dossier.code,
        "other_codes": [{"code": a.code, "since": local(a.first_seen_at)} for a in record.aliases],
        "feed": record.dossier.feed,
        "phase": fields["phase"],
        "status": fields["status"],
        "clock": of.clock.value,
        "unit": matching.unit(of),
        "officers": matching.officers(of),
        "handed_to": of.taker,
        "procedure": fields["procedure"] or fields["procedure_code"],
        "received_at": local(facts.at(fields["received_at"])),
        "due_at": local(of.due_at),
        "finished_at": local(facts.at(fields["finished_at"])),
        "accept_by": local(of.accept_by),
        "overdue": of.overdue,
        "late_accept": of.late_accept,
        "working_hours_left": _hours(of),
        "working_days": _days(of),
        "calendar": places.calendar(of.unit) if places else None,
        "missing_since": local(facts.missing_since(record, now)),
        "policy": of.policy.name if of.policy else None,
        "policy_rule": places.policy(of.policy.name) if places and of.policy else None,
        "plan": planned,
        "next_step_at": _next(of, planned),
        "waiting_at": None if past else local(record.dossier.waiting_at),
        "history": events(record, now, local),
        "alerts": told,
        **answered(record, now, local),
        "messages": sent,
        "silence": silence(of, told, sent, slots),
    }


def _next(of: Situation, planned: list[dict[str, Any]]) -> str | None:
    at = of.record.dossier.next_step_at
    # while a step is held the dossier may be looked at before anything of it fires
    if not of.past and (of.hold is None or at is None or at <= of.now):
        return of.local(at)
    return first_of(planned) if of.clock in LADDERS else None


def _hours(of: Situation) -> float | None:
    if of.deadline is None:
        return None
    return round(of.rules.calendar_of(of.unit).between(of.now, of.deadline) / timedelta(hours=1), 2)


def _days(of: Situation) -> list[str]:
    """The working time that is left, or by which the dossier is late, date by date."""
    if of.deadline is None or of.clock not in LADDERS:
        return []
    return sums.stretch(of.rules.calendar_of(of.unit), of.now, of.deadline)
