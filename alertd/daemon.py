"""The daemon: one asyncio process in which APScheduler says when a job's `tick(now)` is due."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alertd import parts
from alertd.clock import Clock
from alertd.core.errors import AlertdError, StoreError
from alertd.core.vitality import AUDIT_EVERY
from alertd.jobs import accept, escalate
from alertd.log import get
from alertd.reloading import Reloading
from alertd.steps import Steps
from alertd.store import only_one
from alertd.store import polls as poll_store
from alertd.supervised import Supervised
from alertd.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from alertd.config.load import Loaded
    from alertd.parts import Parts
    from alertd.store.database import Database

log = get("daemon")
#: More than there are jobs and people who look at a page at one instant.
THREADS = 32
ESCALATE_SECONDS = 5.0
DELIVER_SECONDS = 1.0
WATCH_SECONDS = 30.0
#: How often it is looked whether a day has passed.
RECONCILE_SECONDS = 900.0
#: The ledger is audited for the first time when the plans have come to rest.
AUDIT_SECONDS, AUDIT_FIRST = AUDIT_EVERY.total_seconds(), 60.0
#: How often it is looked whether a heartbeat is to be sent.
HEARTBEAT_SECONDS = 15.0
TOKEN_SECONDS = 15.0
#: How often it is looked whether the machine's clock was stepped.
STEP_SECONDS = 1.0
#: How often it is looked whether a week is over.
REPORT_SECONDS = 60.0
#: However fast the clock, jobs leave the machine some rest.
SHORTEST_SECONDS = 0.2
#: How long a stop waits for calls under way, in seconds.
DRAIN_SECONDS = 20.0
#: Kinds of ticks: those that may last as long as a portal or a provider takes, and those that are short.
SLOW, QUICK = "slow", "quick"


class Daemon:
    """Everything that runs; made from a configuration, a database that is up to date and a clock."""

    def __init__(self, loaded: Loaded, database: Database, clock: Clock | None = None) -> None:
        """Wire the jobs. Nothing runs before `run`. Raises InputError when the configuration cannot be used."""
        self.clock = clock or Clock()
        self.taken_over = False
        self._database = database
        self._since = self.clock.now()
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[Any]] = set()
        self._turn = asyncio.Lock()
        self._turns = Turns()
        self._supervised = Supervised()
        # jobs live in memory: what is owed after a stop stands in the database
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._parts = self._made(loaded)
        self._reloading = Reloading(loaded, database, self.clock.now, self._change)

    def _made(self, loaded: Loaded) -> Parts:
        return parts.make(loaded, self._database, self.clock.now, self._since, partial(self._wake, "hear"))

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
        # jobs that wait for the database's lock do so in threads: pages must find one all the same
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "alertd"))
        try:
            hold = await asyncio.to_thread(only_one.hold, self._database, self._give_way)
            try:
                await self._run()
            finally:
                await asyncio.to_thread(hold.release)
        finally:
            await self._parts.close()
            self._database.close()
        log.info("stopped")

    async def _run(self) -> None:
        now = self.clock.now()
        author = await asyncio.to_thread(self._reloading.author)
        await asyncio.to_thread(accept.accept, self._database, self._parts.loaded, now, author)
        await asyncio.to_thread(self._parts.start, now)
        self._scheduler.add_listener(_job_failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(_still_running, EVENT_JOB_MAX_INSTANCES)
        self._schedule()
        self._scheduler.start()
        await self._parts.answering.start()
        reloading = asyncio.create_task(self._reloading.run(), name="reloading")
        stepping = asyncio.create_task(self._watch_clock(), name="clock")
        log.info("running", database=self._database.shown, feeds=list(self._parts.polls),
                 channels=list(self._parts.channels))  # fmt: skip
        self._supervised.ready(f"{len(self._parts.polls)} feeds, {len(self._parts.channels)} channels")
        alive = asyncio.create_task(self._supervised.run(), name="alive")
        await self._stop.wait()
        self._supervised.stopping()
        alive.cancel()
        self._reloading.stop()
        stepping.cancel()
        await asyncio.wait({reloading}, timeout=DRAIN_SECONDS)
        await self._drain()

    async def _watch_clock(self) -> None:
        """After a step back every job would be due as much later as the clock was stepped: all run at once instead."""
        steps = Steps()
        while True:
            await asyncio.sleep(STEP_SECONDS)
            if by := steps.since():
                log.warning("the clock was stepped", seconds=round(by))
                self._wake(*(job.id for job in self._scheduler.get_jobs()))

    async def _change(self, loaded: Loaded, by: str) -> None:
        """Run by another configuration from now on. Ticks under way end by the old one, and none begins in between.

        Raises InputError when it cannot be used, StoreError when it cannot be accepted now; the old one then runs on.
        """
        new, old = self._made(loaded), self._parts
        for deliver in old.delivery.channels:
            deliver.stopping = True  # calls under way are waited for; the quick jobs run on meanwhile
        old.stopping.asked = True  # what they look at is about to be planned by other rules
        try:
            async with self._turns.still(SLOW):
                for deliver in old.delivery.channels:
                    await deliver.tick(self.clock.now())  # an answer that could not be recorded before
                async with self._turns.still(QUICK):
                    now = self.clock.now()
                    await asyncio.to_thread(accept.accept, self._database, loaded, now, by)
                    await asyncio.to_thread(new.start, now)
                    self._parts = new
                    self._scheduler.remove_all_jobs()
                    self._schedule(old.loaded)
        except StoreError:
            await new.close()
            raise
        finally:
            for deliver in old.delivery.channels:
                deliver.stopping = False
            old.stopping.asked = False
        await new.answering.start(old.answering)
        await old.close()

    def _schedule(self, before: Loaded | None = None) -> None:
        """Every job of the present parts; `before` is the configuration that ran until now, if any."""
        now = self._parts
        for each in now.loaded.settings.feeds:
            same = before is None or before.settings.feed(each.name) == each
            self._add(f"poll:{each.name}", SLOW, partial(self._poll, each.name), each.every.total_seconds(),
                      self._first_poll(each.name, each.every) if same else 0.0)  # fmt: skip
        self._add("escalate", QUICK, self._escalate, ESCALATE_SECONDS)
        self._add("compose", QUICK, self._compose, DELIVER_SECONDS)
        self._add("route", QUICK, self._route_tick, DELIVER_SECONDS)
        for name in now.channels:
            self._add(f"deliver:{name}", SLOW, partial(self._deliver_tick, name), DELIVER_SECONDS)
        self._add("hear", SLOW, self._hear_tick, DELIVER_SECONDS)
        self._add("watch", QUICK, self._watch_tick, WATCH_SECONDS)
        self._add("report", SLOW, self._report_tick, REPORT_SECONDS)
        self._add("audit", SLOW, self._audit_tick, AUDIT_SECONDS, AUDIT_FIRST)
        if now.reconcile is not None:
            self._add("reconcile", SLOW, self._reconcile_tick, RECONCILE_SECONDS)
        if now.heartbeat is not None:
            self._add("heartbeat", SLOW, self._heartbeat_tick, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS)
        for name in now.tokens:
            self._add(f"{name}-token", SLOW, partial(self._renew, name), TOKEN_SECONDS)

    def _add(
        self, name: str, kind: str, tick: Callable[[], Awaitable[object]], seconds: float, first: float = 0.0
    ) -> None:
        """A job every so many seconds of the daemon's clock, each run tracked so that a stop can wait for it.

        `tick` finds its part by name each time: another configuration may have taken over since it was scheduled.
        """

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                async with self._turns.tick(kind):
                    await tick()
            except AlertdError as error:
                log.error("failed", job=name, reason=str(error))
            finally:
                self._running.discard(task)

        real = max(seconds / self.clock.speed, SHORTEST_SECONDS)
        begin = datetime.now(UTC) + timedelta(seconds=first / self.clock.speed)
        self._scheduler.add_job(run, "interval", seconds=real, id=name, next_run_time=begin)

    def _first_poll(self, name: str, every: timedelta) -> float:
        """Seconds to wait: none, unless the last complete poll is younger than `every`."""
        with self._database.read() as connection:
            state = poll_store.state(connection, name)
        if state is None or state.complete_at is None or state.state != poll_store.OK:
            return 0.0
        left = every - (self.clock.now() - state.complete_at)
        return float(max(left.total_seconds(), 0.0))

    async def _poll(self, feed: str) -> None:
        poll = self._parts.polls.get(feed)
        if poll is not None:
            await poll.tick(self.clock.now())
            await self._escalate()

    async def _escalate(self) -> None:
        rules, ages = self._parts.loaded.rules, self._parts.ages
        async with self._turn:
            await asyncio.to_thread(escalate.tick, self._database, rules, ages, self.clock.now())
        self._supervised.ticked()
        self._wake("compose")

    async def _compose(self) -> None:
        if await asyncio.to_thread(self._parts.delivery.composer.tick, self.clock.now()):
            self._wake("route", *self._deliver_jobs())

    async def _route_tick(self) -> None:
        if await asyncio.to_thread(self._parts.delivery.route.tick, self.clock.now()):
            self._wake(*self._deliver_jobs())

    def _deliver_jobs(self) -> list[str]:
        return [f"deliver:{name}" for name in self._parts.channels]

    async def _deliver_tick(self, channel: str) -> None:
        deliver = self._parts.deliver(channel)
        if deliver is not None:
            await deliver.tick(self.clock.now())

    def _wake(self, *jobs: str) -> None:
        """Let jobs run now; they are not awaited: the escalation clock waits for no provider."""
        for job in jobs:
            self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def _hear_tick(self) -> None:
        await self._parts.answering.tick(self.clock.now())

    async def _renew(self, channel: str) -> None:
        tokens = self._parts.tokens.get(channel)
        if tokens is not None:
            await tokens.tick(self.clock.now())

    async def _reconcile_tick(self) -> None:
        reconcile = self._parts.reconcile
        if reconcile is not None:
            await reconcile.tick(self.clock.now())

    async def _heartbeat_tick(self) -> None:
        heartbeat = self._parts.heartbeat
        if heartbeat is not None:
            await heartbeat.tick(self.clock.now())

    async def _report_tick(self) -> None:
        await asyncio.to_thread(self._parts.report.tick, self.clock.now())
        if await asyncio.to_thread(self._parts.sender.tick, self.clock.now()):
            self._wake("route", *self._deliver_jobs())

    async def _audit_tick(self) -> None:
        await asyncio.to_thread(self._parts.auditor.tick, self.clock.now())

    async def _watch_tick(self) -> None:
        await asyncio.to_thread(self._parts.watch.tick, self.clock.now())

    async def _drain(self) -> None:
        """Stop the clock, let what is under way finish, then end: the scheduler's own shutdown would cut jobs off."""
        log.info("stopping", under_way=len(self._running))
        self._scheduler.pause()
        for deliver in self._parts.delivery.channels:
            deliver.stopping = True
        self._parts.stopping.asked = True
        await self._parts.answering.stop()  # first: a hook must wake no job any more
        if self._running:
            await asyncio.wait(set(self._running), timeout=DRAIN_SECONDS)
        self._scheduler.shutdown(wait=False)


def _still_running(event: Any) -> None:
    log.debug("still running", job=event.job_id)


def _job_failed(event: Any) -> None:
    log.error("failed", job=event.job_id, reason=str(event.exception), traceback=event.traceback)
