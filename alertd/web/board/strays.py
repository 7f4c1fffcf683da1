"""Where officers are named by their portal id in units in which they hold no post: seldom, and nowhere by index.

Looked up for everybody at once, at most once a minute; until then a stray dossier is missing from its officer's list on
the board, never from what they are told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from alertd.store import board

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

SAME_FOR = timedelta(minutes=1)


@dataclass
class Strays:
    """The units in whose open dossiers each name stands, as feeds write it. `clock` tells the instant (aware)."""

    clock: Callable[[], datetime]
    _lock: Lock = field(default_factory=Lock)
    _read_at: datetime | None = None
    _units: dict[str, set[str]] = field(default_factory=dict)

    def units(self, connection: Connection, portal_ids: Collection[str]) -> set[str]:
        """The units in which any of these ids is named."""
        now = self.clock()
        # whoever comes while another reads makes do with what was known a minute ago
        if self._is_old(now) and self._lock.acquire(blocking=self._read_at is None):
            try:
                if self._is_old(now):
                    self._units, self._read_at = _named(connection), now
            finally:
                self._lock.release()
        return set().union(*(self._units.get(each, ()) for each in portal_ids))

    def _is_old(self, now: datetime) -> bool:
        return self._read_at is None or not self._read_at <= now < self._read_at + SAME_FOR


def _named(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for unit, named in board.named_in(connection):
        for officer in json.loads(named):
            found.setdefault(officer.strip(), set()).add(unit)
    return found
