"""The last comparison with the national evaluation, and our own counts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from alertd.store.database import upsert
from alertd.store.tables import dossiers, reconciliation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.national import Difference

ONLY = "national"


def received(connection: Connection, since: datetime, until: datetime, feeds: Collection[str]) -> dict[str, int]:
    """Dossiers of these feeds that were received between two instants, by processing unit."""
    d = dossiers.c
    query = (
        select(d.unit, func.count())
        .where(d.received_at >= since, d.received_at < until, d.unit.is_not(None), d.feed.in_(feeds))
        .group_by(d.unit)
    )
    return {unit: int(count) for unit, count in connection.execute(query)}


def last(connection: Connection) -> Row[Any] | None:
    """The comparison on record: tried_at, error, made_at, year, units; None before the first try."""
    return connection.execute(select(reconciliation).where(reconciliation.c.name == ONLY)).first()


def made(connection: Connection, year: int, found: Sequence[Difference], now: datetime) -> None:
    """Keep a comparison."""
    units = [{"unit": one.unit, "national": one.national, "own": one.own} for one in found]
    row = {"name": ONLY, "tried_at": now, "error": "", "made_at": now, "year": year, "units": units}
    upsert(connection, reconciliation, ["name"], row)


def failed(connection: Connection, error: str, now: datetime) -> None:
    """Keep why a try failed; the comparison before it stays."""
    row = {"name": ONLY, "tried_at": now, "error": error, "made_at": None, "year": None, "units": []}
    upsert(connection, reconciliation, ["name"], row, ["tried_at", "error"])
