"""What an acknowledgement changes (DESIGN section 5): it mutes alerts to its person, and holds the steps of others."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.plan import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from alertd.core.plan import Anchor
    from alertd.core.policy import Duration, Step
    from alertd.core.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Ack:
    """Somebody acknowledged a dossier, in the episode that is looked at; `at` is aware."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """What the first acknowledgement of an episode delays: these steps, where their instant is after `since`.

    `by` is `ack_holds` of the policy: working time of `calendar`, or calendar days. Further acknowledgements of the
    episode add nothing. The planned instant stays what it is; `until` says when it fires.
    """

    since: datetime
    by: Duration
    steps: frozenset[str]
    calendar: Calendar

    def until(self, step: Step, at: datetime) -> datetime:
        """When an occurrence planned at `at` may fire."""
        if step.name not in self.steps or at <= self.since:
            return at
        return self.by.after(at, self.calendar)

    def released(
        self, step: Step, anchor: Anchor, due: tuple[int, int, datetime], now: datetime
    ) -> tuple[int, int, datetime] | None:
        """Of the occurrences that are due by the plan (first, last, instant of the last) those not held at `now`."""
        first, last, at = due
        if self.until(step, at) <= now:
            return due

        def until(index: int) -> datetime:
            planned = instant(step, index, anchor)
            assert planned is not None  # it is due, so it has an instant
            return self.until(step, planned)

        count = bisect_right(range(first, last), now, key=until)
        if count == 0:
            return None
        planned = instant(step, first + count - 1, anchor)
        assert planned is not None
        return first, first + count - 1, planned


def muting(acks: Iterable[Ack], person: str, at: datetime, mutes: Duration, calendar: Calendar) -> Ack | None:
    """The acknowledgement that mutes an alert to a person whose instant is `at`; None when there is none.

    It mutes from its own instant to the one `mutes` later, both included. Of several the last one before `at` reaches
    furthest.
    """
    latest = max((ack for ack in acks if ack.person == person and ack.at <= at), key=lambda ack: ack.at, default=None)
    return latest if latest is not None and at <= mutes.after(latest.at, calendar) else None


def held(
    acks: Sequence[Ack], by: Duration | None, calendar: Calendar, told: Iterable[tuple[Step, set[str]]]
) -> Hold | None:
    """What the first of an episode's acknowledgements (oldest first) holds; None when it holds nothing.

    `told` gives each step with the people it resolves to: a step that also tells the one who acknowledged is not held.
    """
    if not acks or by is None:
        return None
    first = acks[0]
    steps = frozenset(step.name for step, people in told if first.person not in people)
    return Hold(first.at, by, steps, calendar) if steps else None
