"""No statement puts a row in the place of one that is never changed: neither `OR REPLACE` nor `ON CONFLICT`."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql

from alertd.core.errors import StoreError
from alertd.store import audit, erasing, tables
from tests.store import test_kept, test_snapshots
from tests.store.ground import at

world = test_kept.world
FROZEN = ("snapshots", "snapshot_units", "snapshot_configurations")
#: A column that a forger would like to have otherwise.
FORGED = {
    "aliases": "first_seen_at", "observations": "seen_at", "due_changes": "seen_at", "phase_changes": "seen_at",
    "flags": "seen_at", "overdue_spells": "first_seen_at", "pauses": "first_seen_at", "absences": "since",
    "erasures": "began_at", "audit": "at", "snapshots": "frozen_at", "snapshot_units": "figures",
    "snapshot_configurations": "files",
}  # fmt: skip


def every(database, name):
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(getattr(tables, name))).mappings()]


def replace(database, name, row):
    """As this engine knows it: another row in the place of the one that has the same key."""
    table = getattr(tables, name)
    with database.write() as connection:
        if database.is_sqlite:
            connection.execute(insert(table).prefix_with("OR REPLACE").values(row))
        else:
            keys = [column.name for column in table.primary_key.columns]
            statement = postgresql.insert(table).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=row))


@pytest.mark.parametrize("name", FORGED)
def test_a_row_is_not_put_in_the_place_of_another(world, name):
    database = world.database
    test_kept.ends(world)
    if name in FROZEN:
        test_snapshots.freeze(database)
    with database.write() as connection:
        audit.note(connection, "person:an", "view", at("14/06 08:00"))
        if name == "erasures":
            erasing.erase_history(connection, world.stored("HS-1").id, "yêu cầu", at("14/06 08:00"))
    before = every(database, name)
    forged = {"figures": "{}", "files": {}}.get(FORGED[name], at("01/01 08:00"))
    passed_over = database.is_sqlite and name in ("aliases", "snapshot_configurations")
    refused = pytest.raises(StoreError, match=r"cannot be changed|append-only|never changed")
    with nullcontext() if passed_over else refused:
        replace(database, name, before[0] | {FORGED[name]: forged})
    assert every(database, name) == before


def test_neither_by_another_key_than_its_number(world):
    database = world.database
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no OR REPLACE")
    test_snapshots.freeze(database)
    for name in ("snapshots", "aliases"):
        before = every(database, name)
        row = before[0] | {FORGED[name]: at("01/01 08:00"), "id": 4711}
        with nullcontext() if name == "aliases" else pytest.raises(StoreError, match="never changed"):
            replace(database, name, row)
        assert every(database, name) == before
