"""What an operator sees of the outbox and may do about it: messages that are held, unknown, failed or waiting.

A message is one line and one decision, however many parts it has. What a storm holds as a whole is decided in `storms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from alertd.core.delivery import PartState
from alertd.core.errors import AlertdError, InputError
from alertd.core.firing import AlertState
from alertd.store import storms
from alertd.store.locks import lock_alerts
from alertd.store.tables import alerts, attempts, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Shown in this order; of a message's parts the first of these speaks for it.
STATES = (PartState.FAILED, PartState.UNKNOWN, PartState.HELD, PartState.RETRY, PartState.SENDING, PartState.PENDING)
#: A message that has been due for so long without a try is shown too.
OVERDUE_AFTER = timedelta(minutes=15)
#: People in an IN list at once.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that has not wholly left. Instants are UTC; `again_at` is its next try, None where there is none.

    `parts` of which `accepted`; `channel` of the next or last try ('' where the person has none); `code` is the last
    answer's; `detail` says more.
    """

    message: str
    person: str
    kind: str
    urgency: str
    parts: int
    accepted: int
    state: PartState
    channel: str
    storm: int | None
    since: datetime
    again_at: datetime | None
    code: str
    detail: str


def stuck(connection: Connection, now: datetime) -> list[Stuck]:
    """Every message that is held, failed, unknown, tried again, or due for long; worst first, then oldest.

    Test messages (drills) that failed have told what they were for, and are left out.
    """
    o = outbox.c
    waiting = or_(
        o.state.in_([PartState.HELD.value, PartState.UNKNOWN.value, PartState.RETRY.value]),
        (o.state == PartState.FAILED.value) & ~o.pinned,
        (o.state == PartState.SENDING.value) & (o.claim_deadline < now),
        (o.state == PartState.PENDING.value) & (o.not_before < now - OVERDUE_AFTER),
    )
    query = (
        select(outbox, attempts.c.channel.label("tried"), attempts.c.code)
        .outerjoin(attempts, (attempts.c.outbox_id == o.id) & (attempts.c.number == o.attempts))
        .where(waiting)
        .order_by(o.created_at, o.message, o.part)
    )
    messages: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        messages.setdefault(row.message, []).append(row)
    accepted = _accepted(connection, list(messages))
    found = [_stuck(rows, accepted.get(message, 0)) for message, rows in messages.items()]
    return sorted(found, key=lambda each: (STATES.index(each.state), each.since))


def _stuck(rows: Sequence[Row[Any]], accepted: int) -> Stuck:
    row = min(rows, key=lambda each: STATES.index(PartState(each.state)))
    return Stuck(
        message=row.message,
        person=row.person,
        kind=row.kind,
        urgency=row.urgency,
        parts=row.parts,
        accepted=accepted,
        state=PartState(row.state),
        channel=row.channel or row.tried or "",
        storm=row.storm_id if row.state == PartState.HELD.value else None,
        since=row.created_at,
        again_at=row.not_before,
        code=row.code or "",
        detail=row.detail,
    )


