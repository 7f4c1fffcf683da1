"""Turns: one process does a duty for some seconds, as often as it is due, and hands it on."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.errors import PassedOnError, StoreError
from alertd.log import get
from alertd.store import marks, rules_in_force, tenure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from procrastinate import JobContext

    from alertd.engine import Duty
    from alertd.store.database import Database

#: Turns are queued every so many seconds, and last a little less, so that all processes ask for the next one.
QUEUE_SECONDS = 10
TURN_SECONDS = 9.0
#: So often is tried to record what came of the last calls, and after how many seconds again.
TRIES, AGAIN_SECONDS = 15, 1.0
log = get("cluster")


class Turns:
    """The turns of one process for as long as its rules are in force; `digest` is theirs."""

    def __init__(
        self, database: Database, duties: Mapping[str, Duty], digest: str, now: Callable[[], datetime]
    ) -> None:
        self._database, self._duties, self._digest, self._now = database, duties, digest, now
        self._woken: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        # a turn that was taken away may still wait for its last answers when this process gets the next one
        self._one: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: No turn begins any more, and those under way end after the tick at hand.
        self.ending = asyncio.Event()

    def wake(self, *names: str) -> None:
        """Do these now, if they are done here."""
        for name in names:
            self._woken[name].set()

    def end(self) -> None:
        """End all turns."""
        self.ending.set()
        self.wake(*self._duties)

    async def take(self, context: JobContext, timestamp: int, name: str) -> None:  # noqa: ARG002 - the engine's names
        """One turn of a duty. Nothing is owed for an instant that was missed: what is due is in the database."""
        duty, job = self._duties.get(name), context.job
        if duty is None or self.ending.is_set() or job.id is None:
            return
        guard = rules_in_force.duty(self._digest, job.id, job.worker_id)
        async with self._one[name]:
            try:
                with tenure.guarded(guard):
                    if duty.begin is not None:
                        await duty.begin()
                    await self._do(duty)
            except PassedOnError as passed:
                log.info("passed on", job=name, reason=str(passed))
            except StoreError as error:
                log.error("the turn is cut short", job=name, reason=str(error))
            except Exception:  # the engine would only count it; the next turn tries again
                log.exception("failed", job=name)
            finally:
                if duty.end is not None:
                    with tenure.guarded(guard):  # answers are still this process's to record, and nothing else
                        await _ended(duty.end)

    async def _do(self, duty: Duty) -> None:
        end = time.monotonic() + (duty.turn or TURN_SECONDS)
        wait = await asyncio.to_thread(self._left, duty)
        while time.monotonic() + wait < end:
            await self._pause(duty.name, wait)
            if self.ending.is_set():
                return
            began = self._now()
            try:
                await duty.run()
            except Exception:  # it was done all the same, and is due again no sooner than otherwise
                log.exception("failed", job=duty.name)
            if not await asyncio.to_thread(self._done, duty, began):
                return
            wait = duty.seconds

    async def _pause(self, name: str, seconds: float) -> None:
        woken = self._woken[name]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await woken.wait()
        woken.clear()

    def _left(self, duty: Duty) -> float:
        """Seconds until a duty that is rarer than turns is due, wherever it was done last; if nowhere, its `first`."""
        if duty.seconds <= QUEUE_SECONDS:
            return 0.0
        now = self._now()
        with self._database.read() as connection:
            last = marks.mark(connection, done_mark(duty.name))
        if last is None and duty.first:
            last = now - timedelta(seconds=duty.seconds - duty.first)
            with self._database.write() as connection:
                marks.set_mark(connection, done_mark(duty.name), last)
        return 0.0 if last is None else max(duty.seconds - (now - last).total_seconds(), 0.0)

    def _done(self, duty: Duty, began: datetime) -> bool:
        """Remember when a rare duty was done; whether it is still this process's."""
        if duty.seconds <= QUEUE_SECONDS:
            with self._database.read() as connection:
                return tenure.holds(connection)
        with self._database.write() as connection:
            marks.set_mark(connection, done_mark(duty.name), began)
        return True


async def _ended(end: Callable[[], Awaitable[object]]) -> None:
    """What only this process can still record is tried for a while, also when the database is out of reach."""
    for _ in range(TRIES):
        try:
            await end()
        except StoreError as error:
            log.warning("the turn's end could not be recorded; tried again", reason=str(error))
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


def done_mark(duty: str) -> str:
    """The mark of when a duty that is rarer than turns was done last."""
    return f"done:{duty}"
