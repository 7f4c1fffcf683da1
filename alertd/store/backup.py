"""Backup and restore: a backup is always one SQLite file of the same tables, whatever the engine it came from."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Integer, func, insert, inspect, select, text

from alertd.core.errors import InputError, StoreError
from alertd.store import migrate
from alertd.store.database import Database
from alertd.store.tables import daemons, metadata

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Table

CHUNK = 2000
#: When the last backup was made.
MARK = "backup"


def backup(database: Database, target: Path) -> int:
    """Copy everything, as of one instant, while the daemon goes on; gives the number of rows.

    Raises InputError when the target exists: a good backup is never overwritten.
    """
    if target.exists():
        raise InputError(f"{target} exists; choose another name, a backup is never overwritten")
    migrate.verify(database)
    part = target.with_name(f"{target.name}.part")
    _remove(part)
    try:
        rows = _copy(database, part)
        # one file, which can be read from a place that cannot be written to
        with closing(sqlite3.connect(part)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE")
        part.rename(target)
    finally:
        _remove(part)
    return rows


def _copy(database: Database, part: Path) -> int:
    copy = _file(part)
    try:
        migrate.upgrade(copy)
        rows = copy_rows(database, copy)
        _integrity(copy)
        return rows
    finally:
        copy.close()


def _remove(part: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


def _file(path: Path) -> Database:
    return Database(URL.create("sqlite", database=str(path)).render_as_string())


def restore(source: Path, database: Database) -> int:
    """Fill an empty database from a backup; gives the number of rows. Raises StoreError when it is not empty.

    The backup itself is only read; one of an older schema is brought up to date on the way.
    """
    if not source.is_file():
        raise InputError(f"{source}: there is no such backup")
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            raw.execute("SELECT count(*) FROM alembic_version")
    except sqlite3.Error as error:
        raise InputError(f"{source} is not a backup made by `alertd db backup` ({error})") from error
    with tempfile.TemporaryDirectory(prefix="alertd-restore-") as folder:
        working = Path(folder, "saved.db")
        shutil.copyfile(source, working)
        saved = _file(working)
        try:
            migrate.upgrade(saved)
            _integrity(saved)
            migrate.upgrade(database)
            with database.read() as connection:
                filled = [t.name for t in metadata.sorted_tables if connection.execute(select(t).limit(1)).first()]
            if filled:
                raise StoreError(
                    f"{database.shown}: the database is not empty ({filled[0]}); restore only into an empty one"
                )
            return copy_rows(saved, database)
        finally:
            saved.close()


def copy_rows(source: Database, target: Database, leaving: Collection[Table] = ()) -> int:
    """Every row of every table but those of `leaving`, read in one view and written in one transaction.

    A copy has no running daemon.
    """
    rows = 0
    with source.read() as reading, target.write() as writing:
        if not source.is_sqlite:
            reading.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        for table in metadata.sorted_tables:
            if table is daemons or table in leaving:
                continue
            result = reading.execution_options(yield_per=CHUNK).execute(select(table))
            for part in result.mappings().partitions(CHUNK):
                writing.execute(insert(table), [dict(row) for row in part])
                rows += len(part)
            if not target.is_sqlite and isinstance(getattr(table.primary_key.columns.get("id"), "type", None), Integer):
                _sequence(writing, table.name)
    return rows


def _sequence(connection: Connection, table: str) -> None:
    """PostgreSQL must give out ids after the copied ones."""
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608 - names of our own tables
            f"(SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )
    )


def verify(database: Database) -> dict[str, int]:
    """Integrity as the engine sees it, and the number of rows of each table. Raises StoreError when it is broken."""
    migrate.verify(database)
    _integrity(database)
    with database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def _integrity(database: Database) -> None:
    with database.read() as connection:
        if database.is_sqlite:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if found != "ok" or broken is not None:
                raise StoreError(f"{database.shown}: the database is damaged ({found}); restore the last backup")
            return
        missing = {table.name for table in metadata.sorted_tables} - set(inspect(connection).get_table_names())
        if missing:
            raise StoreError(f"{database.shown}: tables are missing: {', '.join(sorted(missing))}")
