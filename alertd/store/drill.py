"""Test messages: on record under the reserved step `drill`, queued for one channel each, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from alertd.core.firing import AlertState
from alertd.store import outbox as queue
from alertd.store.tables import alerts, attempts, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.policy import Urgency

STEP = KIND = "drill"


def order(connection: Connection, person: str, channel: str, text: str, urgency: Urgency, now: datetime) -> str:
    """Put one test message to a person into the outbox, bound to a channel, and into the ledger; gives its id."""
    subject = f"channel:{channel}"
    same = (alerts.c.dossier_id == 0, alerts.c.subject == subject, alerts.c.step == STEP, alerts.c.person == person)
    last = connection.scalar(select(func.max(alerts.c.occurrence)).where(*same))
    made = connection.execute(insert(alerts).values(
        dossier_id=0, subject=subject, episode=1, step=STEP, occurrence=0 if last is None else last + 1, folded=0,
        person=person, policy="", target="", unit=None, at=now, recorded_at=now, state=AlertState.PENDING.value,
        urgency=urgency.value, late_reason=None, note="", message=None,
    ))  # fmt: skip
    (alert,) = made.inserted_primary_key or (0,)
    return queue.enqueue(
        connection, person, [queue.NewPart(text, ())], [alert], kind=KIND, urgency=urgency, late=False, slot=now,
        now=now, channel=channel, pinned=True,
    )  # fmt: skip


def results(connection: Connection, messages: Sequence[str]) -> dict[str, Any]:
    """Where test messages stand: `state`, `detail`, `settled_at`, and the last call's `outcome` and `code`."""
    query = (
        select(outbox.c.message, outbox.c.state, outbox.c.detail, outbox.c.settled_at, attempts.c.outcome,
               attempts.c.code)
        .outerjoin(attempts, (attempts.c.outbox_id == outbox.c.id) & (attempts.c.number == outbox.c.attempts))
        .where(outbox.c.message.in_(messages))
    )  # fmt: skip
    return {row.message: row for row in connection.execute(query)}
