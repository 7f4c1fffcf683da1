"""The outbox: messages composed from pending alerts, claimed with an attempt row before each call, settled after it.

A part's `not_before` is set while there is something left to do with it; part n + 1 gets its own when part n is settled,
so parts leave in order. No transaction is held over a call to a provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, case, func, insert, or_, select, update

from alertd.core.delivery import Action, PartState, Tries
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.core.policy import Urgency
from alertd.store.database import insert_new, upsert
from alertd.store.tables import addresses, alerts, attempts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.outcome import SendResult

OPEN_STATES = (PartState.PENDING.value, PartState.RETRY.value, PartState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class NewPart:
    """One part to be queued; `dossiers` as the webhook shows them."""

    text: str
    dossiers: Sequence[Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A part that this process has claimed, with the attempt that is already on record."""

    row: Row[Any]
    attempt_id: str
    number: int
    contact: int
    channel: str
    address: str

    def tries(self, contacts: int) -> Tries:
        """What came before; `contacts` is how many the person has."""
        return Tries(self.contact, contacts, self.row.transients, self.row.unknowns, self.row.repeat)


def sendable() -> Any:
    """Pending alerts whose dossier is running and not missing; reserved steps always. Joined with dossiers."""
    return or_(
        alerts.c.policy == "",
        (dossiers.c.clock == Clock.DUE.value) & dossiers.c.missing_since.is_(None),
    )


def people_waiting(
    connection: Connection, until: datetime, limit: int, *, only_critical: bool = False
) -> list[str]:
    """People with sendable alerts whose instant is at or before `until`."""
    query = (
        select(alerts.c.person)
        .select_from(alerts.outerjoin(dossiers, dossiers.c.id == alerts.c.dossier_id))
        .where(alerts.c.state == AlertState.PENDING.value, alerts.c.at <= until, sendable())
        .distinct()
        .order_by(alerts.c.person)
        .limit(limit)
    )
    if only_critical:
        query = query.where(alerts.c.urgency == Urgency.CRITICAL.value)
    return list(connection.scalars(query))


def pending_alerts(
    connection: Connection, people: Sequence[str], until: datetime, *, only_critical: bool = False
) -> dict[str, list[Row[Any]]]:
    """Each person's sendable alerts with the dossier's present values, locked on PostgreSQL."""
    d = dossiers.c
    query = (
        select(
            alerts.c.id.label("alert_id"), alerts.c.person, alerts.c.dossier_id, alerts.c.subject, alerts.c.step,
            alerts.c.at, alerts.c.recorded_at, alerts.c.urgency, alerts.c.late_reason, alerts.c.note, alerts.c.policy,
            alerts.c.target, d.code, d.procedure, d.url, d.unit, d.unit_text, d.officers, d.due_at,
        )
        .select_from(alerts.outerjoin(dossiers, d.id == alerts.c.dossier_id))
        .where(
            alerts.c.state == AlertState.PENDING.value, alerts.c.person.in_(people), alerts.c.at <= until, sendable(),
            *([alerts.c.urgency == Urgency.CRITICAL.value] if only_critical else []),
        )
        .order_by(alerts.c.person, alerts.c.at, alerts.c.id)
        .with_for_update(of=alerts, skip_locked=True)
    )  # fmt: skip
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person, []).append(row)
    return found


def overdue_told(connection: Connection, people: Sequence[str], now: datetime) -> dict[str, int]:
    """How many dossiers that each person was ever alerted about are overdue now."""
    query = (
        select(alerts.c.person, func.count(alerts.c.dossier_id.distinct()))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(dossiers.c.clock == Clock.DUE.value, dossiers.c.due_at < now, alerts.c.person.in_(people),
               alerts.c.policy != "")
        .group_by(alerts.c.person)
    )  # fmt: skip
    return dict(connection.execute(query).all())  # type: ignore[arg-type]


def resolved_since_last(connection: Connection, people: Sequence[str]) -> dict[str, int]:
    """How many dossiers each person was told about have ended since the last message to them."""
    last = (
        select(outbox.c.person, func.max(outbox.c.created_at).label("at"))
        .where(outbox.c.person.in_(people))
        .group_by(outbox.c.person)
        .subquery()
    )
    query = (
        select(alerts.c.person, func.count(alerts.c.dossier_id.distinct()))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .join(last, last.c.person == alerts.c.person)
        .where(dossiers.c.ended_seen_at > last.c.at, alerts.c.state == AlertState.SENT.value, alerts.c.policy != "")
        .group_by(alerts.c.person)
    )
    return dict(connection.execute(query).all())  # type: ignore[arg-type]


