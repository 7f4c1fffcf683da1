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

    def following(self, at: datetime, calendar: Calendar) -> datetime:
        """When what falls due at `at` leaves: the first slot at or after it, at once without slots, never while quiet.

        Where the next four weeks have no slot, it is `at` itself.
        """
        leaves = self._slot_from(at, calendar) if self.times else at
        if self.quiet is None or not self.is_quiet(leaves, calendar):
            return leaves
        local = leaves.astimezone(calendar.zone)
        end = datetime.combine(local.date(), self.quiet[1], calendar.zone)
        return end if end > local else datetime.combine(local.date() + timedelta(days=1), self.quiet[1], calendar.zone)

    def _slot_from(self, at: datetime, calendar: Calendar) -> datetime:
        today = at.astimezone(calendar.zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(29)):
            if self.working_only and not calendar.sessions(day):
                continue
            for clock in sorted(self.times):
                slot = datetime.combine(day, clock, calendar.zone)
                if slot >= at:
                    return slot
        return at

    def is_quiet(self, now: datetime, calendar: Calendar) -> bool:
        """Whether only critical messages may leave now."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        clock = now.astimezone(calendar.zone).time()
        return start <= clock < end if start <= end else clock >= start or clock < end
