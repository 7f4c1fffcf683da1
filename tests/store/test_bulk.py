"""Many rows in one statement hold what was given, whatever stands in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from alertd.store import bulk
from alertd.store.bulk import update_rows
from alertd.store.tables import dossiers
from tests.store.ground import World, at, dossier, rules, step

COLUMNS = ("officers", "procedure", "due_at", "due_on", "conflict", "supplements")
TEXTS = ("", "Chứng thực", "{a,b}", 'nói "gấp"', "\\", "NULL", "một,hai", "%s :x", "a\nb", "\x1f")


@pytest.fixture
def world(database, monkeypatch):
    for name in ("SLICE", "LISTED"):
        monkeypatch.setattr(bulk, name, 4)
    made = World(database, rules(step("due", "0d")))
    made.poll("03/06 08:00", *(dossier(f"HS-{n}") for n in range(len(TEXTS))))
    return made


def test_each_row_gets_its_own_values(world):
    stored = {row.id: row for row in world.rows("dossiers")}
    given = {
        id_: [
            [text, "an"] if n % 2 else [],
            text,
            at("10/06 16:00") + timedelta(microseconds=n) if n % 3 else None,
            at("10/06 16:00").date() if n % 4 else None,
            n % 2 == 1,
            n if n % 5 else None,
        ]
        for n, (id_, text) in enumerate(zip(sorted(stored), TEXTS, strict=True))
    }
    expected = {id_: tuple(values) for id_, values in given.items()}
    with world.database.write() as connection:
        update_rows(connection, dossiers, COLUMNS, [[*values, id_] for id_, values in given.items()])
        found = connection.execute(select(dossiers.c.id, *(dossiers.c[name] for name in COLUMNS))).all()
    assert {row.id: tuple(row[1:]) for row in found} == expected
    others = [name for name in dossiers.c.keys() if name not in COLUMNS]  # noqa: SIM118 - columns, not a mapping
    assert all(getattr(row, name) == getattr(stored[row.id], name) for row in world.rows("dossiers") for name in others)


def test_of_none_nothing_is_asked(world):
    with world.database.write() as connection:
        update_rows(connection, dossiers, COLUMNS, [])
