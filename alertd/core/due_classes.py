"""The classes in which people count open dossiers, such as due soon, due today, overdue, not accepted in time.

Portals have none for a dossier that is due today (reference 1.3.3): here it is one of its own.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.core.rules import Rules

#: Of open dossiers these do not overlap; `missing` is beside them.
CLASSES = ("due_soon", "due_today", "overdue", "late_accept", "paused", "no_due", "missing")
#: "Due soon" is within so many working days of the default calendar; not a legal term (reference 2.2).
SOON_DAYS = 3


def bounds(rules: Rules, now: datetime) -> tuple[datetime, datetime, datetime]:
    """The instants between classes: overdue before the first, due today before the second, due soon before the third.

    The first is `now`, the second the next local midnight, the third never before it.
    """
    tomorrow = datetime.combine(rules.local_date(now) + timedelta(days=1), time(), rules.zone)
    soon = rules.calendar.add(now, timedelta(microseconds=SOON_DAYS * rules.calendar.day_us))
    return now, tomorrow, max(soon, tomorrow)
