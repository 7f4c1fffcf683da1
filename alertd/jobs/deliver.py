"""Deliver: claims what one channel may send now, makes the calls, records what came of them and what follows."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from alertd.channels import File
from alertd.core.circuit import NOTICE, Circuit
from alertd.core.errors import StoreError
from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Pace
from alertd.failpoints import reached
from alertd.jobs.blocked import blocked_ranks, move_on
from alertd.jobs.outgoing import outgoing, with_file
from alertd.jobs.slowing import slow_down
from alertd.log import get
from alertd.store import attachments, circuits, claims, marks, paces, reserved, routes, tenure
from alertd.store.claims import Terms, Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.channels import Channel, Outgoing
    from alertd.core.rules import Rules
    from alertd.core.slots import Slots
    from alertd.jobs.aftermath import Aftermath
    from alertd.jobs.outgoing import Links
    from alertd.jobs.reach import Reach
    from alertd.store.claims import Claimed
    from alertd.store.database import Database

log = get("deliver")
#: Calls under way at once over one channel: the most that a crash can leave unknown.
IN_FLIGHT = 16
#: Seconds after which a tick that goes on looks anew at what has changed around it, and the most it rests.
LOOK_AROUND, LONGEST_REST = 1.0, 1.2
EVERY, ONLY_CRITICAL = 1, 3

#: The answer to a call that was not made: whoever took the part over has sent it, marked, or will.
NOT_MADE = SendResult(Outcome.TRANSIENT, code="late", detail="held up until the claim was over; nothing was sent")


@dataclass
class Deliver:
    """Delivery over one channel by one process, named `holder`. `clock` tells the instant of an answer (UTC)."""

    database: Database
    rules: Rules
    slots: Slots
    channel: Channel
    reach: Reach
    aftermath: Aftermath
    pace: Pace
    holder: str
    claim_timeout: timedelta
    clock: Callable[[], datetime]
    links: Links | None = None
    stopping: bool = False
    _circuit: Circuit = field(default_factory=Circuit)
    _lowest: int = EVERY
    # kept on the object, so that a database out of reach for a while costs no answer
    _under_way: dict[asyncio.Task[tuple[Claimed, SendResult]], str] = field(default_factory=dict)
    _answers: list[tuple[Claimed, SendResult]] = field(default_factory=list)
    # when parts that were put off are due
    _later: list[datetime] = field(default_factory=list)
    _finishing: bool = False
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def name(self) -> str:
        """The channel's."""
        return self.channel.name

    def start(self, now: datetime) -> None:
        """Take up the pace and the circuit where another process left them."""
        self.pace = Pace(self.pace.limits)
        with self.database.read() as connection:
            self.pace.restore(paces.load(connection, self.name))
            if self.pace.limits.per_second is not None:
                self.pace.warm(paces.recent_calls(connection, self.name, now), now)
            self._circuit = circuits.open_circuits(connection).get(self.name, Circuit())

    async def tick(self, now: datetime) -> int:
        """Send what may leave, for as long as there is something; gives the number of calls made."""
        async with self._one:
            try:
                return await self._send_all(now)
            except asyncio.CancelledError:
                for task in self._under_way:
                    task.cancel()
                self._under_way.clear()
                raise

    async def finish(self, now: datetime) -> None:
        """Begin nothing; wait for the answers of the calls under way, and record them."""
        async with self._one:
            self._finishing = True
            try:
                await self._send_all(now)
            finally:
                self._finishing = False

    @property
    def _begins_nothing(self) -> bool:
        return self.stopping or self._finishing

    async def _send_all(self, now: datetime) -> int:
        looked, calls = float("-inf"), 0
        while True:
            if time.monotonic() - looked > LOOK_AROUND:
                now = max(now, self.clock())
                if not self._begins_nothing:
                    await asyncio.to_thread(self._look_around, now)
                    await self._probe(now)
                looked = time.monotonic()
            turn = await asyncio.to_thread(self._turn)
            calls += len(turn.claimed)
            self._begin(turn.claimed)
            if self._under_way:
                await self._wait_for_answers(turn.again_at)
            elif not (turn.settled or await self._rest(turn.again_at)):
                return calls

    # --- what is around -----------------------------------------------------------------------------------------------

    def _look_around(self, now: datetime) -> None:
        """Quiet hours, changed addresses; parts that have waited too long for this channel go by another one."""
        self._lowest = ONLY_CRITICAL if self.slots.is_quiet(now, self.rules.calendar) else EVERY
        with self.database.read() as connection:
            self.reach.refresh(connection)
        # while a trial may be made, the others wait for what comes of it
        ranks = blocked_ranks(self._circuit, self.pace, now)
        if ranks and not self._circuit.may_probe(now):
            with self.database.write() as connection:
                move_on(connection, self.name, self._circuit, self.reach, min(ranks), now)
        marks.beat(self.database, f"deliver:{self.name}", now)

    async def _probe(self, now: datetime) -> None:
        """Of a channel that is out of order, ask first whether it works: a part is tried only then."""
        if self._begins_nothing or not self._circuit.may_probe(now):
            return
        try:
            answer = await self.channel.probe()
        except Exception as error:
            log.exception("the channel failed when asked", channel=self.name)
            answer = SendResult(Outcome.UNKNOWN, code="fault", detail=type(error).__name__)
        if answer is not None and answer.outcome is not Outcome.ACCEPTED:
            self._circuit.probed_at = now
            await asyncio.to_thread(self._save_circuit)
        elif answer is not None and not await asyncio.to_thread(self._anything_waits, now):
            self._circuit.close()
            await asyncio.to_thread(self._save_circuit)

    def _anything_waits(self, now: datetime) -> bool:
        with self.database.read() as connection:
            return bool(routes.waiting_for(connection, self.name, now, lowest=EVERY, kind=NOTICE))

    def _save_circuit(self) -> None:
        with self.database.write() as connection:
            circuits.save(connection, self.name, self._circuit)

    # --- one transaction ----------------------------------------------------------------------------------------------

    def _turn(self) -> Turn:
        """Record the answers that came, claim as many parts as may leave."""
        now = self.clock()
        if not self._answers and not self._terms(now).urgent:
            return Turn(again_at=self._again_at(now))
        # answers are this process's to record, also when the channel has been passed on meanwhile
        with self.database.write(late=True) as connection:
            self._record(connection, now)
            # only now: what was just heard may have closed the door
            terms = self._terms(now)
            if not terms.urgent:
                turn = Turn(again_at=self._again_at(now))
            elif not tenure.holds(connection):
                turn = Turn()  # there is room, but it is another process's
            else:
                turn = claims.claim(connection, now, terms, self.pace, partial(self.reach.ways, connection, now=now))
                if turn.again_at is not None and not turn.claimed:
                    # there may be room for what is urgent only: these wait, and are not looked for all the time
                    turn.again_at = max(turn.again_at, self._again_at(now) or turn.again_at)
            for person in turn.stranded:
                log.warning("no contact left", person=person)
                reserved.delivery_alarm(connection, self.rules, person, "unreachable", now)
            if turn.claimed and self._circuit.is_open:
                self._circuit.probed_at = now
                circuits.save(connection, self.name, self._circuit)
            if turn.claimed:
                reached("message-claimed")
        if self._answers:
            reached("result-recorded")
        self._answers = []
        self._later = [at for at in [*self._later, *turn.put_off] if at > now]
        turn.again_at = min([*([] if turn.again_at is None else [turn.again_at]), *self._later], default=None)
        return turn

    def _again_at(self, now: datetime) -> datetime | None:
        return None if self._begins_nothing or self._circuit.is_open else self.pace.room_at(now)

    def _terms(self, now: datetime) -> Terms:
        left = 0 if self._begins_nothing else IN_FLIGHT - len(self._under_way)
        urgent, normal = self.pace.room(now), self.pace.room(now, urgent=False)
        if self._circuit.is_open:
            left = 1 if left and self._circuit.may_probe(now) and not self._under_way else 0
            normal = urgent
        return Terms(
            self.name, self.holder, now + self.claim_timeout, self._lowest, min(left, urgent), min(left, normal),
            tuple(self._under_way.values()),
        )  # fmt: skip

    def _record(self, connection: Connection, now: datetime) -> None:
        if not self._answers:
            return
        before, turned = self.pace.slowed(now), False
        answers = []
        for claimed, given in self._answers:
            self.pace.ended(claimed.address, now)
            result = slow_down(self.pace, given, claimed.address, claimed.row.id, now)
            if given is not NOT_MADE and not claimed.is_over(now):  # held up here: nothing about the channel
                turned = self._circuit.heard(result, claimed.row.person, now) or turned
            answers.append((claimed, result))
        wait = getattr(self.channel, "receipt_wait", None)
        self.aftermath.record(connection, answers, now, holder=self.holder, receipt_wait=wait)
        if ((after := self.pace.slowed(now)) == before and not turned) or not tenure.holds(connection):
            return  # how the channel does is told by the process that has it now
        if after != before:
            paces.save(connection, self.name, after, now)
        if turned:
            circuits.save(connection, self.name, self._circuit)
            log.warning("channel out of order" if self._circuit.is_open else "channel works again", channel=self.name,
                        reason=self._circuit.reason)  # fmt: skip
        if turned and self._circuit.is_open:
            reserved.channel_alarm(connection, self.rules, self.name, self._circuit.reason, now)

    # --- calls --------------------------------------------------------------------------------------------------------

    def _begin(self, claimed: list[Claimed]) -> None:
        for part in claimed:
            self.pace.claimed(part.address)
            self._under_way[asyncio.create_task(self._call(part))] = part.row.person

    async def _call(self, claimed: Claimed) -> tuple[Claimed, SendResult]:
        now = self.clock()
        self.pace.began(now)
        try:
            person = self.rules.organisation.people[claimed.row.person]
            part = outgoing(claimed, person, now, self.rules.zone, self.links)
            if claimed.row.attachment:
                part = await asyncio.to_thread(self._with_file, part, claimed.row.attachment)
            reached("attempt-recorded")
            if claimed.is_over(self.clock()):
                return claimed, NOT_MADE
            answer = await self.channel.send(part)
        except StoreError as error:
            # the file could not be read: nothing was sent
            return claimed, SendResult(Outcome.TRANSIENT, code="store", detail=str(error))
        except Exception as error:
            # a channel never raises; one that does must not cost the others their answers
            log.exception("the channel failed", part=claimed.row.id, channel=self.name)
            return claimed, SendResult(Outcome.UNKNOWN, code="fault", detail=type(error).__name__)
        reached("provider-accepted")
        return claimed, answer

    def _with_file(self, part: Outgoing, digest: str) -> Outgoing:
        with self.database.read() as connection:
            kept = attachments.load(connection, digest)
        return with_file(part, File(kept.name, kept.content) if kept else None, self.channel.largest_file)

    async def _wait_for_answers(self, again_at: datetime | None) -> None:
        """Wait for an answer; or, where more may leave before one comes, until then."""
        seconds = LOOK_AROUND
        if again_at is not None and len(self._under_way) < IN_FLIGHT:
            seconds = min(max((again_at - self.clock()).total_seconds(), 0.0), LOOK_AROUND)
        done, _ = await asyncio.wait(self._under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        self._answers += [task.result() for task in done]
        for task in done:
            del self._under_way[task]

    async def _rest(self, again_at: datetime | None) -> bool:
        """Wait until more may leave, if that is soon; whether the clock has moved on meanwhile."""
        now = self.clock()
        if self._begins_nothing or again_at is None or again_at > now + timedelta(seconds=LONGEST_REST):
            return False
        await asyncio.sleep(max((again_at - now).total_seconds(), 0.005))
        return self.clock() > now
