"""Prunings on record: when what was past its term went, and how many of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update

from alertd.store.tables import prunings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.keeping import Kind

#: How many are kept: a year of nights. What went stands in the access log too.
KEPT = 366
Pruning = Row[Any]


def last(connection: Connection) -> Pruning | None:
    """The newest, ended or not; None before the first."""
    return connection.execute(select(prunings).order_by(prunings.c.id.desc()).limit(1)).first()


def begin(connection: Connection, now: datetime) -> Pruning:
    """Put the next one on record, or take up the one that is not ended; the oldest go."""
    found = last(connection)
    if found is None or found.ended_at is not None:
        connection.execute(insert(prunings).values(begun_at=now, counts={}))
        newest = select(prunings.c.id).order_by(prunings.c.id.desc()).limit(KEPT)
        connection.execute(delete(prunings).where(prunings.c.id.not_in(connection.scalars(newest).all())))
        found = last(connection)
    assert found is not None
    return found


def add(connection: Connection, id_: int, kind: Kind, count: int) -> None:
    """Count what has gone, in the transaction in which it goes."""
    counts = dict(connection.scalar(select(prunings.c.counts).where(prunings.c.id == id_).with_for_update()) or {})
    counts[kind.value] = counts.get(kind.value, 0) + count
    connection.execute(update(prunings).where(prunings.c.id == id_).values(counts=counts))


def end(connection: Connection, id_: int, now: datetime) -> dict[str, int]:
    """Nothing is left to do; gives how many of each class have gone."""
    connection.execute(update(prunings).where(prunings.c.id == id_).values(ended_at=now))
    return dict(connection.scalar(select(prunings.c.counts).where(prunings.c.id == id_)) or {})
