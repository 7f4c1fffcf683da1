"""Freeze: a week's numbers are counted once it is over, as they were known at its end, and kept for good."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from alertd.config import compile as compiling
from alertd.config.load import load_texts
from alertd.core.due_classes import bounds
from alertd.core.errors import InputError
from alertd.core.keeping import Kind
from alertd.core.rates.counts import Counts
from alertd.core.rates.fact import Period
from alertd.core.rates.lists import Lists
from alertd.core.rates.tally import Figures, tally
from alertd.core.rates.week import UnitWeek, Week
from alertd.core.rates.weeks import WEEK, WeekEnd
from alertd.core.weekly import Mark
from alertd.failpoints import reached
from alertd.jobs.stopping import Stopping
from alertd.log import get
from alertd.store import configurations, facts, floors, marks, snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.store.database import Database
    from alertd.store.snapshots import Snapshot

log = get("freeze")
#: The name under which runs are on record.
FREEZE = "freeze"
#: A poll that began before the end of a week has so long to write what it has read.
SETTLE = timedelta(minutes=10)
#: A week after which weeks end at another time is longer or shorter than others, but no two weeks.
LONGEST = timedelta(days=13)
#: Weeks before the first one that are made from the feeds' own dates, so that there is something to compare with.
WEEKS_BACK = 12
#: However long ago the plan began.
MOST_WEEKS_BACK = 53


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is to count in a week: history up to `known_at` (exclusive) and observation `observed_to` (inclusive).

    `counted_until` is how far history was read for the week before.
    """

    counted_until: datetime
    known_at: datetime
    observed_to: int


