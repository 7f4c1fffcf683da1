"""Hear: what providers' hooks have stored is handled, each event once, and answered on the channel it came by."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from alertd.core.errors import StoreError
from alertd.core.outcome import Outcome
from alertd.log import get
from alertd.store import inbound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from alertd.core.conversation import Inbound, Reply
    from alertd.core.outcome import SendResult
    from alertd.store.database import Database
    from alertd.store.inbound import Waiting

log = get("hear")
#: Events per tick; the rest follows in the next one.
BATCH = 200
#: How long an answer to a person may take, in seconds.
PATIENCE = 30.0
#: How long an event's key is kept, so that it is not handled twice: providers tell it again for some hours at most.
KEPT = timedelta(days=7)
_EVERY = timedelta(hours=1)


class Answering(Protocol):
    """A channel on which a person can be answered at once."""

    async def answer(self, address: str, reply: Reply) -> SendResult:
        """Send a reply to a chat."""
        ...


@dataclass
class Hear:
    """Handles stored events. `desk` says what is answered to one (it works synchronously, in a thread).

    `channels` are those that can answer, by name.
    """

    database: Database
    desk: Callable[[Inbound, datetime], Reply | None]
    channels: Mapping[str, Answering]
    _forgot_at: datetime | None = field(default=None, init=False)

    async def tick(self, now: datetime) -> int:
        """Handle what waits, oldest first; gives the number handled. A slow channel holds up no other one."""
        waiting = await asyncio.to_thread(self._waiting, now)
        by_channel = attrgetter("channel")
        groups = [list(group) for _, group in groupby(sorted(waiting, key=by_channel), by_channel)]
        # all are awaited even if one fails, so that none is left running
        counts = await asyncio.gather(*(self._handle(group, now) for group in groups), return_exceptions=True)
        for count in counts:
            if isinstance(count, BaseException):
                raise count
        return sum(count for count in counts if isinstance(count, int))

    def _waiting(self, now: datetime) -> list[Waiting]:
        if self._forgot_at is None or not timedelta() <= now - self._forgot_at < _EVERY:
            with self.database.write() as connection:
                inbound.forget(connection, now - KEPT)
            self._forgot_at = now
        with self.database.read() as connection:
            return inbound.take(connection, BATCH)

    async def _handle(self, group: Sequence[Waiting], now: datetime) -> int:
        handled = 0
        for each in group:
            understood, reply = await asyncio.to_thread(self._ask, each, now)
            handled += understood
            if reply is not None and reply.text and each.event is not None and each.event.address:
                await self._answer(each.event, reply)
        return handled

    def _ask(self, waiting: Waiting, now: datetime) -> tuple[bool, Reply | None]:
        """Let the desk handle one event. A failure is counted; the third sets it aside, and the others go on."""
        try:
            if waiting.event is None:
                raise ValueError("unreadable")  # noqa: TRY301 - one way for all that fails
            reply = self.desk(waiting.event, now)
        except Exception as error:  # noqa: BLE001 - whatever one event breaks, it blocks no other
            self._failed(waiting, error, now)
            return False, None
        with self.database.write() as connection:
            inbound.done(connection, waiting.id, now)
        return True, reply

    def _failed(self, waiting: Waiting, error: Exception, now: datetime) -> None:
        # the text of an error may hold what a person wrote; a database that is away fails here too, uncounted
        reason = str(error) if isinstance(error, StoreError) else type(error).__name__
        with self.database.write() as connection:
            last = inbound.failed(connection, waiting, reason, now)
            count = inbound.set_aside(connection) if last else 0
        if last:
            log.error("an event from a provider cannot be handled and is set aside", event_id=waiting.id,
                      channel=waiting.channel, reason=reason, set_aside=count)  # fmt: skip
        else:
            log.warning("an event from a provider could not be handled; it is tried again", event_id=waiting.id,
                        channel=waiting.channel, reason=reason)  # fmt: skip

    async def _answer(self, event: Inbound, reply: Reply) -> None:
        """Send the reply, once: what was done stays done when the reply is lost, and the person can ask again."""
        channel = self.channels.get(event.channel)
        if channel is None:
            log.warning("nobody answers on this channel", channel=event.channel)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                result = await channel.answer(event.address, reply)
        except Exception as error:  # noqa: BLE001 - a reply that is lost must not hold up the next event
            log.warning("a reply could not be sent", channel=event.channel, reason=type(error).__name__)
            return
        if result.outcome is not Outcome.ACCEPTED:
            log.warning("a reply was not taken", channel=event.channel, code=result.code)
