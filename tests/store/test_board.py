"""The board's lists: each class in its order, page after page, of some units or of all, of no unit too, by index."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, update

from alertd.core.dossier import Clock
from alertd.store import board, migrate
from alertd.store.board import ORDER, Handling
from alertd.store.database import Database
from alertd.store.paging import Place
from alertd.store.tables import dossiers
from tests.store.ground import World, dossier

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)
BOUNDS = (NOW, NOW + timedelta(hours=14), NOW + timedelta(days=3))
UNITS = ("A", "B", "C", None)
HANDLED = (("an", None), ("an", "binh"), ("chi", None))


def instant(rng):
    """Few of them, so that many are the same."""
    return NOW + timedelta(hours=6 * rng.randrange(-20, 20))


def rows(world, seed, count=150):
    """Dossiers of every kind; those of the world's own form, changed."""
    rng = random.Random(seed)
    world.poll("03/06 08:00", dossier())
    like = world.stored()._asdict()
    made = []
    for number in range(count):
        name, taker = rng.choice(HANDLED)
        made.append(like | {
            "id": 1000 + number, "key": f"K{number}", "code": f"K{number}", "code_norm": f"K{number}",
            "unit": rng.choice(UNITS), "officers": [name], "handed_to": taker, "clock": rng.choice(list(Clock)).value,
            "due_at": rng.choice((None, instant(rng))), "accept_by": rng.choice((None, instant(rng))),
            "paused_since": instant(rng), "missing_since": rng.choice((None, instant(rng))),
            "first_seen_at": instant(rng),
        })  # fmt: skip
    with world.database.write() as connection:
        connection.execute(update(dossiers).values(clock=Clock.ENDED.value))
        connection.execute(insert(dossiers), made)
    return made


def belongs(row, name):
    now, tomorrow, soon = BOUNDS
    running, due = row["clock"] == Clock.DUE, row["due_at"]
    return (
        row["clock"] != Clock.ENDED
        and {
            "open": True,
            "overdue": running and due is not None and due < now,
            "due_today": running and due is not None and now <= due < tomorrow,
            "due_soon": running and due is not None and tomorrow <= due < soon,
            "late_accept": row["clock"] == Clock.ACCEPT and row["accept_by"] is not None and row["accept_by"] < now,
            "paused": row["clock"] == Clock.STOPPED,
            "no_due": running and due is None,
            "missing": row["missing_since"] is not None,
        }[name]
    )


def in_order(made, name, mine):
    wanted = [row for row in made if belongs(row, name) and mine(row)]
    return [row["id"] for row in sorted(wanted, key=lambda row: (row[ORDER[name].key], row["id"]))]


def paged(world, name, ask):
    """The ids of all pages of three."""
    found, after = [], None
    with world.database.read() as connection:
        while page := ask(connection, name, BOUNDS, after, 3):
            found += [row.id for row in page]
            after = Place(getattr(page[-1], ORDER[name].key), page[-1].id)
    return found


@pytest.fixture
def seed():
    made = random.randrange(1 << 32)
    print("seed", made)
    return made


@pytest.mark.parametrize("units", [None, (), ("B",), ("A", "C", "D")], ids=str)
def test_each_class_of_some_units_comes_page_after_page_in_its_order(database, seed, units):
    world = World(database)
    made = rows(world, seed)
    for name in ORDER:
        found = paged(world, name, lambda connection, *rest: board.page(connection, units, *rest))
        assert found == in_order(made, name, lambda row: units is None or row["unit"] in units), name


@pytest.mark.parametrize("wanted", [("A",), ("A", "B", None), (None,)], ids=str)
def test_each_class_of_what_is_handled_so_comes_page_after_page_in_its_order(database, seed, wanted):
    world = World(database)
    made = rows(world, seed)
    mine = [Handling(unit, '["an"]', "binh", {}) for unit in wanted] + [Handling("C", '["chi"]', None, {})]
    keys = {(each.unit, each.officers[0], each.handed_to) for each in mine}
    for name in ORDER:
        found = paged(world, name, lambda connection, *rest: board.handled(connection, mine, *rest))
        theirs = in_order(made, name, lambda row: (row["unit"], row["officers"][0], row["handed_to"]) in keys)
        assert found == theirs, name


def test_each_list_is_read_by_an_index_of_its_unit(tmp_path):
    """On SQLite, whose plans do not depend on how much there is."""
    database, seen = Database(f"sqlite:///{tmp_path / 'alertd.db'}"), []
    migrate.upgrade(database)
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append((args[2], args[3])))
    mine = [Handling("A", '["an"]', None, {}), Handling("B", '["an"]', None, {})]
    for name in ORDER:
        seen.clear()
        with database.read() as connection:
            board.page(connection, ("A", "B"), name, BOUNDS, None, 50)
            board.page(connection, None, name, BOUNDS, None, 50)
            board.handled(connection, mine, name, BOUNDS, None, 50)
            asked = [each for each in seen if "dossiers" in each[0]]
            board.handlings(connection, BOUNDS)
            counting = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1][0]}", seen[-1][1]).all()
            plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in asked]
        assert len(plans) == 4
        assert counting[0][-1].startswith("SEARCH dossiers USING INDEX dossiers_first_seen")
        indexes = {"open": "dossiers_open_seen", "missing": "dossiers_open_missing"}
        # of no unit, what has no due date comes in the order in which it was first seen, without sorting
        index = indexes.get(name, "dossiers_open(_seen)?" if name == "no_due" else "dossiers_open")
        for plan in plans:
            for each in [row[-1] for row in plan if "dossiers" in row[-1]]:
                # the index alone is looked at for the next unit
                assert re.match(rf"SEARCH dossiers USING (INDEX {index} \(unit=\?|COVERING INDEX)", each), (name, plan)
    database.close()
