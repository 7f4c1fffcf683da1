"""The engine's record of turns: closed when they end, given free when whoever had them is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from procrastinate import jobs
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from alertd.log import get
from alertd.store import fence

if TYPE_CHECKING:
    from collections.abc import Callable

    import procrastinate

    from alertd.store.database import Database

log = get("cluster")
#: A process that has shown no life for so long, in seconds, is gone, and others look for that so often.
GONE_SECONDS, LOOK_SECONDS = 10.0, 2.0
#: So often is tried to close a turn's record, and after how many seconds again.
TRIES, AGAIN_SECONDS = 5, 1.0


class Records(JobManager):
    """The engine's record of turns; `give_up` ends this process's worker, whose open turns others then find."""

    def __init__(self, connector: procrastinate.BaseConnector, give_up: Callable[[], None]) -> None:
        super().__init__(connector)
        self._give_up = give_up

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        """Close a turn's record. One that stayed open under a worker that lives would never be given to anybody."""
        name = job.task_kwargs.get("name")
        for _ in range(TRIES):
            try:
                await super().finish_job(job, status, delete_job)
            except ConnectorException as error:
                if isinstance(error.__cause__, psycopg.errors.RaiseException):  # it is not there any more
                    log.warning("the turn's record was closed by others", job=name)
                    return
                log.warning("the turn's record could not be closed; tried again", job=name, reason=reason_of(error))
            else:
                return
            await asyncio.sleep(AGAIN_SECONDS)
        log.error("the turn's record could not be closed; leaves, so that others find it", job=name)
        self._give_up()


async def look_for_the_gone(app: procrastinate.App, database: Database) -> None:
    """Give free what was held by processes that show no life any more, whatever they may still think."""
    while True:
        await free_what_the_gone_hold(app, database)
        await asyncio.sleep(LOOK_SECONDS)


async def free_what_the_gone_hold(app: procrastinate.App, database: Database) -> None:
    """The same, once."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=GONE_SECONDS):
        assert job.id is not None
        log.warning("a process is gone; its duty is free", job=job.task_kwargs.get("name"))
        await asyncio.to_thread(fence.end, database, fence.turn_of(job.worker_id))
        # another one may have done it, or it came to its end after all
        with suppress(ConnectorException):
            await app.job_manager.finish_job_by_id_async(job.id, jobs.Status.FAILED, delete_job=True)


def reason_of(error: Exception) -> str:
    """What lies behind an error of the engine's, in its first line."""
    return (str(error.__cause__ or error).splitlines() or [type(error).__name__])[0]
