"""Send the report: once a week the frozen numbers go as a file to the leadership, and each unit's page to its head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.directory import DEPUTY, HEAD
from alertd.core.errors import AlertdError
from alertd.core.rates.weeks import WeekEnd
from alertd.jobs.stopping import Stopped
from alertd.log import get
from alertd.reports import files
from alertd.reports.cover import cover
from alertd.reports.extract import of_unit
from alertd.store import attachments, marks, papers, snapshots
from alertd.store.attachments import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from alertd.config.load import Loaded
    from alertd.core.directory import Directory
    from alertd.core.weekly import UnitRow, WeeklyReport
    from alertd.jobs.report import Reporter
    from alertd.reports.agency import Agency
    from alertd.store.database import Database

log = get("report")
#: The name under which runs are on record, by the instant at which they were to be sent.
SENT = "report"
#: The post of the member of the Party committee who is in charge of a commune, as organisation.yaml has it.
PATRON = "patron"
#: Needs no library but our own.
PLAIN = "html"


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to be made: `unit` is "" for the whole; `row` its row of the report; `people` get it."""

    unit: str
    name: str
    row: UnitRow | None
    people: tuple[str, ...]


@dataclass(frozen=True)
class ReportSender:
    """Orders the messages, each with its file, in the outbox; the delivery jobs bring them."""

    database: Database
    loaded: Loaded
    reporter: Reporter
    agency: Agency

    def tick(self, now: datetime) -> int:
        """Send what is owed, once, however late; gives the number of messages.

        Before the first run ever nothing is owed. What was cut off goes on where it stopped: each paper is one
        transaction. The mark is set last.
        """
        at = self._sends_at(now)
        with self.database.read() as connection:
            if marks.is_done(connection, SENT, at):
                return 0
            first = not marks.ever_ran(connection, SENT)
            ends = self.reporter.freezer.ends
            snapshot = None if first else snapshots.edition(connection, ends.label(ends.at_or_before(at)))
            if snapshot is None and not first:
                return 0  # not frozen yet
            report = self.reporter.frozen(connection, snapshot) if snapshot is not None else None
        try:
            made = self._order(report, at, now) if report is not None else 0
        except Stopped:
            return 0
        with self.database.write() as connection:
            marks.done(connection, SENT, at, now)
            attachments.forget(connection, now)
        if report is not None:
            log.info("report sent", week=report.edition.week, messages=made)
        return made

    def _sends_at(self, now: datetime) -> datetime:
        """The last instant at which a report was to be sent."""
        send = self.loaded.settings.report.send
        return WeekEnd(send.weekday, send.minute, self.loaded.settings.zone).at_or_before(now)

    def _order(self, report: WeeklyReport, at: datetime, now: datetime) -> int:
        year, _, number = report.edition.week.partition("-W")
        week, made = int(year + number), 0
        with self.database.read() as connection:
            there = papers.ordered(connection, week)
        for paper in self._papers(report, now):
            self.reporter.stopping.look()
            people = [person for person in paper.people if (paper.unit, person) not in there]
            if people:
                text, file = self._made(report, paper, now)
                with self.database.write() as connection:
                    made += papers.order(connection, people, paper.unit, week, text, file, at, now)
            elif not paper.people:
                with self.database.write() as connection:
                    papers.nobody(connection, paper.unit, week, at, now)
        return made

    # --- who ----------------------------------------------------------------------------------------------------------

    def _papers(self, report: WeeklyReport, now: datetime) -> Iterator[Paper]:
        settings, rules = self.loaded.settings.report, self.loaded.rules
        directory = rules.organisation.on(rules.local_date(now))
        if settings.to:
            place = settings.centre or next(iter(rules.organisation.units))
            people = [person for target in settings.to for person in directory.resolve(target, place, ())]
            yield Paper("", "", None, tuple(dict.fromkeys(people)))
        if settings.unit_pages:
            for row in report.units:
                if row.unit is not None:
                    yield Paper(row.unit, row.name, row, _of_the_unit(directory, row.unit))

    # --- what ---------------------------------------------------------------------------------------------------------

    def _made(self, report: WeeklyReport, paper: Paper, now: datetime) -> tuple[str, Attachment]:
        """The text and the file; where a library is missing, a plain one that says why."""
        shown = report if paper.row is None else of_unit(report, paper.row)
        ending, remark = self.loaded.settings.report.file, ""
        try:
            file = self._file(shown, paper, ending, now)
        except AlertdError as error:
            log.warning("the report is sent as HTML", reason=str(error))
            remark = f"(Không lập được tệp {ending.upper()}, gửi bản HTML. Báo quản trị: cài alertd[report].)"
            file = self._file(shown, paper, PLAIN, now)
        return cover(shown, paper.name, remark), file

    def _file(self, report: WeeklyReport, paper: Paper, ending: str, now: datetime) -> Attachment:
        day = now.astimezone(self.loaded.settings.zone).date()
        return Attachment(*files.of_week(report, self.agency, day, ending, paper.unit, paper.name))


def _of_the_unit(directory: Directory, unit: str) -> tuple[str, ...]:
    """Its head, or where that is vacant its deputies, and its patron: nobody above them gets a page for each unit."""
    heads = directory.present(unit, HEAD) or directory.present(unit, DEPUTY)
    return tuple(dict.fromkeys([*heads, *directory.present(unit, PATRON)]))