@dataclass(frozen=True)
class Freezer:
    """Counts weeks and keeps them. Weeks end where the present configuration says.

    Counting raises Stopped when `stopping` is asked for; what is owed stays so.
    """

    database: Database
    loaded: Loaded
    stopping: Stopping = field(default_factory=Stopping)

    @property
    def ends(self) -> WeekEnd:
        """Where weeks end."""
        at = self.loaded.settings.report.week_ends
        return WeekEnd(at.weekday, at.minute, self.loaded.settings.zone)

    # --- what is owed -------------------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> list[str]:
        """Freeze every week that is over and not frozen yet, oldest first; gives their labels.

        Made once, later, after a time in which nothing ran: what was known at a week's end does not change.
        """
        with self.database.read() as connection:
            owed = self._owed(connection, now)
        return [label for cutoff in owed if (label := self.freeze(cutoff, now)) is not None]

    def _owed(self, connection: Connection, now: datetime) -> list[datetime]:
        ends = self.ends
        latest = ends.at_or_before(now - SETTLE)
        if marks.is_done(connection, FREEZE, latest):
            return []
        last = snapshots.last_cutoff(connection)
        at = ends.after(last) if last is not None else self._first(connection, latest)
        owed = []
        while at is not None and at <= latest:
            owed.append(at)
            at = ends.after(at)
        return owed

    def _first(self, connection: Connection, latest: datetime) -> datetime | None:
        """The first week ever: some weeks back, or where a goal begins, but not before there were dossiers."""
        received = facts.earliest_receipt(connection)
        if received is None:
            return None
        zone, today = self.loaded.settings.zone, self.ends.last_day(latest)
        days = [goal.span.first for goal in self.loaded.goals if goal.span.first and today in goal.span]
        starts = [datetime.combine(day, time(), zone) for day in days] + [latest - WEEKS_BACK * WEEK]
        start = max(min(starts), latest - MOST_WEEKS_BACK * WEEK, received)
        return self.ends.after(start)

    # --- one week -----------------------------------------------------------------------------------------------------

    def freeze(self, cutoff: datetime, now: datetime) -> str | None:
        """Freeze the week that ends at an instant; None when it was frozen already."""
        label = self.ends.label(cutoff)
        with self.database.read() as connection:
            loaded = self._in_force(connection, cutoff)
            week = self.counted(connection, cutoff, now)
        with self.database.write() as connection:
            marks.done(connection, FREEZE, cutoff, now)
            if snapshots.edition(connection, label) is not None:
                return None
            snapshots.freeze(connection, week, loaded.text, now)
        reached("snapshot-frozen")
        log.info("week frozen", week=label, dossiers=week.whole.counts.handled, marks=[m.value for m in week.marks])
        return label

    def counted(self, connection: Connection, cutoff: datetime, now: datetime) -> Week:
        """A week, or the part of one up to `cutoff`, as it was known then; before all history, as it is known now."""
        start = self._start(connection, cutoff)
        observed = bool(facts.first_reads(connection, cutoff))
        knowledge = Knowledge(
            self._counted_until(connection, start), cutoff if observed else now, facts.last_observation(connection)
        )
        return self._week(connection, self._in_force(connection, cutoff), start, cutoff, knowledge)

    def _start(self, connection: Connection, cutoff: datetime) -> datetime:
        """Where the week before ended: also when weeks have come to end at another time since."""
        before = snapshots.before(connection, cutoff)
        if before is not None and cutoff - before.cutoff_at < LONGEST:
            return before.cutoff_at  # type: ignore[no-any-return]
        return self.ends.before(cutoff)

    def _counted_until(self, connection: Connection, start: datetime) -> datetime:
        """How far history was read for the week that ended at `start`."""
        before = snapshots.valid(connection, start - timedelta(microseconds=1), start)
        return max(start, before[-1].known_at) if before else start

    def _week(
        self, connection: Connection, loaded: Loaded, start: datetime, cutoff: datetime, knowledge: Knowledge
    ) -> Week:
        rules = loaded.rules
        _, tomorrow, soon = bounds(rules, cutoff)
        period = Period(start, cutoff, knowledge.counted_until, tomorrow, soon, rules.zone)
        found = facts.gather(connection, rules, period, knowledge.known_at, knowledge.observed_to, self.stopping.each)
        counting = compiling.counting(loaded.settings.report)
        self.stopping.look()
        figures = tally([*found.facts.values()], found.moves, found.spells, period, counting)
        self.stopping.look()
        lists = Lists(found.facts, period, rules, rules.organisation.on(period.last_day))
        return Week(
            label=self.ends.label(cutoff),
            start=start,
            cutoff=cutoff,
            counted_until=knowledge.counted_until,
            known_at=knowledge.known_at,
            observed_to=knowledge.observed_to,
            configuration=loaded.digest,
            counting=counting,
            marks=_marks(period, found.since, figures),
            units=_units(loaded, period, figures),
            overdue=lists.overdue(found.moves, found.spells),
            finished_late=lists.finished_late(),
            moved=lists.moved(found.moves),
            ended=lists.ended(found.spells),
        )

    # --- again --------------------------------------------------------------------------------------------------------

    def recount(self, snapshot: Snapshot) -> Week:
        """Count a frozen week once more, by the rules and the knowledge of then: the same letter by letter.

        Raises InputError when its configuration cannot be read by this program any more, or when dossiers of it may be
        past their term.
        """
        with self.database.read() as connection:
            self._still_known(connection, snapshot)
            frozen = snapshots.week(connection, snapshot)
            loaded = self.of(connection, frozen.configuration)
            if loaded is None:
                raise InputError(
                    f"{frozen.label}: the configuration by which it was counted cannot be read any more; "
                    "count it again with the alertd of then"
                )
            knowledge = Knowledge(frozen.counted_until, frozen.known_at, frozen.observed_to)
            made = self._week(connection, loaded, frozen.start, frozen.cutoff, knowledge)
        corrected = (Mark.CORRECTED,) if Mark.CORRECTED in frozen.marks else ()
        return replace(made, label=frozen.label, marks=(*made.marks, *corrected))

    def correct(self, label: str, now: datetime, *, by: str, reason: str) -> list[str]:
        """New editions of a week and of those after it, by what is known now and by the present rules; their labels.

        Those after it are made anew because an end that came to be known late must move out of the week in which it
        was counted as belated. Raises InputError when the week was never frozen, or is too old to be counted again.
        """
        with self.database.read() as connection:
            first = snapshots.edition(connection, label)
            last = snapshots.last_cutoff(connection)
            if first is None or last is None:
                raise InputError(f"{label}: this week was never frozen; there is nothing to correct")
            self._still_known(connection, first)
            rows = snapshots.valid(connection, first.starts_at, last)
            observed_to = facts.last_observation(connection)
            counted_until = self._counted_until(connection, first.starts_at)
            made = []
            for row in rows:
                knowledge = Knowledge(counted_until, max(now, row.cutoff_at), observed_to)
                week = self._week(connection, self.loaded, row.starts_at, row.cutoff_at, knowledge)
                made.append(replace(week, label=row.week, marks=(*week.marks, Mark.CORRECTED)))
                counted_until = knowledge.known_at
        with self.database.write() as connection:
            for week in made:
                snapshots.freeze(connection, week, self.loaded.text, now, by=by, reason=reason)
        log.info("weeks corrected", weeks=[week.label for week in made])
        return [week.label for week in made]

    def knows(self, snapshot: Snapshot) -> bool:
        """Whether all that was counted in a frozen week is still on record: nothing of it is past its term."""
        with self.database.read() as connection:
            return bool(self._known_from(connection) <= snapshot.starts_at)

    def _known_from(self, connection: Connection) -> datetime:
        return floors.floor(connection, Kind.DOSSIERS) or datetime.min.replace(tzinfo=UTC)

    def _still_known(self, connection: Connection, snapshot: Snapshot) -> None:
        if snapshot.starts_at < self._known_from(connection):
            raise InputError(
                f"{snapshot.week}: dossiers of this week are past their term (`retention` in alertd.yaml) and deleted; "
                "it stays as it was frozen"
            )

    # --- by which rules -----------------------------------------------------------------------------------------------

    def _in_force(self, connection: Connection, at: datetime) -> Loaded:
        """The configuration that ran at an instant; the present one where none did, or it cannot be read any more."""
        row = configurations.at(connection, at)
        found = self._read(row.digest, row.files) if row is not None else None
        return found or self.loaded

    def of(self, connection: Connection, digest: str) -> Loaded | None:
        """The configuration by which a week was counted; None when it cannot be read any more."""
        files = snapshots.configuration(connection, digest)
        return None if files is None else self._read(digest, files)

    def _read(self, digest: str, files: dict[str, str]) -> Loaded | None:
        if digest == self.loaded.digest:
            return self.loaded
        try:
            return load_texts(files, self.loaded.folder)
        except InputError as error:
            log.warning("an earlier configuration cannot be read any more", reason=str(error).splitlines()[0])
            return None


def _marks(period: Period, since: Mapping[str, datetime], figures: Mapping[str | None, Figures]) -> tuple[Mark, ...]:
    made = []
    if since and all(at >= period.cutoff for at in since.values()):
        made.append(Mark.RECONSTRUCTED)
    elif any(at >= period.start for at in since.values()):
        made.append(Mark.PARTLY_RECONSTRUCTED)
    if sum((each.counts for each in figures.values()), Counts()) == Counts():
        made.append(Mark.EMPTY)
    return tuple(made)


def _units(loaded: Loaded, period: Period, figures: Mapping[str | None, Figures]) -> tuple[UnitWeek, ...]:
    """Every unit that there is on the last day, in the order of organisation.yaml; the last is what fits none."""
    directory = loaded.rules.organisation.on(period.last_day)
    made = []
    for code, unit in loaded.rules.organisation.units.items():
        there = period.last_day in unit.span and directory.living(code) == code
        if there or code in figures:
            made.append(UnitWeek(code, unit.name, unit.kind, figures.get(code, Figures())))
    return (*made, UnitWeek(None, "", "", figures.get(None, Figures())))
