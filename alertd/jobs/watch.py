"""Watch: a feed gone silent is one alarm to the admin, and a turn in the organisation re-plans what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from alertd.core.freshness import MaxAge, is_fresh
from alertd.log import get
from alertd.store import marks, polls, replan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("watch")


@dataclass(frozen=True)
class Watch:
    """What the daemon keeps an eye on.

    `since` is when it started: a feed that was never polled has its max_age from then on; one whose first poll failed
    is told about at once.
    """

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    since: datetime

    def tick(self, now: datetime) -> list[str]:
        """Alarm about feeds that have become stale; gives their names."""
        self._turn(now)
        with self.database.write() as connection:
            states = polls.states(connection)
            told = []
            for name, age in self.ages.items():
                row = states.get(name)
                known = row.as_of if row is not None and row.as_of is not None else self.since
                if is_fresh(known, age, self.rules.calendar, now) and not (row and row.as_of is None):
                    continue
                if polls.alarm_once(connection, self.rules, name, self._note(row), now):
                    log.warning("feed is stale", feed=name, detail=row.detail if row else "never polled")
                    told.append(name)
            return told

    def _note(self, row: polls.State | None) -> str:
        reason = row.detail if row is not None else ""
        if row is None or row.as_of is None:
            return f"chưa đọc được lần nào. {reason}".strip()
        since = row.as_of.astimezone(self.rules.zone)
        return f"dữ liệu mới nhất từ {since:%H:%M %d/%m/%Y}. {reason}".strip()

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
