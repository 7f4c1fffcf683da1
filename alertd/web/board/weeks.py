"""Frozen weeks for people at the board: who may see which part of one, its trend, and its report as a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator
from alertd.reports import charts, files, words
from alertd.reports.extract import of_unit
from alertd.store import snapshots

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from sqlalchemy import Connection

    from alertd.core.weekly import UnitRow, WeeklyReport
    from alertd.jobs.report import Reporter
    from alertd.reports.agency import Agency
    from alertd.web.board.access import Reader

#: In an address: the whole, and what fits no unit (no unit's code is written so).
WHOLE, UNMATCHED = "", "~"
#: Those of the plan, whose course over the weeks is drawn.
PLANNED = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED, Indicator.ON_TIME)


@dataclass(frozen=True, slots=True)
class Trend:
    """Numbers over weeks, oldest first, as a chart and as a table: `rows` are labels with a number for each week."""

    title: str
    weeks: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]

    def svg(self) -> str | None:
        """The chart; None where charts cannot be drawn."""
        return charts.over_weeks(self.weeks, self.rows)


@dataclass
class Weeks:
    """A week is counted and kept once; its report is put together here, and the last one is remembered.

    One file is made at a time: that of a large week takes seconds.
    """

    reporter: Reporter
    agency: Agency
    _last: tuple[int, WeeklyReport] | None = None
    _making: Lock = field(default_factory=Lock)

    def newest(self, connection: Connection) -> WeeklyReport | None:
        """The report of the newest frozen week."""
        newest = snapshots.labels(connection, 1)
        return self.of(connection, newest[0]) if newest else None

    def of(self, connection: Connection, label: str) -> WeeklyReport | None:
        """The report of a frozen week (`2026-W48`), in its last edition."""
        number = snapshots.number(connection, label)
        last = self._last
        if number is None or (last is not None and last[0] == number):
            return last[1] if number is not None and last is not None else None
        snapshot = snapshots.edition(connection, label)
        if snapshot is None:
            return None
        report = self.reporter.frozen(connection, snapshot)
        self._last = snapshot.id, report
        return report

    def may_see_all(self, reader: Reader) -> bool:
        """Whether somebody sees the numbers of every unit: the leadership, whoever gets the report, the centre, admins.

        A head sees those of the units below.
        """
        if reader.units is None or reader.scope is None:
            return True
        rules, settings = reader.rules, self.reporter.loaded.settings.report
        if reader.units >= rules.organisation.units.keys():
            return True
        centre = settings.centre
        if centre is not None and centre in reader.units:
            return True
        place = centre or next(iter(rules.organisation.units))
        directory = reader.scope.directory
        return any(reader.scope.person in directory.resolve(target, place, ()) for target in settings.to or ())

    def rows(self, report: WeeklyReport, reader: Reader) -> tuple[UnitRow, ...]:
        """The units of a report whose numbers somebody may see."""
        if self.may_see_all(reader):
            return report.units
        return tuple(row for row in report.units if row.unit is not None and row.unit in (reader.units or ()))

    def part(self, report: WeeklyReport, reader: Reader, unit: str) -> WeeklyReport | None:
        """The whole, or one unit's own page; None for what the reader may not see, and what there is not."""
        if unit == WHOLE:
            return report if self.may_see_all(reader) else None
        wanted = None if unit == UNMATCHED else unit
        row = next((row for row in self.rows(report, reader) if row.unit == wanted), None)
        return of_unit(report, row) if row is not None else None

    def file(self, part: WeeklyReport, unit: str, ending: str, day: date) -> tuple[str, bytes]:
        """Name and content of a report as a file, dated `day`. Raises AlertdError where a library is missing."""
        with self._making:
            return files.of_week(part, self.agency, day, ending, unit, part.units[0].name if unit else "")


def address(row: UnitRow) -> str:
    """How a unit's row is called in an address."""
    return UNMATCHED if row.unit is None else row.unit


def trends(part: WeeklyReport, report: WeeklyReport) -> list[Trend]:
    """What went how over the weeks, in a report or a unit's part of it; nothing where there is one week only."""
    weeks = tuple(point.week for point in report.trend)
    if part.trend:
        rates = tuple(
            (f"{each.value} {words.INDICATORS[each].removeprefix('Tỷ lệ ')}",
             tuple(_percent(point.rates[each].value) for point in part.trend))
            for each in PLANNED
            if each in part.trend[0].rates
        )  # fmt: skip
        counted = (
            ("Đang quá hạn cuối tuần", tuple(point.counts.overdue for point in part.trend)),
            ("Xong quá hạn trong tuần", tuple(point.counts.late for point in part.trend)),
        )
        made = [Trend("Hồ sơ quá hạn theo tuần", weeks, counted), Trend("Các tỷ lệ theo tuần (%)", weeks, rates)]
    else:
        made = [Trend("Hồ sơ quá hạn cuối tuần", weeks, ((row.name, row.overdue),)) for row in part.heat]
    return [each for each in made if len(weeks) > 1 and any(n is not None for _, ns in each.rows for n in ns)]


def _percent(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value) * 100, 1)
