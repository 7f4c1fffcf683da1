"""Watch: a feed gone silent is one alarm to the admin, its end one line; a turn in the organisation re-plans.

A year that has begun without its days off is one alarm too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from alertd.core.feed_health import Reading, Trouble, Verdict, judge
from alertd.log import get
from alertd.messages import trouble
from alertd.store import marks, polls, replan, reserved, troubles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("watch")
#: The troubles that are over as soon as a feed is read again.
UNREAD = (Trouble.SILENT, Trouble.REFUSED)


@dataclass(frozen=True)
class Watch:
    """What the daemon keeps an eye on; `since` is when it started.

    `years` are those whose days off are written, by the calendar's place in its file; other calendars need none.
    """

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    years: Mapping[str, frozenset[int]]
    since: datetime

    def tick(self, now: datetime) -> list[str]:
        """Alarm about feeds that are stale or keep failing, and say when they are well again; gives the former.

        And about a year that has begun without its days off.
        """
        self._turn(now)
        with self.database.write() as connection:
            self._year(connection, now)
            states = polls.states(connection)
            return [name for name, age in self.ages.items() if self._look(connection, name, age, states.get(name), now)]

    def _year(self, connection: Connection, now: datetime) -> None:
        """Tell once of a year in which its days off pass for working time; the offices' clocks say when it begins."""
        year = self.rules.local_date(now).year
        lacking = ", ".join(name for name, written in self.years.items() if year not in written)
        if not lacking:
            reserved.take_back_year(connection, year)
        elif reserved.year_alarm(connection, self.rules, year, lacking, now):
            log.warning("the days off of this year are not written", year=year, calendars=lacking)

    def _look(self, connection: Connection, name: str, age: MaxAge, row: polls.State | None, now: datetime) -> bool:
        """Whether the admin was told of a feed just now. What was refused is not told a second time as it grows old."""
        reading = Reading(row.as_of, row.polled_at, row.failing_since, row.failures) if row is not None else Reading()
        verdict = judge(reading, age, self.rules.calendar, self.since, now)
        if verdict is Verdict.WELL:
            if troubles.end(connection, self.rules, name, UNREAD, trouble.READ_AGAIN, now):
                log.info("feed is well again", feed=name)
            return False
        if verdict is Verdict.WAITING or troubles.stands(connection, name, Trouble.REFUSED):
            return False
        note = self._note(verdict, reading, age, row.detail if row is not None else "")
        if not troubles.begin(connection, self.rules, name, Trouble.SILENT, note, now):
            return False
        log.warning("feed is not to be trusted", feed=name, verdict=verdict.value, detail=row.detail if row else "")
        return True

    def _note(self, verdict: Verdict, reading: Reading, age: MaxAge, detail: str) -> str:
        if reading.as_of is None:
            return trouble.never(detail)
        if verdict is Verdict.STALE or reading.failing_since is None:
            return trouble.stale(reading.as_of, self.rules.zone, detail)
        until = age.until(reading.as_of, self.rules.calendar)
        return trouble.failing(reading.failing_since, reading.failures, until, self.rules.zone, detail)

    def _turn(self, now: datetime) -> None:
        """On a day on which a unit or a line of reporting begins or has ended, open dossiers are planned anew, once."""
        today = self.rules.local_date(now)
        begin = datetime.combine(today, time(), self.rules.zone)
        with self.database.read() as connection:
            last = marks.mark(connection, "turned")
        if last is not None and last >= begin:
            return
        turning = self.rules.organisation.turning_days()
        if last is not None and any(self.rules.local_date(last) < day <= today for day in turning):
            replan.replan(self.database, None, self.rules, now)
        with self.database.write() as connection:
            marks.set_mark(connection, "turned", now)
