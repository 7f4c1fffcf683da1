"""Reconcile: once a day at most, our counts beside the national evaluation's; told in `status`, never alarmed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from alertd.core.errors import FeedError
from alertd.core.national import differences
from alertd.log import get
from alertd.store import national

if TYPE_CHECKING:
    from collections.abc import Collection

    from alertd.core.national import Total
    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("reconcile")
EVERY = timedelta(hours=24)


class Evaluation(Protocol):
    """Who knows the national totals."""

    async def totals(self, year: int) -> list[Total]:
        """All units of a year. Raises FeedError."""
        ...


@dataclass(frozen=True)
class Reconcile:
    """The comparison of one installation; the feeds `without` deadlines are copies and do not count."""

    database: Database
    rules: Rules
    evaluation: Evaluation
    without: Collection[str]

    async def tick(self, now: datetime) -> bool:
        """Compare unless that was tried within a day, with success or not; says whether it was."""
        row = await asyncio.to_thread(self._last)
        if row is not None and now - row < EVERY:
            return False
        day = self.rules.local_date(now)
        try:
            totals = await self.evaluation.totals(day.year)
        except FeedError as error:
            log.warning("not compared with the national totals", reason=str(error))
            await asyncio.to_thread(self._failed, str(error), now)
            return True
        await asyncio.to_thread(self._compare, totals, now)
        return True

    def _last(self) -> datetime | None:
        with self.database.read() as connection:
            row = national.last(connection)
        return row.tried_at if row is not None else None

    def _failed(self, error: str, now: datetime) -> None:
        with self.database.write() as connection:
            national.failed(connection, error, now)

    def _compare(self, totals: list[Total], now: datetime) -> None:
        day = self.rules.local_date(now)
        begin = datetime(day.year, 1, 1, tzinfo=self.rules.zone)
        end = begin.replace(year=day.year + 1)
        with self.database.write() as connection:
            own = national.received(connection, begin, end, self.without)
            found = differences(totals, own, self.rules.organisation.on(day))
            national.made(connection, day.year, found, now)
        log.info("compared with the national totals", units=len(found), unlike=sum(d.national != d.own for d in found))
