"""What happened to a dossier on the portal, in the order in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.story import flags
from alertd.story.facts import shown

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.store.history import Record
    from alertd.story.facts import Local

#: Of what one poll brought to light at one instant, the cause comes before what follows from it.
_RANK = ("seen", "phase", "due", "pause_ended", "pause", "overdue_ended", "overdue", "flag")


def events(record: Record, now: datetime, local: Local) -> list[dict[str, Any]]:
    """Observations, changes of phase and due date, pauses, overdue spells, flags, up to `now` and oldest first."""
    found: list[dict[str, Any]] = [
        {"at": o.seen_at, "event": "seen", "changed": {k: shown(k, v, local) for k, v in o.changed.items()},
         **_source(record, o.poll_id, local)}
        for o in record.observations
    ]  # fmt: skip
    found += [{"at": p.seen_at, "event": "phase", "from": p.old_phase, "to": p.new_phase} for p in record.phases]
    found += [{"at": d.seen_at, "event": "due", "kind": d.kind, "from": local(d.old_due_at), "to": local(d.new_due_at)}
              for d in record.dues]  # fmt: skip
    for spell in record.spells:
        found.append({"at": spell.first_seen_at, "event": "overdue", "due_at": local(spell.due_at)})
        if spell.ended_seen_at and spell.ended_seen_at <= now:
            found.append({"at": spell.ended_seen_at, "event": "overdue_ended", "kind": spell.end_kind})
    for pause in record.pauses:
        found.append({"at": pause.first_seen_at, "event": "pause", "kind": pause.kind, "status": pause.status})
        if pause.ended_seen_at and pause.ended_seen_at <= now:
            seconds = int((pause.ended_seen_at - pause.first_seen_at).total_seconds())
            found.append({"at": pause.ended_seen_at, "event": "pause_ended", "kind": pause.kind, "seconds": seconds})
    found += [{"at": f.seen_at, "event": "flag", "flag": f.flag, "evidence": flags.shown(f.flag, f.evidence, local)}
              for f in record.flags]  # fmt: skip
    found.sort(key=lambda event: (event["at"], _RANK.index(event["event"])))
    return [event | {"at": local(event["at"])} for event in found]


def _source(record: Record, poll_id: int, local: Local) -> dict[str, str | None]:
    """What the poll read, and of when its data were."""
    poll = record.polls.get(poll_id)
    return {"source": poll.source if poll else None, "as_of": local(poll.as_of) if poll else None}
