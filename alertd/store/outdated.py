"""What is past its term, deleted a batch at a time; each batch is one short transaction of the caller.

Never a dossier under way, nor one of which an alert or a message still has to leave; never a message that names a
dossier under way, or that is not settled. The newest row of a table stays, whatever its age: SQLite would give its
number again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select, update

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.core.keeping import Kind
from alertd.core.text import normal_code
from alertd.store.bulk import among
from alertd.store.erasing import erase_histories, shown_as
from alertd.store.floors import floor, lift
from alertd.store.privacy import GONE, renamed, whole_words
from alertd.store.tables import (
    acknowledgements,
    alerts,
    attempts,
    audit,
    configurations,
    dossiers,
    explanations,
    handovers,
    inbound,
    observations,
    outbox,
    polls,
    quarantine,
    snapshot_configurations,
    snapshot_units,
    snapshots,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, ScalarSelect, Select, Table

REASON = "hết thời hạn lưu giữ"
#: States of a part that nothing follows: what failed is tried again only while a dossier in it runs.
_OVER = (PartState.ACCEPTED.value, PartState.SUPERSEDED.value, PartState.DISCARDED.value, PartState.FAILED.value)


def _newest(table: Table) -> ScalarSelect[Any]:
    return select(func.max(table.alias().c.id)).scalar_subquery()


def dossiers_past(before: datetime) -> Select[Any]:
    """Dossiers that ended, and were last changed, before an instant, and of which nobody has to hear any more."""
    d, a, o = dossiers.c, alerts.c, outbox.c
    waits = exists().where(a.dossier_id == d.id, a.state == AlertState.PENDING.value)
    owed = exists().where(a.dossier_id == d.id, o.message == a.message, o.state.not_in(_OVER))
    last_seen = select(observations.c.dossier_id).order_by(observations.c.id.desc()).limit(1).scalar_subquery()
    return (
        select(d.id, d.feed, d.key, d.code, d.url)
        .where(
            d.ended_seen_at < before, d.changed_at < before, d.clock == Clock.ENDED.value, ~waits, ~owed,
            d.id < _newest(dossiers), d.id != func.coalesce(last_seen, 0),
        )
        # and no further: what one import brought ended at one instant, and would be sorted for each few of it
        .order_by(d.ended_seen_at)
        .with_for_update(of=dossiers, skip_locked=True)
    )  # fmt: skip


def _dossiers(connection: Connection, before: datetime, limit: int, now: datetime) -> int:
    """Dossiers, with all that is on record of them; what its feed shows again is known by its hash."""
    rows = connection.execute(dossiers_past(before).limit(limit)).all()
    if rows:
        lift(connection, Kind.DOSSIERS, before)
    ids = [row.id for row in rows]
    _not_named_any_more(connection, rows)
    for table in (alerts, acknowledgements, explanations, handovers):
        connection.execute(delete(table).where(among(connection, table.c.dossier_id, ids)))
    erase_histories(connection, {row.id: shown_as(row.feed, row.key) for row in rows}, REASON, now)
    connection.execute(delete(dossiers).where(among(connection, dossiers.c.id, ids)))
    return len(ids)


def _not_named_any_more(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Messages that stay, as they name a dossier under way too, name these no longer."""
    a, o = alerts.c, outbox.c
    in_messages = select(a.message).where(among(connection, a.dossier_id, [row.id for row in rows]))
    left = connection.execute(select(o.id, o.text, o.dossiers).where(o.message.in_(in_messages))).all()
    if not left:
        return
    d = dossiers.c
    norms = {normal_code(row.code) for row in rows}
    others = select(d.code_norm).where(
        among(connection, d.code_norm, list(norms)), ~among(connection, d.id, [row.id for row in rows])
    )
    shared = set(connection.scalars(others))  # of another feed: where such a code stands it is of that dossier too
    codes = {row.code for row in rows if normal_code(row.code) not in shared}
    names = {name for name in (*codes, *(row.url for row in rows)) if name}
    if not names:
        return
    words = whole_words(names)
    for part in left:
        values = {"text": renamed(part.text, words, GONE), "dossiers": renamed(part.dossiers, words, GONE)}
        connection.execute(update(outbox).where(o.id == part.id).values(values))


def messages_past(before: datetime) -> Select[Any]:
    """Messages of a slot before an instant, wholly settled, that name no dossier under way."""
    o, a, d, part = outbox.c, alerts.c, dossiers.c, outbox.alias("part").c
    left = exists().where(part.message == o.message, or_(part.state.not_in(_OVER), part.created_at >= before))
    under_way = exists().where(a.message == o.message, d.id == a.dossier_id, d.clock != Clock.ENDED.value)
    return (
        select(o.message)
        .where(o.slot_at < before, o.part == 1, ~left, ~under_way)
        .order_by(o.slot_at, o.id)
        .with_for_update(of=outbox, skip_locked=True)
    )


