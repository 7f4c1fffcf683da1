"""Re-planning of open dossiers after the rules, the calendar or the organisation changed (DESIGN section 5).

The change applies from its instant on: an instant that only the new rules have and that lies before the change is put
on record as `not_applied` and never fires. What was due by the old rules and has not fired yet still does.
"""

from __future__ import annotations

import gc
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select

from alertd.core.dossier import Clock
from alertd.core.errors import CalendarError
from alertd.core.firing import AlertState
from alertd.core.plan import instant, last_index, latest_due, next_instant
from alertd.core.planning import LADDERS, resolve, stretch_of, subject_of
from alertd.core.policy import Urgency
from alertd.core.transition import PlanReason
from alertd.store import state
from alertd.store.bulk import among, update_rows
from alertd.store.database import insert_new
from alertd.store.known import fired_steps
from alertd.store.paging import Place, open_rows
from alertd.store.tables import alerts, dossiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from alertd.core.plan import Anchor
    from alertd.core.planning import Resolved, Stretch
    from alertd.core.policy import Policy, Subject
    from alertd.core.rules import Rules
    from alertd.store.database import Database

CHUNK = 5000
#: A call of the class is slower, and there are two a row.
_CLOCKS = {each.value: each for each in Clock}
#: Of a million rows every column that is not read counts.
_READ = (
    *state.PLANNED_FROM, "id", "feed", "code", "clock", "ladder", "episode", "conflict", "missing_since", "unit",
    "accept_by", "next_step_at", "waiting_at", "planned_at", "plan_reason", "first_seen_at",
)  # fmt: skip


class Plan(NamedTuple):
    """The columns of a dossier that a change of the rules sets: what is planned from first, in `PLANNED` the plan."""

    unit: str | None
    due_at: datetime | None
    accept_by: datetime | None
    next_step_at: datetime | None
    waiting_at: datetime | None
    planned_at: datetime
    plan_reason: str

    def is_news(self, row: Row[Any], now: datetime) -> bool:
        """Whether it has to be written: it moves something, or says anew why what is due already will be late."""
        at = self.next_step_at or self.waiting_at
        if at is not None and at <= now:
            return True
        return self.is_moved(row) or self[3:5] != (row.next_step_at, row.waiting_at)

    def is_moved(self, row: Row[Any]) -> bool:
        """Whether what is planned from has to be written too."""
        return self[:3] != (row.unit, row.due_at, row.accept_by)


#: SQLite writes anew every index of a column that is set, whether or not its value changes: four of them stay as they
#: are where only the plan does.
PLANNED = Plan._fields[3:]


def replan(database: Database, old: Rules | None, new: Rules, now: datetime) -> int:
    """Plan every open dossier anew, in chunks of one transaction each; gives how many were looked at.

    Without `old` rules nothing counts as newly created: used when nothing ran before, or only a date has turned. A
    dossier that stays as it was is not written: of a day off in another season that is nearly all. PostgreSQL writes
    one chunk while the next one is planned; on SQLite there is one writer.
    """
    now = now.astimezone(UTC)
    done, last = 0, None
    written: Future[None] | None = None
    with _uncounted(), ThreadPoolExecutor(1, "replan") as beside:
        while True:
            if written is not None and database.is_sqlite:
                written.result()
            with ExitStack() as transaction:
                connection = transaction.enter_context(database.write())
                rows = open_after(connection, last, lock=True)
                plans = planned(connection, rows, old, new, now)
                news = [(row, plan) for row, plan in zip(rows, plans.plans, strict=True) if plan.is_news(row, now)]
                if written is not None:
                    written.result()
                if not rows:
                    return done
                written = beside.submit(_write, transaction.pop_all(), connection, plans, news)
            last = Place.of(rows[-1])
            done += len(rows)


@contextmanager
def _uncounted() -> Iterator[None]:
    """The collector passes over what is in memory already.

    So many rows would have it look through all of that over and over, and the organisation of a country is much.
    """
    was_frozen = gc.get_freeze_count() > 0
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_frozen:  # as the daemon was started (`commands/run`), and without what an edit has put out of use
            gc.collect()
            gc.freeze()


def _write(transaction: ExitStack, connection: Connection, plans: Plans, news: list[tuple[Row[Any], Plan]]) -> None:
    with transaction:
        if plans.lifted:
            connection.execute(delete(alerts).where(among(connection, alerts.c.id, plans.lifted)))
        if plans.not_applied:
            insert_new(connection, alerts, plans.not_applied)
        moved = [[*plan, row.id] for row, plan in news if plan.is_moved(row)]
        update_rows(connection, dossiers, Plan._fields, moved)
        only_planned = [[*plan[3:], row.id] for row, plan in news if not plan.is_moved(row)]
        update_rows(connection, dossiers, PLANNED, only_planned)


def open_after(connection: Connection, last: Place | None, *, lock: bool = False) -> list[Row[Any]]:
    """The next chunk of the dossiers that have not ended, in the order in which they were first seen."""
    query = select(*(dossiers.c[name] for name in _READ))
    return open_rows(connection, query.with_for_update() if lock else query, last, CHUNK)


