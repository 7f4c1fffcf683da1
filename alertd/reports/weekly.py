"""The weekly report from frozen weeks: judged against the plan, compared, ranked, with what there is to explain."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from alertd.core.rates.counts import Counts
from alertd.core.rates.goals import SUMMED, goal_for, judge, project
from alertd.core.rates.rate import Indicator, Rate
from alertd.core.rates.scores import LEADING, SCALES, share, total
from alertd.core.rates.tally import SCORED, Figures
from alertd.core.rates.variants import VARIANTS
from alertd.core.weekly import HeatRow, IndicatorNote, RateCell, ScorePart, TrendPoint, UnitRow, WeeklyReport
from alertd.reports import accountability, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from alertd.core.named import Explanation
    from alertd.core.rates.goals import Goal, Projection
    from alertd.core.rates.past import Past, Summed
    from alertd.core.rates.week import UnitWeek
    from alertd.core.rules import Rules
    from alertd.core.weekly import Edition, Quiet, Remark

#: Weeks in the trend and in the heat map, this one included.
TREND = 12


@dataclass(frozen=True)
class Sources:
    """What a report is made from. `past` ends with the week that is reported; `goals` and `rules` are those of then.

    `explanations` are about dossiers of the week's lists, `remarks` what else a reader must know.
    """

    edition: Edition
    past: Past
    goals: Sequence[Goal]
    rules: Rules
    explanations: Sequence[Explanation] = ()
    silences: Sequence[Quiet] = ()
    remarks: Sequence[Remark] = ()


def assemble(sources: Sources) -> WeeklyReport:
    """The whole report of a week."""
    table = _Table(sources)
    week = sources.past.weeks[-1]
    rows = ranked([table.row(unit.code, unit.name, unit.kind) for unit in table.shown()], table.better)
    units = tuple(row if row.unit is not None else replace(row, name=words.UNMATCHED) for row in rows)
    whole = table.row("", words.WHOLE, "")
    lists = accountability.Lists(week.overdue, week.finished_late, week.ended, sources.explanations)
    directory = sources.rules.organisation.on(table.day)
    people = sources.rules.organisation.people
    return WeeklyReport(
        edition=sources.edition,
        zone=sources.rules.zone.key,
        indicators=tuple(table.note(indicator) for indicator in Indicator),
        whole=whole,
        units=units,
        overdue=week.overdue,
        finished_late=week.finished_late,
        moved=week.moved,
        ended=week.ended,
        explanations_due=accountability.due(units, lists, directory, people),
        commend=accountability.commend(units),
        criticise=accountability.criticise(units),
        trend=_trend(sources.past),
        heat=_heat(sources.past, units),
        silences=tuple(sources.silences),
        remarks=(*accountability.remarks(whole, units, sources.goals, directory), *sources.remarks),
    )


class _Table:
    """The rows of units, and how their rates are counted."""

    def __init__(self, sources: Sources) -> None:
        self._past = sources.past
        self._goals = sources.goals
        self._zone = sources.rules.zone
        self._week = sources.past.weeks[-1]
        self._last = sources.past.last_week()
        self.better = {i: VARIANTS[i][name].higher_is_better for i, name in self._week.counting.variants.items()}
        self.day = (self._week.cutoff - timedelta(microseconds=1)).astimezone(self._zone).date()

    def shown(self) -> list[UnitWeek]:
        """Units that have anything to show, and all others of their kinds; units with a goal; the unmatched if any."""
        past = self._past
        recent = range(max(0, len(past.weeks) - TREND), len(past.weeks))
        busy = {
            unit.code
            for unit in self._week.units
            if any((figures := past.figures(at, unit.code)) and figures != _NOTHING for at in recent)
        }
        kinds = {unit.kind for unit in self._week.units if unit.code in busy and unit.kind}
        scopes = {goal.scope for goal in self._goals if self.day in goal.span}
        return [
            unit
            for unit in self._week.units
            if unit.code in busy or (unit.code is not None and (unit.kind in kinds or unit.code in scopes))
        ]

    def note(self, indicator: Indicator) -> IndicatorNote:
        """How an indicator is counted."""
        name = self._week.counting.variants[indicator]
        return IndicatorNote(
            indicator, name, self._week.counting.sides[indicator], words.INDICATORS[indicator],
            words.FORMULAS[indicator, name], self.better[indicator],
        )  # fmt: skip

    def row(self, unit: str | None, name: str, kind: str) -> UnitRow:
        """One unit; "" is the whole."""
        place = len(self._past.weeks) - 1
        figures = self._past.figures(place, unit) or _NOTHING
        before = self._past.figures(self._last, unit) if self._last is not None else None
        return UnitRow(
            unit=unit,
            name=name,
            kind=kind,
            counts=figures.counts,
            previous=before.counts if before else None,
            rates={indicator: self._cell(unit, kind, indicator, figures, before) for indicator in Indicator},
            scores=tuple(score_part(part, figures.rates.get(part, Rate())) for part in SCORED),
            score=total(figures.rates),
        )

    def _cell(
        self, unit: str | None, kind: str, indicator: Indicator, figures: Figures, before: Figures | None
    ) -> RateCell:
        key = indicator.value
        cell = RateCell(indicator, figures.rates.get(key, Rate()), before.rates.get(key, Rate()) if before else None)
        goal = goal_for(self._goals, unit, kind, indicator, self.day)
        better = self.better[indicator]
        if goal is None or indicator not in SUMMED or goal.span.first is None:
            return replace(cell, goal=goal, verdict=judge(cell.rate, goal, higher_is_better=better))
        summed = self._past.since(unit, indicator, goal.span.first)
        return replace(
            cell,
            to_date=summed.rate,
            weeks_missing=summed.missing,
            goal=goal,
            verdict=judge(summed.rate, goal, higher_is_better=better),
            projection=self._projection(summed, goal, higher_is_better=better),
        )

    def _projection(self, summed: Summed, goal: Goal, *, higher_is_better: bool) -> Projection | None:
        if goal.span.last is None:
            return None
        until = datetime.combine(goal.span.last + timedelta(days=1), time(), self._zone)
        return project(
            summed.rate, summed.recent, goal, higher_is_better=higher_is_better, covered=summed.covered,
            cutoff=self._week.cutoff, until=until,
        )  # fmt: skip


_NOTHING = Figures(Counts(), {})


def score_part(part: str, rate: Rate) -> ScorePart:
    """A part of the score, with what the data lack of it."""
    name, missing = words.PARTS[part]
    if rate.unknown:
        missing = (*missing, f"{rate.unknown} hồ sơ chưa rõ")
    return ScorePart(part, name, rate, share(part, rate), SCALES[part].most, missing)


class _Places:
    """The values of one kind of unit, to find the place of each; equal values share a place."""

    def __init__(self, values: Iterable[Fraction | None], *, higher: bool) -> None:
        """Those that are None have no place. `higher`: the highest is the first."""
        self._values = sorted(-value if higher else value for value in values if value is not None)
        self._higher = higher

    def __len__(self) -> int:
        return len(self._values)

    def of(self, value: Fraction | None) -> int | None:
        """The place, 1 the best."""
        if value is None:
            return None
        return 1 + bisect_left(self._values, -value if self._higher else value)


def ranked(rows: Sequence[UnitRow], better: Mapping[Indicator, bool]) -> list[UnitRow]:
    """The rows with their places among the units of one kind; what fits no unit has none."""
    kinds: dict[str, list[UnitRow]] = {}
    for row in rows:
        if row.unit is not None:
            kinds.setdefault(row.kind, []).append(row)
    scores = {kind: _Places(map(_score, peers), higher=True) for kind, peers in kinds.items()}
    rates = {
        (kind, indicator): _Places((_value(peer.rates[indicator]) for peer in peers), higher=higher)
        for kind, peers in kinds.items()
        for indicator, higher in better.items()
    }
    return [row if row.unit is None else _placed(row, scores[row.kind], rates) for row in rows]


def _placed(row: UnitRow, scores: _Places, rates: Mapping[tuple[str, Indicator], _Places]) -> UnitRow:
    cells = {}
    for indicator, cell in row.rates.items():
        places = rates[row.kind, indicator]
        cells[indicator] = replace(cell, rank=places.of(_value(cell)), ranked=len(places))
    return replace(row, rates=cells, rank=scores.of(_score(row)), ranked=len(scores))


def _value(cell: RateCell) -> Fraction | None:
    """What a rate is ranked by: nothing where there are too few dossiers."""
    return cell.rate.value if cell.rate.ranked else None


def _score(row: UnitRow) -> Fraction | None:
    enough = any(part.rate.ranked for part in row.scores if part.number == LEADING)
    return row.score if enough else None


def _trend(past: Past) -> tuple[TrendPoint, ...]:
    points = []
    for at in range(max(0, len(past.weeks) - TREND), len(past.weeks)):
        week, figures = past.weeks[at], past.figures(at, "") or _NOTHING
        rates: Mapping[Indicator, Rate] = {i: figures.rates.get(i.value, Rate()) for i in Indicator}
        points.append(TrendPoint(week.label, week.cutoff, figures.counts, rates, week.marks))
    return tuple(points)


def _heat(past: Past, units: Sequence[UnitRow]) -> tuple[HeatRow, ...]:
    weeks = range(max(0, len(past.weeks) - TREND), len(past.weeks))
    return tuple(
        HeatRow(
            unit.unit,
            unit.name,
            tuple(figures.counts.overdue if (figures := past.figures(at, unit.unit)) else None for at in weeks),
        )
        for unit in units
    )
