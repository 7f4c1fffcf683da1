"""Claims: a part is claimed with an attempt row before each call (`settling` records what came of it).

No transaction is held over a call to a provider.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, case, exists, func, or_, select, update

from alertd.core.delivery import PartState, Tries
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.store import routes
from alertd.store.bulk import insert_rows
from alertd.store.deadlines import DEADLINE
from alertd.store.locks import lock_alerts
from alertd.store.tables import acknowledgements, alerts, attempts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.pace import Pace
    from alertd.core.ways import Way

#: Every urgency there is, most urgent first.
RANKS = (3, 2, 1)
URGENT = 2
ATTEMPT = ("id", "outbox_id", "number", "channel", "address", "started_at", "code", "detail")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A part that this process has claimed, with the attempt that is already on record."""

    row: Row[Any]
    attempt_id: str
    number: int
    contact: int
    channel: str
    address: str
    phone: str | None = None
    #: From then on another process may take the part over, and the call is not made any more.
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether another process may have taken the part over."""
        return self.until is not None and now >= self.until

    def tries(self, ways: Sequence[Way]) -> Tries:
        """What came before; of the person's `ways` those count that a later living one follows or is."""
        living = [i for i, way in enumerate(ways) if not way.dead and i > self.contact]
        contacts = living[-1] + 1 if living else self.contact + 1
        return Tries(self.contact, contacts, self.row.transients, self.row.unknowns, self.row.repeat)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms parts may be claimed: by whom and until when, which and how many.

    `lowest` is the least urgency that may leave now (quiet hours), `urgent` how many parts may begin, `normal` how many
    of them may be of the lowest urgency; `busy` are people to whom a call is under way.
    """

    channel: str
    holder: str
    deadline: datetime
    lowest: int
    urgent: int
    normal: int
    busy: Collection[str] = ()


@dataclass(slots=True)
class Turn:
    """What a look into the outbox gave.

    `stranded` are people out of reach; `settled` counts what changed without a call; `again_at` is when more may leave,
    `put_off` when parts may whose chats must rest.
    """

    claimed: list[Claimed] = field(default_factory=list)
    stranded: list[str] = field(default_factory=list)
    settled: int = 0
    again_at: datetime | None = None
    put_off: list[datetime] = field(default_factory=list)


def lost_claims(connection: Connection, now: datetime, *, alive: str | None = None) -> list[Claimed]:
    """Claims past their deadline, or at start (`alive` names this process) all claims of an earlier one.

    Their outcome is unknown: the provider may have accepted.
    """
    query = (
        select(outbox, attempts.c.id.label("attempt_id"), attempts.c.number, attempts.c.channel.label("by"),
               attempts.c.address)
        .join(attempts, (attempts.c.outbox_id == outbox.c.id) & (attempts.c.number == outbox.c.attempts))
        .where(outbox.c.claimed_by.is_not(None))
        .where(outbox.c.claim_deadline < now if alive is None else outbox.c.claimed_by != alive)
        .with_for_update(of=outbox, skip_locked=True)
    )  # fmt: skip
    rows = connection.execute(query).all()
    return [Claimed(row, row.attempt_id, row.number, row.contact, row.by, row.address) for row in rows]


def claim(
    connection: Connection, now: datetime, terms: Terms, pace: Pace, ways: Callable[[str], Sequence[Way]]
) -> Turn:
    """Claim parts of one channel that are due, most urgent first, with an attempt on record for each before any call.

    To one person one call is made at a time. A message that nobody needs any more is superseded unless it has begun to
    leave; a part whose chat must rest is put off, so that it holds up no other; one whose way is by another channel
    now is handed to that; somebody without a living way is given up.
    """
    turn = Turn()
    rows, more = _due(connection, now, terms)
    needless = _needless(connection, [r.message for r in rows if r.part == 1 and not r.repeat and not r.unknowns])
    if needless:
        _supersede(connection, needless, now)
    turn.settled = len(needless)
    people, chats, waiting = set(terms.busy), set(), []
    for row in rows:
        if row.message in needless or row.person in people:
            continue
        contacts = ways(row.person)
        at = place(contacts, row)
        if at is None:
            turn.settled += routes.give_up(connection, row, now, "no contact left" if contacts else "no contact")
            people.add(row.person)
            if not row.pinned:
                turn.stranded.append(row.person)
            continue
        way = contacts[at]
        if way.channel != terms.channel:
            routes.hand_over(connection, row.id, way.channel, at)
            turn.settled += 1
            continue
        free = pace.free_at(way.address, now)
        if free > now or (pace.spaced and way.address in chats):
            waiting.append({"id_": row.id, "free": max(free, now + pace.limits.chat_gap)})
            continue
        people.add(row.person)
        chats.add(way.address)
        turn.claimed.append(Claimed(
            row, uuid4().hex, row.attempts + 1, at, way.channel, way.address, way.phone, terms.deadline,
        ))  # fmt: skip
    if waiting:
        connection.execute(_PUT_OFF, waiting)
    _record(connection, turn.claimed, terms, now)
    turn.again_at = now if more else None
    turn.put_off = [each["free"] for each in waiting]
    return turn


def place(ways: Sequence[Way], row: Row[Any]) -> int | None:
    """Which way a part takes: the first living one from its contact on; a pinned part only one of its channel.

    Contacts may have been edited since, so the earlier ones come last.
    """
    since = row.contact
    order = [*range(since, len(ways)), *range(min(since, len(ways)))]
    return next((i for i in order if not ways[i].dead and (not row.pinned or ways[i].channel == row.channel)), None)


def _due(connection: Connection, now: datetime, terms: Terms) -> tuple[list[Row[Any]], bool]:
    """Parts that may leave, and whether there may be more; by urgency, as only then the index gives them in order."""
    found: list[Row[Any]] = []
    more = False
    for rank in RANKS:
        room = terms.urgent - len(found)
        if rank < URGENT:
            room = min(room, terms.normal)
        if rank < terms.lowest:
            break
        if room <= 0:
            return found, True
        values = {"channel": terms.channel, "rank": rank, "now": now, "room": room, "busy": tuple(terms.busy)}
        rows = connection.execute(_DUE, values).all()
        found += rows
        more = more or len(rows) >= room
    return found, more


_DUE = (
    select(outbox)
    .where(
        outbox.c.channel == bindparam("channel"), outbox.c.priority == bindparam("rank"),
        outbox.c.not_before <= bindparam("now"), outbox.c.claimed_by.is_(None),
        outbox.c.person.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(outbox.c.not_before)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)  # fmt: skip


def _record(connection: Connection, claimed: Sequence[Claimed], terms: Terms, now: datetime) -> None:
    if not claimed:
        return
    insert_rows(connection, attempts, ATTEMPT, [
        [c.attempt_id, c.row.id, c.number, c.channel, c.address, now, "", ""] for c in claimed
    ])  # fmt: skip
    connection.execute(_CLAIM, [
        {"id_": c.row.id, "number": c.number, "at": c.contact, "holder": terms.holder, "deadline": terms.deadline}
        for c in claimed
    ])  # fmt: skip


_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(
        state=PartState.SENDING.value, claimed_by=bindparam("holder"), claim_deadline=bindparam("deadline"),
        attempts=bindparam("number"), contact=bindparam("at"),
    )
)  # fmt: skip
_PUT_OFF = update(outbox).where(outbox.c.id == bindparam("id_")).values(not_before=bindparam("free"))


def _needless(connection: Connection, messages: Sequence[str]) -> set[str]:
    """Of these untried messages, those whose every dossier has ended or was acknowledged by the reader since.

    A stale alert is worse than none; but the first word that a dossier is overdue is never kept back (DESIGN 5).
    """
    if not messages:
        return set()
    return set(connection.scalars(_NEEDLESS, {"messages": list(messages)}))


_earlier = alerts.alias("earlier")
_its_part = outbox.alias("its_part")
#: The reader has heard in this episode that the dossier is overdue: only then may such an alert be overtaken.
_knows = exists().where(
    _earlier.c.dossier_id == alerts.c.dossier_id, _earlier.c.episode == alerts.c.episode,
    _earlier.c.person == alerts.c.person, _earlier.c.at >= DEADLINE,
    _earlier.c.recorded_at < alerts.c.recorded_at, _its_part.c.message == _earlier.c.message,
    _its_part.c.state == PartState.ACCEPTED.value,
)  # fmt: skip
_acknowledged = exists().where(
    acknowledgements.c.dossier_id == alerts.c.dossier_id, acknowledgements.c.person == alerts.c.person,
    acknowledgements.c.episode == alerts.c.episode, acknowledgements.c.at >= alerts.c.recorded_at,
) & or_(alerts.c.at < DEADLINE, _knows)  # fmt: skip
_over = (alerts.c.policy != "") & or_(dossiers.c.clock == Clock.ENDED.value, _acknowledged)
_NEEDLESS = (
    select(alerts.c.message)
    .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
    .where(alerts.c.message.in_(bindparam("messages", expanding=True)))
    .group_by(alerts.c.message)
    .having(func.min(case((_over, 1), else_=0)) == 1)
)


def _supersede(connection: Connection, messages: Collection[str], now: datetime) -> None:
    connection.execute(
        update(outbox).where(outbox.c.message.in_(messages))
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=now)
    )  # fmt: skip
    theirs = alerts.c.message.in_(messages)
    lock_alerts(connection, theirs)
    connection.execute(update(alerts).where(theirs).values(state=AlertState.SUPERSEDED.value))
