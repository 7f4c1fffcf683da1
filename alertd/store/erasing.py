"""The one way in which history goes: a dossier's own, for a reason that stays on record.

The database refuses to change or delete history (migration 0011), but deletes that of a dossier while an erasure of it
is open. What a citizen may ask for and what a term of storage asks for both go this way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from alertd.store.tables import APPEND_ONLY, erasures

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def erase_history(connection: Connection, dossier_id: int, reason: str, now: datetime) -> int:
    """Delete what was recorded of one dossier, in the caller's transaction; gives the number of rows.

    The erasure itself stays: which dossier, when and why. The dossier's row and its alerts are the caller's.
    """
    connection.execute(insert(erasures).values(dossier_id=dossier_id, began_at=now, reason=reason))
    rows = sum(
        connection.execute(delete(table).where(table.c.dossier_id == dossier_id)).rowcount for table in APPEND_ONLY
    )
    connection.execute(
        update(erasures).where(erasures.c.dossier_id == dossier_id, erasures.c.done_at.is_(None)).values(done_at=now)
    )
    return rows
