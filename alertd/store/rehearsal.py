"""A database as it is now, to try something on: of what is done to it nothing stays."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from alertd.core.errors import StoreError
from alertd.store import migrate
from alertd.store.database import Database, explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@contextmanager
def rehearsal(url: str) -> Iterator[Database]:
    """What stands at this address: a SQLite file is copied, on PostgreSQL one transaction is undone at the end.

    Where there is no file yet, an empty database. Raises StoreError for a schema that is not this program's.
    """
    if url.startswith("sqlite:///"):
        with _copied(Path(url.removeprefix("sqlite:///"))) as copy:
            yield copy
        return
    database = Database(url)
    try:
        migrate.verify(database)
        with _undone(database) as undone:
            yield undone
    finally:
        database.close()


@contextmanager
def _copied(path: Path) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="alertd-rehearsal-") as folder:
        copy = Path(folder, "copy.db")
        if path.exists():
            try:
                with (
                    closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as there,
                    closing(sqlite3.connect(copy)) as here,
                ):
                    there.backup(here)
            except sqlite3.Error as error:
                raise StoreError(f"sqlite:///{path}: the database cannot be read ({error})") from error
        database = Database(f"sqlite:///{copy}")
        try:
            migrate.upgrade(database)
            yield database
        finally:
            database.close()


class _Undone(Database):
    """One connection with one transaction around everything; `write` and `read` are savepoints in it."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.url, self.is_sqlite, self.engine = database.url, database.is_sqlite, database.engine
        self._connection = connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A savepoint."""
        try:
            with self._connection.begin_nested():
                yield self._connection
        except SQLAlchemyError as error:
            raise StoreError(explain(self, error)) from error

    read = write


@contextmanager
def _undone(database: Database) -> Iterator[Database]:
    with database.engine.connect() as connection:
        around = connection.begin()
        try:
            yield _Undone(database, connection)
        finally:
            around.rollback()
