"""Whether a feed is well, for now to be waited for, or to be told about (DESIGN section 5, fresh data only)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from alertd.core.freshness import MaxAge, is_fresh

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.worktime import Calendar

#: A feed that fails is told about after so many polls in a row, over this part of its `max_age` ...
FAILED_POLLS: Final = 2
PATIENCE: Final = 4
#: ... and a portal's clock that differs from ours by so much; less than half of it is right again.
SKEWED: Final = timedelta(seconds=60)
#: A shape that has stayed for so long is the feed's shape from then on.
SETTLED: Final = timedelta(days=7)
#: How the note begins that says that a trouble is over.
AGAIN: Final = "again: "


class Trouble(StrEnum):
    """What can be wrong with a feed; each is told once, and again only after it was right in between."""

    SILENT = "silent"
    REFUSED = "refused"
    SHAPE = "shape"
    SKEW = "skew"


class Verdict(StrEnum):
    """`WAITING`: not well, and no reason yet to tell anybody."""

    WELL = "well"
    WAITING = "waiting"
    STALE = "stale"
    FAILING = "failing"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is on record of a feed's polls. `failing_since` and `failures` count from its last good one."""

    as_of: datetime | None = None
    polled_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0


def judge(reading: Reading, limit: MaxAge, calendar: Calendar, since: datetime, now: datetime) -> Verdict:
    """How a feed stands at `now`, where whoever polls it has run since `since`.

    Right after a start old data are no news: the first poll has its time, a quarter of `max_age`.
    """
    patience = limit.divided(PATIENCE)
    if reading.polled_at is None:
        return Verdict.WAITING if is_fresh(since, limit, calendar, now) else Verdict.NEVER
    if reading.as_of is None:
        return Verdict.NEVER
    if not is_fresh(reading.as_of, limit, calendar, now):
        starting = reading.polled_at < since and is_fresh(since, patience, calendar, now)
        return Verdict.WAITING if starting else Verdict.STALE
    if reading.failing_since is None:
        return Verdict.WELL
    lasting = reading.failures >= FAILED_POLLS and not is_fresh(reading.failing_since, patience, calendar, now)
    return Verdict.FAILING if lasting else Verdict.WAITING


def skewed(skew: timedelta, *, before: bool) -> bool:
    """Whether a clock that is so far from ours is wrong; `before`: it was at the last look."""
    return abs(skew) >= (SKEWED / 2 if before else SKEWED)