def _accepted(connection: Connection, messages: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for begin in range(0, len(messages), _BATCH):
        query = select(outbox.c.message).where(
            outbox.c.message.in_(messages[begin : begin + _BATCH]), outbox.c.state == PartState.ACCEPTED.value
        )
        for message in connection.scalars(query):
            counts[message] = counts.get(message, 0) + 1
    return counts


def failed(connection: Connection) -> list[str]:
    """Messages of which a part failed, drills left out, oldest first."""
    query = (
        select(outbox.c.message, outbox.c.created_at)
        .where(outbox.c.state == PartState.FAILED.value, ~outbox.c.pinned)
        .order_by(outbox.c.created_at, outbox.c.message)
    )
    return list(dict.fromkeys(row.message for row in connection.execute(query)))


def retry(connection: Connection, message: str, route: Callable[[str], str], now: datetime) -> str:
    """Make a message due again from the person's first living contact; gives that contact's channel.

    What failed begins anew; what waits for its next try is tried now, under the same id. `route` tells a person's first
    living channel. Raises InputError for an unknown message, AlertdError where there is nothing to try or nobody to
    reach.
    """
    rows = _parts(connection, message)
    again = [row for row in rows if row.state in (PartState.FAILED, PartState.RETRY, PartState.UNKNOWN)]
    if not again:
        raise AlertdError(f"{message}: nothing to send again, it is {_states(rows)}")
    if any(row.pinned for row in again):
        raise AlertdError(
            f"{message}: this is a test message; `alertd drill --person {rows[0].person}` sends a new one"
        )
    channel = route(rows[0].person)
    if not channel:
        raise AlertdError(
            f"{message}: {rows[0].person} has no contact that works; mend `contacts` in organisation.yaml, or send an "
            "invitation, first"
        )
    for row in again:
        values: dict[str, Any] = {"not_before": now}
        if row.state == PartState.FAILED:
            values |= {"state": PartState.RETRY.value, "settled_at": None, "contact": 0, "transients": 0, "unknowns": 0,
                       "channel": channel}  # fmt: skip
        _change(connection, [row.id], values)
    return channel if again[0].state == PartState.FAILED else again[0].channel


def release(connection: Connection, message: str, now: datetime) -> None:
    """Let one held message leave; a storm of which nothing is left is over. Raises as `retry` does."""
    rows = _parts(connection, message)
    held = [row for row in rows if row.state == PartState.HELD]
    if not held:
        raise AlertdError(f"{message}: it is not held, it is {_states(rows)}")
    _change(connection, [row.id for row in held], {"state": PartState.PENDING.value})
    _change(connection, [held[0].id], {"not_before": now})
    storm = held[0].storm_id
    if storm is not None and not _is_held(connection, storm):
        storms.release(connection, storm, now)


def discard(connection: Connection, message: str, reason: str, now: datetime) -> None:
    """Never send what is left of a message; `reason` stays with it, and with a storm of which nothing is left.

    Its alerts become `discarded` unless somebody may have read a part of it. Raises InputError for an unknown message,
    AlertdError for one that has left, is being sent at this instant or was decided on before.
    """
    rows = _parts(connection, message)
    if any(row.claimed_by is not None for row in rows):
        raise AlertdError(f"{message}: it is being sent at this moment; look again with `alertd outbox list`")
    over = (PartState.ACCEPTED, PartState.SUPERSEDED, PartState.DISCARDED)
    left = [row for row in rows if row.state not in over]
    if not left:
        raise AlertdError(f"{message}: nothing is left to discard, it is {_states(rows)}")
    _change(connection, [row.id for row in left], {
        "state": PartState.DISCARDED.value, "not_before": None, "settled_at": now, "detail": reason,
    })  # fmt: skip
    if not any(row.state in (PartState.ACCEPTED, PartState.UNKNOWN) or row.unknowns for row in rows):
        mine = (alerts.c.message == message, alerts.c.state == AlertState.SENT.value)
        lock_alerts(connection, *mine)
        connection.execute(update(alerts).where(*mine).values(state=AlertState.DISCARDED.value))
    storm = left[0].storm_id
    if left[0].state == PartState.HELD and storm is not None and not _is_held(connection, storm):
        storms.discard(connection, storm, reason, now)


def _parts(connection: Connection, message: str) -> Sequence[Row[Any]]:
    """All parts of a message, kept from being claimed meanwhile."""
    query = select(outbox).where(outbox.c.message == message).order_by(outbox.c.part).with_for_update()
    rows = connection.execute(query).all()
    if not rows:
        raise InputError(f"no message is called {message!r}; `alertd outbox list` shows them")
    return rows


def _is_held(connection: Connection, storm: int) -> bool:
    held = select(outbox.c.id).where(outbox.c.storm_id == storm, outbox.c.state == PartState.HELD.value)
    return connection.execute(held.limit(1)).first() is not None


def _change(connection: Connection, ids: Iterable[str], values: dict[str, Any]) -> None:
    connection.execute(update(outbox).where(outbox.c.id.in_(list(ids))).values(values))


def _states(rows: Sequence[Row[Any]]) -> str:
    return ", ".join(sorted({row.state for row in rows}))
