"""One message to one person on one channel, outside slots and failover: a test, a sign-in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from alertd.core.firing import AlertState
from alertd.store import outbox
from alertd.store.tables import alerts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.policy import Urgency


def order(
    connection: Connection, person: str, channel: str, text: str, *, step: str, urgency: Urgency, now: datetime
) -> str:
    """Put it into the outbox, and into the ledger under a reserved step; gives the message's id."""
    subject = f"channel:{channel}"
    same = (alerts.c.dossier_id == 0, alerts.c.subject == subject, alerts.c.step == step, alerts.c.person == person)
    last = connection.scalar(select(func.max(alerts.c.occurrence)).where(*same))
    made = connection.execute(insert(alerts).values(
        dossier_id=0, subject=subject, episode=1, step=step, occurrence=0 if last is None else last + 1, folded=0,
        person=person, policy="", target="", unit=None, at=now, recorded_at=now, state=AlertState.PENDING.value,
        urgency=urgency.value, late_reason=None, note="", message=None,
    ))  # fmt: skip
    (alert,) = made.inserted_primary_key or (0,)
    return outbox.enqueue(
        connection, person, [outbox.NewPart(text, ())], [alert], kind=step, urgency=urgency, late=False, slot=now,
        now=now, channel=channel, pinned=True,
    )  # fmt: skip
