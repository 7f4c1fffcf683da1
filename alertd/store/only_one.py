"""One daemon on one database: a kernel file lock on SQLite, a renewed row on PostgreSQL (DESIGN section 8).

Neither outlives a killed process: the kernel drops the lock, the row goes stale. No clock of the machine is compared: a
row is alive if it changes while it is watched.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from sqlalchemy import delete, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from alertd.core.errors import StoreError
from alertd.log import get
from alertd.store import migrate
from alertd.store.running import CLUSTER, NAME, STALE_SECONDS
from alertd.store.tables import daemons

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.store.database import Database

log = get("daemon")
_NOW = func.clock_timestamp()
RENEW_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 10.0


class Hold(Protocol):
    """What shows that this process is the daemon."""

    def release(self) -> None:
        """Let the next daemon start at once."""
        ...


def hold(database: Database, lost: Callable[[], None]) -> Hold:
    """Become the daemon of this database, its schema brought up to date.

    `lost` is called from a thread if that ends against our will. Raises StoreError when another daemon runs, whose
    schema is then left alone, or when the schema is a newer one.
    """
    held: Hold
    if database.is_sqlite:
        held = _FileHold(database)
    else:
        if not _has_row(database):
            migrate.upgrade(database)
        held = _RowHold(database, lost)
    try:
        migrate.upgrade(database)
    except BaseException:
        held.release()
        raise
    return held


def share(database: Database, lost: Callable[[], None]) -> Hold:
    """Be one of the daemons of a cluster, which hold this database together; the schema is left as it is.

    Raises StoreError when a daemon by itself has it.
    """
    return _RowHold(database, lost, CLUSTER)


def _has_row(database: Database) -> bool:
    """Whether there is a table for the row yet."""
    with database.read() as connection:
        return inspect(connection).has_table(daemons.name)


class _FileHold:
    def __init__(self, database: Database) -> None:
        path = Path(f"{database.url.database}.lock")
        try:
            self._file = path.open("a+")
        except OSError as error:
            raise StoreError(f"{path}: the lock beside the database cannot be opened ({error.strerror})") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            other = self._file.read().strip() or "unknown"
            self._file.close()
            raise StoreError(
                f"{database.shown}: another alertd runs on this database (process {other}); stop it first"
            ) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        self._file.close()


class _RowHold:
    def __init__(self, database: Database, lost: Callable[[], None], together: str = "") -> None:
        self._database = database
        self._lost = lost
        self._together = together
        self._holder = together or f"{socket.gethostname()} process {os.getpid()} {uuid4().hex[:8]}"
        self._stop = threading.Event()
        self._take()
        self._thread = threading.Thread(target=self._renew, name="hold", daemon=True)
        self._thread.start()

    def _take(self) -> None:
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        seen, since = None, time.monotonic()
        while True:
            with self._database.read() as connection:
                row = connection.execute(select(daemons).where(daemons.c.name == NAME)).first()
            if row is None:
                if self._insert():
                    return
                continue
            if row.holder == self._together:
                return
            if seen is not None and row != seen:
                break
            if seen is None:
                seen, since = row, time.monotonic()
            elif time.monotonic() - since > STALE_SECONDS and self._replace(row.holder, row.renewed_at):
                return
            if time.monotonic() > deadline:
                break
            time.sleep(0.25)
        raise StoreError(
            f"{self._database.shown}: another alertd runs on this database ({_named(row.holder)}); stop it first"
        )

    def _insert(self) -> bool:
        try:
            with self._database.engine.begin() as connection:
                connection.execute(insert(daemons).values(name=NAME, holder=self._holder, renewed_at=_NOW))
        except IntegrityError:
            return False
        return True

    def _replace(self, holder: str, renewed_at: datetime) -> bool:
        with self._database.write() as connection:
            changed = connection.execute(
                update(daemons)
                .where(daemons.c.name == NAME, daemons.c.holder == holder, daemons.c.renewed_at == renewed_at)
                .values(holder=self._holder, renewed_at=_NOW)
            )
            return changed.rowcount == 1

    def _renew(self) -> None:
        while not self._stop.wait(RENEW_SECONDS):
            try:
                with self._database.write() as connection:
                    changed = connection.execute(
                        update(daemons)
                        .where(daemons.c.name == NAME, daemons.c.holder == self._holder)
                        .values(renewed_at=_NOW)
                    )
            except StoreError as error:
                log.warning("the daemon's row could not be renewed", reason=str(error))
                continue
            if changed.rowcount == 0:
                log.error("another daemon has taken over this database")
                self._lost()
                return

    def release(self) -> None:
        self._stop.set()
        self._thread.join()
        if self._together:
            return  # the others hold it still; after the last one it goes stale
        with self._database.write() as connection:
            connection.execute(delete(daemons).where(daemons.c.name == NAME, daemons.c.holder == self._holder))


def _named(holder: str) -> str:
    """As a person is told of it: without the mark that tells one process from its successor."""
    return holder if holder == CLUSTER else holder.rsplit(" ", 1)[0]
