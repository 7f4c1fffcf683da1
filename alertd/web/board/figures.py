"""One frozen week at the board: indicators against the plan, the course over weeks, the dossiers behind, files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from alertd.core.errors import AlertdError
from alertd.core.rates.goals import Verdict
from alertd.reports import words
from alertd.store import audit
from alertd.web.board.access import Reader, reader, token_of
from alertd.web.board.weeks import WHOLE, Trend, address, trends
from alertd.web.download import download

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from fractions import Fraction

    from alertd.core.rules import Rules
    from alertd.core.weekly import RateCell, UnitRow, WeeklyReport
    from alertd.store.database import Database
    from alertd.web.board.pages import Pages
    from alertd.web.board.weeks import Weeks

ENDINGS = ("docx", "xlsx", "pdf", "html")
#: Dossiers of one list on a page; the files name them all.
MOST = 100
#: (Vietnamese, English, how it looks).
VERDICTS = {
    Verdict.MET: ("đạt", "met", "good"),
    Verdict.MISSED: ("chưa đạt", "missed", "late"),
    Verdict.NO_GOAL: ("chưa giao chỉ tiêu", "no goal", "calm"),
    Verdict.NOT_APPLICABLE: ("không có số liệu", "no data", "calm"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for what; `part` is None where they may not see it, or there is nothing."""

    who: Reader
    unit: str
    part: WeeklyReport | None
    trends: list[Trend]


@dataclass(frozen=True)
class FiguresPages:
    """The routes of frozen weeks. Who may see which unit `weeks` decides."""

    database: Database
    rules: Rules
    clock: Callable[[], datetime]
    pages: Pages
    weeks: Weeks

    def router(self) -> APIRouter:
        """The routes."""
        made = APIRouter(prefix="/b/weeks", include_in_schema=False)

        async def show(request: Request, week: str) -> Response:
            return await asyncio.to_thread(self._show, request, week)

        async def draw(request: Request, week: str, number: int) -> Response:
            return await asyncio.to_thread(self._draw, request, week, number)

        async def fetch(request: Request, week: str, ending: str) -> Response:
            return await asyncio.to_thread(self._fetch, request, week, ending)

        made.add_api_route("/{week}", show, methods=["GET", "HEAD"])
        made.add_api_route("/{week}/trend-{number}.svg", draw, methods=["GET"])
        made.add_api_route("/{week}/report.{ending}", fetch, methods=["GET"])
        return made

    def _part(self, request: Request, week: str) -> _Asked:
        unit = request.query_params.get("unit", WHOLE)
        with self.database.read() as connection:
            who = reader(connection, self.rules, token_of(request), self.clock())
            report = self.weeks.of(connection, week)
        part = self.weeks.part(report, who, unit) if report is not None else None
        return _Asked(who, unit, part, trends(part, report) if part is not None and report is not None else [])

    def _show(self, request: Request, week: str) -> Response:
        asked = self._part(request, week)
        who, part, unit = asked.who, asked.part, asked.unit
        if part is None:
            return self.pages.show(request, "board/nothing.html", who, 404)
        named = {
            "overdue": ("Quá hạn lúc chốt", "Overdue at the cut-off", part.overdue),
            "finished_late": ("Xong quá hạn trong tuần", "Finished late", part.finished_late),
            "moved": ("Dời ngày hẹn trả trong tuần", "Due date moved", part.moved),
            "ended": ("Hết quá hạn mà chưa giải quyết", "No longer overdue, not finished", part.ended),
        }
        row = part.whole
        return self.pages.show(
            request, "board/week.html", who, part=part, unit=unit, named=named, most=MOST, endings=ENDINGS,
            notes=[(note, indicator(row.rates[note.indicator])) for note in part.indicators],
            title=words.WHOLE if unit == WHOLE else part.units[0].name, trends=asked.trends,
            zone=self.rules.zone, marks=words.MARKS,
        )  # fmt: skip

    def _draw(self, request: Request, week: str, number: int) -> Response:
        asked = self._part(request, week)
        svg = asked.trends[number].svg() if 0 <= number < len(asked.trends) else None
        if svg is None:
            return self.pages.show(request, "board/nothing.html", asked.who, 404)
        return Response(svg, media_type="image/svg+xml")

    def _fetch(self, request: Request, week: str, ending: str) -> Response:
        """The report as a file; who took it stands in the audit log."""
        asked = self._part(request, week)
        who, part, unit = asked.who, asked.part, asked.unit
        if part is None or ending not in ENDINGS:
            return self.pages.show(request, "board/nothing.html", who, 404)
        try:
            name, content = self.weeks.file(part, unit, ending, self.rules.local_date(who.now))
        except AlertdError as error:
            return self.pages.show(request, "board/no_file.html", who, 503, reason=str(error), week=week, unit=unit)
        with self.database.write() as connection:
            audit.note(connection, who.who, "download", who.now, subject=name)
        return download(name, content)


def indicator(cell: RateCell) -> dict[str, Any]:
    """One rate of one unit in words: the week's, the change since last week, what the plan wants and whether it has it.

    `sums` is the rate that the verdict is about, where that is one over several weeks.
    """
    vi, en, look = VERDICTS[cell.verdict or Verdict.NO_GOAL]
    return {
        "value": words.percent(cell.rate.value), "of": f"{cell.rate.numerator}/{cell.rate.denominator}",
        "unknown": cell.rate.unknown, "change": _change(cell.change), "verdict": (vi, en), "look": look,
        "goal": words.percent(cell.goal.value) if cell.goal else "", "basis": cell.goal.basis if cell.goal else "",
        "sums": words.percent(cell.to_date.value) if cell.to_date is not None else "",
    }  # fmt: skip


def table(rows: tuple[UnitRow, ...]) -> list[dict[str, Any]]:
    """Units with their rates, for one table."""
    return [
        {"name": row.name, "unit": address(row), "cells": {i.value: indicator(cell) for i, cell in row.rates.items()}}
        for row in rows
    ]


def _change(change: Fraction | None) -> str:
    """In percentage points, with its sign."""
    if change is None:
        return ""
    return f"{'+' if change > 0 else '−' if change < 0 else '±'}{words.percent(abs(change)).removesuffix('%')}"
