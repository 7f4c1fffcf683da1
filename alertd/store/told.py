"""What people were told before, and what they answered: the counts and marks that go with a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, literal, select

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock, Phase
from alertd.core.firing import AlertState
from alertd.core.transition import SpellEnd
from alertd.store.bulk import among, listed
from alertd.store.deadlines import DEADLINE
from alertd.store.tables import acknowledgements, alerts, dossiers, handovers, outbox, overdue_spells

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: Messages that never left, or not yet.
_KEPT_BACK = (PartState.HELD.value, PartState.DISCARDED.value, PartState.SUPERSEDED.value)
#: Alerts that were never meant to reach anybody, by decision.
_UNTOLD = (AlertState.DISCARDED.value, AlertState.NOT_APPLIED.value)
#: In the words of the index `alerts_of_person`, which SQLite takes only then.
_of_a_policy = alerts.c.policy != literal("", literal_execute=True)
_left = and_(outbox.c.message == alerts.c.message, outbox.c.part == 1, outbox.c.state.not_in(_KEPT_BACK))


@dataclass(frozen=True, slots=True)
class Told:
    """Of some people and dossiers: what there is to say beside the alerts themselves.

    `overdue` counts, by person, the overdue dossiers that they were ever told of; `resolved` are the dossiers finished
    since their last message. `before` holds (person, dossier, overdue) of what a message named before, in the dossier's
    present episode; `confirmed`, by dossier, when each person first acknowledged it in this episode.
    """

    overdue: Mapping[str, int] = field(default_factory=dict)
    resolved: Mapping[str, set[int]] = field(default_factory=dict)
    before: Collection[tuple[str, int, bool]] = frozenset()
    confirmed: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)

    def knows(self, person: str, dossier_id: int, *, overdue: bool) -> bool:
        """Whether a message named this dossier to this person before, as overdue or as not yet."""
        return (person, dossier_id, overdue) in self.before

    def ever(self, person: str, dossier_id: int) -> bool:
        """Whether a message named this dossier to this person at all."""
        return self.knows(person, dossier_id, overdue=True) or self.knows(person, dossier_id, overdue=False)


def told(connection: Connection, people: Sequence[str], dossier_ids: Collection[int], now: datetime) -> Told:
    """Everything about these people and dossiers."""
    ids = [number for number in dossier_ids if number]
    return Told(
        overdue_told(connection, people, now),
        resolved_since_last(connection, people),
        _named_before(connection, ids),
        _confirmed(connection, ids),
    )


def overdue_told(connection: Connection, people: Sequence[str], now: datetime) -> dict[str, int]:
    """How many dossiers that each person was told of, and has not handed over, are overdue now."""
    given = exists().where(
        handovers.c.dossier_id == dossiers.c.id, handovers.c.giver == alerts.c.person, handovers.c.ended_at.is_(None)
    )
    query = (
        select(alerts.c.person, func.count(alerts.c.dossier_id.distinct()))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(alerts.c.person.in_(people), _of_a_policy, alerts.c.ended_seen_at.is_(None),
               alerts.c.state.not_in(_UNTOLD), dossiers.c.clock == Clock.DUE.value, dossiers.c.due_at < now, ~given)
        .group_by(alerts.c.person)
    )  # fmt: skip
    return {row[0]: row[1] for row in connection.execute(query)}


def resolved_since_last(connection: Connection, people: Sequence[str]) -> dict[str, set[int]]:
    """The dossiers that each person was told about and that were finished since the last message not taken over.

    Withdrawn and refused ones are not among them, nor those whose finish was dated back: of these the head hears.
    """
    each = listed(connection, people, outbox.c.person.type)
    at = (
        select(outbox.c.created_at)
        # a file says nothing of what was resolved
        .where(outbox.c.person == each.c.value, outbox.c.state.not_in(_KEPT_BACK), outbox.c.attachment.is_(None))
        .order_by(outbox.c.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    last = select(each.c.value.label("person"), at.label("at")).subquery()
    backdated = exists().where(
        overdue_spells.c.dossier_id == dossiers.c.id, overdue_spells.c.ended_seen_at == dossiers.c.ended_seen_at,
        overdue_spells.c.end_kind == SpellEnd.BACKDATED.value,
    )  # fmt: skip
    query = (
        select(alerts.c.person, alerts.c.dossier_id)
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .join(last, last.c.person == alerts.c.person)
        .where(
            alerts.c.ended_seen_at > last.c.at, alerts.c.state == AlertState.SENT.value, _of_a_policy,
            dossiers.c.phase.in_((Phase.DONE.value, Phase.RETURNED.value)), ~backdated,
        )
        .distinct()
    )  # fmt: skip
    found: dict[str, set[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person, set()).add(row.dossier_id)
    return found


def _named_before(connection: Connection, ids: list[int]) -> set[tuple[str, int, bool]]:
    as_overdue: Any = case((alerts.c.at >= DEADLINE, 1), else_=0)
    query = (
        select(alerts.c.person, alerts.c.dossier_id, as_overdue)
        .join(dossiers, and_(dossiers.c.id == alerts.c.dossier_id, dossiers.c.episode == alerts.c.episode))
        .join(outbox, _left)
        .where(among(connection, alerts.c.dossier_id, ids), alerts.c.state == AlertState.SENT.value,
               alerts.c.policy != "")
        .distinct()
    )  # fmt: skip
    return {(row[0], row[1], bool(row[2])) for row in connection.execute(query)}


def _confirmed(connection: Connection, ids: list[int]) -> dict[int, dict[str, datetime]]:
    a = acknowledgements.c
    query = (
        select(a.dossier_id, a.person, func.min(a.at))
        .join(dossiers, and_(dossiers.c.id == a.dossier_id, dossiers.c.episode == a.episode))
        .where(among(connection, a.dossier_id, ids))
        .group_by(a.dossier_id, a.person)
    )
    found: dict[int, dict[str, datetime]] = {}
    for dossier_id, person, at in connection.execute(query):
        found.setdefault(dossier_id, {})[person] = at
    return found
