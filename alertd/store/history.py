"""What is on record about one dossier, up to an instant; and all dossiers as observations, for a replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from alertd.core.text import normal_code
from alertd.store.bulk import among
from alertd.store.state import observation
from alertd.store.tables import (
    absences,
    acknowledgements,
    alerts,
    aliases,
    attempts,
    dossiers,
    due_changes,
    explanations,
    flags,
    handovers,
    observations,
    outbox,
    overdue_spells,
    pauses,
    phase_changes,
    polls,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, Connection, Row

    from alertd.core.dossier import Observation


@dataclass(frozen=True, slots=True)
class Record:
    """Everything kept about one dossier, oldest first; `polls` are those that showed something new of it, by id."""

    dossier: Row[Any]
    polls: Mapping[int, Row[Any]]
    aliases: Sequence[Row[Any]]
    observations: Sequence[Row[Any]]
    phases: Sequence[Row[Any]]
    dues: Sequence[Row[Any]]
    spells: Sequence[Row[Any]]
    pauses: Sequence[Row[Any]]
    absences: Sequence[Row[Any]]
    flags: Sequence[Row[Any]]
    alerts: Sequence[Row[Any]]
    parts: Sequence[Row[Any]]
    attempts: Sequence[Row[Any]]
    acknowledgements: Sequence[Row[Any]]
    explanations: Sequence[Row[Any]]
    handovers: Sequence[Row[Any]]


def record(connection: Connection, dossier: Row[Any], until: datetime) -> Record:
    """All that was on record about a dossier at an instant."""

    def rows(table: Table, column: str) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.dossier_id == dossier.id, table.c[column] <= until)
        return connection.execute(query.order_by(table.c[column], table.c.id)).all()

    def of_these(column: Column[Any], values: Collection[Any], *order: Column[Any]) -> Sequence[Row[Any]]:
        query = select(column.table).where(among(connection, column, list(values))).order_by(*order)
        return connection.execute(query).all() if values else ()

    told = rows(alerts, "recorded_at")
    parts = of_these(
        outbox.c.message, {each.message for each in told if each.message}, outbox.c.created_at, outbox.c.part
    )
    known_as = rows(aliases, "first_seen_at")
    own = {dossier.code_norm, *(alias.code_norm for alias in known_as)}
    named = [part for part in parts if any(normal_code(shown["code"]) in own for shown in part.dossiers)]
    tries = of_these(attempts.c.outbox_id, [part.id for part in named], attempts.c.started_at, attempts.c.number)
    seen = rows(observations, "seen_at")
    return Record(
        dossier,
        {poll.id: poll for poll in of_these(polls.c.id, {one.poll_id for one in seen})},
        known_as,
        seen,
        rows(phase_changes, "seen_at"),
        rows(due_changes, "seen_at"),
        rows(overdue_spells, "first_seen_at"),
        rows(pauses, "first_seen_at"),
        rows(absences, "since"),
        rows(flags, "seen_at"),
        told,
        named,
        [each for each in tries if each.started_at <= until],
        rows(acknowledgements, "at"),
        rows(explanations, "at"),
        rows(handovers, "at"),
    )


def as_observations(connection: Connection) -> list[Observation]:
    """Every stored dossier as the feed last showed it."""
    query = select(dossiers).order_by(dossiers.c.id)
    return [observation(row) for row in connection.execute(query, execution_options={"yield_per": 5000})]
