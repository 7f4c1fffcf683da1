"""The figures of the weekly report by the names that its sections give them; none without the extra `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator
from alertd.reports import charts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.core.rates.rate import Rate
    from alertd.core.weekly import TrendPoint, UnitRow, WeeklyReport
    from alertd.core.yearly import YearReport

#: More units than this are not told apart in one chart; the tables name them all.
MOST_UNITS = 40
_SHOWN = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED)


def figures(report: WeeklyReport) -> Mapping[str, str]:
    """Each figure that can be drawn."""
    return _drawn(report.units, report.trend)


def year_figures(report: YearReport) -> Mapping[str, str]:
    """Those of a year."""
    return _drawn([unit.row for unit in report.units], report.trend)


def _drawn(units: Sequence[UnitRow], trend: Sequence[TrendPoint]) -> Mapping[str, str]:
    made = {"rates": _rates(units), "trend": _trend(trend)}
    return {name: svg for name, svg in made.items() if svg is not None}


def _rates(rows: Sequence[UnitRow]) -> str | None:
    units = [row for row in rows if any(row.rates[each].rate.value is not None for each in _SHOWN)][:MOST_UNITS]
    if len(units) <= 1:  # nothing to compare
        return None
    bars = [
        (words.INDICATORS[each].removeprefix("Tỷ lệ ").capitalize(), [_share(row.rates[each].rate) for row in units])
        for each in _SHOWN
    ]
    return charts.beside_goals([row.name for row in units], bars)


def _trend(points: Sequence[TrendPoint]) -> str | None:
    if len(points) <= 1:
        return None
    rows = [
        ("Đang quá hạn cuối tuần", [point.counts.overdue for point in points]),
        ("Xong quá hạn trong tuần", [point.counts.late for point in points]),
    ]
    return charts.over_weeks([point.week.partition("-")[2] for point in points], rows)


def _share(rate: Rate) -> float | None:
    return round(float(rate.value) * 100, 2) if rate.value is not None else None
