"""What a daemon has to do, how often, and by which part: each duty is one `tick(now)` of a job."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from alertd.core.errors import AlertdError, PassedOnError
from alertd.core.vitality import AUDIT_EVERY
from alertd.engine import Duty
from alertd.jobs import escalate
from alertd.log import get
from alertd.stillness import Stillness
from alertd.store import polls as poll_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

    from alertd.config.feeds import Feed
    from alertd.config.load import Loaded
    from alertd.engine import Engine
    from alertd.jobs.deliver import Deliver
    from alertd.parts import Parts
    from alertd.store.database import Database

log = get("daemon")
ESCALATE_SECONDS = 5.0
DELIVER_SECONDS = 1.0
WATCH_SECONDS = 30.0
#: How often it is looked whether a day has passed.
RECONCILE_SECONDS = 900.0
#: The ledger is audited for the first time when the plans have come to rest.
AUDIT_SECONDS, AUDIT_FIRST = AUDIT_EVERY.total_seconds(), 60.0
#: How often it is looked whether there is something past its term, and when for the first time.
PRUNE_SECONDS, PRUNE_FIRST = 300.0, 120.0
#: How often it is looked whether a heartbeat is to be sent.
HEARTBEAT_SECONDS = 15.0
TOKEN_SECONDS = 15.0
#: How often it is looked whether a week is over.
REPORT_SECONDS = 60.0
#: How long one process hears a bot before another one may: to begin costs a few calls.
LISTEN_SECONDS = 300.0
#: Kinds of ticks: those that may last as long as a portal or a provider takes, and those that are short.
SLOW, QUICK = "slow", "quick"


class Duties:
    """The duties of the present `parts`; `ticked` is called whenever the escalation clock has ticked."""

    def __init__(
        self, parts: Parts, database: Database, now: Callable[[], datetime], engine: Engine, ticked: Callable[[], None]
    ) -> None:
        #: Another configuration has others.
        self.parts = parts
        #: Ticks under way, and what keeps them apart from a change of the parts.
        self.running: set[asyncio.Task[Any]] = set()
        self.stillness = Stillness()
        self._database, self._now, self._engine, self._ticked = database, now, engine, ticked
        self._escalating = asyncio.Lock()

    def of(self, now: Parts, before: Loaded | None = None) -> list[Duty]:
        """Every job of these parts; `before` is the configuration that ran until now, if any. Raises StoreError."""
        delivery = now.delivery
        duties = [self._polling(each, before) for each in now.loaded.settings.feeds]
        duties += [
            self._duty("escalate", QUICK, self._escalate, ESCALATE_SECONDS),
            self._duty("compose", QUICK, self._compose, DELIVER_SECONDS),
            self._duty("route", QUICK, self._route_tick, DELIVER_SECONDS, begin=self._in_thread(delivery.route.begin)),
            self._duty("hear", SLOW, self._hear_tick, DELIVER_SECONDS),
            self._duty("watch", QUICK, self._watch_tick, WATCH_SECONDS),
            self._duty("report", SLOW, self._report_tick, REPORT_SECONDS),
            self._duty("audit", SLOW, self._audit_tick, AUDIT_SECONDS, first=AUDIT_FIRST),
            self._duty("prune", SLOW, self._prune_tick, PRUNE_SECONDS, first=PRUNE_FIRST),
        ]
        for deliver in delivery.channels:
            duties.append(self._duty(
                f"deliver:{deliver.name}", SLOW, partial(self._deliver_tick, deliver.name), DELIVER_SECONDS,
                begin=self._in_thread(deliver.start), end=partial(self._no_call_under_way, deliver),
            ))  # fmt: skip
        if now.reconcile is not None:
            duties.append(self._duty("reconcile", SLOW, self._reconcile_tick, RECONCILE_SECONDS))
        if now.heartbeat is not None:
            duties.append(self._duty("heartbeat", SLOW, self._heartbeat_tick, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS))
        duties += [self._duty(f"{name}-token", SLOW, partial(self._renew, name), TOKEN_SECONDS) for name in now.tokens]
        if now.answering.updates is not None and not self._engine.alone:
            duties.append(self._duty(
                "telegram-updates", QUICK, _nothing, DELIVER_SECONDS, begin=now.answering.listen,
                end=now.answering.listen_no_more, turn=LISTEN_SECONDS,
            ))  # fmt: skip
        return duties

    def _polling(self, feed: Feed, before: Loaded | None) -> Duty:
        same = before is None or before.settings.feed(feed.name) == feed
        first = self._first_poll(feed.name, feed.every) if same else 0.0
        return self._duty(f"poll:{feed.name}", SLOW, partial(self._poll, feed.name), feed.every.total_seconds(), first)

    def _duty(
        self,
        name: str,
        kind: str,
        tick: Callable[[], Awaitable[object]],
        seconds: float,
        first: float = 0.0,
        **more: Any,
    ) -> Duty:
        """Each run is tracked, so that a stop can wait for it.

        `tick` finds its part by name each time: another configuration may have taken over since it was given.
        """

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            self.running.add(task)
            try:
                async with self.stillness.tick(kind):
                    await tick()
            except PassedOnError as passed:
                log.info("passed on", job=name, reason=str(passed))
            except AlertdError as error:
                log.error("failed", job=name, reason=str(error))
            finally:
                self.running.discard(task)

        return Duty(name, run, seconds, first, **more)

    def _in_thread(self, work: Callable[[datetime], object]) -> Callable[[], Awaitable[object]]:
        return lambda: asyncio.to_thread(work, self._now())

    async def _no_call_under_way(self, deliver: Deliver) -> None:
        """The answers of the calls that were made here are this process's alone to record."""
        await deliver.finish(self._now())

    def _first_poll(self, name: str, every: timedelta) -> float:
        """Seconds to wait: none, unless the last complete poll is younger than `every`."""
        with self._database.read() as connection:
            state = poll_store.state(connection, name)
        if state is None or state.complete_at is None or state.state != poll_store.OK:
            return 0.0
        left = every - (self._now() - state.complete_at)
        return float(max(left.total_seconds(), 0.0))

    async def _poll(self, feed: str) -> None:
        poll = self.parts.polls.get(feed)
        if poll is not None:
            await poll.tick(self._now())
            await self._escalate()

    async def _escalate(self) -> None:
        rules, ages = self.parts.loaded.rules, self.parts.ages
        async with self._escalating:
            await asyncio.to_thread(escalate.tick, self._database, rules, ages, self._now())
        self._ticked()
        self._engine.wake("compose")

    async def _compose(self) -> None:
        if await asyncio.to_thread(self.parts.delivery.composer.tick, self._now()):
            self._engine.wake("route", *self._deliver_jobs())

    async def _route_tick(self) -> None:
        if await asyncio.to_thread(self.parts.delivery.route.tick, self._now()):
            self._engine.wake(*self._deliver_jobs())

    def _deliver_jobs(self) -> list[str]:
        return [f"deliver:{name}" for name in self.parts.channels]

    async def _deliver_tick(self, channel: str) -> None:
        deliver = self.parts.deliver(channel)
        if deliver is not None:
            await deliver.tick(self._now())

    async def _hear_tick(self) -> None:
        await self.parts.answering.tick(self._now())

    async def _renew(self, channel: str) -> None:
        tokens = self.parts.tokens.get(channel)
        if tokens is not None:
            await tokens.tick(self._now())

    async def _reconcile_tick(self) -> None:
        reconcile = self.parts.reconcile
        if reconcile is not None:
            await reconcile.tick(self._now())

    async def _heartbeat_tick(self) -> None:
        heartbeat = self.parts.heartbeat
        if heartbeat is not None:
            await heartbeat.tick(self._now())

    async def _report_tick(self) -> None:
        await asyncio.to_thread(self.parts.report.tick, self._now())
        if await asyncio.to_thread(self.parts.sender.tick, self._now()):
            self._engine.wake("route", *self._deliver_jobs())

    async def _audit_tick(self) -> None:
        await asyncio.to_thread(self.parts.auditor.tick, self._now())

    async def _prune_tick(self) -> None:
        await asyncio.to_thread(self.parts.pruner.tick, self._now())

    async def _watch_tick(self) -> None:
        await asyncio.to_thread(self.parts.watch.tick, self._now())


async def _nothing() -> None:
    """What a duty does whose work is done between its begin and its end."""
