"""Everything that decides, in one value: zone, calendars, organisation, policies. Made from the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.dossier import Filing
from alertd.core.plan import Anchor
from alertd.core.policy import EIGHT_HOURS, Duration, Policy, Subject, first_match

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Clock, Observation, PlannedFrom
    from alertd.core.organisation import Organisation
    from alertd.core.worktime import Calendar


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules in force. `calendars` holds the units that have one of their own; all others share `calendar`."""

    zone: ZoneInfo
    calendar: Calendar
    calendars: Mapping[str, Calendar]
    organisation: Organisation
    policies: tuple[Policy, ...]
    #: Working time within which an online submission is accepted, where its portal states no deadline (reference 2.2).
    accept_within: Duration = EIGHT_HOURS

    def calendar_of(self, unit: str | None) -> Calendar:
        """The calendar of a dossier: its processing unit's, for every step."""
        return self.calendars.get(unit, self.calendar) if unit else self.calendar

    def local_date(self, at: datetime) -> date:
        """The date in the configured zone."""
        return at.astimezone(self.zone).date()

    def policy_for(self, subject: Subject, clock: Clock, day: date) -> Policy | None:
        """The first policy that matches on a local date."""
        return first_match(self.policies, clock, subject, self.organisation.on(day))

    def due_instant(self, unit: str | None, due_at: datetime | None, due_on: date | None) -> datetime | None:
        """The instant of a due value: exact, or the end of the last session of its date in the unit's calendar."""
        return self.calendar_of(unit).end_of(due_on) if due_on is not None else due_at

    def accept_instant(self, unit: str | None, seen: Observation | PlannedFrom) -> datetime | None:
        """The deadline to accept a submission: the portal's, else of an online one `accept_within` after it came.

        A date without a time is the end of its last session, both ways: nobody is told too early. Raises CalendarError
        for a calendar without working time.
        """
        calendar = self.calendar_of(unit)
        if seen.accept_due_at is not None:
            return self._end_of_day(calendar, seen, "accept_due_at", seen.accept_due_at)
        if seen.channel is not Filing.ONLINE or seen.submitted_at is None:
            return None
        submitted_at = self._end_of_day(calendar, seen, "submitted_at", seen.submitted_at)
        return self.accept_within.after(submitted_at, calendar)

    def _end_of_day(self, calendar: Calendar, seen: Observation | PlannedFrom, name: str, at: datetime) -> datetime:
        return calendar.end_of(self.local_date(at)) if name in seen.day_only else at

    def anchor(
        self, unit: str | None, due_at: datetime, received_at: datetime | None, finished_at: datetime | None = None
    ) -> Anchor:
        """What the steps of one dossier are counted from."""
        return Anchor(due_at, self.calendar_of(unit), received_at, finished_at)
