"""History that cannot be rewritten: the database itself refuses, and only an erasure of one dossier may delete."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import delete, insert, select, text, update

from alertd.core.dossier import PauseKind, Phase
from alertd.core.errors import StoreError
from alertd.store import erasing, tables
from tests.store.ground import World, at, dossier, finished

NAMES = [table.name for table in tables.APPEND_ONLY]


@pytest.fixture
def world(database):
    """Two dossiers with a row or more in every table of the history."""
    made = World(database)
    codes = ("HS-1", "HS-2")
    asked = {"phase": Phase.PAUSED, "status": "5", "pause": PauseKind.SUPPLEMENT}
    made.poll("10/06 16:05", *(dossier(code, aliases=(f"BN-{code}",)) for code in codes))
    made.poll("11/06 08:00", *(dossier(code, aliases=(f"BN-{code}",), **asked) for code in codes))
    made.poll("12/06 08:00", *(dossier(code, due="13/06 16:00", aliases=(f"BN-{code}",)) for code in codes))
    made.poll("13/06 16:05", *(dossier(code, due="13/06 16:00", phase=Phase.DONE) for code in codes))
    made.poll("13/06 16:10", *(dossier(code, due="13/06 16:00") for code in codes))
    made.poll("13/06 16:15", dossier("HS-3"))
    return made


def ends(world):
    """Both come to their end: the history of a dossier under way is not erased."""
    world.poll("13/06 16:20", *(dossier(code, due="13/06 16:00", phase=Phase.DONE) for code in ("HS-1", "HS-2")))


def test_every_table_of_the_history_has_rows_here(world):
    assert all(world.rows(name) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_row_can_be_changed(world, name):
    table, before = getattr(tables, name), world.rows(name)
    column = next(column for column in table.columns if column.name in ("seen_at", "first_seen_at", "since"))
    with (
        pytest.raises(StoreError, match=f"the history in {name} cannot be changed"),
        world.database.write() as connection,
    ):
        connection.execute(update(table).values({column.name: at("01/06 08:00")}))
    assert world.rows(name) == before


@pytest.mark.parametrize("name", NAMES)
def test_no_row_can_be_deleted(world, name):
    before = world.rows(name)
    with (
        pytest.raises(StoreError, match=f"the history in {name} cannot be deleted"),
        world.database.write() as connection,
    ):
        connection.execute(delete(getattr(tables, name)))
    assert world.rows(name) == before


@pytest.mark.parametrize("name", [*NAMES, "erasures"])
def test_postgresql_lets_no_table_be_emptied(world, name):
    if world.database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(StoreError, match="cannot be deleted"), world.database.write() as connection:
        connection.execute(text(f"TRUNCATE {name} CASCADE"))


@pytest.mark.parametrize("name", ["overdue_spells", "pauses"])
def test_an_end_is_filled_in_once(world, name):
    table = getattr(tables, name)
    row = {"dossier_id": 1, "first_seen_at": at("14/06 08:00"), "due_at": at("13/06 16:00"), "status": "5"}
    with world.database.write() as connection:
        connection.execute(insert(table).values({k: v for k, v in row.items() if k in table.columns}))
        connection.execute(update(table).where(table.c.ended_seen_at.is_(None)).values(ended_seen_at=at("15/06 08:00")))
    with pytest.raises(StoreError, match="cannot be changed"), world.database.write() as connection:
        connection.execute(update(table).where(table.c.id == 1).values(ended_seen_at=None))


def test_an_erasure_takes_the_history_of_its_dossier_and_of_no_other_and_stays_on_record(world):
    ends(world)
    first, second = world.rows("dossiers")[:2]
    with world.database.write() as connection:
        gone = erasing.erase_history(connection, first.id, "yêu cầu của công dân", at("14/06 08:00"))
    assert gone == sum(len(world.rows(name, dossier_id=second.id)) for name in NAMES)
    assert all(world.rows(name, dossier_id=first.id) == [] for name in NAMES)
    assert all(world.rows(name, dossier_id=second.id) for name in NAMES)
    (erasure,) = world.rows("erasures")
    assert (erasure.dossier_id, erasure.reason, erasure.done_at) == (
        first.id,
        "yêu cầu của công dân",
        at("14/06 08:00"),
    )


def test_after_an_erasure_nothing_of_the_dossier_can_be_deleted_any_more_nor_the_erasure_itself(world):
    ends(world)
    first = world.rows("dossiers")[0].id
    with world.database.write() as connection:
        erasing.erase_history(connection, first, "yêu cầu", at("14/06 08:00"))
    world.poll("14/06 08:05", *(finished(dossier(code), "10/06 15:00") for code in ("HS-1", "HS-2")))
    assert world.rows("observations", dossier_id=first)
    for statement in (
        delete(tables.observations).where(tables.observations.c.dossier_id == first),
        delete(tables.erasures),
        update(tables.erasures).values(done_at=None),
        update(tables.erasures).values(reason=""),
    ):
        with pytest.raises(StoreError, match="cannot be"), world.database.write() as connection:
            connection.execute(statement)


def test_everything_that_the_program_does_goes_by_the_rule(database):
    """Random weeks of polls, with pauses, moves, ends and re-openings, never meet a refusal."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice, made = random.Random(seed), World(database)
    for hour in range(60):
        shown = [
            dossier(
                f"HS-{n}", due=dice.choice(["04/06 16:00", "10/06", None]), phase=dice.choice(list(Phase)),
                status=dice.choice("156"), finished_at=dice.choice([None, at("04/06 15:00")]),
            )
            for n in range(8) if dice.random() < 0.9
        ]  # fmt: skip
        made.run(f"{3 + hour // 8:02}/06 {8 + hour % 8:02}:00", *shown)
    with made.database.read() as connection:
        assert connection.scalar(select(tables.flags.c.id).limit(1)) is not None
