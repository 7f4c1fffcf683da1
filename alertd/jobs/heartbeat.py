"""Heartbeat: tells a dead-man's switch outside that all is well, and is silent when that is not certain."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from alertd.core.vitality import unsound
from alertd.jobs.stopping import Stopping
from alertd.log import get
from alertd.store import heartbeats, vitals

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Row

    from alertd.core.vitality import Jobs, Problem
    from alertd.store.database import Database

log = get("heartbeat")
#: What was not taken is tried again after so long, or after `every` where that is shorter.
AGAIN = timedelta(minutes=1)
#: How often it is looked whether a call is still to be waited for, in seconds.
LOOK_SECONDS = 0.5


class Receiver(Protocol):
    """Who raises an alarm when no heartbeat comes."""

    async def ping(self) -> str:
        """Give a sign of life; why it was not taken, '' when it was."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


@dataclass
class Heartbeat:
    """The heartbeat of a daemon, once in `every`; `jobs` are what must run, `clock` tells the instant of an answer.

    Why it is not sent stands in the log once, and again when that changes. A call under way is given up when `stopping`
    is asked for: neither a stop nor another configuration waits for a receiver that hangs.
    """

    database: Database
    receiver: Receiver
    every: timedelta
    jobs: Jobs
    clock: Callable[[], datetime]
    stopping: Stopping = field(default_factory=Stopping)
    _said: object = None

    async def tick(self, now: datetime) -> bool:
        """Send it when it is time and nothing keeps it back; whether it was taken.

        Raises StoreError: when the database does not answer, nothing is sent either.
        """
        problems = await asyncio.to_thread(self._look, now)
        if problems is None:
            return False
        if problems:
            reasons = [str(problem) for problem in problems]
            self._say({(each.sign, each.subject) for each in problems}, "withheld", reasons=reasons)
            return False
        failure = await self._called()
        if failure is None:
            return False
        await asyncio.to_thread(self._record, failure, self.clock())
        if failure:
            self._say(failure, "not taken", reason=failure)
        elif self._said is not None:
            self._said = None
            log.info("sent")
        return not failure

    async def close(self) -> None:
        """Close the connection."""
        await self.receiver.close()

    async def _called(self) -> str | None:
        """What the receiver said; None when that was not waited for."""
        call = asyncio.create_task(self.receiver.ping(), name="heartbeat")
        try:
            while not call.done() and not self.stopping.asked:
                await asyncio.wait({call}, timeout=LOOK_SECONDS)
        finally:
            call.cancel()
        return call.result() if call.done() and not call.cancelled() else None

    def _look(self, now: datetime) -> list[Problem] | None:
        """What keeps it back; None when it is not time yet."""
        with self.database.read() as connection:
            row = heartbeats.last(connection)
            if row is not None and not self._is_time(row, now):
                return None
            return unsound(vitals.signs(connection, self.jobs, now), self.jobs, now)

    def _is_time(self, row: Row[Any], now: datetime) -> bool:
        wait = min(self.every, AGAIN) if row.failure else self.every
        # what lies ahead was written before the clock was set back
        return not row.tried_at <= now < row.tried_at + wait

    def _record(self, failure: str, now: datetime) -> None:
        with self.database.write() as connection:
            if failure:
                heartbeats.failed(connection, failure, now)
            else:
                heartbeats.sent(connection, now)

    def _say(self, what: object, event: str, **rest: object) -> None:
        if what != self._said:
            self._said = what
            log.warning(event, **rest)
