"""A replay on a virtual clock: which steps would have fallen due, by the feed's own dates (DESIGN section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from alertd.core.plan import occurrences
from alertd.core.planning import resolve, stretches, subject_of
from alertd.core.policy import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alertd.core.dossier import Observation
    from alertd.core.planning import Stretch
    from alertd.core.policy import Policy
    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Replayed:
    """One alert of a replay; `at` is when the step falls due, before slots, coalescing and freshness."""

    at: datetime
    dossier: str
    policy: str
    step: str
    occurrence: int
    to: str
    person: str
    unit: str | None
    critical: bool = False

    def order(self) -> tuple[datetime, str, str, str, int]:
        """By at, dossier, step, person; in UTC, because an hour of the wall clock may come twice."""
        return (self.at.astimezone(UTC), self.dossier, self.step, self.person, self.occurrence)


def replay(dossiers: Iterable[Observation], rules: Rules, since: datetime, until: datetime) -> list[Replayed]:
    """Every alert with since <= at < until, in order.

    Units, lines of reporting and posts are those of the local date of each instant.
    """
    cuts = list(_cuts(rules, since, until))
    alerts = [alert for dossier in dossiers for alert in _of(dossier, rules, cuts)]
    return sorted(alerts, key=Replayed.order)


def _cuts(rules: Rules, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time between, cut where a unit or a line of reporting begins or has ended."""
    midnights = sorted(
        datetime.combine(day, time(), rules.zone)
        for day in rules.organisation.turning_days()
        if since < datetime.combine(day, time(), rules.zone) < until
    )
    yield from zip([since, *midnights], [*midnights, until], strict=True)


def _of(seen: Observation, rules: Rules, cuts: list[tuple[datetime, datetime]]) -> Iterator[Replayed]:
    for since, until in cuts:
        day = rules.local_date(since)
        resolved = resolve(seen, rules, rules.organisation.on(day))
        for clock, stretch in stretches(seen, resolved):
            policy = rules.policy_for(subject_of(seen, resolved.unit), clock, day)
            if policy is not None:
                yield from _told(seen, rules, policy, resolved.unit, stretch, since, until)


def _told(
    seen: Observation,
    rules: Rules,
    policy: Policy,
    unit: str | None,
    stretch: Stretch,
    since: datetime,
    until: datetime,
) -> Iterator[Replayed]:
    for occurrence in occurrences(policy, stretch.anchor(unit, rules), since, until):
        told: set[str] = set()
        day = rules.organisation.on(rules.local_date(occurrence.at))
        for target in occurrence.step.to:
            for person in day.resolve(target, unit, seen.officers):
                if person in told:
                    continue
                told.add(person)
                yield Replayed(
                    occurrence.at.astimezone(rules.zone), seen.code, policy.name, occurrence.step.name,
                    occurrence.index, target.text, person, unit, occurrence.step.urgency is Urgency.CRITICAL,
                )  # fmt: skip


def per_day(alerts: Iterable[Replayed]) -> dict[tuple[str, str, str], int]:
    """How many alerts per (date, person, step)."""
    counts: dict[tuple[str, str, str], int] = {}
    for alert in alerts:
        key = (alert.at.date().isoformat(), alert.person, alert.step)
        counts[key] = counts.get(key, 0) + 1
    return counts
