"""Claims: a part is claimed with an attempt row before each call, and settled after it.

No transaction is held over a call to a provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, case, exists, func, insert, or_, select, update

from alertd.core.delivery import Action, PartState, Tries
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.store.tables import alerts, attempts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.outcome import SendResult


@dataclass(frozen=True, slots=True)
class Claimed:
    """A part that this process has claimed, with the attempt that is already on record."""

    row: Row[Any]
    attempt_id: str
    number: int
    contact: int
    channel: str
    address: str

    def tries(self, ways: Sequence[Way]) -> Tries:
        """What came before; of the person's `ways` those count that a later living one follows or is."""
        living = [i for i, way in enumerate(ways) if not way.dead and i > self.contact]
        contacts = living[-1] + 1 if living else self.contact + 1
        return Tries(self.contact, contacts, self.row.transients, self.row.unknowns, self.row.repeat)


@dataclass(frozen=True, slots=True)
class Way:
    """One contact of a person as the outbox uses it; a dead one is passed over."""

    channel: str
    address: str
    dead: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What a look into the outbox gave: parts to send, and people who cannot be reached by any contact."""

    claimed: Sequence[Claimed] = ()
    stranded: Sequence[str] = ()
    superseded: int = 0

    @property
    def settled(self) -> bool:
        """Whether something was settled without a call, so that another look may find more."""
        return bool(self.stranded or self.superseded)


def lost_claims(connection: Connection, now: datetime, *, alive: str | None = None) -> list[Claimed]:
    """Claims past their deadline, or at start (`alive` names this process) all claims of an earlier one.

    Their outcome is unknown: the provider may have accepted.
    """
    query = (
        select(outbox, attempts.c.id.label("attempt_id"), attempts.c.number, attempts.c.channel, attempts.c.address)
        .join(attempts, (attempts.c.outbox_id == outbox.c.id) & (attempts.c.number == outbox.c.attempts))
        .where(outbox.c.claimed_by.is_not(None))
        .where(outbox.c.claim_deadline < now if alive is None else outbox.c.claimed_by != alive)
        .with_for_update(of=outbox, skip_locked=True)
    )
    rows = connection.execute(query).all()
    return [Claimed(row, row.attempt_id, row.number, row.contact, row.channel, row.address) for row in rows]


def claim(
    connection: Connection,
    now: datetime,
    *,
    holder: str,
    deadline: datetime,
    limit: int,
    lowest: int,
    ways: Callable[[str], Sequence[Way]],
) -> Turn:
    """Claim parts that are due, most urgent first, and put an attempt on record for each before any call.

    `lowest` is the least priority that may leave now (quiet hours). A message none of whose dossiers is still open is
    superseded unless it has begun to leave; a part without a living contact fails.
    """
    query = (
        select(outbox)
        .where(outbox.c.not_before <= now, outbox.c.claimed_by.is_(None), outbox.c.priority >= lowest)
        .order_by(outbox.c.priority.desc(), outbox.c.not_before, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    unsent = [row.message for row in rows if row.part == 1 and not row.repeat and not row.unknowns]
    finished = _finished(connection, unsent)
    if finished:
        _supersede(connection, finished, now)
    claimed, stranded, stranded_rows = [], [], []
    for row in rows:
        if row.message in finished:
            continue
        contacts = ways(row.person)
        at = _living(contacts, row.contact)
        if at is None:
            stranded_rows.append(row)
            stranded.append({"id_": row.id, "detail": "no contact left" if contacts else "no contact", "now": now})
            continue
        claimed.append(Claimed(row, uuid4().hex, row.attempts + 1, at, contacts[at].channel, contacts[at].address))
    if stranded:
        connection.execute(_STRAND, stranded)
        _release(connection, stranded_rows, now)
    if claimed:
        connection.execute(insert(attempts), [
            {
                "id": c.attempt_id, "outbox_id": c.row.id, "number": c.number, "channel": c.channel,
                "address": c.address, "started_at": now, "finished_at": None, "outcome": None, "code": "",
                "provider_id": None, "detail": "",
            }
            for c in claimed
        ])  # fmt: skip
        connection.execute(_CLAIM, [
            {"id_": c.row.id, "number": c.number, "at": c.contact, "holder": holder, "deadline": deadline}
            for c in claimed
        ])  # fmt: skip
    return Turn(claimed, [row.person for row in stranded_rows], len(finished))


def _living(contacts: Sequence[Way], since: int) -> int | None:
    """The first living contact from an index on; contacts may have been edited since, so the earlier ones come last."""
    order = [*range(since, len(contacts)), *range(min(since, len(contacts)))]
    return next((i for i in order if not contacts[i].dead), None)


_CLAIM = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(
        state=PartState.SENDING.value, claimed_by=bindparam("holder"), claim_deadline=bindparam("deadline"),
        attempts=bindparam("number"), contact=bindparam("at"),
    )
)  # fmt: skip
_STRAND = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"))
    .values(state=PartState.FAILED.value, detail=bindparam("detail"), not_before=None, settled_at=bindparam("now"))
)


def _finished(connection: Connection, messages: Sequence[str]) -> set[str]:
    """Of these untried messages, those whose every dossier has ended: a stale alert is worse than none."""
    if not messages:
        return set()
    query = (
        select(alerts.c.message)
        .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(alerts.c.message.in_(messages))
        .group_by(alerts.c.message)
        .having(func.min(case((dossiers.c.clock == Clock.ENDED.value, case((alerts.c.policy != "", 1), else_=0)),
                              else_=0)) == 1)
    )  # fmt: skip
    return set(connection.scalars(query))


def _supersede(connection: Connection, messages: Collection[str], now: datetime) -> None:
    connection.execute(
        update(outbox).where(outbox.c.message.in_(messages))
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=now)
    )  # fmt: skip
    connection.execute(update(alerts).where(alerts.c.message.in_(messages)).values(state=AlertState.SUPERSEDED.value))


def settle(
    connection: Connection, results: Sequence[tuple[Claimed, SendResult, Action]], now: datetime, *, holder: str | None
) -> int:
    """Record answers and what follows from them. Of a part claimed by somebody else meanwhile only the attempt is.

    Gives how many parts were still this holder's; `holder` None settles lost claims.
    """
    if not results:
        return 0
    connection.execute(_ANSWER, [
        {"id_": claimed.attempt_id, "now": now, "answer": result.outcome.value, "code_": result.code,
         "provider": result.provider_id, "said": result.detail}
        for claimed, result, _ in results
    ])  # fmt: skip
    settled = connection.execute(_SETTLE if holder is not None else _SETTLE_LOST, [
        {
            "id_": claimed.row.id, "number": claimed.number, "holder": holder, "to": action.state.value,
            "again": action.not_before, "at": action.tries.contact, "transients_": action.tries.transients,
            "unknowns_": action.tries.unknowns, "repeat_": action.tries.repeat,
            "said": "" if action.state is PartState.ACCEPTED else f"{result.code} {result.detail}".strip(),
            "done_at": now if action.not_before is None else None,
        }
        for claimed, result, action in results
    ])  # fmt: skip
    # a part whose answer was lost may have arrived: the rest of the message does not wait for certainty
    passed = [c.row for c, _, action in results if action.not_before is None or action.state is PartState.UNKNOWN]
    _release(connection, passed, now)
    return settled.rowcount


def _release(connection: Connection, settled: Sequence[Row[Any]], now: datetime) -> None:
    """Let the parts leave that follow these; a part that a late answer has not settled after all holds its own back."""
    following = [
        {"id_": f"{row.message}.{row.part + 1}", "before_id": row.id, "now": now}
        for row in settled
        if row.part < row.parts
    ]
    if following:
        connection.execute(_RELEASE, following)


_ANSWER = (
    update(attempts)
    .where(attempts.c.id == bindparam("id_"), attempts.c.finished_at.is_(None))
    .values(finished_at=bindparam("now"), outcome=bindparam("answer"), code=bindparam("code_"),
            provider_id=bindparam("provider"), detail=bindparam("said"))
)  # fmt: skip
_SETTLE_LOST = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.attempts == bindparam("number"))
    .values(
        state=bindparam("to"), not_before=bindparam("again"), contact=bindparam("at"),
        transients=bindparam("transients_"), unknowns=bindparam("unknowns_"), repeat=bindparam("repeat_"),
        detail=bindparam("said"), claimed_by=None, claim_deadline=None, settled_at=bindparam("done_at"),
    )
)  # fmt: skip
#: The holder is checked at the end: a claim that ran out and went to somebody else is not overwritten.
_SETTLE = _SETTLE_LOST.where(outbox.c.claimed_by == bindparam("holder"))
_before = outbox.alias("before")
_RELEASE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("id_"),
        outbox.c.state == PartState.PENDING.value,
        outbox.c.not_before.is_(None),
        exists().where(
            _before.c.id == bindparam("before_id"),
            or_(_before.c.settled_at.is_not(None), _before.c.state == PartState.UNKNOWN.value),
        ),
    )
    .values(not_before=bindparam("now"))
)  # fmt: skip
