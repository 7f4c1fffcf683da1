"""Frozen weeks: kept once, an edition more for each correction, never changed (triggers of the database see to it)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select

from alertd.core.rates.week import LISTS, UnitWeek, Week, pack, text, unpack, unpack_week
from alertd.store.bulk import among, insert_rows
from alertd.store.database import insert_new
from alertd.store.tables import snapshot_configurations, snapshot_units, snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: A row of `snapshots`.
Snapshot = Row[Any]
_UNIT = ("snapshot_id", "place", "unit", "name", "kind", "figures")


def freeze(
    connection: Connection, week: Week, files: Mapping[str, str], now: datetime, *, by: str = "", reason: str = ""
) -> int:
    """Keep a week for good, as its next edition, with the configuration's files; gives the snapshot's number.

    Raises StoreError, through the database, when somebody else has frozen this edition meanwhile.
    """
    s = snapshots.c
    last = connection.scalar(select(func.max(s.edition)).where(s.week == week.label)) or 0
    row = {
        "week": week.label, "edition": last + 1, "starts_at": week.start, "cutoff_at": week.cutoff,
        "known_at": week.known_at, "frozen_at": now, "configuration": week.configuration, "digest": week.digest(),
        "by": by, "reason": reason, "head": text(week.head()),
    }  # fmt: skip
    id_ = int(connection.scalar(insert(snapshots).returning(s.id), row) or 0)
    insert_new(connection, snapshot_configurations, [{"digest": week.configuration, "files": dict(files)}])
    rows = [
        [id_, place, unit.code, unit.name, unit.kind, text(pack(unit.figures))] for place, unit in enumerate(week.units)
    ]
    insert_rows(connection, snapshot_units, _UNIT, rows)
    return id_


def configuration(connection: Connection, digest: str) -> dict[str, str] | None:
    """The files of the configuration by which a week was counted; None when no week was counted by it."""
    c = snapshot_configurations.c
    found: dict[str, str] | None = connection.scalar(select(c.files).where(c.digest == digest))
    return found


def edition(connection: Connection, week: str, number: int | None = None) -> Snapshot | None:
    """The snapshot of a week: its last edition, or one by its number; None when there is none."""
    query = select(snapshots).where(snapshots.c.week == week).order_by(snapshots.c.edition.desc())
    if number is not None:
        query = query.where(snapshots.c.edition == number)
    return connection.execute(query.limit(1)).first()


def labels(connection: Connection, most: int) -> Sequence[str]:
    """The newest frozen weeks, the newest first; of them nothing but their labels is read."""
    s = snapshots.c
    query = select(s.week).group_by(s.week).order_by(func.max(s.cutoff_at).desc()).limit(most)
    return connection.scalars(query).all()


def number(connection: Connection, week: str) -> int | None:
    """The number of the last snapshot of a week; None when there is none."""
    s = snapshots.c
    found: int | None = connection.scalar(select(s.id).where(s.week == week).order_by(s.edition.desc()).limit(1))
    return found


def editions(connection: Connection, week: str) -> Sequence[Snapshot]:
    """All editions of a week, the first one first."""
    query = select(snapshots).where(snapshots.c.week == week)
    return connection.execute(query.order_by(snapshots.c.edition)).all()


def everything(connection: Connection) -> Sequence[Snapshot]:
    """All that was ever frozen, oldest week first."""
    s = snapshots.c
    return connection.execute(select(snapshots).order_by(s.cutoff_at, s.edition)).all()


def valid(
    connection: Connection, since: datetime, until: datetime, as_of: datetime | None = None
) -> Sequence[Snapshot]:
    """The last edition of each week whose cut-off lies after `since` and not after `until`, oldest week first.

    `as_of`: of the editions that were frozen by then.
    """
    s = snapshots.c
    query = select(s.week, func.max(s.edition).label("edition")).where(s.cutoff_at > since, s.cutoff_at <= until)
    if as_of is not None:
        query = query.where(s.frozen_at <= as_of)
    last = query.group_by(s.week).subquery()
    found = select(snapshots).join(last, (last.c.week == s.week) & (last.c.edition == s.edition))
    return connection.execute(found.order_by(s.cutoff_at)).all()


def first_cutoff(connection: Connection) -> datetime | None:
    """The end of the earliest week that was frozen."""
    found: datetime | None = connection.scalar(select(func.min(snapshots.c.cutoff_at)))
    return found


def last_cutoff(connection: Connection) -> datetime | None:
    """The end of the latest week that was frozen."""
    found: datetime | None = connection.scalar(select(func.max(snapshots.c.cutoff_at)))
    return found


def last(connection: Connection) -> Snapshot | None:
    """The last week that was frozen, in its last edition."""
    query = select(snapshots).order_by(snapshots.c.cutoff_at.desc(), snapshots.c.edition.desc())
    return connection.execute(query.limit(1)).first()


def before(connection: Connection, cutoff: datetime) -> Snapshot | None:
    """The last frozen week that ended before an instant, in its last edition."""
    s = snapshots.c
    query = select(snapshots).where(s.cutoff_at < cutoff).order_by(s.cutoff_at.desc(), s.edition.desc())
    return connection.execute(query.limit(1)).first()


def week(connection: Connection, snapshot: Snapshot) -> Week:
    """A frozen week, whole."""
    return unpack_week(json.loads(snapshot.head), tuple(units(connection, [snapshot.id]).get(snapshot.id, ())))


def weeks(connection: Connection, rows: Sequence[Snapshot], *, named: bool = False) -> list[Week]:
    """The figures of several frozen weeks, in the order given; their lists of dossiers only if `named`."""
    found = units(connection, [row.id for row in rows])
    without: dict[str, Any] = {} if named else dict.fromkeys(LISTS, ())
    return [unpack_week(json.loads(row.head) | without, tuple(found.get(row.id, ()))) for row in rows]


def units(connection: Connection, ids: Sequence[int]) -> dict[int, list[UnitWeek]]:
    """The units of snapshots, in their order."""
    u = snapshot_units.c
    query = (
        select(*(u[name] for name in _UNIT))
        .where(among(connection, u.snapshot_id, ids))
        .order_by(u.snapshot_id, u.place)
    )
    found: dict[int, list[UnitWeek]] = {}
    for id_, _, code, name, kind, figures in connection.execute(query):
        found.setdefault(id_, []).append(UnitWeek(code, name, kind, unpack(json.loads(figures))))
    return found
