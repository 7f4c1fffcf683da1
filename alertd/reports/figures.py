"""The figures of the weekly report by the names that its sections give them; none without the extra `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator
from alertd.reports import charts, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.rates.rate import Rate
    from alertd.core.weekly import WeeklyReport

#: More units than this are not told apart in one chart; the tables name them all.
MOST_UNITS = 40
_SHOWN = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED)


def figures(report: WeeklyReport) -> Mapping[str, str]:
    """Each figure that can be drawn."""
    made = {"rates": _rates(report), "trend": _trend(report)}
    return {name: svg for name, svg in made.items() if svg is not None}


def _rates(report: WeeklyReport) -> str | None:
    units = [row for row in report.units if any(row.rates[each].rate.value is not None for each in _SHOWN)][:MOST_UNITS]
    if len(units) <= 1:  # nothing to compare
        return None
    rows = [
        (words.INDICATORS[each].removeprefix("Tỷ lệ ").capitalize(), [_share(row.rates[each].rate) for row in units])
        for each in _SHOWN
    ]
    return charts.beside_goals([row.name for row in units], rows)


def _trend(report: WeeklyReport) -> str | None:
    if len(report.trend) <= 1:
        return None
    rows = [
        ("Đang quá hạn cuối tuần", [point.counts.overdue for point in report.trend]),
        ("Xong quá hạn trong tuần", [point.counts.late for point in report.trend]),
    ]
    return charts.over_weeks([point.week for point in report.trend], rows)


def _share(rate: Rate) -> float | None:
    return round(float(rate.value) * 100, 2) if rate.value is not None else None
