"""Prune: what is past its term of storage goes, in the quiet hours, a little at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.jobs.stopping import Stopped, Stopping
from alertd.log import get
from alertd.store import audit, marks, outdated, prunings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from alertd.core.keeping import Kind, Term
    from alertd.core.slots import Slots
    from alertd.core.worktime import Calendar
    from alertd.store.database import Database

log = get("prune")
#: Who has done it, in the access log.
WHO, ACTION = "alertd", "prune"
#: The mark of the first tick: what waits for its first night, and for how long, is counted from it.
MARK = "prune"
#: At most so many dossiers or messages in one transaction: others wait for it.
BATCH = 50
#: Seconds that one tick may take, its rests included: another configuration waits for it.
BUDGET = 60.0
#: Once in so long; and at any hour where there was no night for so long, as where the machine is off at night.
EVERY, OVERDUE = timedelta(hours=20), timedelta(hours=48)


@dataclass
class Pruner:
    """The pruning of a daemon. `night` has the hours in which it works, `terms` what has an end.

    `stopping` says how it rests between two transactions, so that polls and deliveries go first, and ends a tick after
    the one that is under way; what is left goes in the next tick.
    """

    database: Database
    terms: Mapping[Kind, Term]
    night: Slots
    calendar: Calendar
    stopping: Stopping = field(default_factory=Stopping)

    def tick(self, now: datetime) -> dict[str, int] | None:
        """Delete what is past its term, as far as the budget goes; when nothing is left, how many of each class went.

        None when it is not the hour, was done, or there is more to do. Raises StoreError.
        """
        if not self.terms or not self._is_due(now):
            return None
        with self.database.write() as connection:
            pruning = prunings.begin(connection, now)
        until = time.monotonic() + BUDGET
        try:
            for kind in outdated.BATCHES:
                if kind in self.terms and not self._empty(pruning.id, kind, now, until):
                    return None
        except Stopped:
            return None
        with self.database.write() as connection:
            counts = prunings.end(connection, pruning.id, now)
            if counts:
                gone = ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
                audit.note(connection, WHO, ACTION, now, subject=gone)
        log.info("pruned", **counts)
        return counts

    def _is_due(self, now: datetime) -> bool:
        with self.database.read() as connection:
            last, first = prunings.last(connection), marks.mark(connection, MARK)
        if first is None:
            with self.database.write() as connection:
                marks.set_mark(connection, MARK, now)
            first = now
        if last is not None and last.ended_at is not None and timedelta() <= now - last.begun_at < EVERY:
            return False
        since = now - (first if last is None else last.ended_at or last.begun_at)
        return self.night.is_quiet(now, self.calendar) or since > OVERDUE

    def _empty(self, pruning: int, kind: Kind, now: datetime, until: float) -> bool:
        """Delete all of one class that is past its term; False when its time was up before. Raises Stopped."""
        before = self.terms[kind].before(now)
        while (begin := time.monotonic()) < until:
            self.stopping.look()
            with self.database.write() as connection:
                gone = outdated.BATCHES[kind](connection, before, BATCH, now)
                if gone:
                    prunings.add(connection, pruning, kind, gone)
            if not gone:
                return True
            self.stopping.worked(time.monotonic() - begin)
        return False
