"""What the ledger says of one dossier, against what the rules say should have been told by now.

Of the engine only the reading of people (`core.directory`) and the choice of the policy are shared; instants are
counted by `core.audit.slow`, and what is on record is looked at row by row. What was recorded under other rules, or
about a dossier that looked otherwise, is compared only as far as that can still be known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from alertd.core.audit import slow
from alertd.core.errors import CalendarError
from alertd.core.firing import AlertState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from alertd.core.dossier import Clock
    from alertd.core.planning import Stretch
    from alertd.core.policy import Policy, Step, Subject
    from alertd.core.rules import Rules


class Fault(StrEnum):
    """What can be wrong with the ledger."""

    MISSING = "missing"
    TWICE = "twice"
    INSTANT = "instant"
    RECIPIENT = "recipient"
    REASONLESS = "reasonless"
    NO_PLAN = "no_plan"
    UNFIRED = "unfired"
    MESSAGE = "message"
    EPISODE = "episode"
    SPELL = "spell"


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert of a policy on record; it stands for the `folded` occurrences before its own too."""

    episode: int
    step: str
    occurrence: int
    folded: int
    person: str
    policy: str
    unit: str | None
    at: datetime
    recorded_at: datetime
    state: str

    @property
    def first(self) -> int:
        """The first occurrence that it stands for: all before it, where a change of rules put them before itself."""
        return 0 if self.state == AlertState.NOT_APPLIED.value else self.occurrence - self.folded


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier as it is stored, with what is on record of its clock. Instants in UTC.

    `stretch` is None where no deadline is known, `runs` where its clock stands still or it is missing. `steady_since`:
    neither it nor its plan nor the configuration has changed since then, so that what was recorded later (not at
    that very instant: which came first is not known) can be recounted. `put_off`: somebody has acknowledged it.
    `overdue`: it is marked so; `spells` is the number of its overdue spells that are open.
    """

    code: str
    clock: Clock
    episode: int
    subject: Subject
    officers: tuple[str, ...]
    handed_to: str | None
    stretch: Stretch | None
    runs: bool
    next_step_at: datetime | None
    waiting_at: datetime | None
    planned_at: datetime
    steady_since: datetime
    put_off: bool
    overdue: bool
    spells: int
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: about which dossier, and what was expected."""

    fault: Fault
    code: str
    step: str
    person: str
    at: datetime | None
    detail: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two of them the same: how a sentence counts or dates it changes from audit to audit."""
        return self.fault.value, self.code, self.step, self.person


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `judged` is False where the calendar or an acknowledgement leaves open when a step is due."""

    findings: tuple[Finding, ...]
    judged: bool = True


def judge(held: Held, rules: Rules, mark: datetime) -> Verdict:
    """Judge one dossier. `mark` is the instant up to which the escalation has run."""
    policy = rules.policy_for(held.subject, held.clock, rules.local_date(mark))
    findings = [*_twice(held), *_episodes(held)]
    if not held.runs:
        if held.next_step_at is not None:
            findings.append(_finding(held, Fault.NO_PLAN, "", held.next_step_at, "it does not run and has a plan"))
        return Verdict(tuple(findings))
    if policy is None or held.stretch is None:
        return Verdict(tuple(findings))
    try:
        findings += _recorded(held, held.stretch, policy, rules)
        if held.put_off and policy.ack_holds is not None:
            return Verdict(tuple(findings), judged=False)
        findings += _owed(held, held.stretch, policy, rules, mark)
    except CalendarError:
        return Verdict(tuple(findings), judged=False)
    return Verdict(tuple(findings))


def _twice(held: Held) -> Iterator[Finding]:
    """Rows of one person that stand for the same occurrence."""
    theirs: dict[tuple[int, str, str], list[Entry]] = defaultdict(list)
    for entry in held.entries:
        theirs[entry.episode, entry.step, entry.person].append(entry)
    for (_, step, person), entries in theirs.items():
        entries.sort(key=lambda entry: entry.occurrence)
        for before, entry in pairwise(entries):
            if AlertState.NOT_APPLIED.value not in (before.state, entry.state) and entry.first <= before.occurrence:
                text = f"occurrence {entry.first} is on record twice"
                yield _finding(held, Fault.TWICE, step, entry.at, text, person)


def _episodes(held: Held) -> Iterator[Finding]:
    """Alerts of an episode that has not begun; an overdue spell that is open without reason, or closed."""
    for entry in held.entries:
        if entry.episode > held.episode:
            text = f"it is of episode {entry.episode}, and the dossier is in episode {held.episode}"
            yield _finding(held, Fault.EPISODE, entry.step, entry.at, text, entry.person)
    if held.spells != int(held.overdue):
        text = f"{held.spells} overdue spells are open, and it is {'' if held.overdue else 'not '}marked overdue"
        yield _finding(held, Fault.SPELL, "", None, text)


