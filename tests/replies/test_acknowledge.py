"""Acknowledging (DESIGN section 5): every dossier of the message, by its person, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alertd.core.freshness import MaxAge
from alertd.replies.acknowledge import acknowledge
from alertd.store import answers
from tests.store.ground import World, at, dossier

MANY = 60


@pytest.fixture
def world(database):
    return World(database, max_age=MaxAge(timedelta(days=60)))


def press(world, message, person, when):
    with world.database.write() as connection:
        return acknowledge(connection, world.rules, message, person, at(when), "telegram")


def test_it_covers_every_dossier_of_all_parts_of_the_message_for_its_person_only(world):
    world.run("05/06 16:00", *(dossier(f"HS-{n:02}", procedure="Chứng thực " * 12) for n in range(MANY)))
    world.compose("05/06 16:00")
    parts = world.rows("outbox", person="an")
    assert len(parts) > 1
    assert press(world, parts[-1].message, "an", "05/06 16:05") == MANY
    rows = world.rows("acknowledgements")
    assert {row.dossier_id for row in rows} == {row.id for row in world.rows("dossiers")}
    assert {(row.person, row.episode, row.at, row.via) for row in rows} == {("an", 1, at("05/06 16:05"), "telegram")}


def test_pressing_again_within_a_minute_adds_nothing_and_says_the_same(world):
    world.run("05/06 16:00", dossier(), dossier("HS-2"))
    world.compose("05/06 16:00")
    message = world.rows("outbox")[0].message
    assert [press(world, message, "an", "05/06 16:05") for _ in range(3)] == [2, 2, 2]
    assert len(world.rows("acknowledgements")) == 2
    assert press(world, message, "an", "05/06 16:06") == 2
    assert len(world.rows("acknowledgements")) == 4


def test_pressing_twice_at_the_same_time_adds_one(world):
    world.run("05/06 16:00", *(dossier(f"HS-{n}") for n in range(20)))
    world.compose("05/06 16:00")
    message = world.rows("outbox")[0].message
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: press(world, message, "an", "05/06 16:05"), range(4))) == [20] * 4
    assert len(world.rows("acknowledgements")) == 20


@pytest.mark.parametrize("person", ["head", "admin", "nobody", ""])
def test_somebody_elses_message_acknowledges_nothing(world, person):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    assert press(world, world.rows("outbox")[0].message, person, "05/06 16:05") == 0
    assert press(world, "no such message", "an", "05/06 16:05") == 0
    assert world.rows("acknowledgements") == []


def test_a_message_about_no_dossier_acknowledges_nothing(database):
    world = World(database, max_age=MaxAge(timedelta(minutes=1)))
    world.watch("03/06 08:00", "03/06 09:00")
    world.compose("03/06 09:00")
    (part,) = world.rows("outbox")
    assert (part.person, press(world, part.message, "admin", "03/06 09:05")) == ("admin", 0)


def test_what_a_message_names_can_be_asked(world):
    world.run("05/06 16:00", dossier(), dossier("HS-2", due="10/06 15:30"))
    world.compose("05/06 16:00")
    message = world.rows("outbox")[0].message
    with world.database.read() as connection:
        assert answers.message_person(connection, message) == "an"
        assert answers.message_person(connection, "no such message") is None
        rows = answers.message_dossiers(connection, message)
        assert answers.message_dossiers(connection, "no such message") == []
        assert answers.was_told(connection, rows[0].id, "an")
        assert not answers.was_told(connection, rows[0].id, "head")
    assert [(row.code, row.unit, row.due_at, row.clock, row.episode, row.officers, row.handed_to) for row in rows] == [
        ("HS-2", "TP", at("10/06 15:30"), "due", 1, ["tp.an"], None),
        ("HS-1", "TP", at("10/06 16:00"), "due", 1, ["tp.an"], None),
    ]


def test_when_it_was_acknowledged_can_be_asked(world):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    message = world.rows("outbox")[0].message
    for when in ("05/06 16:05", "06/06 08:00"):
        press(world, message, "an", when)
    ident = world.stored().id
    with world.database.read() as connection:
        assert answers.acknowledged_at(connection, ident, 1, "an") == at("06/06 08:00")
        assert answers.acknowledged_at(connection, ident, 2, "an") is None
        assert answers.acknowledged_at(connection, ident, 1, "head") is None
