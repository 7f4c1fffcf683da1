"""The ledger: which dossiers have a step due, what is on record for them, and the recording of what fires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal_column, or_, select

from alertd.core.dossier import Clock
from alertd.core.firing import Alert, AlertState, Case, Firing, Ledger
from alertd.core.policy import Subject
from alertd.store import answers
from alertd.store.bulk import among, insert_rows, update_rows
from alertd.store.tables import alerts, dossiers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def due_cases(connection: Connection, now: datetime, fresh: Collection[str], limit: int) -> list[Case]:
    """Dossiers with an instant at or before `now`, earliest first; an indexed look-up, whatever the number stored.

    `fresh` names the feeds whose data may be acted upon. Rows are locked on PostgreSQL; those that another transaction
    holds are left for the next tick.
    """
    columns = dossiers.c
    query = (
        select(
            columns.id, columns.feed, columns.clock, columns.episode, columns.unit, columns.procedure_code,
            columns.procedure, columns.field, columns.channel, columns.officers, columns.received_at, columns.due_at,
            columns.finished_at, columns.planned_at, columns.plan_reason, columns.handed_to, columns.conflict,
            columns.submitted_at, columns.accept_by,
        )
        .where(columns.next_step_at <= now)
        .order_by(columns.next_step_at)
        .limit(literal_column(str(limit)))  # a number PostgreSQL can plan with: it keeps to the index
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return [_case(row, fresh=row.feed in fresh) for row in connection.execute(query)]


def _case(row: Any, *, fresh: bool) -> Case:
    accepting = row.clock == Clock.ACCEPT.value
    return Case(
        id=row.id,
        clock=Clock(row.clock),
        episode=row.episode,
        subject=Subject(row.unit, row.procedure_code, row.procedure, row.field, row.channel),
        officers=tuple(row.officers),
        received_at=row.submitted_at if accepting else row.received_at,
        due_at=row.accept_by if accepting else row.due_at,
        finished_at=None if accepting or row.conflict else row.finished_at,
        planned_at=row.planned_at,
        plan_reason=row.plan_reason,
        fresh=fresh,
        handed_to=row.handed_to,
    )


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether a dossier with an instant at or before `now` is left, held by another transaction."""
    query = (
        select(dossiers.c.next_step_at)
        .where(dossiers.c.next_step_at.is_not(None))
        .order_by(dossiers.c.next_step_at)
        .limit(literal_column("1"))
    )
    earliest = connection.scalar(query)
    return earliest is not None and earliest <= now


def ledgers(connection: Connection, cases: Sequence[Case]) -> Mapping[int, Ledger]:
    """What is on record: last index by step in this episode, last firing by step and person before it, and answers.

    A muted alert counts as fired for its person in the next episode: they had acknowledged the dossier.
    """
    episodes = {case.id: case.episode for case in cases}
    query = (
        select(
            alerts.c.dossier_id,
            alerts.c.episode,
            alerts.c.step,
            alerts.c.person,
            func.max(alerts.c.occurrence).label("occurrence"),
            func.max(alerts.c.recorded_at).label("recorded_at"),
        )
        .where(
            among(connection, alerts.c.dossier_id, list(episodes)),
            alerts.c.policy != "",
            # the acceptance has a ladder of its own
            alerts.c.clock == dossiers.c.ladder,
            # what was overtaken before it was sent did not reach anybody, and in its own episode it cannot return
            or_(alerts.c.state != AlertState.SUPERSEDED.value, alerts.c.episode == dossiers.c.episode),
        )
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .group_by(alerts.c.dossier_id, alerts.c.episode, alerts.c.step, alerts.c.person)
    )
    fired: dict[int, dict[str, int]] = {}
    earlier: dict[int, dict[tuple[str, str], datetime]] = {}
    for row in connection.execute(query):
        if row.episode == episodes[row.dossier_id]:
            steps = fired.setdefault(row.dossier_id, {})
            steps[row.step] = max(steps.get(row.step, -1), row.occurrence)
        else:
            people = earlier.setdefault(row.dossier_id, {})
            key = (row.step, row.person)
            people[key] = max(people.get(key, row.recorded_at), row.recorded_at)
    acks, reached = answers.acks(connection, list(episodes))
    return {
        id_: Ledger(fired.get(id_, {}), earlier.get(id_, {}), tuple(acks.get(id_, ())), reached.get(id_, {}))
        for id_ in fired.keys() | earlier.keys() | acks.keys()
    }


def record(connection: Connection, firings: Sequence[tuple[Case, Firing]], now: datetime) -> int:
    """Write what fired and set each dossier's next instant, in the caller's transaction; gives the number of alerts."""
    rows = [_row(alert, now) for _, firing in firings for alert in firing.alerts]
    insert_rows(connection, alerts, _COLUMNS, rows, pass_over=True)
    following = [[firing.next_step_at, firing.waiting_at, case.id] for case, firing in firings]
    update_rows(connection, dossiers, ("next_step_at", "waiting_at"), following)
    return len(rows)


_COLUMNS = (
    "dossier_id", "subject", "episode", "step", "occurrence", "folded", "person", "policy", "target", "unit", "at",
    "recorded_at", "state", "urgency", "late_reason", "note", "message", "clock",
)  # fmt: skip


def _row(alert: Alert, now: datetime) -> list[Any]:
    return [
        alert.dossier_id, "", alert.episode, alert.step, alert.occurrence, alert.folded, alert.person, alert.policy,
        alert.target, alert.unit, alert.at, now, alert.state.value, alert.urgency.value, alert.late_reason, "", None,
        alert.clock.value,
    ]  # fmt: skip
