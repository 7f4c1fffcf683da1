"""What an audit reads: open dossiers in slices, with all that is on record of them; and what each audit found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, insert, select

from alertd.core.audit.judging import Entry, Fault, Finding, Held
from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.core.planning import LADDERS, Stretch
from alertd.core.policy import Subject
from alertd.store import marks
from alertd.store.bulk import among
from alertd.store.paging import Place, open_rows
from alertd.store.tables import (
    acknowledgements,
    alerts,
    attempts,
    audits,
    configurations,
    dossiers,
    outbox,
    overdue_spells,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.rules import Rules


#: How many audits are kept, and how many lines of one.
KEPT, MOST_LINES = 100, 50


def keep(
    connection: Connection, begun_at: datetime, ended_at: datetime, dossiers: int, undecided: int, lines: Sequence[str]
) -> None:
    """Put an audit on record, with what it found in words; the oldest go."""
    connection.execute(
        insert(audits).values(
            begun_at=begun_at, ended_at=ended_at, dossiers=dossiers, undecided=undecided, findings=len(lines),
            lines=list(lines[:MOST_LINES]),
        )
    )  # fmt: skip
    newest = select(audits.c.id).order_by(audits.c.id.desc()).limit(KEPT)
    connection.execute(delete(audits).where(audits.c.id.not_in(connection.scalars(newest).all())))


def last(connection: Connection) -> Row[Any] | None:
    """What the newest audit found; None before the first."""
    return connection.execute(select(audits).order_by(audits.c.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Slice:
    """Some dossiers; `last` is where to go on from, None after the last of them."""

    held: Sequence[Held]
    messages: Sequence[Finding]
    last: Place | None


def escalated(connection: Connection, rules: Rules) -> datetime | None:
    """The instant up to which nothing was left due; None where there is nothing to compare with.

    That is so before the first tick, while a change of the configuration is planned, and on a new day until the plans
    have been turned to its organisation.
    """
    if marks.mark(connection, "planning") is not None:
        return None
    mark, turned = marks.mark(connection, "escalate"), marks.mark(connection, "turned")
    if mark is None or (turned is not None and rules.local_date(turned) < rules.local_date(mark)):
        return None
    return mark


def after(connection: Connection, last: Place | None, count: int) -> Slice:
    """The next dossiers that have not ended, in the order in which they were first seen; None: from the first on."""
    rows = open_rows(connection, select(dossiers), last, count)
    ids = [row.id for row in rows]
    entries, answered = _entries(connection, ids), _answered(connection, ids)
    open_ = _open_spells(connection, ids)
    accepted = connection.scalar(select(func.max(configurations.c.accepted_at)))
    held = [_held(row, entries.get(row.id, ()), row.id in answered, open_.get(row.id, 0), accepted) for row in rows]
    messages = [*_messages(connection, ids), *_untried(connection, ids)]
    return Slice(held, messages, Place.of(rows[-1]) if len(rows) == count else None)


def ended(connection: Connection) -> list[Finding]:
    """Overdue spells that go on although their dossier has ended."""
    query = (
        select(dossiers.c.code, overdue_spells.c.first_seen_at)
        .join(dossiers, dossiers.c.id == overdue_spells.c.dossier_id)
        .where(overdue_spells.c.ended_seen_at.is_(None), dossiers.c.clock == Clock.ENDED.value)
        .order_by(overdue_spells.c.id)
    )
    text = "the dossier has ended, and its overdue spell is open"
    return [Finding(Fault.SPELL, row.code, "", "", row.first_seen_at, text) for row in connection.execute(query)]


def _held(row: Any, entries: Sequence[Any], put_off: bool, spells: int, accepted: datetime | None) -> Held:
    ladder = Clock(row.ladder)
    changed = max(row.changed_at, row.planned_at)
    return Held(
        code=row.code, clock=ladder, episode=row.episode,
        subject=Subject(row.unit, row.procedure_code, row.procedure, row.field, row.channel),
        officers=tuple(row.officers), handed_to=row.handed_to, stretch=_stretch(row, ladder),
        runs=row.missing_since is None and Clock(row.clock) in LADDERS,
        next_step_at=row.next_step_at, waiting_at=row.waiting_at, planned_at=row.planned_at,
        steady_since=changed if accepted is None else max(changed, accepted), put_off=put_off,
        overdue=row.overdue_since is not None, spells=spells,
        entries=[_entry(each) for each in entries if each.clock == row.ladder],
    )  # fmt: skip


def _stretch(row: Any, ladder: Clock) -> Stretch | None:
    if ladder is Clock.ACCEPT:
        return Stretch(row.submitted_at, row.accept_by, None) if row.accept_by is not None else None
    if row.due_at is None:
        return None
    return Stretch(row.received_at, row.due_at, None if row.conflict else row.finished_at)


def _entry(row: Any) -> Entry:
    return Entry(
        row.episode, row.step, row.occurrence, row.folded, row.person, row.policy, row.unit, row.at, row.recorded_at,
        row.state,
    )  # fmt: skip


def _entries(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    a = alerts.c
    # what was overtaken before it was sent reached nobody: in a later episode it does not count
    overtaken = (a.state == AlertState.SUPERSEDED.value) & (a.episode != dossiers.c.episode)
    query = (
        select(alerts)
        .join(dossiers, dossiers.c.id == a.dossier_id)
        .where(among(connection, a.dossier_id, ids), a.policy != "", ~overtaken)
    )
    for row in connection.execute(query.order_by(a.id)):
        found[row.dossier_id].append(row)
    return found


def _answered(connection: Connection, ids: Sequence[int]) -> set[int]:
    query = (
        select(acknowledgements.c.dossier_id)
        .join(dossiers, dossiers.c.id == acknowledgements.c.dossier_id)
        .where(among(connection, acknowledgements.c.dossier_id, ids), acknowledgements.c.episode == dossiers.c.episode)
    )
    return set(connection.scalars(query))


def _open_spells(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    s = overdue_spells.c
    query = (
        select(s.dossier_id, func.count())
        .where(among(connection, s.dossier_id, ids), s.ended_seen_at.is_(None))
        .group_by(s.dossier_id)
    )
    return {dossier_id: int(count) for dossier_id, count in connection.execute(query)}


def _untried(connection: Connection, ids: Sequence[int]) -> list[Finding]:
    """Alerts of this episode whose message is said to be accepted by a provider that was never called for it."""
    a, o = alerts.c, outbox.c
    query = (
        select(dossiers.c.code, a.step, a.person, a.at, o.id)
        .join(dossiers, dossiers.c.id == a.dossier_id)
        .join(outbox, o.message == a.message)
        .where(
            among(connection, a.dossier_id, ids), a.episode == dossiers.c.episode,
            o.state == PartState.ACCEPTED.value, ~exists().where(attempts.c.outbox_id == o.id),
        )
        .order_by(a.id, o.part)
    )  # fmt: skip
    return [
        Finding(
            Fault.MESSAGE, row.code, row.step, row.person, row.at, f"part {row.id} is accepted, and was never tried"
        )
        for row in connection.execute(query)
    ]


def _messages(connection: Connection, ids: Sequence[int]) -> list[Finding]:
    """Alerts of this episode that are said to be sent and are in no message, or in another person's."""
    a = alerts.c
    part = select(outbox.c.message, outbox.c.person).where(outbox.c.part == 1).subquery()
    query = (
        select(dossiers.c.code, a.step, a.person, a.at, a.message, part.c.person.label("addressee"))
        .join(dossiers, dossiers.c.id == a.dossier_id)
        .outerjoin(part, part.c.message == a.message)
        .where(
            among(connection, a.dossier_id, ids), a.state == AlertState.SENT.value, a.episode == dossiers.c.episode,
            part.c.person.is_(None) | (part.c.person != a.person),
        )
        .order_by(a.id)
    )  # fmt: skip
    found = []
    for row in connection.execute(query):
        fault = Fault.MESSAGE if row.addressee is None else Fault.RECIPIENT
        text = (
            "said to be sent, and in no message"
            if row.addressee is None
            else f"message {row.message} is to {row.addressee}"
        )
        found.append(Finding(fault, row.code, row.step, row.person, row.at, text))
    return found
