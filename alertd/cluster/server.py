"""What a cluster asks of its PostgreSQL: a connection of its own for each client, and the engine's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from procrastinate.schema import SchemaManager

from alertd.core.errors import InputError, StoreError

if TYPE_CHECKING:
    from alertd.store.database import Database

#: So that a machine that is cut off notices within seconds, and what it held is given back by the server.
OPTIONS = {
    "connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 15_000, "options": "-c idle_in_transaction_session_timeout=20000",
}  # fmt: skip
_PROBE = "alertd.probe"
_ROUNDS = 3


def address(database: Database) -> str:
    """The address as libpq takes it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def check(database: Database) -> None:
    """Raises InputError on SQLite, StoreError behind a transaction pooler or without the engine's tables."""
    if database.is_sqlite:
        raise InputError("storage.url: --cluster needs PostgreSQL; on SQLite one alertd runs by itself")
    try:
        with psycopg.connect(address(database), connect_timeout=10, autocommit=True) as one:
            if _is_pooled(one, database):
                raise StoreError(
                    f"{database.shown}: a transaction pooler stands before this database, and a cluster needs sessions "
                    "of its own; give storage.url the address of PostgreSQL itself (or of a pooler in session mode)"
                )
            if one.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
                raise StoreError(f"{database.shown}: the tables of the cluster are missing; run `alertd db upgrade`")
    except psycopg.Error as error:
        raise StoreError(f"{database.shown}: no connection ({str(error).splitlines()[0]})") from None


def _is_pooled(one: psycopg.Connection, database: Database) -> bool:
    """Whether two clients share a session of the server: what one of them sets is there for the other, or gone."""
    if one.info.backend_pid == _pid(one):
        return False  # the server itself greeted us
    for _ in range(_ROUNDS):
        value = uuid4().hex
        one.execute("SELECT set_config(%s, %s, false)", (_PROBE, value))
        with psycopg.connect(address(database), connect_timeout=10) as two:
            if _probe(two) == value:  # opens a transaction, which keeps its session while the first asks again
                return True
            if _probe(one) != value:
                return True
    return False


def _pid(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return row[0] if row else 0


def _probe(connection: psycopg.Connection) -> str | None:
    row = connection.execute("SELECT current_setting(%s, true)", (_PROBE,)).fetchone()
    return row[0] if row else None


def make_tables(database: Database) -> bool:
    """Create the engine's tables unless they are there; whether they were made. Raises StoreError."""
    try:
        with psycopg.connect(address(database), connect_timeout=10) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(7261384456)")
            if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() != (None,):
                return False
            connection.execute(SchemaManager.get_schema())
    except psycopg.Error as error:
        raise StoreError(f"{database.shown}: the tables of the cluster could not be made ({error})") from None
    return True
