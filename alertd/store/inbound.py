"""Events from providers' hooks: on disk before the provider is answered, handled once, kept when they cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete as remove
from sqlalchemy import func, null, select, update

from alertd.core.conversation import Inbound, Kind
from alertd.store.database import insert_new
from alertd.store.tables import inbound

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: How often an event is tried before it is set aside.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored event that is not handled yet; `tries` have failed. `event` is None where the row cannot be read."""

    id: int
    channel: str
    event: Inbound | None
    tries: int


def put(connection: Connection, event: Inbound, now: datetime) -> bool:
    """Store an event; False when its channel and key are known: providers tell the same thing several times."""
    known = select(inbound.c.id).where(inbound.c.channel == event.channel, inbound.c.key == event.key)
    if connection.execute(known).first() is not None:
        return False
    values = {"channel": event.channel, "key": event.key, "received_at": now, "event": _as_json(event)}
    insert_new(connection, inbound, [values])
    return True


def take(connection: Connection, limit: int) -> list[Waiting]:
    """Events not handled yet, oldest first."""
    columns = inbound.c
    query = select(columns.id, columns.channel, columns.event).where(columns.handled_at.is_(None)).order_by(columns.id)
    rows = connection.execute(query.limit(limit))
    stored = [(row.id, row.channel, _fields(row.event)) for row in rows]
    return [Waiting(id_, channel, _read(fields), fields.get("tries", 0)) for id_, channel, fields in stored]


def done(connection: Connection, id_: int, now: datetime) -> None:
    """The event is handled: what it said goes, its key stays."""
    connection.execute(update(inbound).where(inbound.c.id == id_).values(handled_at=now, event=null()))


def failed(connection: Connection, waiting: Waiting, reason: str, now: datetime) -> bool:
    """Count a failure; True when it was the last try, and the event is set aside with the reason."""
    fields = _fields(connection.scalar(select(inbound.c.event).where(inbound.c.id == waiting.id)))
    tries = waiting.tries + 1
    values: dict[str, Any] = {"event": {**fields, "tries": tries, "error": reason}}
    if tries >= TRIES:
        values["handled_at"] = now
    connection.execute(update(inbound).where(inbound.c.id == waiting.id).values(values))
    return tries >= TRIES


def set_aside(connection: Connection) -> int:
    """How many events could not be handled."""
    query = select(func.count()).where(inbound.c.handled_at.is_not(None), inbound.c.event.is_not(None))
    return connection.scalar(query) or 0


def forget(connection: Connection, before: datetime) -> int:
    """Remove what was handled before an instant: a provider does not tell it again. What was set aside stays."""
    old = inbound.c.handled_at.is_not(None) & (inbound.c.handled_at < before) & inbound.c.event.is_(None)
    return connection.execute(remove(inbound).where(old)).rowcount


def _as_json(event: Inbound) -> dict[str, Any]:
    return {
        "kind": event.kind.value,
        "address": event.address,
        "at": event.at.isoformat(),
        "text": event.text,
        "private": event.private,
        "channel": event.channel,
        "key": event.key,
    }


def _fields(stored: Any) -> dict[str, Any]:
    return stored if isinstance(stored, dict) else {}


def _read(fields: dict[str, Any]) -> Inbound | None:
    try:
        return Inbound(
            channel=fields["channel"],
            key=fields["key"],
            kind=Kind(fields["kind"]),
            address=fields["address"],
            at=datetime.fromisoformat(fields["at"]),
            text=fields["text"],
            private=fields["private"],
        )
    except (KeyError, ValueError, TypeError):
        return None
