"""The outbox: messages put into it in parts, taken over by a later slot, and the addresses that are dead.

A part's `not_before` is set while there is something left to do with it; part n + 1 gets its own when part n is
settled, so parts leave in order (`claims`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, delete, exists, select, update

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.store.database import insert_new, upsert
from alertd.store.tables import addresses, alerts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.policy import Urgency


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
        outbox.c.claimed_by.is_(None), outbox.c.settled_at.is_(None),
    )  # fmt: skip
    messages = list(connection.scalars(query))
    if not messages:
        return
    connection.execute(
        update(outbox).where(outbox.c.message.in_(messages))
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=slot)
    )  # fmt: skip
    # what was finished meanwhile must not come up again should it be opened anew
    ended = (alerts.c.policy != "") & exists().where(
        dossiers.c.id == alerts.c.dossier_id, dossiers.c.clock == Clock.ENDED.value
    )
    connection.execute(
        update(alerts).where(alerts.c.message.in_(messages), alerts.c.state == AlertState.SENT.value)
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
) -> str:
    """Put one message into the outbox and its alerts into the message, in the caller's transaction; gives its id.

    The message's id follows from its alerts: the same alerts can never be queued twice.
    """
    alerts_text = ",".join(map(str, sorted(alert_ids)))
    message = "m" + sha256(f"{person}|{alerts_text}|{slot.isoformat()}".encode()).hexdigest()[:24]
    rows = [
        {
            "id": f"{message}.{number}", "message": message,
            "dedupe_key": sha256(f"{message}|{number}".encode()).hexdigest(),
            "person": person, "kind": kind, "urgency": urgency.value, "priority": urgency.rank, "late": late,
            "part": number, "parts": len(parts), "text": part.text, "dossiers": list(part.dossiers),
            "slot_at": slot, "created_at": now, "not_before": now if number == 1 else None,
            "state": PartState.PENDING.value, "detail": "", "contact": 0, "attempts": 0, "transients": 0,
            "unknowns": 0, "repeat": False, "claimed_by": None, "claim_deadline": None, "settled_at": None,
        }
        for number, part in enumerate(parts, 1)
    ]  # fmt: skip
    insert_new(connection, outbox, rows)
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("id_"), alerts.c.state == AlertState.PENDING.value)
        .values(state=AlertState.SENT.value, message=message),
        [{"id_": alert_id} for alert_id in alert_ids],
    )
    return message


def dead_addresses(connection: Connection) -> set[tuple[str, str, str]]:
    """Addresses that a provider called dead for good: (person, channel, address)."""
    return {(row.person, row.channel, row.address) for row in connection.execute(select(addresses))}


def revive(connection: Connection, people: Sequence[str], now: datetime) -> int:
    """People whose contacts were edited get another try: their addresses are alive again, what failed is due again.

    Only messages that still name a running dossier; gives how many parts.
    """
    connection.execute(delete(addresses).where(addresses.c.person.in_(people)))
    running = exists().where(
        alerts.c.message == outbox.c.message, dossiers.c.id == alerts.c.dossier_id,
        dossiers.c.clock == Clock.DUE.value,
    )  # fmt: skip
    return connection.execute(
        update(outbox)
        .where(outbox.c.person.in_(people), outbox.c.state == PartState.FAILED.value, running)
        .values(state=PartState.RETRY.value, not_before=now, settled_at=None, contact=0, transients=0, unknowns=0)
    ).rowcount


def mark_dead(connection: Connection, person: str, channel: str, address: str, reason: str, now: datetime) -> None:
    """Never try this address again until it is connected anew."""
    upsert(connection, addresses, ["person", "channel", "address"], {
        "person": person, "channel": channel, "address": address, "dead_since": now, "reason": reason,
    })  # fmt: skip
