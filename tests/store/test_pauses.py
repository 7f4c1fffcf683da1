"""Pauses as history: when each began and ended, what it waited for, which one of its dossier it is."""

from __future__ import annotations

import pytest

from alertd.core.dossier import PauseKind, Phase
from alertd.store import happened
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def world(database):
    return World(database)


def paused(code="HS-1", status="5", kind=PauseKind.SUPPLEMENT):
    return dossier(code, due="28/06 16:00", phase=Phase.PAUSED, status=status, pause=kind)


def running(code="HS-1"):
    return dossier(code, due="28/06 16:00")


def rows(world):
    return [(row.status, row.kind, row.first_seen_at, row.ended_seen_at) for row in world.rows("pauses")]


def test_each_pause_is_a_row_with_beginning_end_and_kind(world):
    for day, shown in enumerate([running(), paused(), running(), paused(status="6", kind=PauseKind.OBLIGATION)], 3):
        world.poll(f"{day:02}/06 08:00", shown)
    assert rows(world) == [
        ("5", "supplement", at("04/06 08:00"), at("05/06 08:00")), ("6", "obligation", at("06/06 08:00"), None),
    ]  # fmt: skip
    assert world.stored().paused_since == at("06/06 08:00")


def test_a_pause_first_seen_begins_then(world):
    world.poll("03/06 08:00", paused())
    assert rows(world) == [("5", "supplement", at("03/06 08:00"), None)]


def test_another_reason_to_wait_ends_one_pause_and_begins_another_of_the_same_stop(world):
    world.poll("03/06 08:00", paused())
    world.poll("04/06 08:00", paused(status="6", kind=PauseKind.OBLIGATION))
    assert rows(world) == [
        ("5", "supplement", at("03/06 08:00"), at("04/06 08:00")), ("6", "obligation", at("04/06 08:00"), None),
    ]  # fmt: skip
    assert (world.stored().paused_since, world.stored().pause_count) == (at("03/06 08:00"), 1)


def test_another_word_for_the_same_reason_and_an_unknown_status_change_nothing(world):
    world.poll("03/06 08:00", paused())
    world.poll("04/06 08:00", paused(status="Chờ bổ sung"))
    world.poll("05/06 08:00", dossier(due="28/06 16:00", phase=Phase.UNKNOWN, status="?"))
    assert rows(world) == [("5", "supplement", at("03/06 08:00"), None)]


@pytest.mark.parametrize("end", [finished(running(), "04/06 07:00"), dossier(due="28/06 16:00", phase=Phase.CANCELLED)])
def test_an_end_ends_the_pause(world, end):
    world.poll("03/06 08:00", paused())
    world.poll("04/06 08:00", end)
    assert rows(world) == [("5", "supplement", at("03/06 08:00"), at("04/06 08:00"))]


def test_pauses_of_a_stretch_are_those_that_lasted_in_it_as_far_as_was_known_at_its_end(world):
    world.poll("03/06 08:00", paused("HS-1"), running("HS-2"))
    world.poll("05/06 08:00", running("HS-1"), paused("HS-2", "6", PauseKind.OBLIGATION))
    world.poll("07/06 08:00", paused("HS-1"), paused("HS-2", "6", PauseKind.OBLIGATION))

    def asked(since, until):
        with world.database.read() as connection:
            found = happened.paused(connection, at(since), at(until))
        return [(row.code, row.number, row.first_seen_at, row.ended_seen_at) for row in found]

    first = ("HS-1", 1, at("03/06 08:00"), at("05/06 08:00"))
    second = ("HS-2", 1, at("05/06 08:00"), None)
    assert asked("03/06 00:00", "08/06 00:00") == [first, second, ("HS-1", 2, at("07/06 08:00"), None)]
    assert asked("03/06 00:00", "05/06 08:00") == [(*first[:3], None)], "its end was seen after the stretch"
    assert asked("05/06 08:01", "06/06 00:00") == [second]
    assert asked("01/06 00:00", "03/06 00:00") == []


def test_open_pauses_come_oldest_first_and_with_how_many_there_were(world):
    world.poll("03/06 08:00", running("HS-1"), paused("HS-2"))
    world.poll("04/06 08:00", paused("HS-1"), paused("HS-2"))
    world.poll("05/06 08:00", running("HS-1"), paused("HS-2"))
    world.poll("06/06 08:00", paused("HS-1"), paused("HS-2"))
    with world.database.read() as connection:
        now = happened.open_pauses(connection, at("07/06 08:00"))
        then = happened.open_pauses(connection, at("05/06 07:00"))
    assert [(row.code, row.number, row.unit, row.kind) for row in now] == [
        ("HS-2", 1, "TP", "supplement"), ("HS-1", 2, "TP", "supplement"),
    ]  # fmt: skip
    assert [(row.code, row.number) for row in then] == [("HS-2", 1), ("HS-1", 1)]
