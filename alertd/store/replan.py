"""Re-planning of open dossiers after the rules, the calendar or the organisation changed (DESIGN section 5).

The change applies from its instant on: an instant that only the new rules have and that lies before the change is put
on record as `not_applied` and never fires. What was due by the old rules and has not fired yet still does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from alertd.core.dossier import Clock
from alertd.core.errors import CalendarError
from alertd.core.firing import AlertState
from alertd.core.plan import instant, last_index, latest_due
from alertd.core.planning import Running, next_step_at
from alertd.core.policy import Subject, Urgency
from alertd.core.transition import PlanReason
from alertd.store.bulk import among
from alertd.store.database import insert_new
from alertd.store.known import fired_steps
from alertd.store.tables import alerts, dossiers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from alertd.core.policy import Policy
    from alertd.core.rules import Rules
    from alertd.store.database import Database

CHUNK = 2000


def replan(database: Database, old: Rules | None, new: Rules, now: datetime) -> int:
    """Plan every open dossier anew, in chunks of one transaction each; gives how many were looked at.

    Without `old` rules nothing counts as newly created: used when nothing ran before, or only a date has turned.
    """
    done, last = 0, 0
    while True:
        with database.write() as connection:
            rows = connection.execute(open_after(last).with_for_update()).all()
            if not rows:
                return done
            plans = planned(connection, rows, old, new, now)
            if plans.lifted:
                connection.execute(delete(alerts).where(among(connection, alerts.c.id, plans.lifted)))
            if plans.not_applied:
                insert_new(connection, alerts, plans.not_applied)
            connection.execute(_UPDATE, plans.values)
            last = rows[-1].id
            done += len(rows)


def open_after(last: int) -> Select[Any]:
    """A chunk of the dossiers that have not ended, by id, from above `last` on."""
    return (
        select(dossiers)
        .where(dossiers.c.id > last, dossiers.c.clock != Clock.ENDED.value)
        .order_by(dossiers.c.id)
        .limit(CHUNK)
    )


_UPDATE = (
    update(dossiers)
    .where(dossiers.c.id == bindparam("id_"))
    .values(
        unit=bindparam("unit_"), due_at=bindparam("due_"), next_step_at=bindparam("next_"),
        waiting_at=bindparam("waiting_"), planned_at=bindparam("planned_"), plan_reason=bindparam("reason_"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plans:
    """What follows from a change for some dossiers, in their order; nothing of it is written yet.

    `values` are what `_UPDATE` takes, `not_applied` rows of the ledger, `lifted` the ids of such rows that are taken
    back, `fired` the last occurrence on record of each step once all that is written, by dossier.
    """

    values: list[dict[str, Any]]
    not_applied: list[dict[str, Any]]
    lifted: list[int]
    fired: dict[int, dict[str, int]]


def planned(connection: Connection, rows: Sequence[Row[Any]], old: Rules | None, new: Rules, now: datetime) -> Plans:
    """The plans of dossiers under the new rules. Reads only."""
    ids = [row.id for row in rows]
    before = fired_steps(connection, ids)
    lifted = _lifted(connection, rows, new, now) if old is not None else []
    kept = fired_steps(connection, ids, but=lifted) if lifted else before
    plans = Plans([], [], lifted, {row.id: dict(kept.get(row.id, {})) for row in rows})
    for row in rows:
        changed, skipped = _planned(row, old, new, before.get(row.id, {}), plans.fired[row.id], now)
        plans.values.append(changed)
        plans.not_applied.extend(skipped)
    return plans


def _lifted(connection: Connection, rows: Sequence[Any], new: Rules, now: datetime) -> list[int]:
    """`not_applied` that is taken back, for the new rules put the same occurrence after the change: it will fire."""
    known = {row.id: row for row in rows}
    query = select(alerts.c.id, alerts.c.dossier_id, alerts.c.step, alerts.c.occurrence).where(
        among(connection, alerts.c.dossier_id, list(known)), alerts.c.state == AlertState.NOT_APPLIED.value
    )
    return [
        found.id
        for found in connection.execute(query)
        if (at := _instant(known[found.dossier_id], new, found.step, found.occurrence, now)) is not None and at > now
    ]


def _instant(row: Any, rules: Rules, name: str, occurrence: int, now: datetime) -> datetime | None:
    """When an occurrence of a step falls due under these rules; None when they do not have it."""
    day = rules.local_date(now)
    unit = rules.organisation.on(day).unit(row.unit_text)
    due_at = rules.due_instant(unit, row.due_at, row.due_on)
    policy = rules.policy_for(subject(row, unit), Clock.DUE, day)
    step = next((step for step in policy.steps if step.name == name), None) if policy else None
    if step is None or due_at is None or occurrence > last_index(step):
        return None
    try:
        return instant(step, occurrence, rules.anchor(unit, due_at, row.received_at, end(row)))
    except CalendarError:
        return None


def _planned(
    row: Row[Any], old: Rules | None, new: Rules, before: dict[str, int], fired: dict[str, int], now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One dossier; a calendar that cannot be counted with, the old or the new one, stops none of the others."""
    try:
        return _replanned(row, old, new, before, fired, now)
    except CalendarError:
        unit = new.organisation.on(new.local_date(now)).unit(row.unit_text)
        due_at = new.due_instant(unit, row.due_at, row.due_on)
        return _values(row, old, unit, due_at, now if row.next_step_at or row.waiting_at else None, None, now), []


