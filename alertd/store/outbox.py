"""The outbox: messages put into it in parts, and taken over by a later slot.

A part's `not_before` is set while there is something left to do with it; part n + 1 gets its own when part n is
settled, so parts leave in order (`claims`, `settling`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, exists, select, update

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.store.database import insert_new
from alertd.store.locks import lock_alerts
from alertd.store.settling import receipt
from alertd.store.tables import alerts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.policy import Urgency

__all__ = ["NewPart", "enqueue", "receipt", "take_over"]


@dataclass(frozen=True, slots=True)
class NewPart:
    """One part to be queued; `dossiers` as the webhook shows them."""

    text: str
    dossiers: Sequence[Mapping[str, str | None]]


def take_over(connection: Connection, people: Sequence[str], slot: datetime) -> None:
    """Messages of an earlier slot that were never tried give their alerts to the message of this one."""
    # parts leave in order: while the first was never tried, none was
    query = select(outbox.c.message).where(
        outbox.c.person.in_(people), outbox.c.slot_at < slot, outbox.c.part == 1, outbox.c.attempts == 0,
        outbox.c.claimed_by.is_(None), outbox.c.settled_at.is_(None), ~outbox.c.pinned,
        # a file is not told again in other words
        outbox.c.attachment.is_(None),
        # what a storm held goes as it is: by an operator's word, or not at all
        outbox.c.storm_id.is_(None),
    )  # fmt: skip
    # what a delivery claims at this moment stays its own
    messages = list(connection.scalars(query.with_for_update(skip_locked=True)))
    if not messages:
        return
    connection.execute(
        update(outbox).where(outbox.c.message.in_(messages))
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=slot)
    )  # fmt: skip
    theirs = alerts.c.message.in_(messages), alerts.c.state == AlertState.SENT.value
    lock_alerts(connection, *theirs)
    # what was finished meanwhile must not come up again should it be opened anew
    ended = (alerts.c.policy != "") & exists().where(
        dossiers.c.id == alerts.c.dossier_id, dossiers.c.clock == Clock.ENDED.value
    )
    connection.execute(
        update(alerts).where(*theirs)
        .values(state=case((ended, AlertState.SUPERSEDED.value), else_=AlertState.PENDING.value), message=None)
    )  # fmt: skip


def enqueue(
    connection: Connection,
    person: str,
    parts: Sequence[NewPart],
    alert_ids: Sequence[int],
    *,
    kind: str,
    urgency: Urgency,
    late: bool,
    slot: datetime,
    now: datetime,
    channel: str = "",
    storm_id: int | None = None,
    held: bool = False,
    pinned: bool = False,
    attachment: str | None = None,
) -> str:
    """Put one message into the outbox and its alerts into the message, in the caller's transaction; gives its id.

    The message's id follows from its alerts: the same alerts can never be queued twice. `channel` is that of the first
    try ('': not routed yet). A `held` message waits in its storm; a `pinned` one, a test, is bound to `channel`.
    `attachment` is the digest of a file that goes with it.
    """
    key = f"{person}|{','.join(map(str, sorted(alert_ids)))}|{slot.isoformat()}" + (f"|{channel}" if pinned else "")
    message = "m" + sha256(key.encode()).hexdigest()[:24]
    rows = [
        {
            "id": f"{message}.{number}", "message": message,
            "dedupe_key": sha256(f"{message}|{number}".encode()).hexdigest(),
            "person": person, "kind": kind, "urgency": urgency.value, "priority": urgency.rank, "late": late,
            "part": number, "parts": len(parts), "text": part.text, "dossiers": list(part.dossiers),
            "slot_at": slot, "created_at": now, "not_before": now if number == 1 and not held else None,
            "state": (PartState.HELD if held else PartState.PENDING).value, "detail": "", "contact": 0, "attempts": 0,
            "transients": 0, "unknowns": 0, "repeat": False, "claimed_by": None, "claim_deadline": None,
            "settled_at": None, "channel": channel, "pinned": pinned, "storm_id": storm_id,
            "attachment": attachment,
        }
        for number, part in enumerate(parts, 1)
    ]  # fmt: skip
    insert_new(connection, outbox, rows)
    if not alert_ids:
        return message
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("id_"), alerts.c.state == AlertState.PENDING.value)
        .values(state=AlertState.SENT.value, message=message),
        [{"id_": alert_id} for alert_id in alert_ids],
    )
    return message
