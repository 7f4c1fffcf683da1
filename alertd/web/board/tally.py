"""Numbers that all readers share: counted once, and counted again when they are old for what counting them costs.

With a million open dossiers one count takes a second; fifty readers who each count for themselves, or for their own
units alone, would keep the machine busy with nothing else (`./do bench board`). So the whole is counted once, by unit
and handler, and everybody's numbers are taken from that. Few are counted anew for everybody; where there are many
nobody waits: who finds the numbers a little too old is shown them, and they are counted behind the page.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING

from alertd.core.due_classes import CLASSES
from alertd.core.errors import StoreError
from alertd.log import get
from alertd.store import board

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.store.board import Handling
    from alertd.store.database import Database

    Bounds = tuple[datetime, datetime, datetime]

log = get("web")
#: So few open dossiers are counted anew for each reader, in some milliseconds.
FEW = 5_000
#: The numbers of more are good for so many times what counting them cost, at most so many seconds.
TIMES, LONGEST = 100, 60.0
#: For so many seconds more it is still shown while it is counted anew; whoever comes later waits for new numbers.
GRACE = 60.0


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is open as of an instant, by unit (None: of none): who handles it, and how many of each class.

    `named` has the units in which each name stands, as feeds write it.
    """

    at: datetime
    handlings: Mapping[str | None, Sequence[Handling]]
    counts: Mapping[str | None, Mapping[str, int]]
    named: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, handlings: Iterable[Handling], at: datetime) -> Whole:
        """Put in order."""
        by_unit: dict[str | None, list[Handling]] = defaultdict(list)
        named: dict[str, set[str]] = defaultdict(set)
        for each in handlings:
            by_unit[each.unit].append(each)
            if each.unit is not None:
                for officer in each.officers:
                    named[officer.strip()].add(each.unit)
        counts = {unit: summed(each.counts for each in here) for unit, here in by_unit.items()}
        return cls(at, dict(by_unit), counts, {name: frozenset(units) for name, units in named.items()})

    def count(self, units: Collection[str] | None) -> dict[str, int]:
        """How many dossiers of these units (None: of all and of none) are in each class, and `open`."""
        return summed(here for unit, here in self.counts.items() if units is None or unit in units)

    def handled(self, units: Collection[str] | None, *, nowhere: bool) -> list[Handling]:
        """Who handles what in these units, and with `nowhere` in none; None: everywhere."""
        if units is None:
            return [each for here in self.handlings.values() for each in here]
        return [each for unit in [*units, *([None] if nowhere else [])] for each in self.handlings.get(unit, ())]

    def strays(self, portal_ids: Iterable[str]) -> frozenset[str]:
        """The units in which any of these ids is named, also those in which its person holds no post."""
        none: frozenset[str] = frozenset()
        return none.union(*(self.named.get(each, ()) for each in portal_ids))


@dataclass
class Tally:
    """What one server knows."""

    database: Database
    _kept: Whole | None = None
    _until: float = 0.0
    _counts: Lock = field(default_factory=Lock)

    def whole(self, bounds: Bounds) -> Whole:
        """Everything that is open; counted at `bounds`, or at most `LONGEST` and `GRACE` before.

        Ask for it with no connection in hand: many may have to wait for one count.
        """
        kept, late = self._kept, time.monotonic() - self._until
        if kept is not None and late < 0:
            return kept
        if kept is not None and late < GRACE:
            if self._counts.acquire(blocking=False):
                self._begin_anew(bounds)
            return kept
        with self._counts:
            if self._kept is not None and time.monotonic() < self._until:
                return self._kept  # counted while this reader waited
            with self.database.read() as connection:
                return self._count(connection, bounds)

    def _begin_anew(self, bounds: Bounds) -> None:
        try:
            Thread(target=self._renew, args=(bounds,), name="tally", daemon=True).start()
        except RuntimeError as error:  # no thread is to be had: nothing counts, so nobody is to wait for it
            log.warning("the numbers on the board stay as they are for now", reason=str(error))
            self._counts.release()

    def _renew(self, bounds: Bounds) -> None:
        """Count behind the page of a reader who has been answered; another one shows it again if that fails."""
        try:
            with self.database.read() as connection:
                self._count(connection, bounds)
        except StoreError as error:
            log.warning("the numbers on the board stay as they are for now", reason=str(error))
        finally:
            self._counts.release()

    def _count(self, connection: Connection, bounds: Bounds) -> Whole:
        begin = time.monotonic()
        made = Whole.of(board.handlings(connection, bounds), bounds[0])
        end = time.monotonic()
        self._until = end + min(TIMES * (end - begin), LONGEST)
        self._kept = made if made.count(None)["open"] > FEW else None
        return made


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Of each class, and of `open`, all of them together."""
    total = dict.fromkeys(("open", *CLASSES), 0)
    for each in counts:
        for name in total:
            total[name] += each[name]
    return total
