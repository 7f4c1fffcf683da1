"""Silences: units whose steps before the due instant wait until an instant, with the reason that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from alertd.store.tables import silences

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


def add(connection: Connection, unit: str, since: datetime, until: datetime, reason: str) -> int:
    """Put a silence on record; gives its id."""
    row = {"unit": unit, "since": since, "until": until, "reason": reason}
    return int(connection.scalar(insert(silences).returning(silences.c.id), row) or 0)


def end(connection: Connection, silence_id: int, now: datetime) -> bool:
    """End a silence now; False when none of this number holds."""
    ended = connection.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.since <= now, silences.c.until > now)
        .values(until=now)
    )
    return bool(ended.rowcount)


def active(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Silences that hold at an instant, the one that ends first first: id, unit, since, until, reason."""
    query = select(silences).where(silences.c.since <= now, silences.c.until > now)
    return connection.execute(query.order_by(silences.c.until, silences.c.id)).all()


def between(connection: Connection, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Silences that held at any time between two instants, oldest first; for the weekly report."""
    query = select(silences).where(silences.c.since < until, silences.c.until > since)
    return connection.execute(query.order_by(silences.c.since, silences.c.id)).all()
