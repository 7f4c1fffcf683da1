"""What has been done to a database since an instant of its own: what a poll brought, as its tables tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.store.tables import alerts, dossiers, due_changes, overdue_spells, phase_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

LISTED = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """The last rows there were."""

    alert: int
    due: int
    phase: int


def mark(connection: Connection) -> Mark:
    """Remember where the histories end."""
    last = (connection.scalar(select(func.max(table.c.id))) or 0 for table in (alerts, due_changes, phase_changes))
    return Mark(*last)


def due_moves(connection: Connection, since: Mark) -> Sequence[Any]:
    """Each due date that moved: code, from, to and kind."""
    query = (
        select(dossiers.c.code, due_changes.c.old_due_at, due_changes.c.new_due_at, due_changes.c.kind)
        .join(dossiers, dossiers.c.id == due_changes.c.dossier_id)
        .where(due_changes.c.id > since.due)
        .order_by(due_changes.c.id)
        .limit(LISTED)
    )
    return connection.execute(query).all()


def phases(connection: Connection, since: Mark) -> Sequence[Any]:
    """How many dossiers went from which phase to which."""
    query = (
        select(phase_changes.c.old_phase, phase_changes.c.new_phase, func.count().label("dossiers"))
        .where(phase_changes.c.id > since.phase, phase_changes.c.old_phase.is_not(None))
        .group_by(phase_changes.c.old_phase, phase_changes.c.new_phase)
        .order_by(func.count().desc(), phase_changes.c.old_phase, phase_changes.c.new_phase)
    )
    return connection.execute(query).all()


def gone(connection: Connection, feed: str, now: datetime) -> Sequence[Any]:
    """Open dossiers of a feed that are missing since `now`."""
    query = (
        select(dossiers.c.code, dossiers.c.unit)
        .where(dossiers.c.feed == feed, dossiers.c.missing_since == now, dossiers.c.clock != Clock.ENDED.value)
        .order_by(dossiers.c.id)
    )
    return connection.execute(query).all()


def spell_ends(connection: Connection, now: datetime) -> Sequence[Any]:
    """How many overdue spells ended at `now`, by the kind of end."""
    query = (
        select(overdue_spells.c.end_kind, func.count().label("dossiers"))
        .where(overdue_spells.c.ended_seen_at == now)
        .group_by(overdue_spells.c.end_kind)
        .order_by(overdue_spells.c.end_kind)
    )
    return connection.execute(query).all()


def fired(connection: Connection, since: Mark) -> Sequence[Any]:
    """Alerts that would be sent: how many of each step, about how many dossiers, to how many people."""
    query = (
        select(
            alerts.c.policy, alerts.c.step, func.count().label("alerts"),
            func.count(alerts.c.dossier_id.distinct()).label("dossiers"),
            func.count(alerts.c.person.distinct()).label("people"),
        )
        .where(alerts.c.id > since.alert, alerts.c.state == AlertState.PENDING.value)
        .group_by(alerts.c.policy, alerts.c.step)
        .order_by(alerts.c.policy.desc(), func.min(alerts.c.id))
    )  # fmt: skip
    return connection.execute(query).all()
