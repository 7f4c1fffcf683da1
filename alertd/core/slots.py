"""When messages leave: slots of the day and quiet hours, on the wall clock of the configured zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.core.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Slots:
    """`times` is empty for at-once; `quiet` is (from, until) and may pass midnight; `working_only` skips days off."""

    times: tuple[time, ...] = ()
    quiet: tuple[time, time] | None = None
    working_only: bool = True

    def latest(self, now: datetime, calendar: Calendar) -> datetime | None:
        """The last slot at or before `now`; None when no day of the last four weeks has one."""
        today = now.astimezone(calendar.zone).date()
        for back in range(29):
            day = today - timedelta(days=back)
            if self.working_only and not calendar.sessions(day):
                continue
            for at in sorted(self.times, reverse=True):
                slot = datetime.combine(day, at, calendar.zone)
                if slot <= now:
                    return slot
        return None

    def is_quiet(self, now: datetime, calendar: Calendar) -> bool:
        """Whether only critical messages may leave now."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        clock = now.astimezone(calendar.zone).time()
        return start <= clock < end if start <= end else clock >= start or clock < end
