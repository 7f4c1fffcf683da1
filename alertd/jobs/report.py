"""Report: freezes the weeks that are over, and tells heads and the centre of rates that miss the plan, or will."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.core.directory import DEPUTY, HEAD
from alertd.core.freshness import is_fresh
from alertd.core.named import Explanation
from alertd.core.organisation import Target
from alertd.core.rates.past import Past
from alertd.core.rates.weeks import WEEK, WeekEnd
from alertd.core.weekly import Edition, Mark, Quiet, Remark
from alertd.jobs.freeze import Freezer
from alertd.jobs.stopping import Stopped, Stopping
from alertd.log import get
from alertd.reports.notices import notice
from alertd.reports.weekly import TREND, Sources, assemble
from alertd.store import answers, marks, polls, rates, silences, snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.core.freshness import MaxAge
    from alertd.core.rates.week import Week
    from alertd.core.weekly import WeeklyReport
    from alertd.store.database import Database
    from alertd.store.snapshots import Snapshot

log = get("report")
#: The name under which runs are on record.
TOLD = "rates"


@dataclass(frozen=True)
class Reporter:
    """The weekly report of one database and configuration. `ages` is each feed's `max_age`."""

    database: Database
    loaded: Loaded
    ages: Mapping[str, MaxAge]
    stopping: Stopping = field(default_factory=Stopping)

    @property
    def freezer(self) -> Freezer:
        """What counts the weeks and keeps them."""
        return Freezer(self.database, self.loaded, self.stopping)

    def tick(self, now: datetime) -> list[str]:
        """Freeze what is owed and put the alerts about its rates on record; gives the labels of the weeks frozen.

        When it is stopped, the rest is owed still.
        """
        try:
            frozen = self.freezer.tick(now)
            self._tell(now)
        except Stopped:
            return []
        return frozen

    # --- the report ---------------------------------------------------------------------------------------------------

    def frozen(self, connection: Connection, snapshot: Snapshot) -> WeeklyReport:
        """The report of a frozen week, by the goals and people of then; the same whenever it is made."""
        loaded = self.freezer.of(connection, snapshot.configuration) or self.loaded
        week = snapshots.week(connection, snapshot)
        edition = Edition(
            snapshot.id, week.label, snapshot.edition, week.start, week.cutoff, week.known_at, snapshot.frozen_at,
            snapshot.digest, week.configuration, week.marks, snapshot.by, snapshot.reason,
        )  # fmt: skip
        return self._report(connection, loaded, week, edition, as_of=snapshot.frozen_at)

    def preview(self, connection: Connection, until: datetime, now: datetime) -> WeeklyReport:
        """The report of a week that is not over, or not frozen, up to an instant."""
        week = self.freezer.counted(connection, until, now)
        edition = Edition(
            None, week.label, 0, week.start, week.cutoff, week.known_at, None, week.digest(), week.configuration,
            (*week.marks, Mark.PREVIEW),
        )  # fmt: skip
        return self._report(connection, self.loaded, week, edition)

    def _report(
        self, connection: Connection, loaded: Loaded, week: Week, edition: Edition, as_of: datetime | None = None
    ) -> WeeklyReport:
        past = Past(self._weeks(connection, loaded, week, as_of), self.freezer.ends)
        units = loaded.rules.organisation.units
        quiet = [
            Quiet(row.unit, units[row.unit].name if row.unit in units else row.unit, row.since, row.until, row.reason)
            for row in silences.between(connection, week.start, week.cutoff)
        ]
        said = _explanations(connection, loaded, week)
        stale = self._stale(connection, loaded, week)
        return assemble(Sources(edition, past, loaded.goals, loaded.rules, said, quiet, stale))

    def _weeks(self, connection: Connection, loaded: Loaded, week: Week, as_of: datetime | None) -> list[Week]:
        """What the report looks back to, each week in the edition that was valid when it was frozen; then its own."""
        day = self.freezer.ends.last_day(week.cutoff)
        days = [goal.span.first for goal in loaded.goals if goal.span.first and day in goal.span]
        back = max([TREND * WEEK, *(timedelta(days=(day - first).days + 8) for first in days)])
        rows = snapshots.valid(connection, week.cutoff - back, week.start, as_of)
        return [*snapshots.weeks(connection, rows), week]

    def _stale(self, connection: Connection, loaded: Loaded, week: Week) -> list[Remark]:
        """Feeds whose data were too old at the end of the week for its numbers to be those of then."""
        made = []
        for feed, as_of in polls.data_at(connection, week.cutoff).items():
            age = self.ages.get(feed)
            if age is not None and not is_fresh(as_of, age, loaded.rules.calendar, week.cutoff):
                local = as_of.astimezone(loaded.rules.zone)
                text = f"Nguồn {feed}: số liệu mới nhất trước giờ chốt là của {local:%H:%M %d/%m/%Y}."
                made.append(Remark("stale_feed", None, text))
        return made

    # --- who is told --------------------------------------------------------------------------------------------------

    def _tell(self, now: datetime) -> None:
        """Once for the last frozen week, to be delivered at the report's time."""
        with self.database.read() as connection:
            snapshot = snapshots.last(connection)
            if snapshot is None or marks.is_done(connection, TOLD, snapshot.cutoff_at):
                return
            report = self.frozen(connection, snapshot)
        # a week before all history is shown, and nobody is told off for it
        told = {} if Mark.RECONSTRUCTED in report.edition.marks else self._told(report, now)
        send = self.loaded.settings.report.send
        at = WeekEnd(send.weekday, send.minute, self.loaded.settings.zone).after(
            snapshot.cutoff_at - timedelta(microseconds=1)
        )
        year, _, number = report.edition.week.partition("-W")
        with self.database.write() as connection:
            for unit, (people, note) in told.items():
                rates.record(connection, people, unit, int(year + number), note, at, now)
            marks.done(connection, TOLD, snapshot.cutoff_at, now)
        log.info("rates told", week=report.edition.week, units=len(told))

    def _told(self, report: WeeklyReport, now: datetime) -> dict[str, tuple[tuple[str, ...], str]]:
        """By unit ("" is the whole): who is told what."""
        rules = self.loaded.rules
        directory = rules.organisation.on(rules.local_date(now))
        made = {}
        for row in report.units:
            note = notice(report, row, rules.zone) if row.unit is not None else None
            if row.unit is not None and note is not None:
                made[row.unit] = (directory.resolve(Target(HEAD, HEAD), row.unit, ()), note)
        note = notice(report, report.whole, rules.zone)
        if note is not None:
            centre = self.loaded.settings.report.centre
            head = directory.resolve(Target(HEAD, HEAD), centre, ())
            deputies = directory.resolve(Target(DEPUTY, DEPUTY), centre, ()) if self._has_deputy(now) else ()
            made[""] = (tuple(dict.fromkeys([*head, *deputies])), note)
        return made

    def _has_deputy(self, now: datetime) -> bool:
        """A vacant deputy is nobody: that the post above is told too would be one too many."""
        rules, centre = self.loaded.rules, self.loaded.settings.report.centre
        return centre is not None and bool(rules.organisation.on(rules.local_date(now)).holders(centre, DEPUTY))


def _explanations(connection: Connection, loaded: Loaded, week: Week) -> list[Explanation]:
    """What was said about the dossiers of the week's lists since they became overdue."""
    due: dict[str, tuple[datetime, str | None]] = {}
    for rows in (week.overdue, week.finished_late, week.ended):
        for row in rows:
            due[row.code] = (row.due_at, row.unit)
    if not due:
        return []
    people = loaded.rules.organisation.people
    since = min(due_at for due_at, _ in due.values())
    return [
        Explanation(row.code, due[row.code][1], people[row.person].name if row.person in people else row.person,
                    row.at, row.text)
        for row in answers.explanations_between(connection, since, week.known_at)
        if row.code in due and row.at >= due[row.code][0]
    ]  # fmt: skip
