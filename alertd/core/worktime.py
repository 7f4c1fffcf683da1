"""Working time: weekly sessions, days off and make-up working days, on the wall clock of one zone.

Working time is elapsed time inside sessions. Internally an instant is an integer of microseconds since 1970 UTC, so
that arithmetic is exact; the public functions take and give aware datetimes (results in UTC).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from alertd.core.errors import CalendarError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR_US = 3_600_000_000
MONDAY = 0
DAY_MINUTES = 1440
#: Years that a calendar can be asked about; portals show sentinels outside these (reference 5, problem 1).
FIRST_YEAR, LAST_YEAR = 1990, 2200
STANDARD_SESSIONS = ((450, 690), (780, 1020))  # 07:30-11:30, 13:00-17:00


def to_us(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware instant."""
    return (at - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The instant, in UTC, of `us` microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


@dataclass(frozen=True, slots=True)
class _Table:
    """Sessions of some whole years in order: starts and ends in microseconds, and working time before each start."""

    first_year: int
    last_year: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    low: int
    high: int
    total: int


@dataclass(eq=False)
class Calendar:
    """Working time of one unit.

    `week` maps 0 (Monday) to 6 (Sunday) to sessions of (start, end) in minutes of the day, end at most 1440.
    A day off has no sessions; a make-up working day uses Monday's, whatever day of the week it is.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(
        default_factory=lambda: dict.fromkeys(range(5), STANDARD_SESSIONS)
    )
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    hours_per_day: float = 8
    _table: _Table | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        #: Working microseconds that `1d` stands for.
        self.day_us = round(self.hours_per_day * HOUR_US)

    def sessions(self, day: date) -> tuple[tuple[int, int], ...]:
        """The sessions of one local date, in minutes of the day; empty on a day without work."""
        if day in self.days_off:
            return ()
        if day in self.working_days:
            return self.week.get(MONDAY, ())
        return self.week.get(day.weekday(), ())

    def end_of(self, day: date) -> datetime:
        """What a due date without a time means: the end of its last session, else the end of the calendar day."""
        sessions = self.sessions(day)
        return from_us(self._local_us(day, sessions[-1][1] if sessions else DAY_MINUTES))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Move by working time: forward to the earliest, back to the latest instant with that much time between.

        A zero amount is the instant itself, even outside sessions.
        """
        return from_us(self.shift(to_us(start), amount // MICROSECOND))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; negative when `end` comes first."""
        return timedelta(microseconds=self.worked(to_us(start), to_us(end)))

    def shift(self, start: int, amount: int) -> int:
        """`add`, in microseconds."""
        if amount == 0:
            return start
        table = self._covering(start)
        while True:
            target = self._elapsed(table, start) + amount
            if 0 < target <= table.total if amount > 0 else 0 <= target < table.total:
                break
            table = self._grown(table, forward=amount > 0)
        i = bisect_left(table.before, target) - 1 if amount > 0 else bisect_right(table.before, target) - 1
        return table.starts[i] + target - table.before[i]

    def worked(self, start: int, end: int) -> int:
        """`between`, in microseconds."""
        self._covering(start)
        table = self._covering(end)
        return self._elapsed(table, end) - self._elapsed(table, start)

    @staticmethod
    def _elapsed(table: _Table, us: int) -> int:
        i = bisect_right(table.starts, us) - 1
        if i < 0:
            return 0
        return table.before[i] + min(us, table.ends[i]) - table.starts[i]

    def _local_us(self, day: date, minute: int) -> int:
        if minute == DAY_MINUTES:
            day, minute = day + timedelta(days=1), 0
        return to_us(datetime.combine(day, time(minute // 60, minute % 60), self.zone))

    def _covering(self, us: int) -> _Table:
        table = self._table
        if table is not None and table.low <= us < table.high:
            return table
        year = from_us(us).year
        if table is None:
            return self._build(year - 1, year + 1)
        return self._build(min(table.first_year, year - 1), max(table.last_year, year + 1))

    def _grown(self, table: _Table, *, forward: bool) -> _Table:
        """One more decade at one side, for a move that runs out of the table."""
        if forward:
            return self._build(table.first_year, table.last_year + 10)
        return self._build(table.first_year - 10, table.last_year)

    def _build(self, first_year: int, last_year: int) -> _Table:
        if first_year < FIRST_YEAR - 11 or last_year > LAST_YEAR + 11:
            raise CalendarError(
                f"the calendar has no working time to count with between {max(first_year, 1)} and {last_year}; "
                "check its sessions and the dates given"
            )
        starts: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        total = 0
        day = date(first_year, 1, 1)
        stop = date(last_year + 1, 1, 1)
        while day < stop:
            for start, end in self.sessions(day):
                low, high = self._local_us(day, start), self._local_us(day, end)
                if high <= low:  # swallowed by a change of summer time
                    continue
                starts.append(low)
                ends.append(high)
                before.append(total)
                total += high - low
            day += timedelta(days=1)
        table = _Table(
            first_year,
            last_year,
            starts,
            ends,
            before,
            self._local_us(date(first_year, 1, 1), 0),
            self._local_us(stop, 0),
            total,
        )
        self._table = table  # one assignment: other threads see the old table or the new one, both right
        return table
