"""From what is known of a dossier to its next instant: unit, due instant, policy, plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.dossier import Clock
from alertd.core.plan import next_instant
from alertd.core.policy import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from alertd.core.dossier import Observation
    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Running:
    """A dossier's clock and the values that its plan is made from; instants aware."""

    subject: Subject
    clock: Clock
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None


def subject_of(observation: Observation, unit: str | None) -> Subject:
    """What of an observation a policy can look at."""
    return Subject(
        unit, observation.procedure_code, observation.procedure, observation.field, observation.channel.value
    )


def next_step_at(running: Running, rules: Rules, day: date, fired: Mapping[str, int]) -> datetime | None:
    """The earliest instant not yet fired; None when no clock runs, nothing is due or no policy matches.

    `day` is the local date on which the policy is chosen, `fired` the last index on record of each step.
    """
    if running.clock is not Clock.DUE or running.due_at is None:
        return None
    policy = rules.policy_for(running.subject, running.clock, day)
    if policy is None:
        return None
    anchor = rules.anchor(running.subject.unit, running.due_at, running.received_at, running.finished_at)
    return next_instant(policy, anchor, fired)
