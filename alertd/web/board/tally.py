"""Numbers that all readers share: counted once, and counted again when they are old for what counting them costs.

With a million open dossiers one count takes a second; fifty readers who each count for themselves would keep the
machine busy with nothing else (`./do bench board`). What is counted in no time is counted anew for everybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from alertd.store import board, overview

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.store.board import Handling
    from alertd.web.board.strays import Strays

    Bounds = tuple[datetime, datetime, datetime]

T = TypeVar("T")
#: In seconds: what costs less is not kept; what costs more is good for so many times its cost, at most so long.
CHEAP, TIMES, LONGEST = 0.05, 100, 60.0


@dataclass
class Tally:
    """What one server knows. `strays` are the units in which people are named without a post there."""

    strays: Strays
    _kept: dict[Hashable, tuple[float, Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def counts(self, connection: Connection, units: Collection[str] | None, bounds: Bounds) -> dict[str, int]:
        """`store.board.counts`, at most `LONGEST` seconds old."""
        key = ("counts", None if units is None else frozenset(units))
        return self._of(key, lambda: board.counts(connection, units, bounds))

    def handlings(
        self, connection: Connection, units: Collection[str] | None, bounds: Bounds, *, nowhere: bool
    ) -> list[Handling]:
        """`store.board.handlings`, at most `LONGEST` seconds old."""
        key = ("handlings", None if units is None else frozenset(units), nowhere)
        return self._of(key, lambda: board.handlings(connection, units, bounds, nowhere=nowhere))

    def units(self, connection: Connection, bounds: Bounds) -> Sequence[Row[Any]]:
        """`store.overview.units`, at most `LONGEST` seconds old."""
        return self._of("units", lambda: overview.units(connection, *bounds))

    def _of(self, key: Hashable, count: Callable[[], T]) -> T:
        until, known = self._kept.get(key, (0.0, None))
        if time.monotonic() < until:
            return cast("T", known)
        # whoever comes while another counts makes do with the numbers of before
        if not self._lock.acquire(blocking=known is None):
            return cast("T", known)
        try:
            until, known = self._kept.get(key, (0.0, None))
            if time.monotonic() < until:
                return cast("T", known)
            begin = time.monotonic()
            made = count()
            end = time.monotonic()
            if end - begin < CHEAP:
                self._kept.pop(key, None)
            else:
                self._kept[key] = (end + min(TIMES * (end - begin), LONGEST), made)
            return made
        finally:
            self._lock.release()
