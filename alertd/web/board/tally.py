"""Numbers that all readers share: counted once, and counted again when they are old for what counting them costs.

With a million open dossiers one count takes a second; fifty readers who each count for themselves, or for their own
units alone, would keep the machine busy with nothing else (`./do bench board`). So the whole is counted once, by unit
and handler, and everybody's numbers are taken from that. What is counted in no time is counted anew for everybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from alertd.core.due_classes import CLASSES
from alertd.store import board

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

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
        """How many open dossiers of these units (None: of all and of none) are in each class, `LONGEST` old at most."""
        whole = self._whole(connection, bounds)
        return _summed(each for unit, here in whole.items() if units is None or unit in units for each in here)

    def handlings(
        self, connection: Connection, units: Collection[str] | None, bounds: Bounds, *, nowhere: bool
    ) -> list[Handling]:
        """Who handles what in these units, and with `nowhere` in none; None: everywhere. `LONGEST` old at most."""
        whole = self._whole(connection, bounds)
        if units is None:
            return [each for here in whole.values() for each in here]
        return [each for unit in [*units, *([None] if nowhere else [])] for each in whole.get(unit, ())]

    def _whole(self, connection: Connection, bounds: Bounds) -> Mapping[str | None, list[Handling]]:
        """Everything that is open, by unit."""
        return self._of("whole", lambda: _by_unit(board.handlings(connection, bounds)))

    def units(self, connection: Connection, bounds: Bounds) -> list[SimpleNamespace]:
        """The same for each unit (`unit` None: of none) that has open dossiers: its counts by class, and `open`."""
        whole = self._whole(connection, bounds)
        return [
            SimpleNamespace(unit=unit, **_summed(whole[unit])) for unit in sorted(whole, key=lambda code: code or "")
        ]

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


def _summed(handlings: Iterable[Handling]) -> dict[str, int]:
    summed = dict.fromkeys(("open", *CLASSES), 0)
    for each in handlings:
        for name in summed:
            summed[name] += each.counts[name]
    return summed


def _by_unit(handlings: Iterable[Handling]) -> dict[str | None, list[Handling]]:
    found: dict[str | None, list[Handling]] = {}
    for each in handlings:
        found.setdefault(each.unit, []).append(each)
    return found
