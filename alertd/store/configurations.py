"""The configurations that ran, whole: so that a change is known as one, and what it changes can be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select

from alertd.store.database import upsert
from alertd.store.tables import announcements, configurations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


class Version(NamedTuple):
    """What is about to run: its files by name, who wrote it ('' when nobody knows), and the diff from the last one."""

    digest: str
    files: dict[str, str]
    author: str
    diff: str


def latest(connection: Connection) -> Row[Any] | None:
    """The configuration that ran last; None before the first."""
    return connection.execute(select(configurations).order_by(configurations.c.id.desc()).limit(1)).first()


def ran(connection: Connection, digest: str) -> bool:
    """Whether a configuration was ever the one that runs."""
    return connection.execute(select(configurations.c.id).where(configurations.c.digest == digest)).first() is not None


def accept(connection: Connection, version: Version, now: datetime) -> None:
    """Record that this configuration runs from now on; who announced it is its author."""
    said = connection.execute(select(announcements).where(announcements.c.digest == version.digest)).first()
    connection.execute(
        insert(configurations).values(
            digest=version.digest, accepted_at=now, files=version.files, diff=version.diff,
            author=said.author if said is not None else version.author, note=said.note if said is not None else "",
        )
    )  # fmt: skip
    connection.execute(delete(announcements).where(announcements.c.digest == version.digest))


def announce(connection: Connection, digest: str, author: str, note: str, now: datetime) -> None:
    """Say who has just written a configuration, for when it begins to run."""
    upsert(connection, announcements, ["digest"], {"digest": digest, "author": author, "note": note, "at": now})


def listed(connection: Connection, most: int | None = None) -> Sequence[Any]:
    """All that ran, or the newest, newest first, without their files: id, accepted_at, author, note, diff."""
    c = configurations.c
    query = select(c.id, c.accepted_at, c.author, c.note, c.diff).order_by(c.id.desc()).limit(most)
    return connection.execute(query).all()


def version(connection: Connection, number: int) -> Row[Any] | None:
    """One that ran, whole."""
    return connection.execute(select(configurations).where(configurations.c.id == number)).first()


def before(connection: Connection, number: int) -> Row[Any] | None:
    """The one that ran before another one, whole; None for the first."""
    c = configurations.c
    return connection.execute(select(configurations).where(c.id < number).order_by(c.id.desc()).limit(1)).first()


def at(connection: Connection, instant: datetime) -> Row[Any] | None:
    """The configuration that ran at an instant; None before the first."""
    c = configurations.c
    query = select(configurations).where(c.accepted_at < instant).order_by(c.accepted_at.desc(), c.id.desc())
    return connection.execute(query.limit(1)).first()
