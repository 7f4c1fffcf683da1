"""The validated files as the core's rules. Names that lead nowhere are `check`'s business; nothing fails on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.dossier import Clock
from alertd.core.organisation import Absence, Contact, Edge, Organisation, Person, Post, Target, Unit
from alertd.core.policy import Match, Policy, Step, Urgency
from alertd.core.rates.goals import Goal
from alertd.core.rates.rate import Indicator, Side
from alertd.core.rates.tally import Counting
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from alertd.config.calendar import CalendarModel, DefaultCalendar
    from alertd.config.escalation import EscalationModel, PolicyModel, StepModel
    from alertd.config.organisation import ContactModel, OrganisationModel, PersonModel, UnitModel
    from alertd.config.settings import Report
    from alertd.config.targets import GoalModel

Roles = dict[str, tuple[Target, ...]]


def rules(
    zone: ZoneInfo,
    calendar: CalendarModel,
    organisation: OrganisationModel,
    escalation: EscalationModel,
    admin: Target | None,
) -> Rules:
    """Everything that decides, in one value."""
    own = {code: calendar.default.for_unit(unit) for code, unit in calendar.units.items()}
    return Rules(
        zone=zone,
        calendar=one_calendar(calendar.default, zone),
        calendars={code: one_calendar(model, zone) for code, model in own.items()},
        organisation=one_organisation(organisation, admin),
        policies=tuple(_policy(model, at, escalation.roles) for at, model in enumerate(escalation.policies)),
        accept_within=escalation.accept_within,
    )


def one_calendar(model: DefaultCalendar, zone: ZoneInfo) -> Calendar:
    """Working time of the default or of one unit."""
    week = {day: tuple((s.start, s.end) for s in sessions) for day, sessions in model.week.items()}
    return Calendar(zone, week, model.off(), model.made_up(), model.hours_per_day)


def one_organisation(model: OrganisationModel, admin: Target | None) -> Organisation:
    """Units and people by their codes; of two with the same code the first stands."""
    units: dict[str, Unit] = {}
    for unit in model.units:
        units.setdefault(unit.code, _unit(unit))
    people: dict[str, Person] = {}
    for person in model.people:
        people.setdefault(person.id, one_person(person))
    return Organisation(units, people, dict(model.groups), model.fallback, admin)


def goal(model: GoalModel) -> Goal:
    """A goal of the plan."""
    return Goal(model.scope, Indicator(model.indicator), model.value, model.basis, model.span)


def counting(report: Report) -> Counting:
    """Which variant of each indicator is counted, and for which unit."""
    return Counting(
        {indicator: getattr(report.variants, indicator.value) for indicator in Indicator},
        {indicator: Side(getattr(report.units, indicator.value)) for indicator in Indicator},
    )


def _unit(model: UnitModel) -> Unit:
    edges = tuple(Edge(edge.unit, edge.kind, edge.span) for edge in model.reports_to)
    return Unit(model.code, model.name, model.kind or "", model.aliases, edges, model.span, model.successor)


def one_person(model: PersonModel) -> Person:
    """Somebody who can be told."""
    return Person(
        model.id,
        model.name,
        model.portal_ids,
        tuple(Post(post.unit, post.post, post.span) for post in model.posts),
        tuple(_contact(contact) for contact in model.contacts),
        tuple(Absence(away.span, away.to) for away in model.away),
    )


def _contact(model: ContactModel) -> Contact:
    return Contact(model.channel, model.address or model.chat_id or model.user_id, model.phone, model.group_id)


def targets(written: Sequence[Target], roles: Mapping[str, Sequence[Target]]) -> tuple[Target, ...]:
    """Targets with role names replaced by what they stand for; the text stays as the policy writes it."""
    made: list[Target] = []
    for target in written:
        stands_for = roles.get(target.text)
        if stands_for is None:
            made.append(target)
        else:
            made += [Target(target.text, real.post, real.where, real.arg) for real in stands_for]
    return tuple(made)


def _policy(model: PolicyModel, position: int, roles: Mapping[str, Sequence[Target]]) -> Policy:
    match = model.match
    return Policy(
        name=model.name,
        match=Match(match.unit or (), match.procedure or (), match.field or (), match.channel or ()),
        steps=tuple(_step(step, roles) for step in model.steps),
        clock=Clock(model.clock),
        ack_mutes=model.ack_mutes,
        ack_holds=model.ack_holds,
        position=position,
    )


def _step(model: StepModel, roles: Mapping[str, Sequence[Target]]) -> Step:
    urgency = Urgency(model.urgency) if model.urgency else None
    return Step(model.name, model.at, targets(model.to, roles), model.every, model.times, urgency)
