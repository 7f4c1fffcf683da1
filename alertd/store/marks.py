"""How far a job has come, and which scheduled instants were done: so that what was missed while down is still owed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from alertd.store.database import upsert
from alertd.store.tables import marks, runs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.store.database import Database

#: How often a job that runs each second says that it runs.
BEAT: Final = timedelta(seconds=30)


def beat(database: Database, name: str, now: datetime) -> None:
    """Remember that a job runs, unless that was said a moment ago. Raises StoreError."""
    with database.read() as connection:
        last = mark(connection, name)
    if last is None or not last <= now < last + BEAT:
        with database.write() as connection:
            set_mark(connection, name, now)


def set_mark(connection: Connection, name: str, at: datetime) -> None:
    """Remember that a job has run for everything up to `at`."""
    upsert(connection, marks, ["name"], {"name": name, "at": at})


def mark(connection: Connection, name: str) -> datetime | None:
    """How far the job has come; None when it never ran."""
    return connection.scalar(select(marks.c.at).where(marks.c.name == name))


def forget(connection: Connection, name: str) -> None:
    """Take a mark away."""
    connection.execute(delete(marks).where(marks.c.name == name))


def is_done(connection: Connection, job: str, scheduled_at: datetime) -> bool:
    """Whether the run for this instant was finished."""
    query = select(runs.c.finished_at).where(runs.c.job == job, runs.c.scheduled_at == scheduled_at)
    return connection.scalar(query) is not None


def ever_ran(connection: Connection, job: str) -> bool:
    """Whether any run of the job is on record: before the first one nothing is owed."""
    return connection.execute(select(runs.c.job).where(runs.c.job == job).limit(1)).first() is not None


def done(connection: Connection, job: str, scheduled_at: datetime, now: datetime) -> None:
    """Record that the run for this instant is finished."""
    upsert(connection, runs, ["job", "scheduled_at"], {"job": job, "scheduled_at": scheduled_at, "finished_at": now})