def _messages(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    """Messages with their calls. Alerts of dossiers stay and say who was told; those of no dossier go too."""
    messages = connection.scalars(messages_past(before).limit(limit)).all()
    parts = connection.scalars(select(outbox.c.id).where(among(connection, outbox.c.message, messages))).all()
    connection.execute(delete(attempts).where(among(connection, attempts.c.outbox_id, parts)))
    connection.execute(delete(alerts).where(among(connection, alerts.c.message, messages), alerts.c.dossier_id == 0))
    connection.execute(delete(outbox).where(among(connection, outbox.c.id, parts)))
    return len(messages) or _untold(connection, before, limit)


def _untold(connection: Connection, before: datetime, limit: int) -> int:
    """Alerts of no dossier, such as of a feed that was well again, that came into no message."""
    a = alerts.c
    query = select(a.id).where(
        a.dossier_id == 0, a.message.is_(None), a.state != AlertState.PENDING.value, a.recorded_at < before,
        a.id < _newest(alerts),
    )  # fmt: skip
    ids = connection.scalars(query.limit(limit)).all()
    connection.execute(delete(alerts).where(among(connection, a.id, ids)))
    return len(ids)


def _access(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    first = connection.scalar(select(func.min(audit.c.at)))
    if first is None or first >= before:
        return 0
    lift(connection, Kind.ACCESS, before)
    return _oldest(connection, audit, audit.c.at, before, limit)


def _quarantine(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    return _oldest(connection, quarantine, quarantine.c.last_seen_at, before, limit)


def _inbound(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    """What could not be handled; what was handled goes by itself after a week (`jobs.hear`)."""
    return _oldest(connection, inbound, inbound.c.handled_at, before, limit)


def _oldest(connection: Connection, table: Table, at: Any, before: datetime, limit: int) -> int:
    """The oldest rows of a table, but never its newest."""
    query = select(table.c.id).where(at < before, table.c.id < _newest(table)).order_by(at, table.c.id).limit(limit)
    ids = connection.scalars(query).all()
    connection.execute(delete(table).where(among(connection, table.c.id, ids)))
    return len(ids)


def polls_past(before: datetime, *, idle: bool) -> Select[Any]:
    """Readings before an instant, if `idle` only those without news.

    The first whole reading of a feed stays, from which its weeks are observed, and the last of each source, by which it
    is known whether a file is new.
    """
    p, first, last = polls.c, polls.alias("first").c, polls.alias("last").c
    came_after = exists().where(first.feed == p.feed, first.complete, first.started_at < p.started_at)
    comes_before = exists().where(last.feed == p.feed, last.source == p.source, last.complete, last.id > p.id)
    query = select(p.id).where(
        p.started_at < before, or_(~p.complete, came_after & comes_before), p.id < _newest(polls)
    )
    return (query.where(p.new == 0, p.changed == 0) if idle else query).order_by(p.started_at)


def _polls(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    """Readings without news; those with news once no dossier is on record that they may have shown."""
    ids = list(connection.scalars(polls_past(before, idle=True).limit(limit)))
    dossiers_from = floor(connection, Kind.DOSSIERS)
    if len(ids) < limit and dossiers_from is not None:
        until = min(_before_all(connection, before), dossiers_from)
        ids += connection.scalars(polls_past(until, idle=False).limit(limit - len(ids)))
    connection.execute(delete(polls).where(among(connection, polls.c.id, sorted(set(ids)))))
    return len(set(ids))


def _before_all(connection: Connection, before: datetime) -> datetime:
    """The instant, or that of the first sight of the oldest dossier on record, whichever is earlier."""
    oldest = connection.scalar(select(dossiers.c.first_seen_at).order_by(dossiers.c.id).limit(1))
    return before if oldest is None else min(before, oldest)


def _configurations(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    """Configurations that another one had taken the place of before any dossier on record was seen."""
    c = configurations.c
    in_force = select(func.max(c.id)).where(c.accepted_at <= _before_all(connection, before))
    ids = connection.scalars(
        select(c.id).where(c.id < in_force.scalar_subquery().correlate(None)).order_by(c.id).limit(limit)
    ).all()
    connection.execute(delete(configurations).where(among(connection, c.id, ids)))
    return len(ids)


def _weeks(connection: Connection, before: datetime, limit: int, _now: datetime) -> int:
    """Frozen weeks, and the configurations by which no other week was counted. The last week stays."""
    s = snapshots.c
    query = (
        select(s.id, s.configuration)
        .where(s.cutoff_at < before, s.id < _newest(snapshots))
        .order_by(s.cutoff_at, s.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    if rows:
        lift(connection, Kind.WEEKS, before)
    ids = [row.id for row in rows]
    connection.execute(delete(snapshot_units).where(among(connection, snapshot_units.c.snapshot_id, ids)))
    connection.execute(delete(snapshots).where(among(connection, s.id, ids)))
    c = snapshot_configurations.c
    used = exists().where(s.configuration == c.digest)
    connection.execute(
        delete(snapshot_configurations).where(
            among(connection, c.digest, list({row.configuration for row in rows})), ~used
        )
    )
    return len(ids)


#: For each class: delete the oldest past an instant, so many at most; gives how many went.
#: Messages go before the dossiers that they name, readings and configurations after.
BATCHES: Mapping[Kind, Callable[[Connection, datetime, int, datetime], int]] = {
    Kind.QUARANTINE: _quarantine,
    Kind.INBOUND: _inbound,
    Kind.MESSAGES: _messages,
    Kind.DOSSIERS: _dossiers,
    Kind.POLLS: _polls,
    Kind.CONFIGURATIONS: _configurations,
    Kind.ACCESS: _access,
    Kind.WEEKS: _weeks,
}
