"""The part of a dossier's story that people wrote: acknowledgements, explanations, handovers, and what they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.acknowledging import Ack, Hold
from alertd.core.firing import AlertState
from alertd.core.plan import first_from, instant, latest_due

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Row

    from alertd.core.plan import Anchor
    from alertd.core.policy import Step
    from alertd.store.history import Record


def answered(record: Record, now: datetime, local: Callable[[datetime | None], str | None]) -> dict[str, Any]:
    """What people answered up to `now`, oldest first; instants as `local` writes them."""
    return {
        "acknowledgements": [
            {"at": local(a.at), "person": a.person, "episode": a.episode, "via": a.via} for a in record.acknowledgements
        ],
        "explanations": [
            {"at": local(e.at), "person": e.person, "text": e.text, "via": e.via} for e in record.explanations
        ],
        "handovers": [
            {"at": local(h.at), "from": h.giver, "to": h.taker, "via": h.via,
             "ended_at": local(h.ended_at) if _has_ended(h, now) else None}
            for h in record.handovers
        ],
    }  # fmt: skip


def handed_to(record: Record, now: datetime) -> str | None:
    """Who had the dossier in the handler's place at `now`."""
    return next((h.taker for h in reversed(record.handovers) if not _has_ended(h, now)), None)


def _has_ended(handover: Row[Any], now: datetime) -> bool:
    return handover.ended_at is not None and handover.ended_at <= now


def acks(record: Record, *, past: bool) -> list[Ack]:
    """The acknowledgements of the episode at the end of what is on record, oldest first."""
    known = (*record.dues, *record.alerts, *record.acknowledgements)
    episode = max((row.episode for row in known), default=1) if past else record.dossier.episode
    return [Ack(a.person, a.at) for a in record.acknowledgements if a.episode == episode]


def muted_by(record: Record, alert: Row[Any]) -> datetime | None:
    """When the person had acknowledged the dossier whose alert was therefore muted; None for any other alert."""
    if alert.state != AlertState.MUTED.value:
        return None
    given = (a.at for a in record.acknowledgements if (a.person, a.episode) == (alert.person, alert.episode))
    return max((at for at in given if at <= alert.at), default=None)


def upcoming(step: Step, anchor: Anchor, now: datetime, hold: Hold | None) -> datetime | None:
    """The planned instant of a step's first occurrence that is still to come, or that is held at `now`."""
    due = latest_due(step, anchor, now) if hold is not None else None
    if hold is not None and due is not None:
        released = hold.released(step, anchor, due, now)
        index = due[0] if released is None else released[1] + 1
        if index <= due[1]:
            return instant(step, index, anchor)
    found = first_from(step, anchor, now)
    return found[1] if found else None
