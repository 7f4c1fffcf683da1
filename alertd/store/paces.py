"""What each credential's pace has to remember over a restart: pauses, a rate that was halved, what left just now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from alertd.core.pace import Slowed
from alertd.store.database import upsert
from alertd.store.tables import attempts, paces

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

#: As long as any limit of a provider looks back.
LOOKS_BACK = timedelta(minutes=1)


def load(connection: Connection, channel: str) -> list[Slowed]:
    """What is remembered of a channel's credential and its chats."""
    query = select(paces).where(or_(paces.c.scope == channel, paces.c.scope.startswith(f"{channel} ", autoescape=True)))
    return [
        Slowed(row.scope.removeprefix(channel).strip(), row.paused_until, row.percent, row.slowed_at)
        for row in connection.execute(query)
    ]


def save(connection: Connection, channel: str, rows: Iterable[Slowed], now: datetime) -> None:
    """Remember these; pauses of chats that are over are forgotten."""
    for row in rows:
        upsert(connection, paces, ["scope"], {
            "scope": f"{channel} {row.chat}".strip(), "paused_until": row.paused_until, "percent": row.percent,
            "slowed_at": row.slowed_at,
        })  # fmt: skip
    chats = paces.c.scope.startswith(f"{channel} ", autoescape=True)
    connection.execute(delete(paces).where(chats, paces.c.paused_until < now))


def recent_calls(connection: Connection, channel: str, now: datetime) -> list[tuple[str, datetime]]:
    """The calls of the last minute over a channel: the chat and the latest instant known of each, oldest first."""
    latest = func.coalesce(attempts.c.finished_at, attempts.c.started_at).label("at")
    query = (
        select(attempts.c.address, latest)
        .where(attempts.c.started_at > now - LOOKS_BACK, attempts.c.channel == channel)
        .order_by(latest)
    )
    return [(row.address, row.at) for row in connection.execute(query)]
