"""Which units had to explain in which week of a year: overdue dossiers, or a rate below the plan of then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.rates.goals import KIND, Verdict, judge
from alertd.core.rates.rate import Rate
from alertd.core.rates.variants import VARIANTS
from alertd.reports.accountability import EXPLAINED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from alertd.core.rates.goals import Goal
    from alertd.core.rates.rate import Indicator
    from alertd.core.rates.week import UnitWeek, Week
    from alertd.core.rates.weeks import WeekEnd

#: A rate that is summed since a goal began: unit, indicator, the goal's first day, how it is counted.
_Key = tuple[str, "Indicator", "date | None", str, str]


def breaches_by_week(
    before: Sequence[Week], weeks: Sequence[Week], goals: Mapping[str, Sequence[Goal]], ends: WeekEnd
) -> list[frozenset[str]]:
    """For each of `weeks` the units that had to explain; `before` only counts for sums since a goal began.

    Sums grow week by week: the same as summing anew each time, at a fraction of the time.
    """
    sums: dict[_Key, Rate] = {}
    found = []
    for at, week in enumerate([*before, *weeks]):
        day = ends.last_day(week.cutoff)
        there = {(g.scope, g.indicator): g for g in goals[week.configuration] if day in g.span}
        owing = {
            unit.code
            for unit in week.units
            if unit.code is not None and (_misses(unit, week, there, sums) or unit.figures.counts.ever_overdue)
        }
        if at >= len(before):
            found.append(frozenset(owing))
    return found


def _misses(
    unit: UnitWeek, week: Week, goals: Mapping[tuple[str, Indicator], Goal], sums: dict[_Key, Rate]
) -> bool:  # fmt: skip
    missed = False
    for indicator in EXPLAINED:
        goal = goals.get((unit.code or "", indicator)) or goals.get((KIND + unit.kind, indicator))
        if goal is None:
            continue
        rate = unit.figures.rates.get(indicator.value, Rate())
        if goal.span.first is not None:
            variant, side = week.counting.variants[indicator], week.counting.sides[indicator]
            key = (unit.code or "", indicator, goal.span.first, variant, side.value)
            rate = sums[key] = sums.get(key, Rate()) + rate
        better = VARIANTS[indicator][week.counting.variants[indicator]].higher_is_better
        missed |= judge(rate, goal, higher_is_better=better) is Verdict.MISSED
    return missed
