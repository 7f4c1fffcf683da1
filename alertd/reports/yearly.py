"""The report of a year from its frozen weeks: per unit, and per head for the weeks in which each headed a unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alertd.core.rates.goals import SUMMED, goal_for, judge
from alertd.core.rates.past import Past
from alertd.core.rates.rate import Indicator, Rate
from alertd.core.rates.roll import Rolled, roll
from alertd.core.rates.scores import total
from alertd.core.rates.tally import SCORED, Figures
from alertd.core.rates.tenure import Tenures, runs
from alertd.core.rates.variants import VARIANTS
from alertd.core.weekly import HeatRow, IndicatorNote, Mark, RateCell, TrendPoint, UnitRow
from alertd.core.yearly import HeadYear, Owed, Tenure, UnitYear, YearReport
from alertd.reports import words
from alertd.reports.owing import breaches_by_week
from alertd.reports.weekly import ranked, score_part
from alertd.reports.year_remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from alertd.core.organisation import Organisation
    from alertd.core.rates.goals import Goal
    from alertd.core.rates.week import Week
    from alertd.core.rates.weeks import WeekEnd
    from alertd.core.rules import Rules
    from alertd.core.yearly import WeekUsed


@dataclass(frozen=True)
class YearSources:
    """What the report of a year is made from.

    `weeks` are those of the year with their lists, oldest first, at least one; `before` earlier ones, back to where
    goals began. `goals` and `then` are goals and organisation by a week's configuration. `explained` are the codes of
    dossiers about which somebody explained.
    """

    year: int
    weeks: Sequence[Week]
    before: Sequence[Week]
    used: Sequence[WeekUsed]
    missing: Sequence[str]
    goals: Mapping[str, Sequence[Goal]]
    then: Mapping[str, Organisation]
    rules: Rules
    ends: WeekEnd
    explained: frozenset[str]


def assemble(sources: YearSources) -> YearReport:
    """The whole report of a year."""
    made = _Year(sources)
    rows = ranked([made.row(unit.code, unit.name, unit.kind) for unit in made.shown()], made.better)
    units = tuple(made.unit(row if row.unit is not None else replace(row, name=words.UNMATCHED)) for row in rows)
    whole = UnitYear(
        made.row("", words.WHOLE, ""), len(sources.weeks), sum(each.adjusted for each in units),
        summed([each.owed for each in units]),
    )  # fmt: skip
    corrected = tuple(each.week for each in sources.used if each.number > 1)
    empty = tuple(each.week for each in sources.used if Mark.EMPTY in each.marks)
    return YearReport(
        year=sources.year,
        zone=sources.rules.zone.key,
        start=sources.weeks[0].start,
        cutoff=sources.weeks[-1].cutoff,
        indicators=tuple(made.note(indicator) for indicator in Indicator),
        weeks=tuple(sources.used),
        missing=tuple(sources.missing),
        empty=empty,
        corrected=corrected,
        whole=whole,
        units=units,
        heads=made.heads(units),
        trend=made.trend(),
        heat=made.heat(units),
        remarks=tuple(remarks(sources.used, sources.missing, made.left_out, units, goals=made.has_goals)),
    )


class _Year:
    """The weeks of a year, unit by unit."""

    def __init__(self, sources: YearSources) -> None:
        self._sources = sources
        self._weeks = sources.weeks
        self._last = sources.weeks[-1]
        self._past = Past([*sources.before, *sources.weeks], sources.ends)
        self._day = sources.ends.last_day(self._last.cutoff)
        self._goals = sources.goals[self._last.configuration]
        self.has_goals = bool(self._goals)
        self._figures = [{unit.code: unit.figures for unit in week.units} for week in sources.weeks]
        self._overdue = [_named(week) for week in sources.weeks]
        self.left_out = _other_variants(sources.weeks)
        self._breaches = breaches_by_week(sources.before, sources.weeks, sources.goals, sources.ends)
        self._units: dict[str | None, Rolled] = {}
        self.better = {i: VARIANTS[i][name].higher_is_better for i, name in self._last.counting.variants.items()}

    # --- units --------------------------------------------------------------------------------------------------------

    def shown(self) -> list[Unit]:
        """Units that had anything to do in the year, as the last week that has them calls them; the unmatched last."""
        found: dict[str | None, Unit] = {}
        for week in self._weeks:
            for unit in week.units:
                known = found.pop(unit.code, None)
                found[unit.code] = Unit(unit.code, unit.name, unit.kind, busy=unit.figures != _NOTHING)
                if known is not None and known.busy:
                    found[unit.code] = replace(found[unit.code], busy=True)
        busy = [unit for unit in found.values() if unit.busy]
        return [*(unit for unit in busy if unit.code is not None), *(unit for unit in busy if unit.code is None)]

    def rolled(self, unit: str | None, weeks: Sequence[int]) -> Rolled:
        """A unit's weeks at these places; those that do not have the unit are left out."""
        places = [at for at in weeks if unit in self._figures[at]]
        if not places:
            return Rolled()
        codes = frozenset[str]().union(*(self._overdue[at].get(unit, ()) for at in places))
        left_out = {
            key: frozenset(place for place, at in enumerate(places) if at in out) for key, out in self.left_out.items()
        }
        return roll([self._figures[at][unit] for at in places], codes, left_out)

    def row(self, unit: str | None, name: str, kind: str) -> UnitRow:
        """One unit over the year; "" is the sum of those asked for before it."""
        if unit == "":
            made = sum(self._units.values(), Rolled())
        else:
            made = self._units[unit] = self.rolled(unit, range(len(self._weeks)))
        return UnitRow(
            unit=unit,
            name=name,
            kind=kind,
            counts=made.counts,
            previous=None,
            rates={indicator: self._cell(unit, kind, indicator, made) for indicator in Indicator},
            scores=tuple(score_part(part, made.rates.get(part, Rate())) for part in SCORED),
            score=total(made.rates),
        )

    def _cell(self, unit: str | None, kind: str, indicator: Indicator, made: Rolled) -> RateCell:
        rate, better = made.rates.get(indicator.value, Rate()), self.better[indicator]
        goal = goal_for(self._goals, unit, kind, indicator, self._day)
        out = len(self.left_out.get(indicator.value, ()))
        cell = RateCell(indicator, rate, goal=goal, weeks_missing=out)
        if goal is None or indicator not in SUMMED or goal.span.first is None:
            return replace(cell, verdict=judge(rate, goal, higher_is_better=better))
        summed = self._past.since(unit, indicator, goal.span.first)
        return replace(
            cell, to_date=summed.rate, weeks_missing=summed.missing,
            verdict=judge(summed.rate, goal, higher_is_better=better),
        )  # fmt: skip

    def unit(self, row: UnitRow) -> UnitYear:
        """With what there was to explain."""
        made = self._units[row.unit]
        return UnitYear(row, made.weeks, made.adjusted, self._owed(row.unit, made, range(len(self._weeks))))

    def _owed(self, unit: str | None, made: Rolled, weeks: Sequence[int]) -> Owed:
        if unit is None:
            return Owed()
        owing = sum(unit in self._breaches[at] for at in weeks)
        return Owed(owing, len(made.overdue), len(made.overdue & self._sources.explained))

    # --- heads --------------------------------------------------------------------------------------------------------

    def heads(self, units: Sequence[UnitYear]) -> tuple[HeadYear, ...]:
        """In the order of their units; who headed two has both. Weeks with a vacant post stand for themselves."""
        tenures = Tenures(self._sources.rules.organisation)
        found: dict[tuple[str | None, str, str], list[tuple[Tenure, range]]] = {}
        for each in units:
            unit = each.row.unit
            if unit is None:
                continue
            heads = [
                tenures.heads(unit, self._sources.ends.last_day(week.cutoff), self._sources.then[week.configuration])
                for week in self._weeks
            ]
            for people, start, end in runs(heads):
                weeks = sum(unit in self._figures[at] for at in range(start, end))
                tenure = Tenure(unit, each.row.name, self._first_day(start), self._last_day(end - 1), weeks)
                for person, name in people or ((None, words.VACANT),) if weeks else ():
                    vacant = unit if person is None else ""
                    found.setdefault((person, name, vacant), []).append((tenure, range(start, end)))
        return tuple(self._head(person, name, parts) for (person, name, _), parts in found.items())

    def _head(self, person: str | None, name: str, parts: Sequence[tuple[Tenure, range]]) -> HeadYear:
        places: dict[str, list[int]] = {}
        for tenure, weeks in parts:
            places.setdefault(tenure.unit, []).extend(weeks)
        by_unit = {unit: self.rolled(unit, weeks) for unit, weeks in places.items()}
        made = sum(by_unit.values(), Rolled())
        owed = [self._owed(unit, by_unit[unit], weeks) for unit, weeks in places.items()]
        return HeadYear(
            person=person,
            name=name,
            tenures=tuple(tenure for tenure, _ in parts),
            counts=made.counts,
            adjusted=made.adjusted,
            rates={indicator: made.rates.get(indicator.value, Rate()) for indicator in Indicator},
            scores=tuple(score_part(part, made.rates.get(part, Rate())) for part in SCORED),
            score=total(made.rates),
            owed=summed(owed),
        )

    def _first_day(self, at: int) -> date:
        return self._weeks[at].start.astimezone(self._sources.rules.zone).date()

    def _last_day(self, at: int) -> date:
        return self._sources.ends.last_day(self._weeks[at].cutoff)

    # --- the rest -----------------------------------------------------------------------------------------------------

    def note(self, indicator: Indicator) -> IndicatorNote:
        """How an indicator is counted: as in the last week."""
        name = self._last.counting.variants[indicator]
        return IndicatorNote(
            indicator, name, self._last.counting.sides[indicator], words.INDICATORS[indicator],
            words.FORMULAS[indicator, name], self.better[indicator],
        )  # fmt: skip

    def trend(self) -> tuple[TrendPoint, ...]:
        """The whole, week by week."""
        points = []
        for week in self._weeks:
            whole = week.whole
            rates = {i: whole.rates.get(i.value, Rate()) for i in Indicator}
            points.append(TrendPoint(week.label, week.cutoff, whole.counts, rates, week.marks))
        return tuple(points)

    def heat(self, units: Sequence[UnitYear]) -> tuple[HeatRow, ...]:
        """Overdue at the end of each week."""
        return tuple(
            HeatRow(
                each.row.unit,
                each.row.name,
                tuple(f.counts.overdue if (f := week.get(each.row.unit)) else None for week in self._figures),
            )
            for each in units
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the year; `busy`: it had anything to do."""

    code: str | None
    name: str
    kind: str
    busy: bool


_NOTHING = Figures()


def summed(owed: Sequence[Owed]) -> Owed:
    """What several units owed."""
    return Owed(sum(o.weeks for o in owed), sum(o.dossiers for o in owed), sum(o.explained for o in owed))


def _named(week: Week) -> dict[str | None, set[str]]:
    """Codes of the dossiers that were overdue at any time in a week, by unit."""
    found: dict[str | None, set[str]] = {}
    for rows in (week.overdue, week.finished_late, week.ended):
        for row in rows:
            found.setdefault(row.unit, set()).add(row.code)
    return found


def _other_variants(weeks: Sequence[Week]) -> dict[str, frozenset[int]]:
    """By indicator: places of weeks that were counted otherwise than the last one."""
    last = weeks[-1].counting
    found = {}
    for indicator in Indicator:
        wanted = (last.variants[indicator], last.sides[indicator])
        out = {
            at for at, week in enumerate(weeks)
            if (week.counting.variants[indicator], week.counting.sides[indicator]) != wanted
        }  # fmt: skip
        if out:
            found[indicator.value] = frozenset(out)
    return found
