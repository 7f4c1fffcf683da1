"""What happened to dossiers in a stretch of time: moved due dates, pauses, ended overdue spells, flags.

A stretch is from `since` to before `until`, by the instants at which alertd saw it. History is only added to, so that a
stretch that is over gives the same rows whenever it is asked for: what ended later counts as open. Each row has the
dossier's `feed`, `code`, `procedure` and `unit` (null: unmatched), the last two as they are at the time of asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, or_, select

from alertd.store.tables import dossiers, due_changes, flags, overdue_spells, pauses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Connection

_D = dossiers.c
_WHICH = (_D.feed, _D.code, _D.procedure, _D.unit)


def due_moves(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Every change of a due date, oldest first: `seen_at`, `old_due_at`, `new_due_at`, `kind`."""
    c = due_changes.c
    query = select(*_WHICH, c.dossier_id, c.seen_at, c.old_due_at, c.new_due_at, c.kind).join(
        due_changes, c.dossier_id == _D.id
    )
    return connection.execute(query.where(*_within(c.seen_at, since, until)).order_by(c.seen_at, c.id)).all()


def flagged(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Every flag (`core.flags`), oldest first: `seen_at`, `flag`, `evidence`."""
    c = flags.c
    query = select(*_WHICH, c.dossier_id, c.seen_at, c.flag, c.evidence).join(flags, c.dossier_id == _D.id)
    return connection.execute(query.where(*_within(c.seen_at, since, until)).order_by(c.seen_at, c.id)).all()


def ended_spells(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Every overdue spell that ended, oldest first: `first_seen_at`, `due_at`, `ended_seen_at`, `end_kind`."""
    c = overdue_spells.c
    query = select(*_WHICH, c.dossier_id, c.first_seen_at, c.due_at, c.ended_seen_at, c.end_kind).join(
        overdue_spells, c.dossier_id == _D.id
    )
    return connection.execute(
        query.where(*_within(c.ended_seen_at, since, until)).order_by(c.ended_seen_at, c.id)
    ).all()


def paused(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """Every pause that lasted for some of the stretch, the one that began first before the others.

    `first_seen_at`, `ended_seen_at` (null: open at `until`), `status`, `kind`, and `number`, its place among the pauses
    of its dossier that are on record.
    """
    c = pauses.c
    number = func.row_number().over(partition_by=c.dossier_id, order_by=(c.first_seen_at, c.id)).label("number")
    known = select(pauses, number).where(c.first_seen_at < until).subquery().c
    ended: ColumnElement[Any] = case((known.ended_seen_at < until, known.ended_seen_at), else_=None)
    query = (
        select(
            *_WHICH, known.dossier_id, known.first_seen_at, ended.label("ended_seen_at"), known.status, known.kind,
            known.number,
        )
        .join(known.dossier_id.table, known.dossier_id == _D.id)
        .where(or_(known.ended_seen_at.is_(None), known.ended_seen_at >= since))
        .order_by(known.first_seen_at, known.id)
    )  # fmt: skip
    return connection.execute(query).all()


def open_pauses(connection: Connection, as_of: datetime) -> Sequence[Any]:
    """The pauses open at an instant, the longest first, with the columns of `paused`."""
    return [row for row in paused(connection, as_of, as_of) if row.ended_seen_at is None]


def _within(seen_at: Column[Any], since: datetime, until: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return seen_at >= since, seen_at < until


def flag_counts(connection: Connection, since: datetime, newest: int) -> list[dict[str, Any]]:
    """Of each kind of flag that was ever raised: how many in all and since an instant, and the `newest` dossiers."""
    recent = func.sum(case((flags.c.seen_at >= since, 1), else_=0))
    query = select(flags.c.flag, func.count().label("total"), recent.label("recent")).group_by(flags.c.flag)
    return [
        {"flag": row.flag, "total": row.total, "recent": int(row.recent),
         "newest": _newest(connection, row.flag, newest)}
        for row in connection.execute(query.order_by(flags.c.flag)).all()
    ]  # fmt: skip


def _newest(connection: Connection, flag: str, limit: int) -> list[dict[str, Any]]:
    query = (
        select(_D.feed, _D.code, _D.unit, flags.c.seen_at)
        .join(flags, flags.c.dossier_id == _D.id)
        .where(flags.c.flag == flag)
        .order_by(flags.c.seen_at.desc(), flags.c.id.desc())
        .limit(limit)
    )
    return [dict(row._mapping) for row in connection.execute(query)]
