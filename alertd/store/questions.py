"""What people ask about their own dossiers, by index: those due in a time, one by its code, who was told of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, cast, func, literal, or_, select

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.store.bulk import among
from alertd.store.tables import acknowledgements, alerts, dossiers, outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_D = dossiers.c
_SHOWN = (_D.id, _D.code, _D.procedure, _D.unit, _D.officers, _D.handed_to, _D.due_at)


def due_in_units(
    connection: Connection, units: Collection[str], since: datetime | None, until: datetime
) -> Sequence[Row[Any]]:
    """Running dossiers of these units due from `since` (None: ever) to before `until`.

    Rows of id, code, procedure, unit, officers, handed_to, due_at.
    """
    return _due(connection, among(connection, _D.unit, sorted(units)), since, until) if units else ()


def due_nowhere(connection: Connection, since: datetime | None, until: datetime) -> Sequence[Row[Any]]:
    """The same of dossiers whose unit fits none in the organisation."""
    return _due(connection, _D.unit.is_(None), since, until)


def due_by_name(
    connection: Connection,
    units: Collection[str],
    portal_ids: Collection[str],
    since: datetime | None,
    until: datetime,
) -> Sequence[Row[Any]]:
    """The same of dossiers in these units that may name one of these portal ids.

    It may give a few too many (an id that contains another one), which the caller sees in `officers`.
    """
    texts = {json.dumps(each, ensure_ascii=escaped)[1:-1] for each in portal_ids for escaped in (True, False)}
    if not texts or not units:
        return ()
    named = or_(*(cast(_D.officers, Text).contains(text, autoescape=True) for text in sorted(texts)))
    return _due(connection, named & among(connection, _D.unit, sorted(units)), since, until)


def _due(connection: Connection, whose: ColumnElement[bool], since: datetime | None, until: datetime) -> Sequence[Any]:
    query = select(*_SHOWN).where(whose, _D.clock == Clock.DUE.value, _OPEN, _D.due_at < until)
    if since is not None:
        query = query.where(_D.due_at >= since)
    return connection.execute(query).all()


#: Says nothing new, but in the words of the index `dossiers_open`, which SQLite takes only then.
_OPEN = _D.clock != literal(Clock.ENDED.value, literal_execute=True)


def told(connection: Connection, dossier_id: int) -> Sequence[Row[Any]]:
    """Who was told of a dossier, with the instant (`at`) at which a channel last took a message to them."""
    query = (
        select(alerts.c.person, func.max(outbox.c.settled_at).label("at"))
        .join(outbox, outbox.c.message == alerts.c.message)
        .where(alerts.c.dossier_id == dossier_id, outbox.c.state == PartState.ACCEPTED.value)
        .group_by(alerts.c.person)
    ).subquery()
    return connection.execute(select(query).order_by(query.c.at, query.c.person)).all()


def acknowledged(connection: Connection, dossier_id: int, episode: int) -> list[str]:
    """Who has acknowledged the dossier in this episode, the first one first."""
    a = acknowledgements.c
    query = select(a.person).where(a.dossier_id == dossier_id, a.episode == episode)
    return list(connection.scalars(query.group_by(a.person).order_by(func.min(a.at), a.person)))


def message_made(connection: Connection, message: str) -> datetime | None:
    """When a message was composed."""
    return connection.scalar(select(outbox.c.created_at).where(outbox.c.message == message).limit(1))
