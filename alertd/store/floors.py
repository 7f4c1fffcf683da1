"""Floors: up to where each class of data was deleted. The database lets none sink (migration 0021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from alertd.store.database import upsert
from alertd.store.tables import floors

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.keeping import Kind


def floor(connection: Connection, kind: Kind) -> datetime | None:
    """What is older may be gone; None when nothing of this class was ever deleted."""
    found: datetime | None = connection.scalar(select(floors.c.at).where(floors.c.name == kind.value))
    return found


def lift(connection: Connection, kind: Kind, at: datetime) -> datetime:
    """Let what is older than `at` go; gives the floor, which stays where it was higher already.

    Raises StoreError, through the database, when it would lie too near.
    """
    last = floor(connection, kind)
    if last is not None and last >= at:
        return last
    upsert(connection, floors, ["name"], {"name": kind.value, "at": at})
    return at
