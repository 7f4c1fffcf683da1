"""What a reader of the board is shown of open dossiers, class by class and page by page, by index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)

from alertd.core.dossier import Clock
from alertd.core.due_classes import CLASSES
from alertd.store.bulk import among
from alertd.store.paging import OPEN, Place
from alertd.store.tables import acknowledgements, dossiers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection, Select

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
#: Those sorted by a column that an index of each unit's open dossiers has.
_BY_OWN_INDEX = frozenset({"open", "missing"})
#: Stands in no code, no id, and in no JSON.
_SEPARATOR = "\x1f"
_BEFORE_ALL = Place(datetime.min.replace(tzinfo=UTC), 0)
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


def page(
    connection: Connection,
    units: Collection[str] | None,
    name: str,
    bounds: tuple[datetime, datetime, datetime],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    """A page of one class of the dossiers of these units (None: all), in its order; columns as in `SHOWN`."""
    listed = _First(name, conditions(*bounds)[name], after, limit)
    if units is not None:
        return listed.of_units(connection, units)
    return listed.together(listed.of_units(connection, _units(connection)), listed.of_none(connection))


def _units(connection: Connection) -> Sequence[str]:
    """Every unit with something open: one look into the index for each unit, not for each dossier."""
    least = select(func.min(_D.unit).label("unit")).where(OPEN).cte("held", recursive=True)
    following = select(func.min(_D.unit)).where(OPEN, _D.unit > least.c.unit).scalar_subquery()
    held = least.union_all(select(following).where(least.c.unit.is_not(None)))
    return connection.scalars(select(held.c.unit).where(held.c.unit.is_not(None))).all()


@dataclass(frozen=True, slots=True)
class _First:
    """The first `limit` open dossiers behind `after` of a class, in its order, of which `which` is true."""

    name: str
    which: ColumnElement[bool]
    after: Place | None
    limit: int

    def of_units(self, connection: Connection, units: Collection[str]) -> Sequence[Any]:
        """Of these units: as many of each as are shown, in the order of its index, are all that is looked at."""
        if not units:
            return ()
        codes = sorted(units)
        if connection.dialect.name == "sqlite":  # which by itself leaves a unit where the page is full without it
            return connection.execute(self._query(among(connection, _D.unit, codes))).all()
        each = func.unnest(bindparam(None, codes, ARRAY(Text))).table_valued("code").render_derived("asked")
        here = self._query(_D.unit == each.c.code).lateral("here")
        query = select(here).select_from(each.join(here, true()))
        return connection.execute(query.order_by(here.c[ORDER[self.name].key], here.c.id).limit(self.limit)).all()

    def of_none(self, connection: Connection) -> Sequence[Any]:
        """Of those whose unit the organisation does not know."""
        return connection.execute(self._query(_D.unit.is_(None))).all()

    def together(self, *found: Sequence[Any]) -> Sequence[Any]:
        """The first of all of these."""
        key = ORDER[self.name].key
        return sorted(chain(*found), key=lambda row: (getattr(row, key), row.id))[: self.limit]

    def _query(self, whose: ColumnElement[bool]) -> Select[Any]:
        order = ORDER[self.name]
        begin = self.after or _BEFORE_ALL
        behind = tuple_(order, _D.id) > tuple_(literal(begin.at, order.type), literal(begin.id))
        query = select(*SHOWN).where(OPEN, whose, self.which)
        # nothing is before it; but said, it leads to the index of this order
        query = query.where(behind) if self.after or self.name in _BY_OWN_INDEX else query
        return query.order_by(order, _D.id).limit(self.limit)


def _number(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def handlings(connection: Connection, bounds: tuple[datetime, datetime, datetime]) -> list[Handling]:
    """Who handles what among the open dossiers, unit by unit.

    There are few of these where there are many dossiers: whose they are is then decided once for all.
    """
    by_class = conditions(*bounds)
    named = cast(_D.officers, Text)
    query = (
        select(_D.unit, named, _D.handed_to, func.count(), *(_number(by_class[name]) for name in CLASSES))
        # nothing was seen before; but said, SQLite reads the rows in the order in which they lie, twice as fast
        .where(OPEN, _D.first_seen_at > _BEFORE_ALL.at)
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
    # one value: of three PostgreSQL would guess that there is hardly a row, and go through all of the unit for them
    whose = (
        func.coalesce(_D.unit, "") + _SEPARATOR + cast(_D.officers, Text) + _SEPARATOR + func.coalesce(_D.handed_to, "")
    )
    theirs = [_SEPARATOR.join((each.unit or "", each.named, each.handed_to or "")) for each in mine]
    listed = _First(name, and_(conditions(*bounds)[name], whose.in_(theirs)), after, limit)
    found = listed.of_units(connection, {each.unit for each in mine if each.unit is not None})
    if all(each.unit is not None for each in mine):
        return found
    return listed.together(found, listed.of_none(connection))


def acknowledged(connection: Connection, ids: Sequence[int], person: str) -> set[int]:
    """Which of these dossiers a person has acknowledged in their present episode."""
    a = acknowledgements.c
    query = (
        select(a.dossier_id)
        .join(dossiers, (_D.id == a.dossier_id) & (_D.episode == a.episode))
        .where(among(connection, a.dossier_id, list(ids)), a.person == person)
    )
    return set(connection.scalars(query))
