"""What each channel did lately and what waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from alertd.core.delivery import PartState
from alertd.core.outcome import Outcome
from alertd.store.addresses import MOVED
from alertd.store.tables import addresses, attempts, connections, credentials, outbox, paces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_WAITING = (PartState.PENDING.value, PartState.RETRY.value, PartState.SENDING.value)


def calls(connection: Connection, since: datetime) -> dict[str, tuple[int, int]]:
    """Calls begun since an instant, by channel: accepted, and answered otherwise or not at all."""
    accepted = case((attempts.c.outcome == Outcome.ACCEPTED.value, 1), else_=0)
    query = (
        select(attempts.c.channel, func.sum(accepted), func.count())
        .where(attempts.c.started_at >= since, attempts.c.finished_at.is_not(None))
        .group_by(attempts.c.channel)
    )
    return {channel: (int(good), int(every) - int(good)) for channel, good, every in connection.execute(query)}


def unclassified(connection: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """Answers that no table knows, of calls begun since an instant: how many of each code, by channel."""
    query = (
        select(attempts.c.channel, attempts.c.code, func.count())
        .where(attempts.c.started_at >= since, attempts.c.code.like("%unclassified%"))
        .group_by(attempts.c.channel, attempts.c.code)
        .order_by(attempts.c.channel, attempts.c.code)
    )
    found: dict[str, dict[str, int]] = {}
    for channel, code, count in connection.execute(query):
        found.setdefault(channel, {})[code] = count
    return found


def queued(connection: Connection) -> dict[str, tuple[int, int]]:
    """Parts that wait to be sent and parts whose outcome is unknown, by channel ('': a person without any)."""
    waiting = case((outbox.c.state.in_(_WAITING), 1), else_=0)
    query = (
        select(outbox.c.channel, func.sum(waiting), func.count())
        .where(outbox.c.state.in_([*_WAITING, PartState.UNKNOWN.value]))
        .group_by(outbox.c.channel)
    )
    return {channel: (int(due), int(every) - int(due)) for channel, due, every in connection.execute(query)}


def connected(connection: Connection) -> dict[str, int]:
    """How many people have connected a chat, by channel."""
    return _counted(connection, select(connections.c.channel, func.count()).group_by(connections.c.channel))


def dead(connection: Connection) -> dict[str, int]:
    """How many addresses a provider refused for good, by channel; those that only moved are not counted."""
    query = select(addresses.c.channel, func.count()).where(~addresses.c.reason.startswith(MOVED))
    return _counted(connection, query.group_by(addresses.c.channel))


def pauses(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Until when providers asked for calm, by channel."""
    query = select(paces.c.scope, paces.c.paused_until).where(paces.c.paused_until > now)
    return {row.scope: row.paused_until for row in connection.execute(query) if " " not in row.scope}


def grants(connection: Connection) -> Sequence[Row[Any]]:
    """The providers' tokens: everything but the tokens themselves."""
    hidden = (credentials.c.access, credentials.c.refresh)
    columns = [column for column in credentials.c if column not in hidden]
    return connection.execute(select(*columns).order_by(credentials.c.channel)).all()


def _counted(connection: Connection, query: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
