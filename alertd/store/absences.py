"""From when to when a dossier was absent from complete polls of its feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from alertd.store.bulk import among
from alertd.store.tables import absences

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def begin(connection: Connection, dossier_ids: Sequence[int], now: datetime) -> None:
    """A complete poll no longer shows them."""
    if dossier_ids:
        connection.execute(insert(absences), [{"dossier_id": id_, "since": now} for id_ in dossier_ids])


def end(connection: Connection, dossier_ids: Sequence[int], now: datetime) -> None:
    """They are seen again."""
    connection.execute(
        update(absences)
        .where(among(connection, absences.c.dossier_id, dossier_ids), absences.c.until.is_(None))
        .values(until=now)
    )
