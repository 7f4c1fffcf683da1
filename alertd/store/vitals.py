"""What tells from outside whether alertd does its work: how long messages have waited, and what calls came to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from alertd.core.delivery import PartState
from alertd.core.vitality import Jobs, LastAudit, Signs
from alertd.store import audits, marks
from alertd.store.tables import attempts, feeds, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Waits for a channel; what is held waits for an operator and is counted on its own.
_WAITING = (PartState.PENDING.value, PartState.SENDING.value, PartState.RETRY.value, PartState.UNKNOWN.value)
CALLS_OF = timedelta(hours=1)


def signs(connection: Connection, jobs: Jobs, now: datetime) -> Signs:
    """What tells whether the work is done."""
    audited = audits.last(connection)
    polled = dict(connection.execute(select(feeds.c.name, feeds.c.polled_at)).all())
    return Signs(
        escalated_at=marks.mark(connection, "escalate"),
        waiting=waiting(connection, now),
        composed_at=marks.mark(connection, "compose"),
        polled={feed: polled.get(feed) for feed in jobs.feeds},
        delivered={channel: marks.mark(connection, f"deliver:{channel}") for channel in jobs.channels},
        audited=audited and LastAudit(audited.begun_at, audited.ended_at, audited.findings),
    )


def waiting(connection: Connection, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Parts that should have left by `now` and have no accepted answer yet: how many and since when, by urgency."""
    o = outbox.c
    query = (
        select(o.urgency, func.count(), func.min(o.slot_at))
        .where(o.state.in_(_WAITING), o.not_before.is_not(None), o.slot_at <= now, ~o.pinned)
        .group_by(o.urgency)
    )
    return {urgency: (int(count), since) for urgency, count, since in connection.execute(query)}


def calls(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Calls begun in the last hour, by channel, outcome (null: no answer yet) and code; rows with `calls`."""
    a = attempts.c
    query = (
        select(a.channel, a.outcome, a.code, func.count().label("calls"))
        .where(a.started_at > now - CALLS_OF)
        .group_by(a.channel, a.outcome, a.code)
        .order_by(a.channel, a.outcome, a.code)
    )
    return connection.execute(query).all()
