"""One unit's own page of the weekly report: the same numbers and lists, of this unit only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.core.weekly import UnitRow, WeeklyReport

#: The sum below a table of one row.
TOTAL = "Cộng"


def of_unit(report: WeeklyReport, row: UnitRow) -> WeeklyReport:
    """What the report says of the unit of one of its rows; the weeks of its trend stand in the heat map."""
    unit = row.unit
    return replace(
        report,
        # the score of the decision is that of the whole
        whole=replace(row, name=TOTAL, scores=(), score=None),
        units=(row,),
        overdue=tuple(each for each in report.overdue if each.unit == unit),
        finished_late=tuple(each for each in report.finished_late if each.unit == unit),
        moved=tuple(each for each in report.moved if each.unit == unit),
        ended=tuple(each for each in report.ended if each.unit == unit),
        explanations_due=tuple(each for each in report.explanations_due if each.unit == unit),
        commend=tuple(each for each in report.commend if each.unit == unit),
        criticise=tuple(each for each in report.criticise if each.unit == unit),
        trend=(),
        heat=tuple(each for each in report.heat if each.unit == unit),
        silences=tuple(each for each in report.silences if each.unit == unit),
        remarks=tuple(each for each in report.remarks if each.unit in (None, unit)),
    )
