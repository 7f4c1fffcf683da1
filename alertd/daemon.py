"""The daemon: one asyncio process; an engine says when a job's `tick(now)` is due, and the daemon lets it run."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from alertd import parts
from alertd.alone import Alone
from alertd.clock import Clock
from alertd.core.errors import StoreError
from alertd.duties import QUICK, SLOW, Duties
from alertd.log import get
from alertd.reloading import Reloading
from alertd.steps import Steps
from alertd.supervised import Supervised

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.engine import Engine
    from alertd.parts import Parts
    from alertd.store.database import Database
    from alertd.web.server import WebServer

log = get("daemon")
#: More than there are jobs and people who look at a page at one instant.
THREADS = 32
#: How long a thread with much to do, such as a poll, keeps the interpreter from a page that asks for it: Python's own
#: 5 ms would be waited for dozens of times a page.
SWITCH_SECONDS = 0.0001
#: How often it is looked whether the machine's clock was stepped.
STEP_SECONDS = 1.0
#: How long a stop waits for calls under way, in seconds.
DRAIN_SECONDS = 20.0


class Daemon:
    """Everything that runs; made from a configuration, a database that is up to date and a clock.

    `engine` is by default that of a daemon which has its database for itself.
    """

    def __init__(
        self, loaded: Loaded, database: Database, clock: Clock | None = None, engine: Engine | None = None
    ) -> None:
        """Wire the jobs. Nothing runs before `run`. Raises InputError when the configuration cannot be used."""
        self.clock = clock or Clock()
        self.taken_over = False
        self._database = database
        self._since = self.clock.now()
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._supervised = Supervised()
        self._engine = engine or Alone(database, self.clock.speed)
        self._duties = Duties(self._made(loaded), database, self.clock.now, self._engine, self._supervised.ticked)
        self._reloading = Reloading(loaded, database, self.clock.now, self._change)

    def _made(self, loaded: Loaded) -> Parts:
        return parts.make(loaded, self._database, self.clock.now, self._since, partial(self._engine.wake, "hear"))

    @property
    def pages(self) -> WebServer | None:
        """What serves the board; None where there is none. Started before `run`, it goes on as it is."""
        return self._duties.parts.answering.web

    def reload(self) -> None:
        """Look at the configuration now, its secrets included; safe to call from a signal handler."""
        self._reloading.look_now()

    def stop(self) -> None:
        """Ask for a clean stop; safe to call from any thread or signal handler."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def _give_way(self) -> None:
        self.taken_over = True
        self.stop()

    async def run(self) -> None:
        """Run until `stop`, or until another daemon takes over (`taken_over`).

        Raises StoreError when another daemon has this database.
        """
        sys.setswitchinterval(SWITCH_SECONDS)
        # jobs that wait for the database's lock do so in threads: pages must find one all the same
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "alertd"))
        try:
            hold = await asyncio.to_thread(self._engine.hold, self._give_way)
            try:
                await self._run()
            finally:
                await asyncio.to_thread(hold.release)
        finally:
            await self._duties.parts.close()
            self._database.close()
        log.info("stopped")

    async def _run(self) -> None:
        now = self.clock.now()
        author = await asyncio.to_thread(self._reloading.author)
        await asyncio.to_thread(self._engine.accept, self._duties.parts.loaded, now, author, edited=False)
        if self._engine.alone:
            await asyncio.to_thread(self._duties.parts.start, now)
        self._engine.give(await asyncio.to_thread(self._duties.of, self._duties.parts))
        await self._engine.start(self._supervised.ticked)
        await self._duties.parts.answering.start(listen=self._engine.alone)
        reloading = asyncio.create_task(self._reloading.run(), name="reloading")
        stepping = asyncio.create_task(self._watch_clock(), name="clock")
        log.info("running", database=self._database.shown, feeds=list(self._duties.parts.polls),
                 channels=list(self._duties.parts.channels))  # fmt: skip
        self._supervised.ready(f"{len(self._duties.parts.polls)} feeds, {len(self._duties.parts.channels)} channels")
        alive = asyncio.create_task(self._supervised.run(), name="alive")
        await self._stop.wait()
        self._supervised.stopping()
        alive.cancel()
        self._reloading.stop()
        stepping.cancel()
        await asyncio.wait({reloading}, timeout=DRAIN_SECONDS)
        await self._drain()

    async def _watch_clock(self) -> None:
        """Tell the engine, whose instants are of that clock."""
        steps = Steps()
        while True:
            await asyncio.sleep(STEP_SECONDS)
            if by := steps.since():
                log.warning("the clock was stepped", seconds=round(by))
                self._engine.clock_stepped()

    async def _change(self, loaded: Loaded, by: str) -> None:
        """Run by another configuration from now on. Ticks under way end by the old one, and none begins in between.

        Raises InputError when it cannot be used, StoreError when it cannot be accepted now; the old one then runs on.
        """
        new, old = self._made(loaded), self._duties.parts
        for deliver in old.delivery.channels:
            deliver.stopping = True  # calls under way are waited for; the quick jobs run on meanwhile
        old.stopping.asked = True  # what they look at is about to be planned by other rules
        try:
            async with self._duties.stillness.still(SLOW):
                for deliver in old.delivery.channels:
                    await deliver.finish(self.clock.now())  # an answer that could not be recorded before
                async with self._duties.stillness.still(QUICK):
                    # before it is accepted: then nothing that may fail stands between the two
                    duties = await asyncio.to_thread(self._duties.of, new, old.loaded)
                    now = self.clock.now()
                    await asyncio.to_thread(self._engine.accept, loaded, now, by, edited=True)
                    if self._engine.alone:
                        await asyncio.to_thread(new.start, now)
                    self._duties.parts = new
                    self._engine.give(duties)
        except StoreError:
            await new.close()
            raise
        finally:
            for deliver in old.delivery.channels:
                deliver.stopping = False
            old.stopping.asked = False
        await new.answering.start(old.answering, listen=self._engine.alone)
        await old.close()

    async def _drain(self) -> None:
        """Begin nothing any more, let what is under way finish, then end."""
        log.info("stopping", under_way=len(self._duties.running))
        self._engine.pause()
        for deliver in self._duties.parts.delivery.channels:
            deliver.stopping = True
        self._duties.parts.stopping.asked = True
        await self._duties.parts.answering.stop()  # first: a hook must wake no job any more
        if self._duties.running:
            await asyncio.wait(set(self._duties.running), timeout=DRAIN_SECONDS)
        await self._engine.stop()
