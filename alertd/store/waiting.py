"""What a message is composed from: the alerts that wait for each person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select, update

from alertd.core.delivery import PartState
from alertd.core.digest import RESOLVED
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.store.deadlines import DEADLINE, RUNS
from alertd.store.locks import lock_alerts
from alertd.store.tables import alerts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: The reserved step that tells the admin of a storm; it leaves at once.
STORM = "storm"


class Pick(StrEnum):
    """Which alerts one pass is about."""

    ALL = "all"
    #: What waits for no slot: critical alerts, and that a storm is held.
    URGENT = "urgent"
    #: What is about the system and no dossier: never held.
    SYSTEM = "system"
    #: What a storm may hold: about a dossier, and not critical.
    DOSSIERS = "dossiers"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The alerts that one pass takes: with an instant at or before `until`.

    Of the units `silenced`, alerts before the due instant wait, unless they are critical. `recorded_until` leaves out
    what a tick of escalate has recorded that may not be finished yet.
    """

    until: datetime
    pick: Pick = Pick.ALL
    silenced: frozenset[str] = frozenset()
    recorded_until: datetime | None = None


def _sendable() -> Any:
    """Steps of a policy while the dossier is running and not missing, its end while it has ended, the rest always."""
    return or_(
        and_(alerts.c.policy == "", alerts.c.step != RESOLVED),
        and_(alerts.c.policy == "", dossiers.c.clock == Clock.ENDED.value),
        and_(alerts.c.policy != "", RUNS),
    )


def _speaks(wanted: Wanted) -> Any:
    """What no silence keeps back."""
    return or_(
        alerts.c.policy == "", alerts.c.urgency == Urgency.CRITICAL.value, alerts.c.at >= DEADLINE,
        DEADLINE.is_(None), dossiers.c.unit.is_(None), dossiers.c.unit.not_in(wanted.silenced),
    )  # fmt: skip


def _conditions(wanted: Wanted) -> list[Any]:
    conditions = [alerts.c.state == AlertState.PENDING.value, alerts.c.at <= wanted.until, _sendable()]
    if wanted.pick is Pick.URGENT:
        storm = and_(alerts.c.dossier_id == 0, alerts.c.step == STORM)
        conditions.append(or_(alerts.c.urgency == Urgency.CRITICAL.value, storm))
    if wanted.pick is Pick.SYSTEM:
        conditions.append(alerts.c.dossier_id == 0)
    if wanted.pick is Pick.DOSSIERS:
        conditions += [alerts.c.dossier_id != 0, alerts.c.urgency != Urgency.CRITICAL.value]
    if wanted.recorded_until is not None:
        conditions.append(or_(alerts.c.policy == "", alerts.c.recorded_at <= wanted.recorded_until))
    return conditions


def people_waiting(connection: Connection, wanted: Wanted, limit: int | None = None) -> list[str]:
    """People with alerts to be sent, by id."""
    query = (
        select(alerts.c.person)
        .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(*_conditions(wanted), *([_speaks(wanted)] if wanted.silenced else []))
        .distinct()
        .order_by(alerts.c.person)
    )
    return list(connection.scalars(query if limit is None else query.limit(limit)))


def pending_alerts(connection: Connection, people: Sequence[str], wanted: Wanted) -> dict[str, list[Row[Any]]]:
    """Each person's alerts to be sent with the dossier's present values, locked on PostgreSQL.

    What a silence kept back goes along when there is something newer to say of the same dossier: it is named once.
    """
    query = (
        select(*_COLUMNS, _speaks(wanted).label("speaks"))
        .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(*_conditions(wanted), alerts.c.person.in_(people))
        .order_by(alerts.c.person, alerts.c.at, alerts.c.id)
        .with_for_update(of=alerts, skip_locked=True)
    )
    rows = connection.execute(query).all()
    speaking = {(row.person, row.dossier_id) for row in rows if row.speaks}
    found: dict[str, list[Any]] = {}
    for row in rows:
        if row.speaks or (row.person, row.dossier_id) in speaking:
            found.setdefault(row.person, []).append(row)
    return found


def due_in_storm(connection: Connection, storm_id: int, limit: int) -> dict[str, list[Row[Any]]]:
    """Held messages of a storm that name something at or after its due instant, with all their alerts, by message."""
    due = exists().where(
        alerts.c.message == outbox.c.message, alerts.c.state == AlertState.SENT.value,
        dossiers.c.id == alerts.c.dossier_id, is_due(),
    )  # fmt: skip
    query = (
        select(outbox.c.message)
        .where(outbox.c.storm_id == storm_id, outbox.c.state == PartState.HELD.value, outbox.c.part == 1, due)
        .order_by(outbox.c.message)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    theirs = alerts.c.message.in_(connection.scalars(query).all()), alerts.c.state == AlertState.SENT.value
    lock_alerts(connection, *theirs)
    rows = connection.execute(
        select(*_COLUMNS, is_due().label("due"), alerts.c.message)
        .select_from(alerts.join(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(*theirs)
        .order_by(alerts.c.at, alerts.c.id)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.message, []).append(row)
    return found


def is_due() -> Any:
    """Whether an alert is at or after the due instant of a running dossier, or tells of an overdue spell's end."""
    return or_(alerts.c.policy == "", and_(RUNS, alerts.c.episode == dossiers.c.episode, alerts.c.at >= DEADLINE))


def overtake(connection: Connection, alert_ids: Iterable[int]) -> None:
    """These alerts were overtaken before they were sent."""
    ids = list(alert_ids)
    if ids:
        connection.execute(update(alerts).where(alerts.c.id.in_(ids)).values(state=AlertState.SUPERSEDED.value))


_d = dossiers.c
_COLUMNS = (
    alerts.c.id.label("alert_id"), alerts.c.person, alerts.c.dossier_id, alerts.c.subject, alerts.c.step,
    alerts.c.episode, alerts.c.at, alerts.c.recorded_at, alerts.c.urgency, alerts.c.late_reason, alerts.c.note,
    alerts.c.policy, alerts.c.target, _d.clock, _d.episode.label("dossier_episode"), _d.code, _d.procedure, _d.url,
    _d.unit, _d.unit_text, _d.officers, _d.handed_to, DEADLINE.label("due_at"),
    _d.ladder,
)  # fmt: skip
