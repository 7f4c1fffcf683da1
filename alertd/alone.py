"""One process by itself: APScheduler says when a duty is due, in memory; what is owed stands in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alertd.jobs import accept
from alertd.log import get
from alertd.store import only_one, rules_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from alertd.config.load import Loaded
    from alertd.engine import Duty
    from alertd.store.database import Database
    from alertd.store.only_one import Hold

log = get("daemon")
#: However fast the clock, duties leave the machine some rest.
SHORTEST_SECONDS = 0.2


class Alone:
    """The engine of a daemon that has its database for itself; `speed` is how fast its clock runs."""

    alone = True

    def __init__(self, database: Database, speed: float = 1.0) -> None:
        self._database = database
        self._speed = speed
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(_failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(_still_running, EVENT_JOB_MAX_INSTANCES)

    def hold(self, lost: Callable[[], None]) -> Hold:
        """Be the only one; brings the schema up to date. Raises StoreError."""
        return only_one.hold(self._database, lost)

    def accept(self, loaded: Loaded, now: datetime, author: str, *, edited: bool) -> None:  # noqa: ARG002 - ours always
        """Whoever starts with a configuration, or has edited it, means it."""
        rules_in_force.forget(self._database)
        accept.accept(self._database, loaded, now, author)

    def give(self, duties: Sequence[Duty]) -> None:
        """In the place of all that were."""
        self._scheduler.remove_all_jobs()
        for duty in duties:
            real = max(duty.seconds / self._speed, SHORTEST_SECONDS)
            begin = datetime.now(UTC) + timedelta(seconds=duty.first / self._speed)
            self._scheduler.add_job(duty.run, "interval", seconds=real, id=duty.name, next_run_time=begin)

    async def start(self, alive: Callable[[], None]) -> None:  # noqa: ARG002 - the escalation clock itself says so
        """Begin."""
        self._scheduler.start()

    def wake(self, *names: str) -> None:
        """They are not awaited: the escalation clock waits for no provider."""
        for name in names:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def clock_stepped(self) -> None:
        """After a step back every duty would be due as much later as the clock was stepped."""
        self.wake(*(job.id for job in self._scheduler.get_jobs()))

    def pause(self) -> None:
        """The scheduler's own shutdown would cut off what is under way."""
        self._scheduler.pause()

    async def stop(self) -> None:
        """End."""
        self._scheduler.shutdown(wait=False)


def _still_running(event: Any) -> None:
    log.debug("still running", job=event.job_id)


def _failed(event: Any) -> None:
    log.error("failed", job=event.job_id, reason=str(event.exception), traceback=event.traceback)
