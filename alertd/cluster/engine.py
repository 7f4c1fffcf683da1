"""The engine of one process among several: Procrastinate queues each duty's turns and gives each to one process.

A turn lasts some seconds, in which the duty is done as often as it is due; then any process may get the next one. A
process that dies, freezes or is cut off is found out by its heartbeat, and what it held is given to others. None of
this is trusted: whatever is written asks first whether the turn is still this process's (`store.tenure`).
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import procrastinate
from procrastinate.exceptions import ConnectorException

from alertd.cluster import server
from alertd.cluster.records import (
    GONE_SECONDS,
    LOOK_SECONDS,
    Records,
    free_what_the_gone_hold,
    look_for_the_gone,
    reason_of,
)
from alertd.cluster.turns import QUEUE_SECONDS, Turns, done_mark
from alertd.core.errors import AlertdError, StoreError
from alertd.jobs import accept
from alertd.log import get
from alertd.store import configurations, marks, migrate, only_one, rules_in_force, tenure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from alertd.cluster.clock import DatabaseClock
    from alertd.config.load import Loaded
    from alertd.engine import Duty
    from alertd.store.database import Database
    from alertd.store.only_one import Hold

log = get("cluster")
#: A process shows that it lives so often, in seconds.
BEAT_SECONDS = 2.0
#: A process with other rules than those in force works by its own when nobody else has for so long.
NOBODY_SECONDS = 60.0
#: How long to wait before trying again what could not be done, and before looking anew at another one's plans.
AGAIN_SECONDS, PLANS_SECONDS = 1.0, 2.0
#: More turns at once than there are duties.
MOST_TURNS = 256


class Cluster:
    """Shares the duties with other processes on one PostgreSQL; `clock` is the database's."""

    alone = False

    def __init__(self, loaded: Loaded, database: Database, clock: DatabaseClock) -> None:
        """`database` was checked. Raises StoreError when its schema is not this program's."""
        migrate.verify(database)
        self._loaded, self._database, self._clock = loaded, database, clock
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._duties: dict[str, Duty] = {}
        self._turns: Turns | None = None
        self._paused = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    # --- the seam -----------------------------------------------------------------------------------------------------

    def hold(self, lost: Callable[[], None]) -> Hold:
        """Be one of several. Raises StoreError while a daemon by itself has the database."""
        return only_one.share(self._database, lost)

    def accept(self, loaded: Loaded, now: datetime, author: str, *, edited: bool) -> None:
        """Bring a configuration into force that has just been edited, or that never ran before.

        One that ran before, and is not the one in force, stands by: this process was started with old files.
        """
        with self._database.read() as connection:
            last = configurations.latest(connection)
            same = last is not None and last.digest == loaded.digest
            in_force = same and rules_in_force.in_force(connection) == loaded.digest
            ran_before = configurations.ran(connection, loaded.digest)
        if edited or same or not ran_before:
            if not in_force:
                self._bring_into_force(loaded, now, author)
        else:
            log.warning("these files ran before and are not in force any more")
        if edited:
            self._poll_at_once(loaded)
        self._loaded = loaded

    def give(self, duties: Sequence[Duty]) -> None:
        """In the place of all that were; turns under way end by the old ones."""
        self._duties = {duty.name: duty for duty in duties}
        self._end_turns()

    async def start(self, alive: Callable[[], None]) -> None:
        """Begin to ask for turns. `alive` is called as long as this process is part of the cluster."""
        self._tasks = [
            asyncio.create_task(self._work(), name="cluster"),
            asyncio.create_task(self._keep_time(alive), name="cluster-clock"),
        ]

    def wake(self, *names: str) -> None:
        """Elsewhere they are due within a second or two anyway."""
        if self._turns is not None:
            self._turns.wake(*names)

    def clock_stepped(self) -> None:
        """Turns are queued by the machine's clock: begin anew by what it says now."""
        self._end_turns()

    def pause(self) -> None:
        """Ask for no more turns; those under way end after the tick at hand."""
        self._paused.set()
        self._end_turns()

    async def stop(self) -> None:
        """Leave the cluster."""
        self.pause()
        work, *others = self._tasks
        for task in others:
            task.cancel()
        await asyncio.gather(work, *others, return_exceptions=True)

    def _end_turns(self) -> None:
        if self._turns is not None:
            self._turns.end()

    # --- which rules --------------------------------------------------------------------------------------------------

    def _bring_into_force(self, loaded: Loaded, now: datetime, author: str) -> None:
        while not self._take(loaded, now, author):
            log.info("another process plans by its rules; waits for that")
            time.sleep(PLANS_SECONDS)
            with self._database.read() as connection:
                if rules_in_force.in_force(connection) == loaded.digest:
                    return  # it has the same files

    def _take(self, loaded: Loaded, now: datetime, author: str) -> bool:
        """Nobody decides by other rules from now on; then everything that is open is planned by these.

        False while another process plans.
        """
        if not rules_in_force.take(self._database, loaded.digest, self._name):
            return False
        with tenure.guarded(rules_in_force.planning(loaded.digest, self._name)):
            accept.accept(self._database, loaded, now, author)
        rules_in_force.settle(self._database, loaded.digest, self._name)
        return True

    def _may_work(self) -> bool:
        """Whether this process's rules are in force; where nobody has worked for long, they come into force."""
        loaded, now = self._loaded, self._clock.now()
        with self._database.read() as connection:
            if rules_in_force.in_force(connection) == loaded.digest:
                return True
            # whoever plans, or has just done so, has not worked yet
            signs = marks.mark(connection, "escalate"), rules_in_force.renewed_at(connection)
        if any(sign is not None and (now - sign).total_seconds() < NOBODY_SECONDS for sign in signs):
            return False
        log.warning("nobody works by the rules in force; takes its own")
        return self._take(loaded, now, "")

    def _poll_at_once(self, loaded: Loaded) -> None:
        """Feeds that are read otherwise from now on, whenever they were read last: somebody waits for what comes."""
        before = self._loaded.settings
        with self._database.write() as connection:
            for feed in loaded.settings.feeds:
                if before.feed(feed.name) != feed:
                    marks.forget(connection, done_mark(f"poll:{feed.name}"))

    # --- turns --------------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Ask for turns until paused; whatever goes wrong with that is tried again."""
        standing_by = False
        while not self._paused.is_set():
            try:
                may = await asyncio.to_thread(self._may_work)
                if not may and not standing_by:
                    log.warning("stands by: other rules are in force; bring these files up to date")
                standing_by = not may
                # paused meanwhile: those turns would never be told to end
                if may and not self._paused.is_set():
                    await self._ask_for_turns()
            except (AlertdError, ConnectorException) as error:
                log.error("no turns for now; tried again", reason=reason_of(error))
            except Exception:  # a process that asks for no more turns would look alive and do nothing
                log.exception("no turns for now; tried again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._paused.wait(), AGAIN_SECONDS)

    async def _ask_for_turns(self) -> None:
        """One worker of the engine, until its turns are to end, other rules hold, or it cannot go on."""
        self._turns = turns = Turns(self._database, self._duties, self._loaded.digest, self._clock.now)
        async with self._app(turns).open_async() as app:
            # a worker that begins clears away those that are gone, and would wait for what they hold
            await free_what_the_gone_hold(app, self._database)
            tasks = [
                asyncio.create_task(turns.ending.wait()),
                asyncio.create_task(look_for_the_gone(app, self._database)),
                asyncio.create_task(self._rules_hold()),
                asyncio.create_task(app.run_worker_async(
                    concurrency=MOST_TURNS, fetch_job_polling_interval=1.0, delete_jobs="always",
                    install_signal_handlers=False, update_heartbeat_interval=BEAT_SECONDS,
                    stalled_worker_timeout=GONE_SECONDS,
                )),
            ]  # fmt: skip
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            turns.end()
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault

    def _app(self, turns: Turns) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=server.address(self._database), kwargs=server.OPTIONS, min_size=1, max_size=8, timeout=10.0
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = Records(connector, turns.end)
        task = app.task(name="turn", pass_context=True)(turns.take)
        for name in self._duties:
            app.periodic(
                cron=f"* * * * * */{QUEUE_SECONDS}", periodic_id=name, lock=name, queueing_lock=name,
                task_kwargs={"name": name},
            )(task)  # fmt: skip
        return app

    async def _rules_hold(self) -> None:
        """Ends when this process's rules are not in force any more: turns are left to those who have them."""
        while await asyncio.to_thread(self._in_force):  # noqa: ASYNC110 - the sign comes from other machines
            await asyncio.sleep(LOOK_SECONDS)
        log.info("other rules came into force")

    def _in_force(self) -> bool:
        with self._database.read() as connection:
            return rules_in_force.in_force(connection) == self._loaded.digest

    async def _keep_time(self, alive: Callable[[], None]) -> None:
        """The database's time, and a sign of life as long as it can be asked."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await asyncio.to_thread(self._clock.look)
            except StoreError as error:
                log.warning("the database does not tell the time", reason=str(error))
            else:
                alive()
