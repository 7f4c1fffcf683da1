"""Who looked at what, written to the audit log after the answers: by one thread for all, however long a poll writes.

Each note by itself would wait for the writer's lock with a thread and a connection of its own, and fifty readers beside
a long poll would use up both, so that the pages too would wait (`./do bench board`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from alertd.store import audit

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.store.database import Database

#: Lines of one transaction.
MOST = 500


@dataclass(frozen=True)
class Noting:
    """The notes of one server."""

    database: Database
    _waiting: deque[tuple[str, str, datetime, dict[str, Any]]] = field(default_factory=deque)
    _writes: Lock = field(default_factory=Lock)

    def note(self, who: str, action: str, now: datetime, **about: Any) -> None:
        """Put a line on record; at once, unless another thread is writing, which then takes it along.

        Raises StoreError when it cannot be written; it stays, and is tried again with the next one.
        """
        self._waiting.append((who, action, now, about))
        # whoever has just given the lock back may not have seen what came meanwhile: so look again
        while self._waiting and self._writes.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writes.release()

    def _write(self) -> None:
        lines = list(self._waiting)[:MOST]
        with self.database.write() as connection:
            for who, action, now, about in lines:
                audit.note(connection, who, action, now, **about)
        for _ in lines:
            self._waiting.popleft()
