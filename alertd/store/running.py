"""Whether daemons run on a PostgreSQL database, by the row that they renew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, inspect, select, text

from alertd.store.tables import daemons

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "daemon"
#: How the daemons of a cluster call themselves together.
CLUSTER = "a cluster (alertd run --cluster)"
#: A row that has not moved for three renewals is stale.
STALE_SECONDS = 6.0


def has_cluster(connection: Connection) -> bool:
    """Whether daemons of a cluster have shown life within the last seconds, by the database's clock."""
    if connection.dialect.name == "sqlite" or not inspect(connection).has_table(daemons.name):
        return False
    recent = func.clock_timestamp() - text(f"interval '{STALE_SECONDS} seconds'")
    query = select(daemons).where(daemons.c.name == NAME, daemons.c.holder == CLUSTER, daemons.c.renewed_at > recent)
    return connection.execute(query).first() is not None
