"""What a reader of the board is shown of open dossiers, class by class and page by page, by index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, or_, select, tuple_

from alertd.core.dossier import Clock
from alertd.core.due_classes import CLASSES
from alertd.store.bulk import among
from alertd.store.tables import acknowledgements, dossiers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_D = dossiers.c
#: In the words of the index `dossiers_open`, which SQLite takes only then.
OPEN = _D.clock != literal(Clock.ENDED.value, literal_execute=True)
#: By what each class is sorted, oldest first; within it by id.
ORDER = {
    "open": _D.first_seen_at,
    "overdue": _D.due_at,
    "due_today": _D.due_at,
    "due_soon": _D.due_at,
    "paused": _D.paused_since,
    "no_due": _D.first_seen_at,
    "missing": _D.missing_since,
}
SHOWN = (
    _D.id, _D.code, _D.procedure, _D.unit, _D.unit_text, _D.officers, _D.handed_to, _D.clock, _D.episode, _D.due_at,
    _D.paused_since, _D.missing_since, _D.first_seen_at, _D.received_at, _D.phase, _D.url,
)  # fmt: skip
#: What is needed to tell whose a dossier is and in which class.
_SLIM = (_D.id, _D.unit, _D.officers, _D.handed_to, _D.clock, _D.due_at, _D.paused_since, _D.missing_since,
         _D.first_seen_at)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: after this instant and id."""

    at: datetime
    id: int


def conditions(now: datetime, tomorrow: datetime, soon: datetime) -> Mapping[str, ColumnElement[bool]]:
    """Each class (`core.due_classes`) as a condition on open dossiers; the instants are its bounds."""
    running = _D.clock == Clock.DUE.value
    return {
        "open": OPEN,
        "overdue": and_(running, _D.due_at < now),
        "due_today": and_(running, _D.due_at >= now, _D.due_at < tomorrow),
        "due_soon": and_(running, _D.due_at >= tomorrow, _D.due_at < soon),
        "paused": _D.clock == Clock.STOPPED.value,
        "no_due": and_(running, _D.due_at.is_(None)),
        "missing": _D.missing_since.is_not(None),
    }


def where(connection: Connection, units: Collection[str] | None) -> ColumnElement[bool]:
    """Open dossiers of these units; of all, and of none that the organisation knows, where `units` is None."""
    return OPEN if units is None else and_(OPEN, among(connection, _D.unit, sorted(units)))


def counts(
    connection: Connection, units: Collection[str] | None, bounds: tuple[datetime, datetime, datetime]
) -> dict[str, int]:
    """How many open dossiers are in each class."""
    by_class = conditions(*bounds)
    columns = [func.coalesce(func.sum(case((by_class[name], 1), else_=0)), 0).label(name) for name in CLASSES]
    row = connection.execute(select(func.count().label("open"), *columns).where(where(connection, units))).one()
    return {name: int(value) for name, value in row._mapping.items()}


def page(
    connection: Connection,
    units: Collection[str] | None,
    name: str,
    bounds: tuple[datetime, datetime, datetime],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    """A page of one class, in its order; columns as in `SHOWN`."""
    order = ORDER[name]
    query = select(*SHOWN).where(where(connection, units), conditions(*bounds)[name])
    if after is not None:
        query = query.where(tuple_(order, _D.id) > tuple_(literal(after.at, order.type), literal(after.id)))
    return connection.execute(query.order_by(order, _D.id).limit(limit)).all()


def slim(connection: Connection, units: Collection[str], *, nowhere: bool) -> Sequence[Any]:
    """What is needed to sort the open dossiers of these units, and with `nowhere` of none, by whose they are."""
    here = among(connection, _D.unit, sorted(units))
    return connection.execute(select(*_SLIM).where(OPEN, or_(here, _D.unit.is_(None)) if nowhere else here)).all()


def named(connection: Connection, outside: Collection[str], portal_ids: Collection[str]) -> Sequence[Any]:
    """The same of dossiers outside these units that may name one of these portal ids; a few too many."""
    texts = {json.dumps(each, ensure_ascii=escaped)[1:-1] for each in portal_ids for escaped in (True, False)}
    if not texts:
        return ()
    named = or_(*(cast(_D.officers, Text).contains(text, autoescape=True) for text in sorted(texts)))
    return connection.execute(select(*_SLIM).where(OPEN, ~among(connection, _D.unit, sorted(outside)), named)).all()


def whole(connection: Connection, ids: Sequence[int]) -> Sequence[Any]:
    """The dossiers of these ids, in their order; columns as in `SHOWN`."""
    rows = {row.id: row for row in connection.execute(select(*SHOWN).where(among(connection, _D.id, list(ids))))}
    return [rows[id_] for id_ in ids if id_ in rows]


def acknowledged(connection: Connection, ids: Sequence[int], person: str) -> set[int]:
    """Which of these dossiers a person has acknowledged in their present episode."""
    a = acknowledgements.c
    query = (
        select(a.dossier_id)
        .join(dossiers, (_D.id == a.dossier_id) & (_D.episode == a.episode))
        .where(among(connection, a.dossier_id, list(ids)), a.person == person)
    )
    return set(connection.scalars(query))
