"""What machines ask: `/livez`, `/readyz` (delivery reference 7.11) and `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from alertd.core.errors import StoreError
from alertd.core.vitality import NONE, not_working, unsound
from alertd.log import get
from alertd.store import heartbeats, vitals
from alertd.web.metrics import CONTENT_TYPE, Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.core.vitality import Jobs
    from alertd.store.database import Database

log = get("web")


@dataclass(frozen=True)
class Vitals:
    """`ages` are the feeds' `max_age` by name; `clock` tells the instant (aware).

    `jobs` are what must run for a heartbeat to be sent, None where none is sent.
    """

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    clock: Callable[[], datetime]
    jobs: Jobs | None = None

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(include_in_schema=False)
        metrics = Metrics(self.database, self.rules, self.ages, self.clock, self.jobs)

        async def ready() -> Response:
            return await asyncio.to_thread(self._ready)

        async def measured() -> Response:
            return Response(await asyncio.to_thread(metrics.text), media_type=CONTENT_TYPE)

        made.add_api_route("/livez", alive, methods=["GET", "HEAD"])
        # kept for whoever watches it already
        made.add_api_route("/health", alive, methods=["GET", "HEAD"])
        made.add_api_route("/readyz", ready, methods=["GET", "HEAD"])
        made.add_api_route("/metrics", measured, methods=["GET"])
        return made

    def _ready(self) -> Response:
        now = self.clock()
        try:
            with self.database.read() as connection:
                signs = vitals.signs(connection, self.jobs or NONE, now)
                beat = heartbeats.last(connection)
        except StoreError as error:
            log.error("not ready", reason=str(error))
            problems = ["database: it cannot be read; the log says why"]
            return JSONResponse({"status": "not ready", "problems": problems}, 503)
        problems = [str(problem) for problem in not_working(signs, now)]
        answer: dict[str, Any] = {"status": "not ready" if problems else "ready", "problems": problems}
        if self.jobs is not None:
            answer["heartbeat"] = {
                "sent_at": beat.sent_at.isoformat() if beat and beat.sent_at else None,
                "failure": beat.failure if beat else "",
                "withheld": [str(problem) for problem in unsound(signs, self.jobs, now)],
            }
        # whether a heartbeat is sent makes nobody ready or not: no other machine would do better
        return JSONResponse(answer, 503 if problems else 200)


async def alive() -> Response:
    """The process serves: no provider and no database is asked."""
    return JSONResponse({"status": "ok"})
