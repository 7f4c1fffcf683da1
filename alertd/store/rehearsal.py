"""A copy of the database as it is now, to try something on: of what is done to it nothing stays, and nobody waits."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.core.errors import StoreError
from alertd.store import backup, migrate, tables
from alertd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What neither a poll nor an escalation looks at: secrets, logs, and what only grows.
_LEFT = (
    tables.accounts, tables.attempts, tables.audit, tables.configurations, tables.connections, tables.credentials,
    tables.inbound, tables.invitations, tables.observations, tables.paces, tables.sessions,
    tables.snapshot_configurations, tables.snapshot_units, tables.snapshots, tables.wrong_codes,
)  # fmt: skip


@contextmanager
def rehearsal(url: str) -> Iterator[Database]:
    """A SQLite copy of what stands at this address; where there is no file yet, an empty one.

    Raises StoreError when it cannot be read, or has a newer schema than this program.
    """
    with tempfile.TemporaryDirectory(prefix="alertd-rehearsal-") as folder:
        path = Path(folder, "copy.db")
        if url.startswith("sqlite:///"):
            _copy_file(Path(url.removeprefix("sqlite:///")), path)
        copy = Database(f"sqlite:///{path}")
        try:
            migrate.upgrade(copy)
            if not url.startswith("sqlite:///"):
                _copy_rows(url, copy)
            yield copy
        finally:
            copy.close()


def _copy_file(source: Path, target: Path) -> None:
    if not source.exists():
        return
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
    except sqlite3.Error as error:
        raise StoreError(f"sqlite:///{source}: the database cannot be read ({error})") from error


def _copy_rows(url: str, copy: Database) -> None:
    source = Database(url)
    try:
        migrate.verify(source)
        backup.copy_rows(source, copy, _LEFT)
    finally:
        source.close()
