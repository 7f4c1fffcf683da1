"""The report of a year: frozen weeks in their newest editions, rolled up by the rules and the people of each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from alertd.core.errors import InputError
from alertd.core.rates.weeks import WEEK
from alertd.core.yearly import WeekUsed
from alertd.jobs.freeze import SETTLE
from alertd.reports.yearly import YearSources, assemble
from alertd.store import answers, snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.core.rates.week import Week
    from alertd.core.yearly import YearReport
    from alertd.jobs.freeze import Freezer


@dataclass(frozen=True)
class Yearly:
    """The report of any year from what is frozen."""

    freezer: Freezer

    def report(self, connection: Connection, year: int, now: datetime) -> YearReport:
        """Of the weeks whose last day lies in the year and that are over.

        Raises InputError when the year is still to come, or none of its weeks is frozen.
        """
        ends, loaded = self.freezer.ends, self.freezer.loaded
        owed = self._ended(year, now)
        if not owed:
            raise InputError(f"--year {year}: no week of it is over yet; there are no numbers")
        found = snapshots.valid(connection, owed[0] - WEEK, owed[-1])
        rows = [row for row in found if ends.last_day(row.cutoff_at).year == year]
        if not rows:
            raise InputError(
                f"--year {year}: none of its {len(owed)} weeks is frozen; `alertd report weekly --week "
                f"{ends.label(owed[-1])}` freezes one that is over"
            )
        weeks = snapshots.weeks(connection, rows, named=True)
        then = {digest: self.freezer.of(connection, digest) or loaded for digest in {w.configuration for w in weeks}}
        before = self._before(connection, weeks[0], then)
        for week in before:
            then.setdefault(week.configuration, self.freezer.of(connection, week.configuration) or loaded)
        frozen = {row.week for row in rows}
        return assemble(
            YearSources(
                year=year,
                weeks=weeks,
                before=before,
                used=[
                    WeekUsed(row.week, row.edition, row.id, row.cutoff_at, row.digest, week.marks, row.by, row.reason)
                    for row, week in zip(rows, weeks, strict=True)
                ],
                missing=[label for at in owed if (label := ends.label(at)) not in frozen],
                goals={digest: each.goals for digest, each in then.items()},
                then={digest: each.rules.organisation for digest, each in then.items()},
                rules=loaded.rules,
                ends=ends,
                explained=_explained(connection, weeks, now),
            )
        )

    def _ended(self, year: int, now: datetime) -> list[datetime]:
        """Ends of the weeks of a year that are over, oldest first."""
        ends = self.freezer.ends
        zone = self.freezer.loaded.settings.zone
        at = ends.after(datetime.combine(date(year, 1, 1), time(), zone))
        found = []
        while at <= now - SETTLE and ends.last_day(at).year == year:
            found.append(at)
            at = ends.after(at)
        return found

    def _before(self, connection: Connection, first: Week, then: dict[str, Loaded]) -> list[Week]:
        """Earlier weeks that goals of the year's weeks sum up, without their lists."""
        days = [goal.span.first for loaded in then.values() for goal in loaded.goals if goal.span.first]
        back = (self.freezer.ends.last_day(first.cutoff) - min(days)).days if days else 0
        if back <= 0:
            return []
        return snapshots.weeks(connection, snapshots.valid(connection, first.start - timedelta(days=back), first.start))


def _explained(connection: Connection, weeks: Sequence[Week], now: datetime) -> frozenset[str]:
    """Codes of dossiers about which somebody explained since the first of them fell due."""
    due = [row.due_at for week in weeks for rows in (week.overdue, week.finished_late, week.ended) for row in rows]
    if not due:
        return frozenset()
    return frozenset(row.code for row in answers.explanations_between(connection, min(due), now))
