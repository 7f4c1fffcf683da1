"""The order in which alerts are locked: two who lock several of them in different orders wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from alertd.store.tables import alerts

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


def lock_alerts(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Lock alerts by their ids, before whatever changes several of them that a poll may change too.

    A poll changes those of the dossiers that end or run again in it. On SQLite one transaction writes at a time.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(alerts.c.id).where(*which).order_by(alerts.c.id).with_for_update())
