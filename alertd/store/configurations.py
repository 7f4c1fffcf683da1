"""The configurations that ran, whole: so that a change is known as one, and what it changes can be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from alertd.store.tables import configurations

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


def latest(connection: Connection) -> Row[Any] | None:
    """The configuration that ran last; None before the first."""
    return connection.execute(select(configurations).order_by(configurations.c.id.desc()).limit(1)).first()


def accept(connection: Connection, digest: str, files: dict[str, str], now: datetime) -> None:
    """Record that this configuration runs from now on."""
    connection.execute(insert(configurations).values(digest=digest, accepted_at=now, files=files))