def take_over(connection: Connection, people: Sequence[str], slot: datetime) -> None:
    """Messages of an earlier slot that were never tried give their alerts to the message of this one."""
    query = (
        select(outbox.c.message)
        .where(outbox.c.person.in_(people), outbox.c.slot_at < slot, outbox.c.settled_at.is_(None))
        .group_by(outbox.c.message)
        .having(func.max(outbox.c.attempts) == 0, func.count(outbox.c.claimed_by) == 0)
    )
    messages = list(connection.scalars(query))
    if not messages:
        return
    connection.execute(
        update(outbox).where(outbox.c.message.in_(messages))
        .values(state=PartState.SUPERSEDED.value, not_before=None, settled_at=slot)
    )  # fmt: skip
    connection.execute(
        update(alerts).where(alerts.c.message.in_(messages), alerts.c.state == AlertState.SENT.value)
        .values(state=AlertState.PENDING.value, message=None)
    )  # fmt: skip


def enqueue(
    connection: Connection,
    person: str,
    parts: Sequence[NewPart],
    alert_ids: Sequence[int],
    *,
    kind: str,
    urgency: Urgency,
    late: bool,
    slot: datetime,
    now: datetime,
) -> str:
    """Put one message into the outbox and its alerts into the message, in the caller's transaction; gives its id.

    The message's id follows from its alerts: the same alerts can never be queued twice.
    """
    alerts_text = ",".join(map(str, sorted(alert_ids)))
    message = "m" + sha256(f"{person}|{alerts_text}|{slot.isoformat()}".encode()).hexdigest()[:24]
    rows = [
        {
            "id": f"{message}.{number}", "message": message,
            "dedupe_key": sha256(f"{message}|{number}".encode()).hexdigest(),
            "person": person, "kind": kind, "urgency": urgency.value, "priority": urgency.rank, "late": late,
            "part": number, "parts": len(parts), "text": part.text, "dossiers": list(part.dossiers),
            "slot_at": slot, "created_at": now, "not_before": now if number == 1 else None,
            "state": PartState.PENDING.value, "detail": "", "contact": 0, "attempts": 0, "transients": 0,
            "unknowns": 0, "repeat": False, "claimed_by": None, "claim_deadline": None, "settled_at": None,
        }
        for number, part in enumerate(parts, 1)
    ]  # fmt: skip
    insert_new(connection, outbox, rows)
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("id_"), alerts.c.state == AlertState.PENDING.value)
        .values(state=AlertState.SENT.value, message=message),
        [{"id_": alert_id} for alert_id in alert_ids],
    )
    return message


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
    return [
        Claimed(row, row.attempt_id, row.number, row.contact, row.channel, row.address) for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Way:
    """One contact of a person as the outbox uses it; a dead one is passed over."""

    channel: str
    address: str
    dead: bool


def claim(
    connection: Connection,
    now: datetime,
    *,
    holder: str,
    deadline: datetime,
    limit: int,
    lowest: int,
    ways: Callable[[str], Sequence[Way]],
) -> list[Claimed]:
    """Claim parts that are due, most urgent first, and put an attempt on record for each before any call.

    `lowest` is the least priority that may leave now (quiet hours). A part none of whose dossiers is still open is
    superseded; a part without a living contact fails and stays on the list that `alertd status` shows.
    """
    query = (
        select(outbox)
        .where(outbox.c.not_before <= now, outbox.c.claimed_by.is_(None), outbox.c.priority >= lowest)
        .order_by(outbox.c.priority.desc(), outbox.c.not_before, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    finished = _finished(connection, [row.message for row in rows if row.attempts == 0])
    if finished:
        _supersede(connection, finished, now)
    claimed, stranded = [], []
    for row in rows:
        if row.message in finished:
            continue
        contacts = ways(row.person)
        at = next((i for i in range(row.contact, len(contacts)) if not contacts[i].dead), None)
        if at is None:
            stranded.append({"id_": row.id, "detail": "no contact left" if contacts else "no contact", "now": now})
            continue
        claimed.append(Claimed(row, uuid4().hex, row.attempts + 1, at, contacts[at].channel, contacts[at].address))
    if stranded:
        connection.execute(_STRAND, stranded)
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
    return claimed


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
    connection.execute(
        update(alerts).where(alerts.c.message.in_(messages)).values(state=AlertState.SUPERSEDED.value)
    )


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
    following = [
        {"id_": f"{claimed.row.message}.{claimed.row.part + 1}", "now": now}
        for claimed, _, action in results
        if action.not_before is None and claimed.row.part < claimed.row.parts
    ]
    if following:
        connection.execute(_RELEASE, following)
    return settled.rowcount


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
_RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state == PartState.PENDING.value, outbox.c.not_before.is_(None))
    .values(not_before=bindparam("now"))
)


def dead_addresses(connection: Connection) -> set[tuple[str, str, str]]:
    """Addresses that a provider called dead for good: (person, channel, address)."""
    return {(row.person, row.channel, row.address) for row in connection.execute(select(addresses))}


def mark_dead(connection: Connection, person: str, channel: str, address: str, reason: str, now: datetime) -> None:
    """Never try this address again until it is connected anew."""
    upsert(connection, addresses, ["person", "channel", "address"], {
        "person": person, "channel": channel, "address": address, "dead_since": now, "reason": reason,
    })  # fmt: skip
