"""What is wrong with feeds: each trouble is told to the admin once, and its end too where the admin had heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from alertd.core.feed_health import AGAIN
from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.store import reserved
from alertd.store.tables import alerts, feed_troubles

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.feed_health import Trouble
    from alertd.core.rules import Rules


def standing(connection: Connection, feed: str | None = None) -> Sequence[Row[Any]]:
    """The troubles that are not over, of one feed or of all, oldest first."""
    query = select(feed_troubles).order_by(feed_troubles.c.since_at, feed_troubles.c.feed, feed_troubles.c.kind)
    return connection.execute(query if feed is None else query.where(feed_troubles.c.feed == feed)).all()


def stands(connection: Connection, feed: str, kind: Trouble) -> bool:
    """Whether this trouble is not over."""
    return any(row.kind == kind for row in standing(connection, feed))


def begin(connection: Connection, rules: Rules, feed: str, kind: Trouble, note: str, now: datetime) -> bool:
    """Tell the admin of a trouble, unless it stands already; then only its note becomes the present one."""
    here = feed_troubles.c.feed == feed, feed_troubles.c.kind == kind.value
    if connection.execute(update(feed_troubles).where(*here).values(note=note)).rowcount:
        return False
    connection.execute(insert(feed_troubles).values(feed=feed, kind=kind.value, since_at=now, note=note))
    reserved.feed_alarm(connection, rules, feed, f"{kind.value}: {note}", now)
    return True


def end(
    connection: Connection, rules: Rules, feed: str, kinds: Collection[Trouble], note: str | None, now: datetime
) -> bool:
    """Close what stands of these kinds, and tell the admin quietly with `note`, unless that is None.

    An alarm that has not left yet is taken back, and then there is nothing to tell.
    """
    names = [kind.value for kind in kinds]
    here = feed_troubles.c.feed == feed, feed_troubles.c.kind.in_(names)
    stood = list(connection.scalars(select(feed_troubles.c.kind).where(*here)))
    if not stood:
        return False
    connection.execute(delete(feed_troubles).where(*here))
    taken_back = [_take_back(connection, feed, kind) for kind in stood]
    if note is not None and not all(taken_back):
        reserved.feed_alarm(connection, rules, feed, f"{AGAIN}{note}", now, Urgency.NORMAL)
    return True


def _take_back(connection: Connection, feed: str, kind: str) -> bool:
    """Whether the last alarm of this kind was still waiting for its slot."""
    waiting = (
        alerts.c.dossier_id == 0, alerts.c.subject == feed, alerts.c.step == "feed",
        alerts.c.note.startswith(f"{kind}: "), alerts.c.state == AlertState.PENDING.value,
    )  # fmt: skip
    taken = connection.execute(update(alerts).where(*waiting).values(state=AlertState.SUPERSEDED.value))
    return taken.rowcount > 0
