"""Storms: batches of messages that wait for an operator, and what is usual to compare them with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, insert, or_, select, update

from alertd.core.delivery import PartState
from alertd.core.errors import InputError
from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.core.storm import StormState
from alertd.store.bulk import among
from alertd.store.locks import lock_alerts
from alertd.store.tables import alerts, outbox, storms

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Kinds of messages that are about the system and not about dossiers: never held, never counted.
SYSTEM_KINDS = ("notice", "drill")
#: Storms of which something may still be held.
OPEN = (StormState.HELD.value, StormState.PARTLY.value)
_DECIDED = (StormState.RELEASED.value, StormState.DISCARDED.value)
#: What was held, and then composed anew, has reached nobody in its first form.
_recomposed = and_(outbox.c.state == PartState.SUPERSEDED.value, outbox.c.storm_id.is_not(None))
_counted = and_(
    outbox.c.part == 1, outbox.c.kind.not_in(SYSTEM_KINDS), outbox.c.urgency != Urgency.CRITICAL.value,
    outbox.c.state != PartState.HELD.value, ~_recomposed,
)  # fmt: skip


class Held(NamedTuple):
    """A storm of which messages are held: how many, for how many people, how many are usual."""

    id: int
    slot_at: datetime
    began_at: datetime
    state: str
    messages: int
    people: int
    usual: int


# --- what is usual ----------------------------------------------------------------------------------------------------


def counts(connection: Connection, since: datetime, before: datetime) -> list[tuple[datetime, int]]:
    """How many messages each slot between two instants had; what an operator decided upon counts as seen."""
    query = (
        select(outbox.c.slot_at, func.count())
        .where(outbox.c.slot_at > since, outbox.c.slot_at < before, _counted)
        .group_by(outbox.c.slot_at)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def known(connection: Connection, people: Collection[str], since: datetime, before: datetime) -> set[str]:
    """Those of these people to whom a message was composed, and not held, between two instants."""
    query = select(outbox.c.person).where(
        among(connection, outbox.c.person, list(people)), outbox.c.created_at > since, outbox.c.created_at < before,
        outbox.c.kind.not_in(SYSTEM_KINDS), outbox.c.state != PartState.HELD.value, ~_recomposed,
    )  # fmt: skip
    return set(connection.scalars(query.distinct()))


def lately(connection: Connection, since: datetime) -> set[str]:
    """People to whom a message was composed since an instant, held ones included, unless an operator decided."""
    query = select(outbox.c.person).where(
        outbox.c.slot_at > since, outbox.c.kind.not_in(SYSTEM_KINDS), outbox.c.urgency != Urgency.CRITICAL.value,
        or_(outbox.c.storm_id.is_(None), outbox.c.state == PartState.HELD.value),
    )  # fmt: skip
    return set(connection.scalars(query.distinct()))


# --- a storm's life ---------------------------------------------------------------------------------------------------


def begin(connection: Connection, slot: datetime, messages: int, usual: int, now: datetime) -> int:
    """Put a storm on record; gives its id."""
    row = {"slot_at": slot, "began_at": now, "messages": messages, "usual": usual, "state": StormState.HELD.value,
           "decided_at": None, "reason": ""}  # fmt: skip
    return int(connection.scalar(insert(storms).returning(storms.c.id), row) or 0)


def of_slot(connection: Connection, slot: datetime) -> Row[Any] | None:
    """The storm of a slot, whatever became of it."""
    return connection.execute(select(storms).where(storms.c.slot_at == slot).order_by(storms.c.id.desc())).first()


def latest(connection: Connection, since: datetime) -> int | None:
    """The storm that began last, if it did after `since` and is held."""
    query = select(storms.c.id).where(storms.c.state == StormState.HELD.value, storms.c.began_at > since)
    return connection.scalar(query.order_by(storms.c.id.desc()).limit(1))


def ripe(connection: Connection, before: datetime) -> Sequence[int]:
    """Storms that have been held since before an instant, so that what is due leaves by itself."""
    query = select(storms.c.id).where(storms.c.state == StormState.HELD.value, storms.c.began_at <= before)
    return connection.scalars(query.order_by(storms.c.id)).all()


def held(connection: Connection) -> list[Held]:
    """Storms of which messages wait for an operator, oldest first."""
    query = (
        select(
            storms.c.id, storms.c.slot_at, storms.c.began_at, storms.c.state,
            func.count(outbox.c.message.distinct()), func.count(outbox.c.person.distinct()), storms.c.usual,
        )
        .join(outbox, outbox.c.storm_id == storms.c.id)
        .where(storms.c.state.in_(OPEN), outbox.c.state == PartState.HELD.value)
        .group_by(*(storms.c[name] for name in ("id", "slot_at", "began_at", "state", "usual")))
        .order_by(storms.c.id)
    )  # fmt: skip
    return [Held(*row) for row in connection.execute(query)]


def count(connection: Connection, storm_id: int) -> None:
    """Bring the number of a storm's messages up to date: others have joined it."""
    messages = (
        select(func.count(outbox.c.message.distinct()))
        .where(outbox.c.storm_id == storm_id, outbox.c.state == PartState.HELD.value)
        .scalar_subquery()
    )
    connection.execute(update(storms).where(storms.c.id == storm_id).values(messages=messages))


