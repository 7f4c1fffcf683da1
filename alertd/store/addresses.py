"""Addresses that a provider called dead, or moved: never tried again until they are connected anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, select, update

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.store.database import upsert
from alertd.store.tables import addresses, alerts, connections, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: How the reason of a moved address begins; the new one follows.
MOVED = "migrated:"


def mark_dead(connection: Connection, person: str, channel: str, address: str, reason: str, now: datetime) -> None:
    """Never try this address again until it is connected anew."""
    upsert(connection, addresses, ["person", "channel", "address"], {
        "person": person, "channel": channel, "address": address, "dead_since": now, "reason": reason,
    })  # fmt: skip


def move(connection: Connection, person: str, channel: str, old: str, new: str, now: datetime) -> None:
    """A provider gave a chat a new address: from now on the new one is meant wherever the old one is written."""
    mark_dead(connection, person, channel, old, f"{MOVED}{new}", now)
    taken = select(connections.c.address).where(connections.c.channel == channel, connections.c.address == new)
    if connection.execute(taken).first() is None:
        connection.execute(
            update(connections)
            .where(connections.c.channel == channel, connections.c.address == old)
            .values(address=new, connected_at=now)
        )


def dead_addresses(connection: Connection) -> set[tuple[str, str, str]]:
    """Addresses that a provider called dead for good: (person, channel, address)."""
    return {(row.person, row.channel, row.address) for row in connection.execute(select(addresses))}


def moved(connection: Connection) -> dict[tuple[str, str], str]:
    """The new address of each (channel, old address)."""
    rows = connection.execute(select(addresses).where(addresses.c.reason.startswith(MOVED)))
    return {(row.channel, row.address): row.reason.removeprefix(MOVED) for row in rows}


def fingerprint(connection: Connection) -> tuple[Any, ...]:
    """A value that is another one once any address or connected chat has changed."""
    chats = select(func.count(), func.max(connections.c.connected_at), func.max(connections.c.spoke_at))
    dead = select(func.count(), func.max(addresses.c.dead_since)).select_from(addresses)
    return (*connection.execute(chats.select_from(connections)).one(), *connection.execute(dead).one())


def revive(connection: Connection, people: Sequence[str], now: datetime) -> int:
    """People whose contacts were edited get another try: their addresses are alive again, what failed is due again.

    Only messages that still name a running dossier; gives how many parts.
    """
    connection.execute(delete(addresses).where(addresses.c.person.in_(people)))
    return try_again(connection, people, now)


def alive(connection: Connection, person: str, channel: str, address: str, now: datetime) -> int:
    """One address is alive again (unblocked, follows again): what failed is due again; gives how many parts."""
    connection.execute(
        delete(addresses).where(
            addresses.c.person == person, addresses.c.channel == channel, addresses.c.address == address
        )
    )
    return try_again(connection, [person], now)


def try_again(connection: Connection, people: Sequence[str], now: datetime) -> int:
    """What failed for these people and still names a running dossier is due again, by whichever way there is.

    Of several parts of a message the first leaves now, the next ones after it. Gives how many parts.
    """
    running = exists().where(
        alerts.c.message == outbox.c.message, dossiers.c.id == alerts.c.dossier_id,
        dossiers.c.clock.in_((Clock.DUE.value, Clock.ACCEPT.value)),
    )  # fmt: skip
    query = select(outbox.c.id, outbox.c.message, outbox.c.part).where(
        outbox.c.person.in_(people), outbox.c.state == PartState.FAILED.value, ~outbox.c.pinned, running
    )
    rows = connection.execute(query).all()
    failed = {(row.message, row.part) for row in rows}
    first = [row.id for row in rows if (row.message, row.part - 1) not in failed]
    later = [row.id for row in rows if (row.message, row.part - 1) in failed]
    fresh = {"settled_at": None, "channel": "", "contact": 0, "transients": 0, "unknowns": 0}
    connection.execute(
        update(outbox).where(outbox.c.id.in_(first)).values(state=PartState.RETRY.value, not_before=now, **fresh)
    )
    connection.execute(
        update(outbox).where(outbox.c.id.in_(later)).values(state=PartState.PENDING.value, not_before=None, **fresh)
    )
    return len(rows)


def reachable_again(connection: Connection) -> list[str]:
    """People who connected a chat after something for them had failed."""
    query = (
        select(connections.c.person)
        .join(outbox, outbox.c.person == connections.c.person)
        .where(outbox.c.state == PartState.FAILED.value, outbox.c.settled_at < connections.c.connected_at,
               ~outbox.c.pinned)
        .distinct()
    )  # fmt: skip
    return list(connection.scalars(query))
