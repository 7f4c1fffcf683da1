"""What a head is told of rates below plan, or on their way to it: a few lines of a message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.rates.goals import Verdict
from alertd.reports import words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from alertd.core.rates.goals import Goal, Projection
    from alertd.core.weekly import RateCell, UnitRow, WeeklyReport


def notice(report: WeeklyReport, row: UnitRow, zone: ZoneInfo) -> str | None:
    """One line for the unit and one for each rate; None when there is nothing to tell."""
    better = {note.indicator: note.higher_is_better for note in report.indicators}
    lines = [
        _line(cell, cell.goal, zone, higher=better[cell.indicator])
        for cell in row.rates.values()
        if cell.goal is not None and _tells(cell)
    ]
    if not lines:
        return None
    until = (report.edition.cutoff - timedelta(microseconds=1)).astimezone(zone)
    return "\n".join([f"{row.name}, số liệu đến hết {until:%d/%m/%Y}:", *lines])


def _tells(cell: RateCell) -> bool:
    return cell.verdict is Verdict.MISSED or (cell.projection is not None and cell.projection.misses)


def _line(cell: RateCell, goal: Goal, zone: ZoneInfo, *, higher: bool) -> str:
    rate = cell.judged
    name = words.INDICATORS[cell.indicator].removeprefix("Tỷ lệ ")
    since = "" if cell.to_date is None or goal.span.first is None else f" từ {goal.span.first:%d/%m/%Y}"
    bound = "chỉ tiêu" if higher else "không được quá"
    if cell.verdict is Verdict.MISSED:
        verdict = "chưa đạt"
    else:
        verdict = "đang đạt" if cell.verdict is Verdict.MET else "chưa có số liệu"
    text = (
        f"- {name[0].upper()}{name[1:]}: {words.percent(rate.value)} ({rate.numerator}/{rate.denominator}{since}), "
        f"{bound} {words.percent(goal.value)}: {verdict}."
    )
    return text if cell.projection is None else f"{text} {_projected(cell.projection, zone, higher=higher)}"


def _projected(projection: Projection, zone: ZoneInfo, *, higher: bool) -> str:
    last = (projection.until - timedelta(microseconds=1)).astimezone(zone)
    text = f"Theo đà hiện nay, đến {last:%d/%m/%Y} là {words.percent(projection.value)}"
    if not projection.to_come:
        return f"{text}."
    if not projection.reachable:
        return f"{text}; còn khoảng {projection.to_come} hồ sơ, không còn kịp đạt."
    if projection.needed is None or not projection.misses:
        return f"{text}; còn khoảng {projection.to_come} hồ sơ."
    needed = (
        f"phải đạt từ {words.percent(projection.needed)}" if higher else f"tối đa {words.percent(projection.needed)}"
    )
    return f"{text}; còn khoảng {projection.to_come} hồ sơ, {needed} mới kịp."
