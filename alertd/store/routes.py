"""Routes: which channel serves a part that waits. Changed in bulk, a statement for all parts of a person that agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from alertd.core.delivery import DRILL_FOR, PartState
from alertd.store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Parts that wait and that nobody has claimed.
WAITING = (outbox.c.not_before.is_not(None), outbox.c.claimed_by.is_(None))


def unrouted(connection: Connection) -> list[tuple[str, int]]:
    """(person, contact) of parts that wait for no channel yet, each once."""
    query = select(outbox.c.person, outbox.c.contact).where(outbox.c.channel == "", ~outbox.c.pinned, *WAITING)
    return [(row.person, row.contact) for row in connection.execute(query.distinct())]


def unroute(connection: Connection, channels: Collection[str]) -> int:
    """Parts that wait for none of these `channels` lose their route: the configuration has changed."""
    query = update(outbox).where(outbox.c.channel.not_in([*channels, ""]), ~outbox.c.pinned, *WAITING)
    return connection.execute(query.values(channel="")).rowcount


def unroute_untried(connection: Connection, people: Collection[str]) -> int:
    """Parts that were never tried lose their route: these people's ways have changed."""
    query = update(outbox).where(outbox.c.person.in_(people), outbox.c.attempts == 0, ~outbox.c.pinned, *WAITING)
    return connection.execute(query.values(channel="", contact=0)).rowcount


def route(connection: Connection, person: str, contact: int, channel: str, to: int) -> int:
    """Give the parts without a route, at this contact of a person, the channel of contact `to`.

    Also those that wait for an earlier part: they leave as soon as that has.
    """
    query = update(outbox).where(
        outbox.c.person == person, outbox.c.contact == contact, outbox.c.channel == "", ~outbox.c.pinned,
        outbox.c.settled_at.is_(None), outbox.c.claimed_by.is_(None),
    )  # fmt: skip
    return connection.execute(query.values(channel=channel, contact=to)).rowcount


def hand_over(connection: Connection, part_id: str, channel: str, contact: int) -> None:
    """One part goes by another channel from now on."""
    connection.execute(_HAND_OVER, {"id_": part_id, "by": channel, "at": contact})


_HAND_OVER = (
    update(outbox).where(outbox.c.id == bindparam("id_")).values(channel=bindparam("by"), contact=bindparam("at"))
)


def waiting_for(
    connection: Connection, channel: str, now: datetime, *, lowest: int, kind: str
) -> list[tuple[str, int]]:
    """(person, contact) of due parts of a channel that are at least so urgent, or of this kind, each once."""
    query = select(outbox.c.person, outbox.c.contact).where(*_waiting_for(channel, now, lowest, kind))
    return [(row.person, row.contact) for row in connection.execute(query.distinct())]


def move_on(
    connection: Connection, channel: str, now: datetime, *, lowest: int, kind: str, moves: Sequence[dict[str, Any]]
) -> int:
    """Let such parts go another way: `moves` has `person_`, `from_`, `by` and `at`. Gives how many moved."""
    if not moves:
        return 0
    query = (
        update(outbox)
        .where(
            outbox.c.person == bindparam("person_"), outbox.c.contact == bindparam("from_"),
            # what may have arrived by an earlier way does not go back to it
            or_(outbox.c.contact < bindparam("at"), ~outbox.c.repeat), *_waiting_for(channel, now, lowest, kind),
        )
        .values(channel=bindparam("by"), contact=bindparam("at"), transients=0, unknowns=0)
    )  # fmt: skip
    return connection.execute(query, moves).rowcount


def _waiting_for(channel: str, now: datetime, lowest: int, kind: str) -> list[Any]:
    return [
        outbox.c.channel == channel, ~outbox.c.pinned, outbox.c.not_before <= now, outbox.c.claimed_by.is_(None),
        or_(outbox.c.priority >= lowest, outbox.c.kind == kind),
    ]  # fmt: skip


def give_up(connection: Connection, row: Row[Any], now: datetime, detail: str) -> int:
    """There is no way: a test message fails alone, else everything that waits for that person does."""
    if not row.pinned:
        return give_up_person(connection, row.person, now, detail)
    return _fail(connection, [outbox.c.id == row.id], now, detail)


def give_up_person(connection: Connection, person: str, now: datetime, detail: str) -> int:
    """Everything that waits for a person fails, but for what a storm holds."""
    waits = [outbox.c.person == person, ~outbox.c.pinned, outbox.c.state != PartState.HELD.value]
    return _fail(connection, waits, now, detail)


def give_up_drills(connection: Connection, now: datetime) -> int:
    """Test messages that have waited for ten minutes fail."""
    late = [outbox.c.pinned, outbox.c.not_before.is_not(None), outbox.c.created_at < now - DRILL_FOR]
    return _fail(connection, late, now, "not within ten minutes")


def _fail(connection: Connection, which: Sequence[Any], now: datetime, detail: str) -> int:
    query = update(outbox).where(outbox.c.settled_at.is_(None), outbox.c.claimed_by.is_(None), *which)
    values = {"state": PartState.FAILED.value, "detail": detail, "not_before": None, "settled_at": now}
    return connection.execute(query.values(**values)).rowcount
