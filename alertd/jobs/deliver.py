"""Deliver: claims what is due, makes the calls, records what came of them and what follows."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.channels import Outgoing
from alertd.core.delivery import PartState, next_action
from alertd.core.outcome import Outcome, SendResult
from alertd.core.policy import Urgency
from alertd.log import get
from alertd.messages import words
from alertd.messages.render import repeated
from alertd.store import claims, outbox, reserved
from alertd.store.claims import Turn, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Row

    from alertd.channels import Channel
    from alertd.core.delivery import Action
    from alertd.core.organisation import Contact, Person
    from alertd.core.rules import Rules
    from alertd.core.slots import Slots
    from alertd.jobs.compose import Composer
    from alertd.store.claims import Claimed
    from alertd.store.database import Database

log = get("deliver")
#: Calls under way at once: the most that a crash can leave unknown.
IN_FLIGHT = 16
#: Seconds after which a tick stops claiming, so that the next slot is not kept waiting by a long backlog.
TICK_SECONDS = 2.0
EVERY, ONLY_CRITICAL = 1, 3
#: A text that leaves so long after it was composed, or on another day, says when that was: it may speak of "hôm nay".
OVERTAKEN_AFTER = timedelta(hours=3)
#: Answers that speak about a channel and not about a person.
CHANNEL_FAULTS = (Outcome.AUTH, Outcome.CHANNEL_DOWN, Outcome.QUOTA, Outcome.TRANSIENT)


@dataclass
class Deliver:
    """Delivery by one process, named `holder`. `clock` tells the instant of an answer (UTC)."""

    database: Database
    rules: Rules
    slots: Slots
    channels: Mapping[str, Channel]
    composer: Composer
    holder: str
    claim_timeout: timedelta
    resend_after: timedelta
    clock: Callable[[], datetime]
    stopping: bool = False
    _dead: set[tuple[str, str, str]] = field(default_factory=set)

    def start(self, now: datetime) -> int:
        """Claims of an earlier process are unknown at once; gives how many there were."""
        with self.database.write() as connection:
            self._dead = outbox.dead_addresses(connection)
            return self._settle_lost(connection, now, alive=self.holder)

    async def tick(self, now: datetime) -> int:
        """Look for expired claims, compose what is due, send what may leave; gives the number of calls made."""
        await asyncio.to_thread(self._prepare, now)
        lowest = ONLY_CRITICAL if self.slots.is_quiet(now, self.rules.calendar) else EVERY
        until = time.monotonic() + TICK_SECONDS
        calls = 0
        under_way: set[asyncio.Task[tuple[Claimed, SendResult]]] = set()
        answers: list[tuple[Claimed, SendResult]] = []
        while True:
            room = 0 if self.stopping or time.monotonic() > until else IN_FLIGHT - len(under_way)
            turn = await asyncio.to_thread(self._turn, answers, room, lowest)
            answers = []
            calls += len(turn.claimed)
            under_way |= {asyncio.create_task(self._call(part)) for part in turn.claimed}
            if under_way:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                answers = [task.result() for task in done]
            elif not turn.settled:
                return calls

    def _prepare(self, now: datetime) -> None:
        with self.database.write() as connection:
            self._settle_lost(connection, now)
        self.composer.tick(now)

    def _turn(self, answers: Sequence[tuple[Claimed, SendResult]], room: int, lowest: int) -> Turn:
        """One transaction: record the answers that came, claim as many parts as there is room for."""
        if not answers and not room:
            return Turn()
        now = self.clock()
        with self.database.write() as connection:
            self._settle(connection, answers, now)
            if not room:
                return Turn()
            turn = claims.claim(
                connection, now, holder=self.holder, deadline=now + self.claim_timeout, limit=room, lowest=lowest,
                ways=self._ways,
            )  # fmt: skip
            for person in turn.stranded:
                log.warning("no contact left", person=person)
                reserved.delivery_alarm(connection, self.rules, person, "unreachable", now)
            return turn

    def _ways(self, person: str) -> list[Way]:
        known = self.rules.organisation.people.get(person)
        return [
            Way(contact.channel, address, (person, contact.channel, address) in self._dead)
            for contact in (known.contacts if known else ())
            if contact.channel in self.channels
            for address in [contact.address or contact.phone or ""]
        ]

    async def _call(self, claimed: Claimed) -> tuple[Claimed, SendResult]:
        person = self.rules.organisation.people[claimed.row.person]
        part = _outgoing(claimed, person, self.clock(), self.rules.zone)
        try:
            return claimed, await self.channels[claimed.channel].send(part)
        except Exception as error:
            # a channel never raises; one that does must not cost the others their answers
            log.exception("the channel failed", part=part.id, channel=claimed.channel)
            return claimed, SendResult(Outcome.UNKNOWN, code="fault", detail=type(error).__name__)

    def _settle(self, connection: Connection, answers: Sequence[tuple[Claimed, SendResult]], now: datetime) -> None:
        settled = []
        for claimed, result in answers:
            action = self._next(claimed, result, now)
            settled.append((claimed, result, action))
            self._note(connection, claimed, result, action, now)
        claims.settle(connection, settled, now, holder=self.holder)

    def _next(self, claimed: Claimed, result: SendResult, now: datetime) -> Action:
        tries = claimed.tries(self._ways(claimed.row.person))
        return next_action(result, tries, Urgency(claimed.row.urgency), now, self.resend_after)

    def _note(
        self, connection: Connection, claimed: Claimed, result: SendResult, action: Action, now: datetime
    ) -> None:
        """Remember a dead address, and let the admin hear of what cannot be delivered."""
        row = claimed.row
        if action.address_dead:
            self._dead.add((row.person, claimed.channel, claimed.address))
            outbox.mark_dead(connection, row.person, claimed.channel, claimed.address, result.code, now)
        if action.state is not PartState.ACCEPTED:
            log.warning("not accepted", part=row.id, channel=claimed.channel, outcome=result.outcome.value,
                        code=result.code, detail=result.detail, next=action.state.value)  # fmt: skip
        if not action.tell_admin:
            return
        if result.outcome in CHANNEL_FAULTS:
            reserved.channel_alarm(connection, self.rules, claimed.channel, action.tell_admin, now)
        else:
            note = "unreachable" if action.state is PartState.FAILED else "unknown"
            reserved.delivery_alarm(connection, self.rules, row.person, note, now)

    def _settle_lost(self, connection: Connection, now: datetime, *, alive: str | None = None) -> int:
        lost = claims.lost_claims(connection, now, alive=alive)
        results = []
        for claimed in lost:
            result = SendResult(Outcome.UNKNOWN, code="lost", detail="the process ended or was held up during the call")
            action = self._next(claimed, result, now)
            results.append((claimed, result, action))
            self._note(connection, claimed, result, action, now)
        claims.settle(connection, results, now, holder=None)
        return len(lost)


def _text(row: Row[Any], *, overtaken: bool, composed: str) -> str:
    """The part's text; a repeat is marked, and one that waited long for its channel says when it was composed."""
    text = f"{row.text}\n(Tin soạn lúc {composed}, gửi muộn)" if overtaken else row.text
    return repeated(text) if row.repeat else text


def _outgoing(claimed: Claimed, person: Person, now: datetime, zone: ZoneInfo) -> Outgoing:
    row = claimed.row
    day = now.astimezone(zone).date()
    overtaken = now - row.created_at > OVERTAKEN_AFTER or row.created_at.astimezone(zone).date() != day
    composed = words.when(row.created_at, now, zone)
    contact: Contact = next(
        c for c in person.contacts
        if c.channel == claimed.channel and (c.address or c.phone or "") == claimed.address
    )  # fmt: skip
    return Outgoing(
        id=row.id,
        person=person.id,
        person_name=person.name,
        address=contact.address,
        phone=contact.phone,
        unit=next((post.unit for post in person.posts if day in post.span), None),
        kind=row.kind,
        urgency=row.urgency,
        late=row.late or overtaken,
        text=_text(row, overtaken=overtaken, composed=composed),
        part=row.part,
        parts=row.parts,
        dossiers=row.dossiers,
    )
