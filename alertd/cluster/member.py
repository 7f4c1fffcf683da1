"""What one process of a cluster is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alertd import assembly
from alertd.cluster import server
from alertd.cluster.clock import DatabaseClock
from alertd.cluster.engine import Cluster
from alertd.core.errors import AlertdError

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.store.database import Database


class Member(NamedTuple):
    """The database by connections that notice when they are cut off, its clock, and the engine."""

    database: Database
    clock: DatabaseClock
    engine: Cluster


def member(loaded: Loaded) -> Member:
    """Raises InputError where there is no PostgreSQL, StoreError where it cannot serve a cluster."""
    database = assembly.database(loaded, server.OPTIONS)
    try:
        server.check(database)
        clock = DatabaseClock(database)
        return Member(database, clock, Cluster(loaded, database, clock))
    except AlertdError:
        database.close()
        raise
