"""Overdue spells: from the first complete poll that shows a dossier running past its due instant, to a kind of end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, or_, select, update

from alertd.core.dossier import Clock
from alertd.store.bulk import among
from alertd.store.tables import dossiers, overdue_spells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.transition import SpellEnd


def open_new(connection: Connection, feed: str, as_of: datetime, now: datetime) -> int:
    """Open a spell for each dossier that a complete poll (data of `as_of`) shows running after its due instant."""
    query = select(dossiers.c.id, dossiers.c.due_at).where(
        dossiers.c.feed == feed,
        dossiers.c.clock == Clock.DUE.value,
        dossiers.c.overdue_since.is_(None),
        dossiers.c.due_at < as_of,
        dossiers.c.missing_since.is_(None),
        or_(dossiers.c.finished_at.is_(None), dossiers.c.finished_at > as_of, dossiers.c.conflict),
    )
    found = connection.execute(query).all()
    for start in range(0, len(found), 5000):
        part = found[start : start + 5000]
        connection.execute(
            insert(overdue_spells),
            [{"dossier_id": row.id, "first_seen_at": now, "due_at": row.due_at} for row in part],
        )
        connection.execute(
            update(dossiers).where(dossiers.c.id.in_([row.id for row in part])).values(overdue_since=now)
        )
    return len(found)


def end(connection: Connection, dossier_ids: Sequence[int], kind: SpellEnd, now: datetime) -> None:
    """Close the open spells of these dossiers, which end in the same way."""
    connection.execute(
        update(overdue_spells)
        .where(among(connection, overdue_spells.c.dossier_id, dossier_ids), overdue_spells.c.ended_seen_at.is_(None))
        .values(ended_seen_at=now, end_kind=kind.value)
    )


def had(connection: Connection, dossier_ids: Sequence[int]) -> set[int]:
    """Which of these dossiers were overdue at some time."""
    spells = overdue_spells.c
    return set(connection.scalars(select(spells.dossier_id).where(among(connection, spells.dossier_id, dossier_ids))))
