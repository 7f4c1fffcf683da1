"""What machines ask: `/livez`, `/readyz` (delivery reference 7.11) and `/metrics` for Prometheus."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from alertd.core.delivery import PATIENCE
from alertd.core.errors import StoreError
from alertd.core.policy import Urgency
from alertd.log import get
from alertd.store import marks, vitals
from alertd.web.metrics import CONTENT_TYPE, Metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("web")
#: The escalation tick runs every five seconds; so long without one, and something is wrong.
ESCALATES_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True)
class Vitals:
    """`ages` are the feeds' `max_age` by name; `clock` tells the instant (aware)."""

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    clock: Callable[[], datetime]

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(include_in_schema=False)
        metrics = Metrics(self.database, self.rules, self.ages, self.clock)

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
        problems = self.problems(self.clock())
        return JSONResponse(
            {"status": "not ready" if problems else "ready", "problems": problems}, 503 if problems else 200
        )

    def problems(self, now: datetime) -> list[str]:
        """Why alertd does not do its work at `now`; empty when it does. No provider is asked."""
        try:
            with self.database.read() as connection:
                waiting = vitals.waiting(connection, now)
                escalated = marks.mark(connection, "escalate")
        except StoreError as error:
            log.error("not ready", reason=str(error))
            return ["database: it cannot be read; the log says why"]
        found = []
        if escalated is None or now - escalated > ESCALATES_WITHIN:
            found.append("escalate: no tick since " + (escalated.isoformat() if escalated else "the start"))
        for urgency in (Urgency.HIGH, Urgency.CRITICAL):
            count, since = waiting.get(urgency.value, (0, now))
            if now - since > PATIENCE[urgency.rank]:
                found.append(f"outbox: {count} {urgency.value} parts wait, the oldest since {since.isoformat()}")
        return found


async def alive() -> Response:
    """The process serves: no provider and no database is asked."""
    return JSONResponse({"status": "ok"})
