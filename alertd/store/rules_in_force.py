"""The configuration in force among several processes: one row, which every transaction that decides looks at.

The row is `configuration` in the table `daemons`: its holder is the digest in force, or while open dossiers are planned
anew the digest and who plans. Instants are the database's own: the machines' clocks are not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, true, update

from alertd.store import fence
from alertd.store.database import insert_new
from alertd.store.tables import daemons

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.store.database import Database

NAME = "configuration"
#: A planner that has written nothing for so long, in seconds, is gone: a batch of plans takes a second or two.
GONE_SECONDS = 30.0
_row = daemons.c.name == NAME
_is_old = daemons.c.renewed_at < func.clock_timestamp() - text(f"interval '{GONE_SECONDS} seconds'")
_CLOCK = select(func.clock_timestamp())


def in_force(connection: Connection) -> str | None:
    """The digest in force; None before the first, and while plans are made."""
    holder: str | None = connection.scalar(select(daemons.c.holder).where(_row))
    return None if holder is None or " " in holder else holder


def renewed_at(connection: Connection) -> datetime | None:
    """When somebody last planned by some rules, or brought them into force, by the database's clock."""
    at: datetime | None = connection.scalar(select(daemons.c.renewed_at).where(_row))
    return at


def forget(database: Database) -> None:
    """None are in force any more: a daemon by itself plans by its own, and those who come after it anew."""
    with database.write() as connection:
        connection.execute(delete(daemons).where(_row))


def take(database: Database, digest: str, planner: str) -> bool:
    """Become the one that makes this configuration the one in force: from now on nobody decides by any other.

    Waits for transactions under way, but not for a planner that is gone. False while somebody else plans.
    """
    _end_planner_that_is_gone(database)
    with database.write() as connection:
        now = connection.scalar(_CLOCK)
        insert_new(connection, daemons, [{"name": NAME, "holder": "-", "renewed_at": now}])
        free = ~daemons.c.holder.contains(" ") | _is_old
        values = {"holder": f"{digest} {planner}", "renewed_at": func.clock_timestamp()}
        return connection.execute(update(daemons).where(_row, free).values(values)).rowcount == 1


def _end_planner_that_is_gone(database: Database) -> None:
    with database.read() as connection:
        holder: str | None = connection.scalar(select(daemons.c.holder).where(_row, _is_old))
    _, _, planner = (holder or "").partition(" ")
    if planner:
        fence.end(database, fence.plans_of(planner), GONE_SECONDS)  # a long transaction may still go on


def planning(digest: str, planner: str) -> Callable[[Connection], bool]:
    """A guard for whoever plans: whether that is still their business; each transaction shows that they live."""

    def guard(connection: Connection) -> bool:
        mine = update(daemons).where(_row, daemons.c.holder == f"{digest} {planner}")
        named = func.set_config("application_name", fence.plans_of(planner), true())
        return connection.execute(mine.values(renewed_at=func.clock_timestamp()).returning(named)).first() is not None

    return guard


def settle(database: Database, digest: str, planner: str) -> None:
    """The plans are made: everybody who has this configuration may decide by it."""
    with database.write() as connection:
        mine = update(daemons).where(_row, daemons.c.holder == f"{digest} {planner}")
        connection.execute(mine.values(holder=digest, renewed_at=func.clock_timestamp()))


def duty(digest: str, job: int, worker: int | None) -> Callable[[Connection], bool]:
    """A guard for one turn of a duty: whether its rules are in force and the engine still has it down as this worker's.

    Both rows are kept from changing until the transaction ends, which is under the worker's name (`fence`).
    """
    values = {"name": NAME, "digest": digest, "job": job, "worker": worker, "session": fence.turn_of(worker)}
    return lambda connection: connection.execute(_DUTY, values).first() is not None


_DUTY = text(
    "SELECT set_config('application_name', :session, true) FROM daemons d, procrastinate_jobs j"
    " WHERE d.name = :name AND d.holder = :digest"
    " AND j.id = :job AND j.status = 'doing' AND j.worker_id = :worker FOR SHARE OF d, j"
)
