"""The list of dossiers that a reader looks after, class by class, worst first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from alertd.replies.standing import handles
from alertd.store import board
from alertd.store.board import ORDER
from alertd.store.paging import Place
from alertd.web.board.tally import summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from alertd.replies.scope import Scope
    from alertd.web.board.access import Reader
    from alertd.web.board.tally import Whole

PAGE = 50
#: In this order a list opens at the first class that is not empty.
URGENT_FIRST = ("overdue", "late_accept", "due_today", "due_soon", "paused", "no_due", "missing", "open")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: how many there are of each class, the class shown, its rows, where the next page begins.

    `counted_at`: as of when they were counted.
    """

    counts: dict[str, int]
    shown: str
    rows: Sequence[Row[Any]]
    after: str
    acknowledged: frozenset[int]
    counted_at: datetime


def listed(
    connection: Connection,
    reader: Reader,
    whole: Whole,
    wanted: str,
    after: Place | None,
    unit: str | None = None,
    *,
    own: bool,
) -> Listed:
    """The page of a class (empty: the most urgent). `own`: what they handle; else of all units they lead, or of `unit`.

    A unit that they do not lead has nothing to show. `whole` was counted before: numbers may be older than rows.
    """
    if own and reader.scope is not None:
        return _own(connection, reader, reader.scope, whole, wanted, after)
    units = reader.units
    if unit is not None:
        units = frozenset({unit}) if units is None else units & {unit}
    counts = whole.count(units)
    shown = _shown(counts, wanted)
    rows = board.page(connection, units, shown, reader.bounds, after, PAGE + 1)
    return _page(connection, reader, counts, shown, rows, whole.at)


def _own(
    connection: Connection, reader: Reader, scope: Scope, whole: Whole, wanted: str, after: Place | None
) -> Listed:
    """What a person handles, or is told of in the handler's place: whose it is only the directory can tell."""
    last_resort = scope.person in scope.directory.fallback()
    day = scope.directory.day
    portal_ids = {portal_id.strip() for each in scope.selves for portal_id in each.portal_ids}
    # by their portal id officers may be named in units in which they hold no post
    units = {p.unit for each in scope.selves for p in each.posts if day in p.span} | whole.strays(portal_ids)
    found = whole.handled(None if last_resort else units, nowhere=bool(portal_ids))
    mine = [each for each in found if handles(scope.directory, each, scope.person)]
    counts = summed(each.counts for each in mine)
    shown = _shown(counts, wanted)
    rows = board.handled(connection, mine, shown, reader.bounds, after, PAGE + 1) if mine else ()
    return _page(connection, reader, counts, shown, rows, whole.at)


def _shown(counts: dict[str, int], wanted: str) -> str:
    return wanted if wanted in ORDER else next((name for name in URGENT_FIRST if counts.get(name)), "open")


def _page(
    connection: Connection,
    reader: Reader,
    counts: dict[str, int],
    shown: str,
    rows: Sequence[Row[Any]],
    counted_at: datetime,
) -> Listed:
    here = rows[:PAGE]
    following = ""
    if len(rows) > PAGE:
        last = here[-1]
        following = f"{getattr(last, ORDER[shown].key).astimezone(UTC).isoformat()}|{last.id}"
    person = reader.scope.person if reader.scope is not None else ""
    acked = board.acknowledged(connection, [row.id for row in here], person) if person else set()
    return Listed(counts, shown, here, following, frozenset(acked), counted_at)


def place(text: str) -> Place | None:
    """Where a page begins, as its address writes it; None for anything else."""
    at, _, id_ = text.partition("|")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(found, int(id_)) if found.tzinfo is not None and id_.isdecimal() and len(id_) < 19 else None  # noqa: PLR2004
