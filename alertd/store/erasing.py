"""The one way in which history goes: a dossier's own, for a reason that stays on record.

The database refuses to change or delete history (migration 0011), but deletes that of a dossier while an erasure of it
is open, which it refuses for a dossier under way (migration 0021). What a citizen may ask for and what a term of
storage asks for both go this way.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from alertd.store.bulk import among
from alertd.store.tables import APPEND_ONLY, erasures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


def erase_history(connection: Connection, dossier_id: int, reason: str, now: datetime) -> int:
    """Delete what was recorded of one dossier, in the caller's transaction; gives the number of rows.

    The erasure itself stays: which dossier, when and why. The dossier's row and its alerts are the caller's.
    """
    return erase_histories(connection, {dossier_id: None}, reason, now)


def erase_histories(connection: Connection, shown: Mapping[int, str | None], reason: str, now: datetime) -> int:
    """The same for many dossiers, by id. What must not come back is remembered by what it was `shown_as`."""
    if not shown:
        return 0
    ids = list(shown)
    connection.execute(
        insert(erasures),
        [{"dossier_id": id_, "began_at": now, "reason": reason, "shown_as": shown[id_]} for id_ in ids],
    )
    rows = sum(
        connection.execute(delete(table).where(among(connection, table.c.dossier_id, ids))).rowcount
        for table in APPEND_ONLY
    )
    e = erasures.c
    connection.execute(
        update(erasures).where(among(connection, e.dossier_id, ids), e.done_at.is_(None)).values(done_at=now)
    )
    return rows


def shown_as(feed: str, key: str) -> str:
    """What stands for a dossier that is deleted: its feed and key cannot be read from it."""
    return blake2b(f"{feed}\x1f{key}".encode(), digest_size=16).hexdigest()


def deleted(connection: Connection, feed: str, keys: Sequence[str]) -> set[str]:
    """Which of these keys belonged to dossiers that were deleted or erased."""
    if not keys:
        return set()
    some = select(erasures.c.id).where(erasures.c.shown_as.is_not(None)).limit(1)
    if connection.execute(some).first() is None:
        return set()
    by_hash = {shown_as(feed, key): key for key in keys}
    known = select(erasures.c.shown_as).where(among(connection, erasures.c.shown_as, list(by_hash)))
    return {by_hash[each] for each in connection.scalars(known)}