@dataclass(frozen=True, slots=True)
class Plans:
    """What follows from a change for some dossiers, in their order; nothing of it is written yet.

    `not_applied` are rows of the ledger, `lifted` the ids of such rows that are taken back, `fired` the last occurrence
    on record of each step once all that is written, by dossier.
    """

    plans: list[Plan]
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
        plan, skipped = _planned(row, old, new, before.get(row.id, {}), plans.fired[row.id], now)
        plans.plans.append(plan)
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


@dataclass(frozen=True, slots=True)
class Ground:
    """What one dossier's plan is made from under some rules on a date: of the clock that its episode is for.

    `anchor` is None where that clock has no deadline, `policy` where none matches. Raises CalendarError when made for a
    calendar that cannot be counted with, and when planned with.
    """

    resolved: Resolved
    subject: Subject
    stretch: Stretch | None
    anchor: Anchor | None
    policy: Policy | None

    @classmethod
    def of(cls, row: Row[Any], rules: Rules, now: datetime) -> Ground:
        """Of a stored dossier, whether its clock runs at the moment or not."""
        seen, ladder, day = state.planned_from(row), _CLOCKS[row.ladder], rules.local_date(now)
        resolved = resolve(seen, rules, rules.organisation.on(day))
        subject = subject_of(seen, resolved.unit)
        stretch = stretch_of(seen, resolved, ladder, conflict=row.conflict)
        anchor = stretch.anchor(resolved.unit, rules) if stretch is not None else None
        return cls(resolved, subject, stretch, anchor, rules.policy_for(subject, ladder, day))

    def upcoming(self, fired: Mapping[str, int]) -> datetime | None:
        """The earliest instant that is not on record."""
        if self.policy is None or self.anchor is None:
            return None
        return next_instant(self.policy, self.anchor, fired)

    def due(self, fired: Mapping[str, int], now: datetime) -> dict[str, tuple[int, datetime]]:
        """The steps due at `now` and not on record: their last index and its instant."""
        if self.policy is None or self.anchor is None:
            return {}
        anchor = self.anchor
        found = ((s.name, latest_due(s, anchor, now, fired.get(s.name, -1))) for s in self.policy.steps)
        return {name: (due[1], due[2]) for name, due in found if due is not None}


def _instant(row: Any, rules: Rules, name: str, occurrence: int, now: datetime) -> datetime | None:
    """When an occurrence of a step falls due under these rules; None when they do not have it."""
    ground = Ground.of(row, rules, now)
    step = next((step for step in ground.policy.steps if step.name == name), None) if ground.policy else None
    if step is None or ground.anchor is None or occurrence > last_index(step):
        return None
    try:
        return instant(step, occurrence, ground.anchor)
    except CalendarError:
        return None


def _planned(
    row: Row[Any], old: Rules | None, new: Rules, before: dict[str, int], fired: dict[str, int], now: datetime
) -> tuple[Plan, list[dict[str, Any]]]:
    """One dossier; a calendar that cannot be counted with, the old or the new one, stops none of the others."""
    ground = Ground.of(row, new, now)
    try:
        return _replanned(row, old, ground, before, fired, now)
    except CalendarError:
        return _plan(row, old, ground, now if row.next_step_at or row.waiting_at else None, None, now), []


def _replanned(
    row: Row[Any], old: Rules | None, ground: Ground, before: dict[str, int], fired: dict[str, int], now: datetime
) -> tuple[Plan, list[dict[str, Any]]]:
    skipped = []
    upcoming = ground.upcoming(fired)
    if old is not None and upcoming is not None and upcoming <= now:
        # due by the new rules before the change, and not by the old ones by then
        due_before = Ground.of(row, old, now).due(before, now)
        for step, (index, at) in ground.due(fired, now).items():
            if step not in due_before:
                fired[step] = index
                skipped.append(_not_applied(row, ground, step, index, at, now))
        upcoming = ground.upcoming(fired)
    if row.missing_since is not None or _CLOCKS[row.clock] not in LADDERS:
        upcoming = None
    # what waits for fresh data goes on waiting, under the new plan
    deadline = ground.stretch.deadline if ground.stretch is not None else None
    waits = row.waiting_at is not None and upcoming is not None and deadline is not None and deadline <= upcoming <= now
    waiting_at = upcoming if waits else None
    return _plan(row, old, ground, None if waits else upcoming, waiting_at, now), skipped


def _plan(
    row: Row[Any], old: Rules | None, ground: Ground, next_step_at: datetime | None, waiting_at: datetime | None,
    now: datetime,
) -> Plan:  # fmt: skip
    resolved = ground.resolved
    at, why = (row.planned_at, row.plan_reason) if old is None else (now, PlanReason.RULES.value)
    return Plan(resolved.unit, resolved.due_at, resolved.accept_by, next_step_at, waiting_at, at, why)


def _not_applied(row: Row[Any], ground: Ground, step: str, index: int, at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "dossier_id": row.id, "subject": "", "episode": row.episode, "step": step, "occurrence": index, "folded": 0,
        "person": "", "policy": ground.policy.name if ground.policy else "-", "target": "",
        "unit": ground.resolved.unit, "at": at, "recorded_at": now, "state": AlertState.NOT_APPLIED.value,
        "urgency": Urgency.NORMAL.value, "late_reason": None, "note": "", "message": None, "clock": row.ladder,
    }  # fmt: skip
