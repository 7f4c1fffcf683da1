"""Compose: one message per person per slot, from the alerts that wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.digest import Line
from alertd.core.dossier import Clock
from alertd.core.firing import LATE_AFTER
from alertd.core.policy import Urgency
from alertd.messages.render import Contents, Notice
from alertd.store import marks, outbox, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.rules import Rules
    from alertd.core.slots import Slots
    from alertd.messages.render import Part, Renderer
    from alertd.store.database import Database

#: People per transaction.
BATCH = 100
SLOT = "slot"


@dataclass(frozen=True)
class Composer:
    """Turns pending alerts into messages in the outbox."""

    database: Database
    rules: Rules
    slots: Slots
    renderer: Renderer

    def tick(self, now: datetime) -> int:
        """Close the slot that is due, or at once everything; critical alerts wait for neither. Gives the number."""
        made = self._compose(now, now, only_critical=True)
        if self.slots.is_quiet(now, self.rules.calendar):
            return made
        if not self.slots.times:
            return made + self._compose(now, now)
        slot = self.slots.latest(now, self.rules.calendar)
        if slot is None or not self._is_owed(slot, now):
            return made
        made += self._compose(slot, now)
        with self.database.write() as connection:
            marks.done(connection, SLOT, slot, now)
        return made

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

    def _compose(self, until: datetime, now: datetime, *, only_critical: bool = False) -> int:
        made = 0
        while True:
            with self.database.write() as connection:
                people = waiting.people_waiting(connection, until, BATCH, only_critical=only_critical)
                if not people:
                    return made
                if not only_critical:
                    outbox.take_over(connection, people, until)
                found = waiting.pending_alerts(connection, people, until, only_critical=only_critical)
                overdue = waiting.overdue_told(connection, list(found), now)
                resolved = waiting.resolved_since_last(connection, list(found))
                for person, rows in found.items():
                    self._message(connection, person, rows, until, now, overdue, resolved)
                made += len(found)
                if not found:
                    return made

    def _message(
        self,
        connection: Connection,
        person: str,
        rows: Sequence[Row[Any]],
        slot: datetime,
        now: datetime,
        overdue: dict[str, int],
        resolved: dict[str, int],
    ) -> None:
        lines = [self._line(row, now) for row in rows if row.dossier_id]
        notices = [Notice(row.step, row.subject, row.note) for row in rows if not row.dossier_id]
        named = {line.dossier_id for line in lines if line.overdue}
        contents = Contents(lines, notices, max(overdue.get(person, 0) - len(named), 0), resolved.get(person, 0))
        outbox.enqueue(
            connection,
            person,
            [outbox.NewPart(part.text, self._dossiers(part)) for part in self.renderer.parts(contents, now)],
            [row.alert_id for row in rows],
            kind="digest" if lines else "notice",
            urgency=max((Urgency(row.urgency) for row in rows), key=lambda urgency: urgency.rank),
            late=any(line.late for line in lines),
            slot=slot,
            now=now,
        )

    def _line(self, row: Row[Any], now: datetime) -> Line:
        directory = self.rules.organisation.on(self.rules.local_date(now))
        officers = directory.officers(row.unit, tuple(row.officers))
        people = self.rules.organisation.people
        unit = self.rules.organisation.units.get(row.unit or "")
        late = row.recorded_at - row.at
        calendar = self.rules.calendar_of(row.unit)
        return Line(
            dossier_id=row.dossier_id,
            code=row.code,
            procedure=row.procedure,
            url=row.url,
            unit=unit.name if unit else row.unit_text,
            officers=", ".join([*(people[p].name for p in officers.people), *officers.unmatched]),
            step=row.step,
            at=row.at,
            due_at=row.due_at,
            left=calendar.between(now, row.due_at) if row.due_at else timedelta(),
            overdue=row.clock == Clock.DUE and row.due_at is not None and row.due_at < now,
            urgency=Urgency(row.urgency),
            own=row.person in officers.people,
            late=late if late > LATE_AFTER else None,
            late_reason=row.late_reason,
            note=row.note,
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
