"""Reconcile: once a day at most, our counts beside the national evaluation's; told in `status`, never alarmed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from alertd.core.errors import FeedError
from alertd.core.national import differences
from alertd.log import get
from alertd.store import national, polls

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
    """The comparison of one installation, of the dossiers of these `feeds`: copies of others do not count twice."""

    database: Database
    rules: Rules
    evaluation: Evaluation
    feeds: Collection[str]

    async def tick(self, now: datetime) -> bool:
        """Compare unless that was tried within a day, or a feed was never read whole; says whether it was tried."""
        if not await asyncio.to_thread(self._is_time, now):
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

    def _is_time(self, now: datetime) -> bool:
        with self.database.read() as connection:
            row = national.last(connection)
            known = polls.states(connection)
        if row is not None and now - row.tried_at < EVERY:
            return False
        return all(name in known and known[name].complete_at is not None for name in self.feeds)

    def _failed(self, error: str, now: datetime) -> None:
        with self.database.write() as connection:
            national.failed(connection, error, now)

    def _compare(self, totals: list[Total], now: datetime) -> None:
        day = self.rules.local_date(now)
        begin = datetime(day.year, 1, 1, tzinfo=self.rules.zone)
        end = begin.replace(year=day.year + 1)
        with self.database.write() as connection:
            own = national.received(connection, begin, end, self.feeds)
            found = differences(totals, own, self.rules.organisation.on(day))
            national.made(connection, day.year, found, now)
        log.info("compared with the national totals", units=len(found), unlike=sum(d.national != d.own for d in found))