def _replanned(
    row: Row[Any], old: Rules | None, new: Rules, before: dict[str, int], fired: dict[str, int], now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    day = new.local_date(now)
    unit = new.organisation.on(day).unit(row.unit_text)
    due_at = new.due_instant(unit, row.due_at, row.due_on)
    skipped = []
    if old is not None and due_at is not None:
        for step, index, at in _newly_past(row, old, new, unit, due_at, before, fired, now):
            fired[step] = index
            skipped.append(_not_applied(row, new, unit, step, index, at, now))
    running = Running(subject(row, unit), Clock(row.clock), row.received_at, due_at, end(row))
    held = row.missing_since is not None
    upcoming = None if held else next_step_at(running, new, day, fired)
    # what waits for fresh data goes on waiting, under the new plan
    waits = row.waiting_at is not None and upcoming is not None and due_at is not None and due_at <= upcoming <= now
    waiting_at = upcoming if waits else None
    return _values(row, old, unit, due_at, None if waits else upcoming, waiting_at, now), skipped


def _values(
    row: Row[Any], old: Rules | None, unit: str | None, due_at: datetime | None, next_step_at: datetime | None,
    waiting_at: datetime | None, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id_": row.id, "unit_": unit, "due_": due_at, "next_": next_step_at, "waiting_": waiting_at,
        "planned_": row.planned_at if old is None else now,
        "reason_": row.plan_reason if old is None else PlanReason.RULES.value,
    }  # fmt: skip


def _newly_past(
    row: Row[Any], old: Rules, new: Rules, unit: str | None, due_at: datetime, before: dict[str, int],
    fired: dict[str, int], now: datetime,
) -> list[tuple[str, int, datetime]]:  # fmt: skip
    """Steps of the new policy with an instant before the change that the old rules did not have due by then."""
    day = new.local_date(now)
    policy = new.policy_for(subject(row, unit), Clock.DUE, day)
    if policy is None:
        return []
    old_unit = old.organisation.on(day).unit(row.unit_text)
    old_due = old.due_instant(old_unit, row.due_at, row.due_on)
    earlier = old.policy_for(subject(row, old_unit), Clock.DUE, day)
    due_before = _due_steps(earlier, old, old_unit, old_due, row, before, now)
    anchor = new.anchor(unit, due_at, row.received_at, end(row))
    found = []
    for step in policy.steps:
        due = latest_due(step, anchor, now, fired.get(step.name, -1))
        if due is not None and step.name not in due_before:
            found.append((step.name, due[1], due[2]))
    return found


def _due_steps(
    policy: Policy | None, rules: Rules, unit: str | None, due_at: datetime | None, row: Row[Any],
    fired: dict[str, int], now: datetime,
) -> set[str]:  # fmt: skip
    if policy is None or due_at is None:
        return set()
    anchor = rules.anchor(unit, due_at, row.received_at, end(row))
    return {step.name for step in policy.steps if latest_due(step, anchor, now, fired.get(step.name, -1))}


def end(row: Row[Any]) -> datetime | None:
    """The finish that a plan heeds: none while the portal calls the dossier open all the same."""
    finished_at: datetime | None = None if row.conflict else row.finished_at
    return finished_at


def subject(row: Row[Any], unit: str | None) -> Subject:
    """What of a stored dossier a policy can look at."""
    return Subject(unit, row.procedure_code, row.procedure, row.field, row.channel)


def _not_applied(
    row: Row[Any], rules: Rules, unit: str | None, step: str, index: int, at: datetime, now: datetime
) -> dict[str, Any]:
    policy = rules.policy_for(subject(row, unit), Clock.DUE, rules.local_date(now))
    return {
        "dossier_id": row.id, "subject": "", "episode": row.episode, "step": step, "occurrence": index, "folded": 0,
        "person": "", "policy": policy.name if policy else "-", "target": "", "unit": unit, "at": at,
        "recorded_at": now, "state": AlertState.NOT_APPLIED.value, "urgency": Urgency.NORMAL.value,
        "late_reason": None, "note": "", "message": None,
    }  # fmt: skip
