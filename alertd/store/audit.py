"""The audit log: who looked at which dossier, and what was done on the board. The database refuses to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from alertd.store.tables import audit, dossiers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


def note(
    connection: Connection, who: str, action: str, now: datetime, *, dossier_id: int | None = None, subject: str = ""
) -> None:
    """Write one line; `who` is `person:ID` or `account:NAME`, `subject` never a citizen's name."""
    connection.execute(insert(audit).values(at=now, who=who, action=action, dossier_id=dossier_id, subject=subject))


def latest(connection: Connection, limit: int) -> Sequence[Row[Any]]:
    """The newest lines, with the dossier's code where there is one."""
    query = (
        select(audit, dossiers.c.code)
        .outerjoin(dossiers, dossiers.c.id == audit.c.dossier_id)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    return connection.execute(query).all()


def count(connection: Connection, action: str, subject: str) -> int:
    """How often this was done to a subject."""
    query = select(func.count()).select_from(audit).where(audit.c.action == action, audit.c.subject == subject)
    return connection.scalar(query) or 0
