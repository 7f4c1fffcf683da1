"""What a message is composed from: the alerts that wait for each person, and the counts that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock, Phase
from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.core.transition import SpellEnd
from alertd.store.tables import alerts, dossiers, outbox, overdue_spells

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


def sendable() -> Any:
    """Pending alerts whose dossier is running and not missing; reserved steps always. Joined with dossiers."""
    return or_(
        alerts.c.policy == "",
        (dossiers.c.clock == Clock.DUE.value) & dossiers.c.missing_since.is_(None),
    )


def people_waiting(connection: Connection, until: datetime, limit: int, *, only_critical: bool = False) -> list[str]:
    """People with sendable alerts whose instant is at or before `until`."""
    query = (
        select(alerts.c.person)
        .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(alerts.c.state == AlertState.PENDING.value, alerts.c.at <= until, sendable())
        .distinct()
        .order_by(alerts.c.person)
        .limit(limit)
    )
    if only_critical:
        query = query.where(alerts.c.urgency == Urgency.CRITICAL.value)
    return list(connection.scalars(query))


def pending_alerts(
    connection: Connection, people: Sequence[str], until: datetime, *, only_critical: bool = False
) -> dict[str, list[Row[Any]]]:
    """Each person's sendable alerts with the dossier's present values, locked on PostgreSQL."""
    d = dossiers.c
    query = (
        select(
            alerts.c.id.label("alert_id"), alerts.c.person, alerts.c.dossier_id, alerts.c.subject, alerts.c.step,
            alerts.c.at, alerts.c.recorded_at, alerts.c.urgency, alerts.c.late_reason, alerts.c.note, alerts.c.policy,
            alerts.c.target, d.clock, d.code, d.procedure, d.url, d.unit, d.unit_text, d.officers, d.due_at,
        )
        .select_from(alerts.outerjoin(dossiers, d.id == alerts.c.dossier_id))
        .where(
            alerts.c.state == AlertState.PENDING.value, alerts.c.person.in_(people), alerts.c.at <= until, sendable(),
            *([alerts.c.urgency == Urgency.CRITICAL.value] if only_critical else []),
        )
        .order_by(alerts.c.person, alerts.c.at, alerts.c.id)
        .with_for_update(of=alerts, skip_locked=True)
    )  # fmt: skip
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person, []).append(row)
    return found


def overdue_told(connection: Connection, people: Sequence[str], now: datetime) -> dict[str, int]:
    """How many dossiers that each person was ever alerted about are overdue now."""
    query = (
        select(alerts.c.person, func.count(alerts.c.dossier_id.distinct()))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(dossiers.c.clock == Clock.DUE.value, dossiers.c.due_at < now, alerts.c.person.in_(people),
               alerts.c.policy != "")
        .group_by(alerts.c.person)
    )  # fmt: skip
    return dict(connection.execute(query).all())


def resolved_since_last(connection: Connection, people: Sequence[str]) -> dict[str, int]:
    """How many dossiers each person was told about were finished since the last message that was not taken over.

    Withdrawn and refused ones are not counted, nor those whose finish was dated back: of these the head hears.
    """
    last = (
        select(outbox.c.person, func.max(outbox.c.created_at).label("at"))
        .where(outbox.c.person.in_(people), outbox.c.state != PartState.SUPERSEDED.value)
        .group_by(outbox.c.person)
        .subquery()
    )
    backdated = exists().where(
        overdue_spells.c.dossier_id == dossiers.c.id, overdue_spells.c.ended_seen_at == dossiers.c.ended_seen_at,
        overdue_spells.c.end_kind == SpellEnd.BACKDATED.value,
    )  # fmt: skip
    query = (
        select(alerts.c.person, func.count(alerts.c.dossier_id.distinct()))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .join(last, last.c.person == alerts.c.person)
        .where(
            dossiers.c.ended_seen_at > last.c.at, alerts.c.state == AlertState.SENT.value, alerts.c.policy != "",
            dossiers.c.phase.in_((Phase.DONE.value, Phase.RETURNED.value)), ~backdated,
        )
        .group_by(alerts.c.person)
    )  # fmt: skip
    return dict(connection.execute(query).all())
