"""What people answer, acknowledgements, explanations and handovers; and what a message named, to be answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, func, insert, select, update

from alertd.core.acknowledging import Ack
from alertd.core.firing import AlertState
from alertd.core.outcome import Outcome
from alertd.store.bulk import among
from alertd.store.deadlines import DEADLINE
from alertd.store.tables import acknowledgements, alerts, attempts, dossiers, explanations, handovers, outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Whoever answers the same twice within this time has pressed twice: providers repeat events too.
REPEATED = timedelta(minutes=1)
#: What was not kept from its person.
REACHED = (AlertState.PENDING.value, AlertState.SENT.value, AlertState.COALESCED.value)


def message_person(connection: Connection, message: str) -> str | None:
    """To whom a message is; None when there is no such message."""
    return connection.scalar(select(outbox.c.person).where(outbox.c.message == message).limit(1))


def accepted_on(connection: Connection, message: str) -> str | None:
    """The channel that last took a part of a message; None while none did."""
    query = (
        select(attempts.c.channel)
        .join(outbox, outbox.c.id == attempts.c.outbox_id)
        .where(outbox.c.message == message, attempts.c.outcome == Outcome.ACCEPTED.value)
        .order_by(attempts.c.finished_at.desc())
    )
    return connection.scalar(query.limit(1))


def message_dossiers(connection: Connection, message: str) -> Sequence[Any]:
    """Every dossier that a message names in any of its parts, as it stands now; soonest due first.

    Rows of id, code, procedure, unit, unit_text, due_at, accept_by, clock, episode, officers, url, missing_since,
    handed_to.
    """
    d = dossiers.c
    named = select(alerts.c.dossier_id).where(alerts.c.message == message)
    query = select(
        d.id, d.code, d.procedure, d.unit, d.unit_text, d.due_at, d.accept_by, d.clock, d.episode, d.officers, d.url,
        d.missing_since, d.handed_to,
    ).where(d.id.in_(named))  # fmt: skip
    return connection.execute(query.order_by(DEADLINE, d.code, d.id)).all()


def dossier(connection: Connection, dossier_id: int, *, lock: bool = False) -> Row[Any] | None:
    """The row of a dossier, on PostgreSQL locked until the transaction ends if asked; None when there is none."""
    query = select(dossiers).where(dossiers.c.id == dossier_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def was_told(connection: Connection, dossier_id: int, person: str) -> bool:
    """Whether a message to a person ever named a dossier."""
    query = select(alerts.c.id).where(
        alerts.c.person == person, alerts.c.dossier_id == dossier_id, alerts.c.message.is_not(None)
    )
    return connection.execute(query.limit(1)).first() is not None


# --- acknowledgements -------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """A dossier that a message names for its person, in the episode in which it did."""

    dossier_id: int
    episode: int


def told(connection: Connection, message: str, person: str) -> list[Told]:
    """The dossiers of which a message told a person; nothing when it went to somebody else."""
    query = (
        select(alerts.c.dossier_id, func.max(alerts.c.episode))
        .where(alerts.c.message == message, alerts.c.person == person, alerts.c.dossier_id != 0)
        .group_by(alerts.c.dossier_id)
        .order_by(alerts.c.dossier_id)
    )
    return [Told(*row) for row in connection.execute(query)]


def acknowledge(connection: Connection, acknowledged: Sequence[Told], person: str, now: datetime, via: str) -> None:
    """Record that a person has acknowledged dossiers; what they acknowledged within the last minute is passed over."""
    ids = [each.dossier_id for each in acknowledged]
    # two presses at the same time: the second one waits here, and then sees the first
    connection.execute(
        select(dossiers.c.id).where(among(connection, dossiers.c.id, ids)).order_by(dossiers.c.id).with_for_update()
    )
    a = acknowledgements.c
    recent = select(a.dossier_id, a.episode).where(
        among(connection, a.dossier_id, ids), a.person == person, a.at > now - REPEATED
    )
    just_now = {tuple(row) for row in connection.execute(recent)}
    rows = [
        {"dossier_id": each.dossier_id, "episode": each.episode, "person": person, "at": now, "via": via}
        for each in acknowledged
        if each not in just_now
    ]
    if rows:
        connection.execute(insert(acknowledgements), rows)


def acknowledged_at(connection: Connection, dossier_id: int, episode: int, person: str) -> datetime | None:
    """When a person last acknowledged a dossier in an episode; None when they did not."""
    a = acknowledgements.c
    query = select(a.at).where(a.dossier_id == dossier_id, a.episode == episode, a.person == person)
    return connection.scalar(query.order_by(a.at.desc()).limit(1))


def acks(
    connection: Connection, ids: Sequence[int]
) -> tuple[Mapping[int, list[Ack]], Mapping[int, Mapping[str, datetime]]]:
    """Of dossiers, the acknowledgements of their present episode, oldest first; and what had reached who gave them.

    The latter is, by person, the latest instant of the episode's alerts that were not kept from them.
    """
    a = acknowledgements.c
    reached = (
        select(func.max(alerts.c.at))
        .where(
            alerts.c.dossier_id == a.dossier_id, alerts.c.subject == "", alerts.c.episode == a.episode,
            alerts.c.person == a.person, alerts.c.policy != "", alerts.c.state.in_(REACHED),
        )
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(a.dossier_id, a.person, a.at, reached.label("reached"))
        .join(dossiers, and_(dossiers.c.id == a.dossier_id, dossiers.c.episode == a.episode))
        .where(among(connection, a.dossier_id, ids))
        .order_by(a.at, a.id)
    )
    given: dict[int, list[Ack]] = {}
    latest: dict[int, dict[str, datetime]] = {}
    for row in connection.execute(query):
        given.setdefault(row.dossier_id, []).append(Ack(row.person, row.at))
        if row.reached is not None:
            latest.setdefault(row.dossier_id, {})[row.person] = row.reached
    return given, latest


# --- explanations -----------------------------------------------------------------------------------------------------


def explain(connection: Connection, dossier_id: int, person: str, text: str, now: datetime, via: str) -> None:
    """Keep an explanation with its dossier; the same words within a minute are passed over."""
    e = explanations.c
    same = select(e.id).where(e.dossier_id == dossier_id, e.person == person, e.text == text, e.at > now - REPEATED)
    if connection.execute(same.limit(1)).first() is None:
        values = {"dossier_id": dossier_id, "person": person, "at": now, "text": text, "via": via}
        connection.execute(insert(explanations).values(values))


def explanations_of(connection: Connection, dossier_id: int) -> Sequence[Any]:
    """What was explained about a dossier, oldest first: person, at, text, via."""
    e = explanations.c
    query = select(e.person, e.at, e.text, e.via).where(e.dossier_id == dossier_id)
    return connection.execute(query.order_by(e.at, e.id)).all()


def explanations_by(connection: Connection, dossier_id: int, person: str) -> Sequence[Any]:
    """What one person explained about a dossier, oldest first."""
    return [row for row in explanations_of(connection, dossier_id) if row.person == person]


def explanations_between(connection: Connection, since: datetime, until: datetime) -> Sequence[Any]:
    """What was explained with since <= at < until, for the weekly report; by unit, then oldest first.

    Rows of dossier_id, code, procedure, unit, due_at, finished_at, person, at, text.
    """
    e, d = explanations.c, dossiers.c
    query = (
        select(e.dossier_id, d.code, d.procedure, d.unit, d.due_at, d.finished_at, e.person, e.at, e.text)
        .join(dossiers, d.id == e.dossier_id)
        .where(e.at >= since, e.at < until)
    )
    return connection.execute(query.order_by(d.unit, e.at, e.id)).all()


# --- handovers --------------------------------------------------------------------------------------------------------


def hand_over(connection: Connection, dossier_id: int, giver: str, taker: str, now: datetime, via: str) -> None:
    """Record who handles a dossier from now on; an earlier handover of it ends.

    The next tick looks at the dossier: who is told has changed, and with it what an acknowledgement holds.
    """
    end_handovers(connection, [dossier_id], now)
    values = {"dossier_id": dossier_id, "giver": giver, "taker": taker, "at": now, "ended_at": None, "via": via}
    connection.execute(insert(handovers).values(values))
    d = dossiers.c
    connection.execute(update(dossiers).where(d.id == dossier_id).values(handed_to=taker))
    connection.execute(update(dossiers).where(d.id == dossier_id, d.next_step_at > now).values(next_step_at=now))


def handed_just_now(connection: Connection, dossier_id: int, giver: str, taker: str, now: datetime) -> bool:
    """Whether the same was handed over to the same person within the last minute, and still is."""
    h = handovers.c
    query = select(h.id).where(
        h.dossier_id == dossier_id, h.giver == giver, h.taker == taker, h.ended_at.is_(None), h.at > now - REPEATED
    )
    return connection.execute(query.limit(1)).first() is not None


def end_handovers(connection: Connection, ids: Iterable[int], now: datetime) -> None:
    """The handovers of dossiers that have not ended do so; `dossiers.handed_to` is the caller's to set."""
    h = handovers.c
    connection.execute(
        update(handovers).where(among(connection, h.dossier_id, list(ids)), h.ended_at.is_(None)).values(ended_at=now)
    )
