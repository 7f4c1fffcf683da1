"""The outgoing heartbeat: when it was last taken, when it was last tried, and why that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from alertd.store.database import upsert
from alertd.store.tables import heartbeats

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

ONLY = "heartbeat"


def last(connection: Connection) -> Row[Any] | None:
    """What is on record: tried_at, sent_at, failure ('' when the last try was taken); None before the first try."""
    return connection.execute(select(heartbeats).where(heartbeats.c.name == ONLY)).first()


def sent(connection: Connection, now: datetime) -> None:
    """The receiver has taken one."""
    row = {"name": ONLY, "tried_at": now, "sent_at": now, "failure": ""}
    upsert(connection, heartbeats, ["name"], row)


def failed(connection: Connection, failure: str, now: datetime) -> None:
    """It has not; when it last did stays on record."""
    row = {"name": ONLY, "tried_at": now, "sent_at": None, "failure": failure}
    upsert(connection, heartbeats, ["name"], row, ["tried_at", "failure"])
