"""Everything that decides, in one value: zone, calendars, organisation, policies. Made from the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.plan import Anchor
from alertd.core.policy import Policy, Subject, first_match

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Clock
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

    def anchor(
        self, unit: str | None, due_at: datetime, received_at: datetime | None, finished_at: datetime | None = None
    ) -> Anchor:
        """What the steps of one dossier are counted from."""
        return Anchor(due_at, self.calendar_of(unit), received_at, finished_at)
