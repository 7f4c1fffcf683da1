"""The daemon: one asyncio process in which APScheduler says when a job's `tick(now)` is due."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alertd import assembly
from alertd.answering import Answering
from alertd.config.load import load_texts
from alertd.core.errors import AlertdError, InputError
from alertd.jobs import escalate
from alertd.jobs.poll import Poll
from alertd.jobs.watch import Watch
from alertd.log import get
from alertd.store import addresses, configurations, only_one, replan
from alertd.store import polls as poll_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from alertd.channels.zalo import Tokens
    from alertd.config.load import Loaded
    from alertd.core.rules import Rules
    from alertd.jobs.deliver import Deliver
    from alertd.jobs.reconcile import Reconcile
    from alertd.store.database import Database

log = get("daemon")
ESCALATE_SECONDS = 5.0
DELIVER_SECONDS = 1.0
WATCH_SECONDS = 30.0
#: How often it is looked whether a day has passed.
RECONCILE_SECONDS = 900.0
TOKEN_SECONDS = 15.0
#: However fast the clock, jobs leave the machine some rest.
SHORTEST_SECONDS = 0.2
#: How long a stop waits for calls under way, in seconds.
DRAIN_SECONDS = 20.0


@dataclass(frozen=True)
class Clock:
    """Real time, or for the demo a clock that starts at `begin` and runs `speed` times as fast."""

    begin: datetime | None = None
    speed: float = 1.0
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The present instant, UTC."""
        if self.begin is None:
            return datetime.now(UTC)
        return self.begin + timedelta(seconds=(time.monotonic() - self.started) * self.speed)


def accept_configuration(database: Database, loaded: Loaded, now: datetime) -> None:
    """Make a configuration the one that runs; what it changes applies from `now` on (DESIGN section 5)."""
    with database.read() as connection:
        before = configurations.latest(connection)
    if before is not None and before.digest == loaded.digest:
        return
    old = _rules_of(before.files, loaded) if before is not None else None
    count = replan.replan(database, old, loaded.rules, now)
    edited = _edited_contacts(old, loaded.rules) if old is not None else []
    with database.write() as connection:
        revived = addresses.revive(connection, edited, now) if edited else 0
        configurations.accept(connection, loaded.digest, loaded.text, now)
    log.info("configuration accepted", first=before is None, replanned=count, sent_again=revived)


def _edited_contacts(old: Rules, new: Rules) -> list[str]:
    """People who are new, or have other contacts than before."""
    before = old.organisation.people
    return [
        person.id
        for person in new.organisation.people.values()
        if person.id not in before or person.contacts != before[person.id].contacts
    ]


def _rules_of(files: dict[str, str], loaded: Loaded) -> Rules | None:
    try:
        return load_texts(files, loaded.folder).rules
    except InputError as error:
        log.warning("the earlier configuration cannot be read any more", reason=str(error).splitlines()[0])
        return None


