"""How far a portal's clock is from ours, by the `Date` of its answers (RFC 9110, 6.6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: A `Date` is written in whole seconds.
GRAIN = timedelta(seconds=1)


@dataclass
class ClockCheck:
    """What the answers of one reading say; real time is compared with real time, whatever clock the jobs run on.

    `skew` is how much the portal's clock is ahead of ours at the very least, negative when it is behind; zero as long
    as the way to the portal can explain the difference; None before the first answer with a date.
    """

    skew: timedelta | None = None

    def hear(self, date: str, asked: datetime, answered: datetime) -> None:
        """One answer's `Date`, written some time between the two instants (UTC). What is no date says nothing."""
        try:
            written = parsedate_to_datetime(date)
        except ValueError:
            return
        if written.tzinfo is None:  # "-0000": GMT is the only zone that HTTP has
            written = written.replace(tzinfo=UTC)
        ahead, behind = written - answered, written + GRAIN - asked
        least = max(ahead, timedelta()) or min(behind, timedelta())
        if self.skew is None or abs(least) < abs(self.skew):
            self.skew = least
