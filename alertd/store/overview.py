"""Counts for people who look after the whole: per unit, per feed, of the outbox, and the lists that have an owner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, case, cast, func, select

from alertd.core.dossier import Clock, Phase
from alertd.core.due_classes import CLASSES
from alertd.store import board
from alertd.store.paging import OPEN
from alertd.store.tables import addresses, alerts, dossiers, outbox, quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


def units(connection: Connection, now: datetime, tomorrow: datetime, soon: datetime) -> Sequence[Row[Any]]:
    """Per processing unit (null: unmatched): open, due soon, due today, overdue, paused, without due date, missing.

    Due today: from `now` to `tomorrow` (local midnight); due soon: from then until `soon`. The classes of running
    dossiers do not overlap.
    """
    conditions = board.conditions(now, tomorrow, soon)

    def count(name: str) -> Any:
        return func.coalesce(func.sum(case((conditions[name], 1), else_=0)), 0).label(name)

    d = dossiers.c
    query = (
        select(d.unit, func.count().label("open"), *(count(name) for name in CLASSES))
        .where(OPEN)
        .group_by(d.unit)
        .order_by(d.unit)
    )
    return connection.execute(query).all()


def outbox_states(connection: Connection) -> dict[str, int]:
    """How many parts are in each state."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state).order_by(outbox.c.state)
    return dict(connection.execute(query).all())


def waiting_alerts(connection: Connection) -> int:
    """Alerts on record that are in no message yet."""
    return connection.scalar(select(func.count()).select_from(alerts).where(alerts.c.state == "pending")) or 0


def quarantined(connection: Connection) -> dict[str, int]:
    """Rows set aside, by feed."""
    query = select(quarantine.c.feed, func.count()).group_by(quarantine.c.feed)
    return dict(connection.execute(query).all())


def quarantine_rows(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest rows set aside, with their reasons."""
    return connection.execute(select(quarantine).order_by(quarantine.c.last_seen_at.desc()).limit(limit)).all()


def unmatched_units(connection: Connection) -> Sequence[Row[Any]]:
    """Unit texts of open dossiers that fit no unit, with the number of dossiers."""
    query = (
        select(dossiers.c.feed, dossiers.c.unit_text, func.count().label("dossiers"))
        .where(OPEN, dossiers.c.unit.is_(None))
        .group_by(dossiers.c.feed, dossiers.c.unit_text)
        .order_by(func.count().desc(), dossiers.c.unit_text)
    )
    return connection.execute(query).all()


class Handled(NamedTuple):
    """How many open dossiers that a clock may run for are handled by the same people."""

    feed: str
    unit: str | None
    officers: tuple[str, ...]
    handed_to: str | None
    dossiers: int


def handlers(connection: Connection) -> Iterator[Handled]:
    """Each unit with each way in which its feed names the handlers: as many rows as there are people, not dossiers."""
    d = dossiers.c
    named = cast(d.officers, Text)
    query = (
        select(d.feed, d.unit, named, d.handed_to, func.count())
        .where(OPEN, d.clock != Clock.NONE.value)
        .group_by(d.feed, d.unit, named, d.handed_to)
    )
    for feed, unit, officers, handed_to, count in connection.execute(query):
        yield Handled(feed, unit, tuple(json.loads(officers)), handed_to, count)


def without_due(connection: Connection, limit: int) -> Sequence[Any]:
    """Running dossiers without a due date, longest known first."""
    query = select(dossiers.c.feed, dossiers.c.code, dossiers.c.unit).where(
        OPEN, dossiers.c.clock == Clock.DUE.value, dossiers.c.due_at.is_(None)
    )
    return connection.execute(query.order_by(dossiers.c.first_seen_at, dossiers.c.id).limit(limit)).all()


def missing(connection: Connection, limit: int) -> Sequence[Any]:
    """Dossiers that complete polls no longer show and that were never seen to end; their alerts are held."""
    query = select(dossiers.c.feed, dossiers.c.code, dossiers.c.unit, dossiers.c.missing_since).where(
        dossiers.c.missing_since.is_not(None), OPEN
    )
    return connection.execute(query.order_by(dossiers.c.missing_since, dossiers.c.id).limit(limit)).all()


def paused(connection: Connection, limit: int) -> Sequence[Any]:
    """Dossiers whose clock stands still, the longest first."""
    d = dossiers.c
    columns = (d.feed, d.code, d.unit, d.status, d.pause_kind, d.paused_since, d.pause_count, d.supplement_count,
               d.supplements)  # fmt: skip
    query = select(*columns).where(OPEN, d.clock == Clock.STOPPED.value, d.paused_since.is_not(None))
    return connection.execute(query.order_by(d.paused_since, d.id).limit(limit)).all()


def kinds(connection: Connection) -> Sequence[Any]:
    """What policies look at, of running dossiers, with the number of each combination."""
    d = dossiers.c
    columns = (d.unit, d.procedure_code, d.procedure, d.field, d.channel)
    query = select(*columns, func.count().label("dossiers")).where(OPEN, d.clock == Clock.DUE.value)
    return connection.execute(query.group_by(*columns)).all()


def unknown_statuses(connection: Connection) -> Sequence[Row[Any]]:
    """Status texts of open dossiers that the feed's table does not know."""
    query = (
        select(dossiers.c.feed, dossiers.c.status, func.count().label("dossiers"))
        .where(OPEN, dossiers.c.phase == Phase.UNKNOWN.value)
        .group_by(dossiers.c.feed, dossiers.c.status)
        .order_by(dossiers.c.feed, dossiers.c.status)
    )
    return connection.execute(query).all()


def dead_addresses(connection: Connection) -> Sequence[Row[Any]]:
    """People's addresses that a provider refused for good."""
    return connection.execute(select(addresses).order_by(addresses.c.person)).all()