class Daemon:
    """Everything that runs; made from a configuration, a database that is up to date and a clock."""

    def __init__(self, loaded: Loaded, database: Database, clock: Clock | None = None) -> None:
        """Wire the jobs. Nothing runs before `run`."""
        self.clock = clock or Clock()
        self.taken_over = False
        self._loaded = loaded
        self._database = database
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[Any]] = set()
        self._turn = asyncio.Lock()
        # jobs live in memory: what is owed after a stop stands in the database
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        rules = loaded.rules
        self._ages = assembly.ages(loaded)
        self._polls = [
            (each, Poll(database, rules, assembly.feed(loaded, each), each.scope, each.accept_smaller,
                        each.accept_changed))
            for each in loaded.settings.feeds
        ]  # fmt: skip
        self._answering = Answering(loaded, database, self.clock.now)
        self._channels = assembly.channels(loaded, database, self.clock.now)
        self._delivery = assembly.delivery(loaded, database, self._channels, self.clock.now, self._answering.links)
        self._watch = Watch(database, rules, self._ages, self.clock.now())
        self._reconcile = assembly.reconcile(loaded, database)

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
        try:
            hold = await asyncio.to_thread(only_one.hold, self._database, self._give_way)
            try:
                await self._run()
            finally:
                await asyncio.to_thread(hold.release)
        finally:
            for channel in self._channels.values():
                await channel.close()
            self._database.close()
        log.info("stopped")

    async def _run(self) -> None:
        now = self.clock.now()
        await asyncio.to_thread(accept_configuration, self._database, self._loaded, now)
        for deliver in self._delivery.channels:
            await asyncio.to_thread(deliver.start, now)
        lost = await asyncio.to_thread(self._delivery.route.start, now)
        if lost:
            log.warning("calls of an earlier process have no answer on record", parts=lost)
        self._schedule()
        self._scheduler.start()
        await self._answering.start(self._channels, partial(self._wake, "hear"))
        log.info("running", database=self._database.shown, feeds=[each.name for each, _ in self._polls],
                 channels=list(self._channels))  # fmt: skip
        await self._stop.wait()
        await self._drain()

    def _schedule(self) -> None:
        self._scheduler.add_listener(_job_failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(_still_running, EVENT_JOB_MAX_INSTANCES)
        for each, poll in self._polls:
            self._add(f"poll:{each.name}", partial(self._poll, poll),
                      each.every.total_seconds(), self._first_poll(each.name, each.every))  # fmt: skip
        self._add("escalate", self._escalate, ESCALATE_SECONDS)
        self._add("compose", self._compose, DELIVER_SECONDS)
        self._add("route", self._route_tick, DELIVER_SECONDS)
        for deliver in self._delivery.channels:
            self._add(f"deliver:{deliver.name}", partial(self._deliver_tick, deliver), DELIVER_SECONDS)
        self._add("hear", self._hear_tick, DELIVER_SECONDS)
        self._add("watch", self._watch_tick, WATCH_SECONDS)
        if self._reconcile is not None:
            self._add("reconcile", partial(self._reconcile_tick, self._reconcile), RECONCILE_SECONDS)
        for name, channel in self._channels.items():
            tokens: Tokens | None = getattr(channel, "tokens", None)
            if tokens is not None:
                self._add(f"{name}-token", partial(self._renew, tokens), TOKEN_SECONDS)

    def _add(self, name: str, tick: Callable[[], Awaitable[object]], seconds: float, first: float = 0.0) -> None:
        """A job every so many seconds of the daemon's clock, each run tracked so that a stop can wait for it."""

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
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

    async def _poll(self, poll: Poll) -> None:
        await poll.tick(self.clock.now())
        await self._escalate()

    async def _escalate(self) -> None:
        async with self._turn:
            await asyncio.to_thread(escalate.tick, self._database, self._loaded.rules, self._ages, self.clock.now())
        self._wake("compose")

    async def _compose(self) -> None:
        if await asyncio.to_thread(self._delivery.composer.tick, self.clock.now()):
            self._wake("route", *self._deliver_jobs())

    async def _route_tick(self) -> None:
        if await asyncio.to_thread(self._delivery.route.tick, self.clock.now()):
            self._wake(*self._deliver_jobs())

    def _deliver_jobs(self) -> list[str]:
        return [f"deliver:{deliver.name}" for deliver in self._delivery.channels]

    async def _deliver_tick(self, deliver: Deliver) -> None:
        await deliver.tick(self.clock.now())

    def _wake(self, *jobs: str) -> None:
        """Let jobs run now; they are not awaited: the escalation clock waits for no provider."""
        for job in jobs:
            self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def _hear_tick(self) -> None:
        await self._answering.tick(self.clock.now())

    async def _renew(self, tokens: Tokens) -> None:
        await tokens.tick(self.clock.now())

    async def _reconcile_tick(self, reconcile: Reconcile) -> None:
        await reconcile.tick(self.clock.now())

    async def _watch_tick(self) -> None:
        await asyncio.to_thread(self._watch.tick, self.clock.now())

    async def _drain(self) -> None:
        """Stop the clock, let what is under way finish, then end: the scheduler's own shutdown would cut jobs off."""
        log.info("stopping", under_way=len(self._running))
        self._scheduler.pause()
        for deliver in self._delivery.channels:
            deliver.stopping = True
        await self._answering.stop()  # first: a hook must wake no job any more
        if self._running:
            await asyncio.wait(set(self._running), timeout=DRAIN_SECONDS)
        self._scheduler.shutdown(wait=False)


def _still_running(event: Any) -> None:
    log.debug("still running", job=event.job_id)


def _job_failed(event: Any) -> None:
    log.error("failed", job=event.job_id, reason=str(event.exception), traceback=event.traceback)
