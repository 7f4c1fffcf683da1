"""Compose: one message per person per slot, from the alerts that wait for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from alertd.core.digest import RESOLVED
from alertd.core.dossier import Clock
from alertd.core.policy import Urgency
from alertd.failpoints import reached
from alertd.jobs.brake import SHARES_DECISION, Brake
from alertd.jobs.lines import line
from alertd.messages.render import Contents, Notice
from alertd.store import marks, outbox, silences, storms, told, waiting
from alertd.store.waiting import Pick, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from alertd.core.digest import Line
    from alertd.core.rules import Rules
    from alertd.core.slots import Slots
    from alertd.core.storm import Hold, StormBrake
    from alertd.messages.render import Part, Renderer
    from alertd.store.database import Database
    from alertd.store.told import Told

#: People per transaction.
BATCH = 100
SLOT = "slot"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Composer:
    """Turns pending alerts into messages in the outbox.

    `brake` None is off. `answers` says whether people have a way to acknowledge.
    """

    database: Database
    rules: Rules
    slots: Slots
    renderer: Renderer
    brake: StormBrake | None = None
    answers: bool = True

    def tick(self, now: datetime) -> int:
        """Close the slot that is due, or at once everything; critical alerts wait for neither. Gives the number."""
        made = self._close_all(now)
        marks.beat(self.database, "compose", now)
        return made

    def _close_all(self, now: datetime) -> int:
        made = self._compose(Wanted(now, Pick.URGENT), now, now)
        if self.slots.is_quiet(now, self.rules.calendar):
            return made
        made += self._free(now)
        if not self.slots.times:
            return made + self._close(now, now)
        slot = self.slots.latest(now, self.rules.calendar)
        if slot is None or not self._is_owed(slot, now):
            return made
        made += self._close(slot, now)
        with self.database.write() as connection:
            self._brake.remind(connection, storms.held(connection), slot, now)
            marks.done(connection, SLOT, slot, now)
        # what the admin is told of a storm waits for no slot
        return made + self._compose(Wanted(now, Pick.URGENT), now, now)

    @property
    def _brake(self) -> Brake:
        return Brake(self.rules, self.brake, at_once=not self.slots.times)

    def _is_owed(self, slot: datetime, now: datetime) -> bool:
        """A slot is closed once, and only after escalate ran for it; before the first one ever, nothing is owed."""
        with self.database.read() as connection:
            if marks.is_done(connection, SLOT, slot):
                return False
            escalated = marks.mark(connection, "escalate")
            first = not marks.ever_ran(connection, SLOT)
        if first:
            with self.database.write() as connection:
                marks.done(connection, SLOT, slot, now)
            return False
        return escalated is not None and escalated >= slot

    # --- one batch ----------------------------------------------------------------------------------------------------

    def _close(self, slot: datetime, now: datetime) -> int:
        """Compose everything up to an instant, unless the storm brake holds it."""
        wanted = self._wanted(slot, now)
        with self.database.read() as connection:
            if not waiting.people_waiting(connection, wanted, 1):
                return 0
        with self.database.write() as connection:
            people = waiting.people_waiting(connection, replace(wanted, pick=Pick.DOSSIERS))
            hold = self._brake.judge(connection, set(people), slot, now)
        if hold is None:
            return self._compose(wanted, slot, now)
        # what is about the system is never held, and that a storm is held waits for no slot
        made = self._compose(replace(wanted, until=now, pick=Pick.URGENT), now, now)
        made += self._compose(replace(wanted, pick=Pick.SYSTEM), slot, now)
        made += self._compose(replace(wanted, pick=Pick.DOSSIERS), slot, now, hold)
        with self.database.write() as connection:
            storms.count(connection, hold.storm)
        return made

    def _wanted(self, slot: datetime, now: datetime) -> Wanted:
        """With messages at once, what one tick of escalate records is one batch: the ticks that are finished count."""
        with self.database.read() as connection:
            silenced = self._silenced([row.unit for row in silences.active(connection, now)], now)
            escalated = None if self.slots.times else marks.mark(connection, "escalate") or NEVER
        return Wanted(slot, Pick.ALL, silenced, escalated)

    def _silenced(self, units: Sequence[str], now: datetime) -> frozenset[str]:
        """The units with all that stand under them on the day."""
        directory = self.rules.organisation.on(self.rules.local_date(now))
        tops = {directory.living(unit) or unit for unit in units}
        return frozenset(
            unit for unit in self.rules.organisation.units if any(directory.within(unit, top) for top in tops)
        )

    def _compose(self, wanted: Wanted, slot: datetime, now: datetime, hold: Hold | None = None) -> int:
        """Batch after batch, until nobody waits.

        Who waits is asked for all batches at once: asked for each, all that is pending would be gone through for every
        hundred people.
        """
        made = 0
        while True:
            with self.database.read() as connection:
                people = waiting.people_waiting(connection, wanted)
            batches = (people[start : start + BATCH] for start in range(0, len(people), BATCH))
            here = sum(self._batch(batch, wanted, slot, now, hold) for batch in batches)
            if not here:
                return made
            made += here

    def _batch(self, people: Sequence[str], wanted: Wanted, slot: datetime, now: datetime, hold: Hold | None) -> int:
        with self.database.write() as connection:
            if wanted.pick in (Pick.ALL, Pick.DOSSIERS):
                # a message that only waits for its channel does not come to wait in a storm
                outbox.take_over(connection, [p for p in people if not (hold and hold.takes(p))], slot)
            found = waiting.pending_alerts(connection, people, wanted)
            ids = {row.dossier_id for rows in found.values() for row in rows}
            known = told.told(connection, list(found), ids, now)
            for person, rows in found.items():
                storm = hold.storm if hold is not None and hold.takes(person) else None
                self._message(connection, person, rows, known, slot, now, storm=storm, held=storm is not None)
        if found:
            reached("message-composed")
        return len(found)

    def _message(
        self,
        connection: Connection,
        person: str,
        rows: Sequence[Row[Any]],
        known: Told,
        slot: datetime,
        now: datetime,
        *,
        storm: int | None = None,
        held: bool = False,
    ) -> None:
        freed = storm is not None and not held
        lines = [line(row, known, self.rules, now, freed=freed, answers=self.answers) for row in rows if row.dossier_id]
        notices = [Notice(row.step, row.subject, row.note) for row in rows if not row.dossier_id]
        contents, kind = _contents(person, lines, notices, known)
        outbox.enqueue(
            connection,
            person,
            [outbox.NewPart(part.text, self._dossiers(part)) for part in self.renderer.parts(contents, now)],
            [row.alert_id for row in rows],
            kind=kind,
            urgency=max((Urgency(row.urgency) for row in rows), key=lambda urgency: urgency.rank),
            late=any(line.late is not None for line in lines),
            slot=slot,
            now=now,
            storm_id=storm,
            held=held,
        )

    def _dossiers(self, part: Part) -> list[dict[str, str | None]]:
        return [
            {
                "code": line.code,
                "step": line.step,
                "due_at": line.due_at.astimezone(self.rules.zone).isoformat() if line.due_at else None,
                "url": line.url or None,
            }
            for line in part.lines
        ]

    # --- what was held ------------------------------------------------------------------------------------------------

    def _free(self, now: datetime) -> int:
        """What is due leaves a storm by itself after `hold_max`; at once, the admin is also told again here."""
        with self.database.read() as connection:
            open_ = storms.held(connection)
            ripe = storms.ripe(connection, now - self._brake.hold_max)
            decided = storms.any_decided(connection, now - SHARES_DECISION)
        if (open_ and not self.slots.times) or decided:
            with self.database.write() as connection:
                storms.settle_late(connection, now - SHARES_DECISION, now)
                if not self.slots.times:
                    self._brake.remind(connection, open_, now, now)
        return sum(self._free_storm(storm, now) for storm in ripe)

    def _free_storm(self, storm: int, now: datetime) -> int:
        made = 0
        while True:
            with self.database.write() as connection:
                found = waiting.due_in_storm(connection, storm, BATCH)
                if not found:
                    storms.left_by_itself(connection, storm, now)
                    return made
                rows = [row for message in found.values() for row in message]
                known = told.told(
                    connection, sorted({row.person for row in rows}), {row.dossier_id for row in rows}, now
                )
                for message, members in found.items():
                    self._split(connection, message, members, known, storm, now)
                made += len(found)

    def _split(
        self, connection: Connection, message: str, rows: Sequence[Row[Any]], known: Told, storm: int, now: datetime
    ) -> None:
        """A held message becomes two: what is due leaves, the rest is held on; what has ended is said no more."""
        storms.take_apart(connection, message, now)
        gone = [row for row in rows if row.policy and (row.clock == Clock.ENDED or row.episode != row.dossier_episode)]
        waiting.overtake(connection, [row.alert_id for row in gone])
        person = rows[0].person
        for held, members in (
            (False, [row for row in rows if row.due]),
            (True, [row for row in rows if not row.due and row not in gone]),
        ):
            if members:
                self._message(connection, person, members, known, now, now, storm=storm, held=held)


def _contents(person: str, lines: Sequence[Line], notices: Sequence[Notice], known: Told) -> tuple[Contents, str]:
    """What a message says, and its kind: what was finished is counted, and named where there is nothing else to say."""
    finished = {one.dossier_id for one in lines if one.step == RESOLVED}
    steps = [one for one in lines if one.step != RESOLVED]
    named = {one.dossier_id for one in steps if one.overdue and not one.accepting}
    others = max(known.overdue.get(person, 0) - len(named), 0)
    resolved = known.resolved.get(person, set()) | finished
    if steps or notices:
        return Contents(steps, notices, others, len(resolved)), "digest" if steps else "notice"
    return Contents(lines, (), others, len(resolved - finished)), "resolved"
