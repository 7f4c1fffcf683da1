"""The connection: SQLite (WAL, BEGIN IMMEDIATE) or PostgreSQL; `write` and `read` are the only ways in."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from alertd import courtesy
from alertd.core.errors import InputError, PassedOnError, StoreError
from alertd.store import tenure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Table

#: How long a writer waits for another one on SQLite, in seconds.
BUSY_SECONDS = 30
#: How many connections to an SQLite file are kept, and how many more there may be.
CONNECTIONS = 16


class Database:
    """One database, opened lazily. Safe to use from several threads."""

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        """`url` is `sqlite:///path` (relative to the current folder) or `postgresql://…`.

        `options` go to the driver of PostgreSQL. Raises InputError when it is neither, or that is not installed.
        """
        self.url = _normal(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        try:
            self.engine = (
                _sqlite(self.url)
                if self.is_sqlite
                else create_engine(
                    self.url,
                    pool_pre_ping=True,
                    hide_parameters=True,
                    json_deserializer=_from_json,
                    connect_args=dict(options or {}),
                )
            )
        except ModuleNotFoundError as error:
            raise InputError(
                f"storage.url: the driver for {self.url.get_backend_name()} is not installed; "
                "install alertd with the extra `postgres`"
            ) from error

    @property
    def shown(self) -> str:
        """The address without a password, which may also stand behind the question mark."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @contextmanager
    def write(self, *, late: bool = False) -> Iterator[Connection]:
        """One transaction that may write; on SQLite it takes the write lock at once, so that no update is lost.

        Raises PassedOnError where the work at hand is another process's by now, unless it is allowed to be `late`.
        """
        try:
            with ExitStack() as transaction:
                with courtesy.queued():
                    connection = transaction.enter_context(self.engine.begin())
                # asked also where it does not matter: whoever finds this process gone must find its session
                if not tenure.holds(connection) and not late:
                    raise PassedOnError(f"{self.shown}: another process does this now, or other rules hold")
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(_explain(self, error)) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view that does not hold up writers."""
        try:
            with self.engine.connect().execution_options(alertd_read=True) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(_explain(self, error)) from error

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _from_json(text: str | bytes) -> Any:
    """What a column holds; nearly every list in a dossier is empty, and a million of them add up."""
    return [] if text == "[]" else json.loads(text)


def _normal(url: str) -> URL:
    """Always with its driver: a bare `postgresql://` means psycopg 3."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise InputError("storage.url is not a database address; write sqlite:///PATH or postgresql://…") from error
    if backend == "sqlite":
        if not parsed.database:
            raise InputError("storage.url names no file; write sqlite:///PATH")
        return parsed.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise InputError(f"storage.url: {backend} is not supported; write sqlite:///PATH or postgresql://…")


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    if str(path) != ":memory:":
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: the folder of the database cannot be made ({error.strerror})") from error
    # a writer waits for another one with its connection in hand: readers must find one all the same
    wide = {} if str(path) == ":memory:" else {"pool_size": CONNECTIONS, "max_overflow": CONNECTIONS}
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, json_deserializer=_from_json, **wide
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, below, and not the driver
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # "on disk before any send" includes a power cut
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased, or past its term, is overwritten in the file
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("alertd_read", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def upsert(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    values: Mapping[str, Any],
    on_conflict: Sequence[str] | None = None,
) -> None:
    """Insert a row, or set `on_conflict` (default: all but the key) of the one that is there."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(dict(values))
    names = [name for name in values if name not in key] if on_conflict is None else on_conflict
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={name: values[name] for name in names})
    )


def upsert_many(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    on_conflict: Sequence[str],
) -> None:
    """The same for many rows of one shape, in one statement."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    taken = {name: statement.excluded[name] for name in on_conflict}
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=taken), [dict(row) for row in rows]
    )


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, passing over those that are there already by any unique key."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _explain(database: Database, error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    return f"{database.shown}: the database refused the work ({reason}); check that it runs, its rights and its disk"
