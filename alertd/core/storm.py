"""The storm brake: when a batch of messages is so unlike the usual that an operator is asked first.

A bad import looks exactly like that (delivery reference 7.9; DESIGN section 7).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from zoneinfo import ZoneInfo

#: What is usual, and who was told before, is read from so many days.
HISTORY = timedelta(days=14)
#: With messages at once there are no slots: what was composed within this time is one batch.
AT_ONCE_BATCH = timedelta(minutes=10)
#: First messages to people that come so soon after a storm began belong to it.
JOIN_WITHIN = timedelta(hours=1)


class StormState(StrEnum):
    """Where a storm stands; `partly`: what was due or overdue has left by itself, the rest is still held."""

    HELD = "held"
    PARTLY = "partly"
    RELEASED = "released"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class StormBrake:
    """`delivery.storm_brake`: never below `at_least` messages; `hold_max` is elapsed time."""

    factor: float = 3.0
    share: float = 0.2
    at_least: int = 50
    hold_max: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Hold:
    """The messages that wait in a storm: everybody's, or those to `people`."""

    storm: int
    people: Collection[str] | None = None

    def takes(self, person: str) -> bool:
        """Whether the message to this person is held."""
        return self.people is None or person in self.people


def is_storm(brake: StormBrake, messages: int, newcomers: int, usual: float) -> bool:
    """Whether a batch of so many messages (one a person) is held.

    `newcomers` of the people have had no alert in the last 14 days; `usual` is the median number of such messages.
    """
    if messages < brake.at_least:
        return False
    return messages > brake.factor * usual or newcomers > brake.share * messages


def note(messages: int, people: int, usual: int, leaves: str) -> str:
    """What the admin's alert carries; `leaves` says when what is due leaves by itself, empty once it has."""
    return f"{messages}|{people}|{usual}|{leaves}"


def usual_at_slots(counts: Iterable[tuple[datetime, int]]) -> float:
    """The median number of messages of the slots that had any; 0 without history."""
    found = [count for _, count in counts]
    return float(median(found)) if found else 0.0


def usual_at_once(counts: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> float:
    """The median, over the days that had any, of the messages in a day's fullest ten minutes.

    The median of single ticks would be one or two, and every morning a storm.
    """
    batches: Counter[int] = Counter()
    for at, count in counts:
        batches[int(at.timestamp() // AT_ONCE_BATCH.total_seconds())] += count
    days: dict[object, int] = {}
    for number, count in batches.items():
        begin = datetime.fromtimestamp(number * AT_ONCE_BATCH.total_seconds(), UTC)
        day = begin.astimezone(zone).date()
        days[day] = max(days.get(day, 0), count)
    return float(median(days.values())) if days else 0.0
