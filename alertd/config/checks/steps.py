"""Steps that repeat each other, fall outside a dossier's life, come faster than messages leave, or skip a level."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

from alertd.config.compile import targets
from alertd.config.findings import language
from alertd.config.reading import ESCALATION
from alertd.core.directory import DUTY, OFFICER
from alertd.core.policy import EIGHT_HOURS, RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.config.checks.context import Context
    from alertd.config.escalation import PolicyModel
    from alertd.core.organisation import Target
    from alertd.core.policy import Duration

#: No procedure has a longer term than a working year (reference 2.1); an earlier step would fall before receipt.
_LONGEST = (Fraction(250 * 8), "250d")
_DAY = Fraction(8)
_OFFICER, _UNIT, _ABOVE = 1, 2, 3
_LEVELS = {"vi": {_OFFICER: "cán bộ thụ lý (officer)", _UNIT: "người đứng đầu đơn vị (head)"}}
_LEVELS["en"] = {_OFFICER: "the officer", _UNIT: "the head of the unit (head)"}


def check(context: Context) -> None:
    """Look at the steps of all policies."""
    if context.escalation is None:
        return
    slot = _closest_slots(context)
    for at, policy in enumerate(context.escalation.policies):
        _names(context, at, policy)
        _same(context, at, policy)
        for index, step in enumerate(policy.steps):
            path = ("policies", at, "steps", index)
            most, shown = _LONGEST if policy.clock == "due" else _to_accept(context)
            hours = _hours(context, step.at)
            if hours is not None and -hours > most:
                place = context.at(ESCALATION, *path, "at")
                context.add("step.before-receipt", place, value=step.at.text, most=shown)
            if slot and step.every and step.urgency != "critical" and (_hours(context, step.every) or 0) < slot:
                place = context.at(ESCALATION, *path, "every")
                context.add("step.every-slot", place, value=step.every.text, slot=f"{float(slot):g}")
        _levels(context, at, policy)


def _to_accept(context: Context) -> tuple[Fraction, str]:
    """The time that a submission has; a portal that states its deadline gives a day (reference 2.2)."""
    within = context.escalation.accept_within if context.escalation else EIGHT_HOURS
    hours = _hours(context, within) or Fraction(0)
    return (hours, within.text) if hours > _DAY else (_DAY, "1d")


def _hours(context: Context, duration: Duration) -> Fraction | None:
    """Working hours, a calendar day taken for a working day; None for a percentage."""
    day = Fraction(context.calendar.default.hours_per_day) if context.calendar else Fraction(8)
    factors = {"d": day, "cd": day, "h": Fraction(1), "m": Fraction(1, 60)}
    factor = factors.get(duration.unit)
    return None if factor is None else duration.number * factor


def _names(context: Context, at: int, policy: PolicyModel) -> None:
    names: set[str] = set()
    for index, step in enumerate(policy.steps):
        if step.name in names:
            place = context.at(ESCALATION, "policies", at, "steps", index, "name")
            context.add("step.duplicate-name", place, name=step.name)
        if step.name in RESERVED:
            context.add("step.reserved", context.at(ESCALATION, "policies", at, "steps", index, "name"), name=step.name)
        names.add(step.name)


def _same(context: Context, at: int, policy: PolicyModel) -> None:
    roles = context.escalation.roles if context.escalation else {}
    seen: dict[object, str] = {}
    for index, step in enumerate(policy.steps):
        who = frozenset((t.post, t.where, t.arg) for t in targets(step.to, roles))
        hours = None if step.at.unit == "cd" and step.at.number else _hours(context, step.at)
        key = (who, step.at.unit, step.at.number) if hours is None else (who, hours)
        if key in seen:
            place = context.at(ESCALATION, "policies", at, "steps", index)
            context.add("step.same", place, other=seen[key])
        seen.setdefault(key, step.name)


def _closest_slots(context: Context) -> Fraction | None:
    """The least working hours between two slots of a plain week; None when messages leave at once."""
    if context.settings is None or context.work is None or context.settings.delivery.at_once:
        return None
    minutes = sorted({slot.hour * 60 + slot.minute for slot in context.settings.delivery.slots})
    sessions = next((context.work.week[day] for day in range(7) if context.work.week.get(day)), ())
    if not sessions:
        return None
    worked = [sum(max(0, min(minute, end) - start) for start, end in sessions) for minute in minutes]
    total = sum(end - start for start, end in sessions)
    gaps = [after - before for before, after in itertools.pairwise(worked)]
    gaps.append(total - worked[-1] + worked[0])
    return Fraction(min((gap for gap in gaps if gap > 0), default=total), 60)


def _levels(context: Context, at: int, policy: PolicyModel) -> None:
    """Telling those above without, or before, those below."""
    first: dict[int, tuple[Fraction | None, int]] = {}
    for index, level, hours in _told(context, policy):
        if level not in first or _earlier(hours, first[level][0]):
            first[level] = (hours, index)
    for level in (_UNIT, _ABOVE):
        below = level - 1
        if level not in first:
            continue
        hours, index = first[level]
        if below in first and (hours is None or first[below][0] is None or not _earlier(hours, first[below][0])):
            continue
        place = context.at(ESCALATION, "policies", at, "steps", index, "to")
        context.add("level.skipped", place, name=policy.name, level=_LEVELS[language()][below])


def _earlier(one: Fraction | None, other: Fraction | None) -> bool:
    """Whether an instant comes first; a percentage of the term comes before anything counted from the due date."""
    if one is None or other is None:
        return one is None and other is not None
    return one < other


def _told(context: Context, policy: PolicyModel) -> Iterator[tuple[int, int, Fraction | None]]:
    roles = context.escalation.roles if context.escalation else {}
    for index, step in enumerate(policy.steps):
        for target in targets(step.to, roles):
            level = _level(target)
            if level:
                yield index, level, _hours(context, step.at)


def _level(target: Target) -> int:
    """Officer, unit, above; 0 for people and groups, whose place nobody can tell."""
    if target.post in ("person", "group"):
        return 0
    if target.where in ("", "kind"):  # the nearest unit of a kind may be the unit itself
        return _OFFICER if target.post in (OFFICER, DUTY) else _UNIT
    return _ABOVE
