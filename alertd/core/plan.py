"""The plan of a dossier: the instants at which its steps fall due (DESIGN section 5).

Occurrence k of a step lies at (offset + k * every) from the due instant, computed in one go. It applies if
received <= at < finished, as far as those are known. Occurrences of one step never go back in time, so the first or
last one in a stretch of time is found by bisection: the cost does not grow with how long a dossier has been late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from alertd.core.worktime import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alertd.core.acknowledging import Hold
    from alertd.core.policy import Policy, Step
    from alertd.core.worktime import Calendar

#: No step repeats more often than this for one due date; a guard for the bisection, some thousand years of days.
MOST_OCCURRENCES = 1 << 20
BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a dossier's steps are counted from. All instants are aware."""

    due_at: datetime
    calendar: Calendar
    received_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instant at which one step falls due; `position` is the step's place in its policy."""

    step: Step
    position: int
    index: int
    at: datetime


def instant(step: Step, index: int, anchor: Anchor) -> datetime | None:
    """When occurrence `index` of a step falls due; None for a percentage of a dossier without receipt."""
    calendar, due = anchor.calendar, anchor.due_at
    working, days = step.at.working(calendar), 0
    if step.at.unit == "cd":
        days = step.at.days
    if step.every is not None and index:
        working += index * step.every.working(calendar)
        days += index * step.every.days
    base = to_us(due)
    if step.at.unit == "%":
        if anchor.received_at is None:
            return None
        received = to_us(anchor.received_at)
        total = max(calendar.worked(received, base), 0)
        share = -(-total * step.at.number.numerator // (100 * step.at.number.denominator))  # rounded up: earliest
        base = calendar.shift(received, share)
    if days:
        local = from_us(base).astimezone(calendar.zone)
        base = to_us(datetime.combine(local.date() + timedelta(days=days), local.time(), calendar.zone))
    return from_us(calendar.shift(base, working))


def last_index(step: Step) -> int:
    """The greatest index that a step can have."""
    if step.every is None:
        return 0
    return min(step.times or MOST_OCCURRENCES, MOST_OCCURRENCES) - 1


def first_from(step: Step, anchor: Anchor, since: datetime, after: int = -1) -> tuple[int, datetime] | None:
    """The first occurrence with an index above `after` whose instant is at or after `since`; None if there is none.

    Whether it applies (finished) is the caller's question; received is part of this one's.
    """
    if anchor.received_at is not None and anchor.received_at > since:
        since = anchor.received_at
    low, last = after + 1, last_index(step)
    if low > last:
        return None
    at = instant(step, low, anchor)
    if at is None or at >= since:
        return None if at is None else (low, at)
    if low == last:
        return None
    gap = 1
    while (high := min(low + gap, last)) < last and _at(step, high, anchor) < since:
        low, gap = high, gap * 2
    if _at(step, high, anchor) < since:
        return None
    while high - low > 1:  # low is before since, high is not
        middle = (low + high) // 2
        if _at(step, middle, anchor) < since:
            low = middle
        else:
            high = middle
    return high, _at(step, high, anchor)


def _at(step: Step, index: int, anchor: Anchor) -> datetime:
    at = instant(step, index, anchor)
    if at is None:
        raise ValueError(step.name)  # pragma: no cover - callers have asked about the first occurrence
    return at


def occurrences(policy: Policy, anchor: Anchor, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Every occurrence with since <= at < until that applies, step by step in the policy's order."""
    if anchor.finished_at is not None and anchor.finished_at < until:
        until = anchor.finished_at
    for position, step in enumerate(policy.steps):
        found = first_from(step, anchor, since)
        while found is not None and found[1] < until:
            index, at = found
            yield Occurrence(step, position, index, at)
            found = None if index >= last_index(step) else (index + 1, _at(step, index + 1, anchor))


def latest_due(step: Step, anchor: Anchor, now: datetime, after: int = -1) -> tuple[int, int, datetime] | None:
    """The occurrences of a step due at `now` and above index `after`: first index, last index, last instant."""
    first = first_from(step, anchor, BEGINNING, after)
    if first is None or not _applies(first[1], anchor, now):
        return None
    limit = now if anchor.finished_at is None or now < anchor.finished_at else anchor.finished_at - timedelta.resolution
    beyond = first_from(step, anchor, limit + timedelta.resolution, after)
    last = last_index(step) if beyond is None else beyond[0] - 1
    return first[0], last, _at(step, last, anchor)


def _applies(at: datetime, anchor: Anchor, now: datetime) -> bool:
    return at <= now and (anchor.finished_at is None or at < anchor.finished_at)


def next_instant(policy: Policy, anchor: Anchor, fired: Mapping[str, int], hold: Hold | None = None) -> datetime | None:
    """The earliest instant of a step not yet fired; `fired` gives the last index recorded of each step.

    A step that an acknowledgement holds counts with the instant at which it may fire.
    """
    earliest: datetime | None = None
    least_offset: int | None = None
    for step in policy.steps:
        after = fired.get(step.name, -1)
        offset = _working_offset(step, after + 1, anchor)
        # further from the due instant than one already found: no need to look at the calendar
        if hold is None and least_offset is not None and offset is not None and offset >= least_offset:
            continue
        found = first_from(step, anchor, BEGINNING, after)
        if found is None or (anchor.finished_at is not None and found[1] >= anchor.finished_at):
            continue
        at = hold.until(step, found[1]) if hold is not None else found[1]
        if earliest is None or at < earliest:
            earliest = at
            least_offset = offset if found[0] == after + 1 else _working_offset(step, found[0], anchor)
    return earliest


def _working_offset(step: Step, index: int, anchor: Anchor) -> int | None:
    """Working microseconds from the due instant to an occurrence; None where calendar days or percent count."""
    if step.at.unit in ("cd", "%"):
        return None
    offset, every = step.at.working(anchor.calendar), step.every
    if not index or every is None:
        return offset
    return None if every.unit == "cd" else offset + index * every.working(anchor.calendar)