def _recorded(held: Held, stretch: Stretch, policy: Policy, rules: Rules) -> Iterator[Finding]:
    """What is on record and can be recounted: its step, its instant, its people."""
    calendar = rules.calendar_of(held.subject.unit)
    steps = {step.name: step for step in policy.steps}
    told: dict[tuple[str, int, datetime], list[Entry]] = defaultdict(list)
    for entry in held.entries:
        if entry.episode != held.episode or entry.recorded_at <= held.steady_since or entry.unit != held.subject.unit:
            continue
        if entry.state == AlertState.NOT_APPLIED.value or entry.policy != policy.name:
            continue
        step = steps.get(entry.step)
        if step is None:
            text = f"policy {policy.name} has no step {entry.step}"
            yield _finding(held, Fault.REASONLESS, entry.step, entry.at, text, entry.person)
            continue
        at = slow.instant(step, entry.occurrence, stretch, calendar)
        if at != entry.at:
            text = f"occurrence {entry.occurrence} falls due {at.isoformat() if at else 'never'}"
            yield _finding(held, Fault.INSTANT, entry.step, entry.at, text, entry.person)
        told[entry.step, entry.occurrence, entry.recorded_at].append(entry)
    if held.handed_to is not None or any(entry.episode < held.episode for entry in held.entries):
        return  # who was told depends on when it was handed over, or on what they had been told before
    for (name, _, recorded_at), entries in told.items():
        yield from _people(held, steps[name], rules, recorded_at, entries)


def _people(held: Held, step: Step, rules: Rules, when: datetime, entries: Sequence[Entry]) -> Iterator[Finding]:
    directory = rules.organisation.on(rules.local_date(when))
    unit, officers = held.subject.unit, held.officers
    owed = {person for to in step.to for person in directory.resolve(to, unit, officers) or ("",)}
    found = {entry.person for entry in entries}
    for person in sorted(owed - found):
        yield _finding(held, Fault.MISSING, step.name, entries[0].at, "the others of this step were told", person)
    for person in sorted(found - owed):
        yield _finding(held, Fault.RECIPIENT, step.name, entries[0].at, "the step is not for this person", person)


def _owed(held: Held, stretch: Stretch, policy: Policy, rules: Rules, mark: datetime) -> Iterator[Finding]:
    """What is not on record: a hole between what is, a step that has fallen due, a plan that is not there."""
    calendar = rules.calendar_of(held.subject.unit)
    planned = held.next_step_at or held.waiting_at
    upcoming: list[tuple[slow.Due, Step]] = []
    for step in policy.steps:
        entries = [entry for entry in held.entries if entry.step == step.name]
        now = [entry for entry in entries if entry.episode == held.episode]
        before = [entry.recorded_at for entry in entries if entry.episode != held.episode]
        yield from _holes(held, step, now)
        last = max((entry.occurrence for entry in now), default=-1)
        due = slow.first_after(step, last, stretch, calendar, max(before, default=None))
        if due is not None:
            upcoming.append((due, step))
    # strictly before: what was planned at the mark's own instant may have come after the tick
    if held.next_step_at is not None and max(held.next_step_at, held.planned_at) < mark:
        yield _finding(held, Fault.UNFIRED, "", held.next_step_at, f"planned, and not fired by {mark.isoformat()}")
    for due, step in upcoming:
        if planned is not None and planned <= due.at:
            continue
        if due.at <= mark:
            yield _finding(
                held, Fault.MISSING, step.name, due.at, f"occurrence {due.index} fell due, nobody is on record"
            )
    if not upcoming:
        return
    first, step = min(upcoming, key=lambda pair: pair[0].at)
    if first.at > mark and (planned is None or planned > first.at):
        text = f"its plan is {planned.isoformat() if planned else 'empty'}"
        yield _finding(held, Fault.NO_PLAN, step.name, first.at, text)


def _holes(held: Held, step: Step, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Occurrences between two that are on record."""
    ordered = sorted(entries, key=lambda entry: (entry.first, entry.occurrence))
    reach = ordered[0].occurrence if ordered else -1
    for entry in ordered[1:]:
        if entry.first > reach + 1:
            text = f"occurrences {reach + 1} to {entry.first - 1} are not on record"
            yield _finding(held, Fault.MISSING, step.name, entry.at, text, entry.person)
        reach = max(reach, entry.occurrence)


def _finding(held: Held, fault: Fault, step: str, at: datetime | None, detail: str, person: str = "") -> Finding:
    return Finding(fault, held.code, step, person, at, detail)
