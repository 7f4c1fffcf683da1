"""Past weeks beside the one that is reported: sums since a goal began, the weeks a rate is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.rates.rate import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from alertd.core.rates.rate import Indicator
    from alertd.core.rates.tally import Figures
    from alertd.core.rates.week import Week
    from alertd.core.rates.weeks import WeekEnd

#: What a projection takes for the pace of what is to come.
RECENT = 4


@dataclass(frozen=True, slots=True)
class Summed:
    """A rate over several weeks. `covered` is the time of those that are there, `missing` how many are not."""

    rate: Rate
    recent: Rate
    covered: timedelta
    missing: int


class Past:
    """Frozen weeks, oldest first, the last one being the week that is reported."""

    def __init__(self, weeks: Sequence[Week], ends: WeekEnd) -> None:
        """Find units by their code."""
        self.weeks = weeks
        self._ends = ends
        self._units = [{unit.code: unit.figures for unit in week.units} for week in weeks]
        self._wholes = [week.whole for week in weeks]

    def figures(self, at: int, unit: str | None) -> Figures | None:
        """A unit's figures ("" is the whole) in a week by its place; None when the week does not have the unit."""
        return self._wholes[at] if unit == "" else self._units[at].get(unit)

    def last_week(self) -> int | None:
        """The place of the week before the last one; None when it is not there."""
        place = len(self.weeks) - 2
        return place if place >= 0 and self.weeks[place].cutoff == self.weeks[-1].start else None

    def since(self, unit: str | None, indicator: Indicator, day: date) -> Summed:
        """The rate of the weeks that end on or after a local date, counted as the last one is."""
        now = self.weeks[-1]
        name, side = now.counting.variants[indicator], now.counting.sides[indicator]
        rates: list[Rate] = []
        covered = timedelta()
        for at, week in enumerate(self.weeks):
            if self._ends.last_day(week.cutoff) < day:
                continue
            if week.counting.variants[indicator] != name or week.counting.sides[indicator] is not side:
                continue
            figures = self.figures(at, unit)
            rates.append(figures.rates.get(indicator.value, Rate()) if figures else Rate())
            covered += week.cutoff - week.start
        return Summed(
            sum(rates, Rate()), sum(rates[-RECENT:], Rate()), covered, self._weeks_since(day, now.cutoff) - len(rates)
        )

    def _weeks_since(self, day: date, cutoff: datetime) -> int:
        days = (self._ends.last_day(cutoff) - day).days
        return days // 7 + 1
