"""One clock for all processes of a cluster: the database's, carried on between two looks at it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from alertd.clock import Clock
from alertd.log import get

if TYPE_CHECKING:
    from alertd.store.database import Database

log = get("cluster")
#: A machine whose own clock is off by more seconds is worth a line in the log.
OFF_SECONDS = 2.0


class DatabaseClock(Clock):
    """What the database says the time is; `look` asks it again. A look takes the middle of its own duration."""

    def __init__(self, database: Database) -> None:
        """Raises StoreError when the database cannot be asked."""
        super().__init__()
        self._database = database
        self._seen: tuple[datetime, float] | None = None
        self._warned = False
        self.look()

    def look(self) -> None:
        """Ask the database. Raises StoreError; the time asked for before goes on then."""
        begin = time.monotonic()
        with self._database.read() as connection:
            said = connection.scalar(select(func.clock_timestamp()))
        assert said is not None
        self._seen = said.astimezone(UTC), (begin + time.monotonic()) / 2
        off = abs((datetime.now(UTC) - self.now()).total_seconds())
        if off > OFF_SECONDS and not self._warned:
            log.warning("this machine's clock is not the database's, which counts", seconds=round(off, 1))
        self._warned = off > OFF_SECONDS

    def now(self) -> datetime:
        """The present instant, UTC."""
        assert self._seen is not None
        said, at = self._seen
        return said + timedelta(seconds=time.monotonic() - at)
