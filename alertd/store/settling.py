"""Settling: what came of a call, what follows for the part, and the parts that wait behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, or_, select, update

from alertd.core.delivery import Action, PartState
from alertd.core.outcome import Outcome, SendResult
from alertd.store.tables import attempts, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.store.claims import Claimed

RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer and what follows from it; `contact` and `channel` are those of the next try."""

    claimed: Claimed
    result: SendResult
    action: Action
    contact: int
    channel: str


def settle(connection: Connection, settled: Sequence[Settled], now: datetime, *, holder: str | None) -> int:
    """Record answers and what follows from them. Of a part claimed by somebody else meanwhile only the attempt is.

    Gives how many parts were still this holder's; `holder` None settles lost claims.
    """
    if not settled:
        return 0
    settled = _with_receipts(connection, settled)
    connection.execute(_ANSWER, [
        {"id_": each.claimed.attempt_id, "now": now, "answer": each.result.outcome.value, "code_": each.result.code,
         "provider": each.result.provider_id, "said": each.result.detail}
        for each in settled
    ])  # fmt: skip
    changed = connection.execute(_SETTLE if holder is not None else _SETTLE_LOST, [
        {
            "id_": each.claimed.row.id, "number": each.claimed.number, "holder": holder,
            "to": each.action.state.value, "again": each.action.not_before, "at": each.contact, "by": each.channel,
            "transients_": each.action.tries.transients, "unknowns_": each.action.tries.unknowns,
            "repeat_": each.action.tries.repeat,
            "said": "" if each.action.state is PartState.ACCEPTED
            else f"{each.result.code} {each.result.detail}".strip(),
            "done_at": now if each.action.not_before is None else None,
        }
        for each in settled
    ])  # fmt: skip
    # a part whose answer was lost may have arrived: the rest of the message does not wait for certainty
    passed = [
        each.claimed.row for each in settled if each.action.not_before is None or each.action.state is PartState.UNKNOWN
    ]
    release(connection, passed, now)
    return changed.rowcount


def _with_receipts(connection: Connection, settled: Sequence[Settled]) -> Sequence[Settled]:
    """A receipt may come before the answer is given up: then the part has arrived."""
    unknown = [each.claimed.attempt_id for each in settled if each.action.state is PartState.UNKNOWN]
    if not unknown:
        return settled
    query = select(attempts.c.id).where(attempts.c.id.in_(unknown), attempts.c.outcome == Outcome.ACCEPTED.value)
    arrived = set(connection.scalars(query))
    return [
        replace(each, action=Action(PartState.ACCEPTED, each.action.tries))
        if each.claimed.attempt_id in arrived
        else each
        for each in settled
    ]


def receipt(connection: Connection, part_id: str, now: datetime) -> bool:
    """The provider says that a part has reached the phone: if its outcome was unknown, it is accepted now.

    Whether that settled it. A receipt for a part whose call is still under way is remembered with its attempt.
    """
    connection.execute(
        update(attempts)
        .where(attempts.c.outbox_id == part_id, attempts.c.finished_at.is_(None))
        .values(finished_at=now, outcome=Outcome.ACCEPTED.value, code=RECEIPT)
    )
    query = select(outbox).where(outbox.c.id == part_id, outbox.c.state == PartState.UNKNOWN.value)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        return False
    connection.execute(
        update(outbox)
        .where(outbox.c.id == part_id)
        .values(state=PartState.ACCEPTED.value, not_before=None, settled_at=now, detail=RECEIPT)
    )
    release(connection, [row], now)
    return True


def release(connection: Connection, settled: Sequence[Row[Any]], now: datetime) -> None:
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
        state=bindparam("to"), not_before=bindparam("again"), contact=bindparam("at"), channel=bindparam("by"),
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
