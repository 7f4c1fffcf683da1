"""What a reader of the board is shown of open dossiers, class by class and page by page, by index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, or_, select, tuple_

from alertd.core.dossier import Clock
from alertd.core.due_classes import CLASSES
from alertd.store.bulk import among
from alertd.store.paging import OPEN, Place
from alertd.store.tables import acknowledgements, dossiers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_D = dossiers.c
#: By what each class is sorted, oldest first; within it by id.
ORDER = {
    "open": _D.first_seen_at,
    "overdue": _D.due_at,
    "due_today": _D.due_at,
    "due_soon": _D.due_at,
    "late_accept": _D.accept_by,
    "paused": _D.paused_since,
    "no_due": _D.first_seen_at,
    "missing": _D.missing_since,
}
SHOWN = (
    _D.id, _D.code, _D.procedure, _D.unit, _D.unit_text, _D.officers, _D.handed_to, _D.clock, _D.episode, _D.due_at,
    _D.accept_by,
    _D.paused_since, _D.missing_since, _D.first_seen_at, _D.received_at, _D.phase, _D.url,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handling:
    """One way in which open dossiers are handled: the unit, the officers as the feed names them (JSON), who took over.

    `counts` says how many dossiers of each class that are.
    """

    unit: str | None
    named: str
    handed_to: str | None
    counts: Mapping[str, int]

    @property
    def officers(self) -> list[str]:
        """The officers as the feed names them."""
        found: list[str] = json.loads(self.named)
        return found


def conditions(now: datetime, tomorrow: datetime, soon: datetime) -> Mapping[str, ColumnElement[bool]]:
    """Each class (`core.due_classes`) as a condition on open dossiers; the instants are its bounds."""
    running = _D.clock == Clock.DUE.value
    return {
        "open": OPEN,
        "overdue": and_(running, _D.due_at < now),
        "due_today": and_(running, _D.due_at >= now, _D.due_at < tomorrow),
        "due_soon": and_(running, _D.due_at >= tomorrow, _D.due_at < soon),
        "late_accept": and_(_D.clock == Clock.ACCEPT.value, _D.accept_by < now),
        "paused": _D.clock == Clock.STOPPED.value,
        "no_due": and_(running, _D.due_at.is_(None)),
        "missing": _D.missing_since.is_not(None),
    }


def where(connection: Connection, units: Collection[str] | None) -> ColumnElement[bool]:
    """Open dossiers of these units; of all, and of none that the organisation knows, where `units` is None."""
    return OPEN if units is None else and_(OPEN, among(connection, _D.unit, sorted(units)))


def page(
    connection: Connection,
    units: Collection[str] | None,
    name: str,
    bounds: tuple[datetime, datetime, datetime],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    """A page of one class of the dossiers of these units (None: all), in its order; columns as in `SHOWN`."""
    return _page(connection, where(connection, units), name, bounds, after, limit)


def _page(
    connection: Connection,
    whose: ColumnElement[bool],
    name: str,
    bounds: tuple[datetime, datetime, datetime],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    order = ORDER[name]
    query = select(*SHOWN).where(whose, conditions(*bounds)[name])
    if after is not None:
        query = query.where(tuple_(order, _D.id) > tuple_(literal(after.at, order.type), literal(after.id)))
    return connection.execute(query.order_by(order, _D.id).limit(limit)).all()


def _number(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def named_in(connection: Connection) -> Sequence[Any]:
    """Each unit with each way in which its open dossiers name their officers (JSON)."""
    named = cast(_D.officers, Text)
    return connection.execute(select(_D.unit, named).where(OPEN, _D.unit.is_not(None)).distinct()).all()


def handlings(connection: Connection, bounds: tuple[datetime, datetime, datetime]) -> list[Handling]:
    """Who handles what among the open dossiers, unit by unit.

    There are few of these where there are many dossiers: whose they are is then decided once for all.
    """
    by_class = conditions(*bounds)
    named = cast(_D.officers, Text)
    query = (
        select(_D.unit, named, _D.handed_to, func.count(), *(_number(by_class[name]) for name in CLASSES))
        .where(OPEN)
        .group_by(_D.unit, named, _D.handed_to)
    )
    return [
        Handling(unit, officers, handed_to, dict(zip(("open", *CLASSES), map(int, counts), strict=True)))
        for unit, officers, handed_to, *counts in connection.execute(query)
    ]


def handled(
    connection: Connection,
    mine: Sequence[Handling],
    name: str,
    bounds: tuple[datetime, datetime, datetime],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    """A page of one class of the dossiers handled so; columns as in `SHOWN`."""
    whose = tuple_(func.coalesce(_D.unit, ""), cast(_D.officers, Text), func.coalesce(_D.handed_to, ""))
    theirs = [(each.unit or "", each.named, each.handed_to or "") for each in mine]
    units = {each.unit for each in mine}
    # by the index first; a unit alone is far fewer dossiers than there are
    here = or_(among(connection, _D.unit, sorted(u for u in units if u)), _D.unit.is_(None) & (None in units))
    return _page(connection, and_(OPEN, here, whose.in_(theirs)), name, bounds, after, limit)


def acknowledged(connection: Connection, ids: Sequence[int], person: str) -> set[int]:
    """Which of these dossiers a person has acknowledged in their present episode."""
    a = acknowledgements.c
    query = (
        select(a.dossier_id)
        .join(dossiers, (_D.id == a.dossier_id) & (_D.episode == a.episode))
        .where(among(connection, a.dossier_id, list(ids)), a.person == person)
    )
    return set(connection.scalars(query))
