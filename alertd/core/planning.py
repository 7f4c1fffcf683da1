"""From what is known of a dossier to its next instant: unit, deadlines, policy, plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.dossier import ENDED, Clock, Phase
from alertd.core.errors import CalendarError
from alertd.core.plan import Anchor, next_instant
from alertd.core.policy import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from alertd.core.directory import Directory
    from alertd.core.dossier import Observation, PlannedFrom
    from alertd.core.rules import Rules

#: The clocks that policies can be for.
LADDERS = (Clock.DUE, Clock.ACCEPT)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an observation means under the rules: its processing unit, due instant and deadline to accept it, in UTC."""

    unit: str | None
    due_at: datetime | None
    accept_by: datetime | None


def resolve(seen: Observation | PlannedFrom, rules: Rules, directory: Directory) -> Resolved:
    """Resolve an observation under the organisation of a date.

    The calendar of a dossier is its processing unit's, for the acceptance too (DESIGN section 4). Where that cannot be
    counted with, there is no deadline to accept.
    """
    unit = directory.unit(seen.unit)
    try:
        accept_by = rules.accept_instant(unit, seen)
    except CalendarError:
        accept_by = None
    return Resolved(unit, rules.due_instant(unit, seen.due_at, seen.due_on), accept_by)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the steps of one clock are counted from: they apply from `begin` to before `end`, around `deadline`.

    For the due clock from receipt to finish, for the accept clock from submission to acceptance; instants aware.
    """

    begin: datetime | None
    deadline: datetime
    end: datetime | None

    def anchor(self, unit: str | None, rules: Rules) -> Anchor:
        """The same for a plan."""
        return rules.anchor(unit, self.deadline, self.begin, self.end)


def subject_of(observation: Observation | PlannedFrom, unit: str | None) -> Subject:
    """What of an observation a policy can look at."""
    return Subject(
        unit, observation.procedure_code, observation.procedure, observation.field, observation.channel.value
    )


def stretch_of(seen: Observation | PlannedFrom, resolved: Resolved, clock: Clock, *, conflict: bool) -> Stretch | None:
    """What the clock of a dossier that runs is counted from; None without a deadline, or for a clock without steps.

    `conflict`: its portal calls it open although it shows a finish, which does not count then. Nor does a receipt that
    is shown of a dossier that is not accepted.
    """
    if clock is Clock.ACCEPT and resolved.accept_by is not None:
        return Stretch(seen.submitted_at, resolved.accept_by, None)
    if clock is Clock.DUE and resolved.due_at is not None:
        return Stretch(seen.received_at, resolved.due_at, None if conflict else seen.finished_at)
    return None


def stretches(seen: Observation, resolved: Resolved) -> Iterator[tuple[Clock, Stretch]]:
    """The stretches of both clocks as far as a dossier's own dates tell, for what is replayed (DESIGN section 9).

    A submission waited until its receipt, else its finish or return; one that was accepted nobody knows when is left
    out, and so is the due clock of one that has ended nobody knows when.
    """
    finished = seen.finished_at or seen.returned_at
    waits = seen.phase is Phase.PRE
    accepted = None if waits else seen.received_at or finished
    if resolved.accept_by is not None and (waits or accepted is not None):
        yield Clock.ACCEPT, Stretch(seen.submitted_at, resolved.accept_by, accepted)
    known = finished is not None or seen.phase not in ENDED
    if resolved.due_at is not None and not waits and known:
        yield Clock.DUE, Stretch(seen.received_at, resolved.due_at, finished)


def next_step_at(
    subject: Subject, clock: Clock, stretch: Stretch | None, rules: Rules, day: date, fired: Mapping[str, int]
) -> datetime | None:
    """The earliest instant not yet fired; None when no clock runs, nothing is due or no policy matches.

    `day` is the local date on which the policy is chosen, `fired` the last index on record of each step.
    """
    if stretch is None:
        return None
    policy = rules.policy_for(subject, clock, day)
    return next_instant(policy, stretch.anchor(subject.unit, rules), fired) if policy is not None else None
