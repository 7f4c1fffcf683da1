"""What intake needs to know of dossiers that a poll shows: their rows, what has fired, where their due date was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, not_, select

from alertd.core.dossier import FIELDS, Observation
from alertd.store.bulk import among
from alertd.store.tables import alerts, dossiers, due_changes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: Observation fields that stand in the dossier's row under another name.
_COLUMN = {"unit": "unit_text"}
_SHOWN = [dossiers.c[_COLUMN.get(name, name)] for name in FIELDS]
_REST = [column for column in dossiers.columns if column not in _SHOWN]
#: Where an observation's field stands in `dossiers`.
COLUMN = {name: _COLUMN.get(name, name) for name in FIELDS}
_DUE_AT = FIELDS.index("due_at")
_DUE_ON = FIELDS.index("due_on")
_LISTS = ("officers", "aliases", "day_only")  # a list in the row, a tuple in the observation


def stored(
    connection: Connection, feed: str, digests: Mapping[str, str], conflicting: Collection[str]
) -> dict[str, Row[Any]]:
    """What is stored of these keys: key and hash where nothing changed, the whole row where something did.

    So is the row of what is `conflicting`: of an open dossier whose finish has come, which time alone may have changed.

    A whole row begins with the observation's fields in their order. Whole rows are locked on PostgreSQL, so that a tick
    beside us waits.
    """
    known = select(dossiers.c.key, dossiers.c.hash, dossiers.c.missing_since).where(
        dossiers.c.feed == feed, among(connection, dossiers.c.key, list(digests))
    )
    rows: dict[str, Any] = {row.key: row for row in connection.execute(known)}
    wanted = [
        key
        for key, row in rows.items()
        if row.missing_since is not None or row.hash != digests[key] or key in conflicting
    ]
    if wanted:
        whole = (
            select(*_SHOWN, *_REST)
            .where(dossiers.c.feed == feed, among(connection, dossiers.c.key, wanted))
            .with_for_update()
        )
        for key in wanted:
            del rows[key]  # it may have been deleted while we waited for its lock: its term was over
        rows |= {row.key: row for row in connection.execute(whole)}
    return rows


def differences(row: Row[Any], observation: Observation) -> dict[str, Any]:
    """The fields that differ from what is stored, with the values that the feed shows now.

    A due date without a time is compared as a date: the stored instant follows from the calendar.
    """
    shown = observation.shown()
    places = [place for place, (old, new) in enumerate(zip(row, shown, strict=False)) if old != new]
    changed = {FIELDS[place]: shown[place] for place in places}
    for name in _LISTS:
        if list(getattr(observation, name)) == row[FIELDS.index(name)]:
            changed.pop(name, None)
    if observation.due_on is not None:
        changed.pop("due_at", None)
        if row[_DUE_ON] is None and row[_DUE_AT] is not None:
            changed["due_at"] = None
    elif row[_DUE_ON] is not None and observation.due_at is not None:
        changed["due_at"] = observation.due_at
    return changed


def fired_steps(connection: Connection, ids: Sequence[int], but: Sequence[int] = ()) -> dict[int, dict[str, int]]:
    """The last occurrence on record of each step in each dossier's present episode; `but` are alerts left out."""
    query = (
        select(alerts.c.dossier_id, alerts.c.step, func.max(alerts.c.occurrence))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(
            among(connection, alerts.c.dossier_id, ids), alerts.c.episode == dossiers.c.episode, alerts.c.policy != ""
        )
        .group_by(alerts.c.dossier_id, alerts.c.step)
    )
    if but:
        query = query.where(not_(among(connection, alerts.c.id, but)))
    fired: dict[int, dict[str, int]] = {}
    for dossier_id, step, last in connection.execute(query):
        fired.setdefault(dossier_id, {})[step] = last
    return fired


def recent_dues(connection: Connection, ids: Sequence[int], since: datetime) -> dict[int, list[datetime | None]]:
    """The due instants that each dossier left since an instant."""
    query = select(due_changes.c.dossier_id, due_changes.c.old_due_at).where(
        among(connection, due_changes.c.dossier_id, ids), due_changes.c.seen_at >= since
    )
    recent: dict[int, list[datetime | None]] = {}
    for dossier_id, old in connection.execute(query):
        recent.setdefault(dossier_id, []).append(old)
    return recent
