"""Who is found gone in the middle of a transaction loses it: PostgreSQL ends its session, and what it held is free.

A process that is frozen between two statements would keep its locks for as long as it stays so; the server's own limit
on idle transactions does not see one that was frozen while it sent many statements at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from alertd.store.database import Database

#: PostgreSQL keeps so much of a session's name, which lasts until the transaction ends.
_LONGEST = 63
_END = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
    " AND usename = current_user AND application_name = :name AND pid <> pg_backend_pid()"
    " AND state_change <= clock_timestamp() - make_interval(secs => :still)"
)


def turn_of(worker: int | None) -> str:
    """What a session is called in which a worker of the engine does a turn."""
    return f"alertd turn of {worker}"


def plans_of(planner: str) -> str:
    """What a session is called in which somebody plans anew."""
    return f"alertd plans of {planner}"[-_LONGEST:]


def end(database: Database, name: str, still: float = 0.0) -> int:
    """End the transactions under a name in which nothing has moved for so many seconds; how many there were.

    Raises StoreError.
    """
    with database.read() as connection:
        ended: int = connection.scalar(_END, {"name": name, "still": still}) or 0
    return ended
