"""What the plan wants: goals with their legal basis, whether they are met, and where a rate is heading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from alertd.core.organisation import Span
    from alertd.core.rates.rate import Rate

#: The scope of a goal for the whole district, and how a scope names a kind of unit.
WHOLE, KIND = "all", "kind:"
_SECOND = timedelta(seconds=1)
#: Indicators that sum over weeks; the others are judged as they stand at the cut-off.
SUMMED = frozenset({Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED, Indicator.ON_TIME})


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of the plan: `scope` is a unit's code, `kind:K` (each unit of that kind) or `all` (the whole district).

    `value` is between 0 and 1. `span` holds local dates, both inclusive; without a last day nothing is projected.
    """

    scope: str
    indicator: Indicator
    value: Fraction
    basis: str
    span: Span


class Verdict(StrEnum):
    """đạt · chưa đạt · chưa giao chỉ tiêu · không có số liệu."""

    MET = "met"
    MISSED = "missed"
    NO_GOAL = "no_goal"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a rate will stand at the end of its goal's period, at the pace so far.

    `to_come` is how many dossiers are still expected until `until` (exclusive); `needed` the rate that they must reach
    (at most, where less is better) for the goal to be met, None when none is to come, and `reachable` whether they can.
    `misses`: on its way to miss it.
    """

    until: datetime
    to_come: int
    value: Fraction
    needed: Fraction | None
    misses: bool
    reachable: bool


def goal_for(goals: Iterable[Goal], unit: str | None, kind: str, indicator: Indicator, day: date) -> Goal | None:
    """The goal of a unit ("" is the whole) on a local date: its own before that of its kind."""
    there = [goal for goal in goals if goal.indicator is indicator and day in goal.span]
    if unit == "":
        return next((goal for goal in there if goal.scope == WHOLE), None)
    own = next((goal for goal in there if goal.scope == unit), None)
    return own or next((goal for goal in there if kind and goal.scope == KIND + kind), None)


def judge(rate: Rate, goal: Goal | None, *, higher_is_better: bool) -> Verdict:
    """Whether a rate meets its goal; exactly, however it is rounded when shown."""
    if rate.value is None:
        return Verdict.NOT_APPLICABLE
    if goal is None:
        return Verdict.NO_GOAL
    return Verdict.MET if _meets(rate.value, goal.value, higher_is_better=higher_is_better) else Verdict.MISSED


def project(
    to_date: Rate,
    recent: Rate,
    goal: Goal,
    *,
    higher_is_better: bool,
    covered: timedelta,
    cutoff: datetime,
    until: datetime,
) -> Projection | None:
    """Where a rate will stand at the end of its goal's period; None when that is over, or nothing is known yet.

    What is to come is as much a day as in the time `covered` by `to_date`, and has the rate of the `recent` weeks, or,
    where those have none, the rate so far.
    """
    rate = recent.value if recent.value is not None else to_date.value
    if rate is None or to_date.value is None or until <= cutoff or not covered:
        return None
    times = Fraction((until - cutoff) // _SECOND, covered // _SECOND)
    volume = round(to_date.denominator * times)
    whole = to_date.denominator + volume
    value = (to_date.numerator + rate * volume) / whole
    needed = (goal.value * whole - to_date.numerator) / volume if volume else None
    misses = not _meets(value, goal.value, higher_is_better=higher_is_better)
    reachable = not misses if needed is None else needed <= 1 if higher_is_better else needed >= 0
    return Projection(until, round(to_date.dossiers * times), value, needed, misses=misses, reachable=reachable)


def _meets(value: Fraction, goal: Fraction, *, higher_is_better: bool) -> bool:
    return value >= goal if higher_is_better else value <= goal
