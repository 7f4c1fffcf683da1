"""From an alert's row to the line by which a message names its dossier."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.digest import Line
from alertd.core.dossier import Clock
from alertd.core.firing import LATE_AFTER
from alertd.core.planning import LADDERS
from alertd.core.policy import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from alertd.core.rules import Rules
    from alertd.store.told import Told

#: Why an alert is late that a storm has kept.
STORM = "storm"


def line(row: Row[Any], told: Told, rules: Rules, now: datetime, *, freed: bool = False, answers: bool = True) -> Line:
    """One dossier as it stands now.

    `freed`: a storm has kept it until now. `answers`: people have a way to acknowledge, so that it says something when
    a handler has not.
    """
    directory = rules.organisation.on(rules.local_date(now))
    officers = directory.officers(row.unit, tuple(row.officers), row.handed_to)
    people = rules.organisation.people
    unit = rules.organisation.units.get(row.unit or "")
    overdue = row.clock in LADDERS and row.due_at is not None and row.due_at < now
    own = row.person in officers.people
    confirmed_at = _first(told.confirmed.get(row.dossier_id, {}), officers.people)
    waits = any(told.ever(officer, row.dossier_id) for officer in officers.people)
    calendar, told_at = rules.calendar_of(row.unit), now if freed else row.recorded_at
    is_late = bool(row.policy) and told_at - row.at > LATE_AFTER
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
        overdue=overdue,
        urgency=Urgency(row.urgency),
        own=own,
        late=calendar.between(row.at, told_at) if is_late else None,
        late_reason=row.late_reason or (STORM if freed else None),
        note=row.note,
        known=told.knows(row.person, row.dossier_id, overdue=overdue),
        unconfirmed=answers and not own and confirmed_at is None and waits,
        confirmed_at=None if own else confirmed_at,
        accepting=row.ladder == Clock.ACCEPT,
    )


def _first(acks: Mapping[str, datetime], officers: tuple[str, ...]) -> datetime | None:
    return min((at for person, at in acks.items() if person in officers), default=None)