def left_by_itself(connection: Connection, storm_id: int, now: datetime) -> None:
    """What was due has left; where nothing remains the storm is over."""
    remains = select(outbox.c.id).where(outbox.c.storm_id == storm_id, outbox.c.state == PartState.HELD.value)
    values: dict[str, Any] = {"state": StormState.PARTLY.value}
    if connection.execute(remains.limit(1)).first() is None:
        values = {"state": StormState.RELEASED.value, "decided_at": now, "reason": "hold_max"}
    connection.execute(
        update(storms).where(storms.c.id == storm_id, storms.c.state == StormState.HELD.value).values(values)
    )


def take_apart(connection: Connection, message: str, now: datetime) -> None:
    """A held message is composed anew: its parts are superseded, its alerts, locked already, wait again."""
    connection.execute(
        update(outbox).where(outbox.c.message == message)
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=now)
    )  # fmt: skip
    connection.execute(
        update(alerts).where(alerts.c.message == message, alerts.c.state == AlertState.SENT.value)
        .values(state=AlertState.PENDING.value, message=None)
    )  # fmt: skip


# --- the operator's word ----------------------------------------------------------------------------------------------


def release(connection: Connection, storm_id: int, now: datetime) -> int:
    """Let a storm's messages leave as they are, quiet hours kept; gives how many.

    Raises InputError when nothing of such a storm is held.
    """
    _decide(connection, storm_id, StormState.RELEASED, "", now)
    return _let_go(connection, storm_id, now)


def discard(connection: Connection, storm_id: int, reason: str, now: datetime) -> int:
    """Never send what is held of a storm; the alerts stay on record with the reason. Gives how many messages.

    Raises InputError when nothing of such a storm is held.
    """
    _decide(connection, storm_id, StormState.DISCARDED, reason, now)
    return _drop(connection, storm_id, reason, now)


def any_decided(connection: Connection, since: datetime) -> bool:
    """Whether an operator decided about a storm since an instant."""
    query = select(storms.c.id).where(storms.c.state.in_(_DECIDED), storms.c.decided_at > since).limit(1)
    return connection.execute(query).first() is not None


def settle_late(connection: Connection, since: datetime, now: datetime) -> None:
    """What joined a storm while the operator was deciding shares the decision."""
    query = select(storms.c.id, storms.c.state, storms.c.reason).where(
        storms.c.state.in_(_DECIDED), storms.c.decided_at > since
    )
    for row in connection.execute(query).all():
        if row.state == StormState.RELEASED.value:
            _let_go(connection, row.id, now)
        else:
            _drop(connection, row.id, row.reason, now)


def _decide(connection: Connection, storm_id: int, state: StormState, reason: str, now: datetime) -> None:
    decided = connection.execute(
        update(storms).where(storms.c.id == storm_id, storms.c.state.in_(OPEN))
        .values(state=state.value, decided_at=now, reason=reason)
    )  # fmt: skip
    if decided.rowcount:
        return
    there = ", ".join(str(storm.id) for storm in held(connection)) or "none"
    raise InputError(f"storm {storm_id} is not held; held are: {there} (see `alertd outbox list`)")


def _let_go(connection: Connection, storm_id: int, now: datetime) -> int:
    waits = (outbox.c.storm_id == storm_id, outbox.c.state == PartState.HELD.value)
    released = connection.execute(update(outbox).where(*waits, outbox.c.part == 1).values(
        state=PartState.PENDING.value, not_before=now))  # fmt: skip
    connection.execute(update(outbox).where(*waits).values(state=PartState.PENDING.value))
    return released.rowcount


def _drop(connection: Connection, storm_id: int, reason: str, now: datetime) -> int:
    waits = (outbox.c.storm_id == storm_id, outbox.c.state == PartState.HELD.value)
    theirs = alerts.c.message.in_(select(outbox.c.message).where(*waits)), alerts.c.state == AlertState.SENT.value
    lock_alerts(connection, *theirs)
    connection.execute(update(alerts).where(*theirs).values(state=AlertState.DISCARDED.value))
    number = connection.scalar(select(func.count(outbox.c.message.distinct())).where(*waits)) or 0
    connection.execute(
        update(outbox).where(*waits)
        .values(state=PartState.DISCARDED.value, not_before=None, settled_at=now, detail=reason)
    )  # fmt: skip
    return number
