"""Silences: steps before the due instant wait, what is due and what is critical does not (DESIGN section 9)."""

from __future__ import annotations

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Edge, Unit
from alertd.store import silences
from tests.store.ground import UNITS, World, at, dossier, finished, organisation, person, rules, slots, step

SLOTS = slots("07:30", "13:00")
LADDER = (
    step("soon", "-3d", "officer"), step("later", "-1d", "officer"), step("overdue", "0d", "officer"),
    step("fire", "-2d", "head", urgency="critical"),
)  # fmt: skip
BELOW = Unit("TP1", "Bộ phận hộ tịch", "team", edges=(Edge("TP"),))
TEAM = (person("team-an", "staff@TP1", ids=("tp1.an",)), person("team-head", "head@TP1"))


@pytest.fixture
def world(database):
    made = World(
        database, rules(*LADDER, org=organisation(*TEAM, units=(*UNITS, BELOW))), slots=SLOTS,
        max_age=MaxAge(working_days=20),
    )  # fmt: skip
    made.tick("03/06 07:30")
    made.compose("03/06 07:30")
    return made


def silence(world, unit="TP", since="03/06 08:00", until="06/06 10:00"):
    with world.database.write() as connection:
        return silences.add(connection, unit, at(since), at(until), "nâng cấp cổng")


async def slot(world, when):
    world.tick(when)
    world.sent.clear()
    await world.send(when)
    return sorted((part.person, [(d["code"], d["step"]) for d in part.dossiers]) for part in world.sent)


async def test_a_step_before_due_waits_for_the_end_and_goes_with_its_latest_step(world):
    silence(world)
    world.poll("03/06 09:00", dossier(due="06/06 16:00"), dossier("HS-2", due="06/06 16:00", unit="NV"))
    assert await slot(world, "04/06 07:30") == [("an", [("HS-2", "soon")])]
    assert await slot(world, "05/06 07:30") == [("head", [("HS-1", "fire")]), ("head-nv", [("HS-2", "fire")])]
    assert await slot(world, "06/06 07:30") == [("an", [("HS-2", "later")])]
    assert await slot(world, "06/06 13:00") == [("an", [("HS-1", "later")])]
    assert {state for step, _, state in world.alerts("HS-1") if step == "soon"} == {"sent"}


async def test_what_is_overdue_is_never_silenced_and_takes_along_what_waited(world):
    silence(world, until="20/06 08:00")
    world.poll("03/06 09:00", dossier(due="06/06 11:00"))
    assert await slot(world, "06/06 07:30") == [("head", [("HS-1", "fire")])]
    assert await slot(world, "06/06 13:00") == [("an", [("HS-1", "overdue")])]
    assert "pending" not in {state for _, _, state in world.alerts("HS-1")}, "nothing is left to come afterwards"


async def test_units_below_are_silenced_with_their_unit_and_their_own_silence_leaves_it_alone(world):
    shown = [dossier("HS-1", due="06/06 16:00"), dossier("HS-2", due="06/06 16:00", unit="TP1", officers=("tp1.an",))]
    silence(world, "TP1", until="04/06 08:00")
    silence(world, "TP", "04/06 08:00", "06/06 10:00")
    world.poll("03/06 16:00", *shown)
    assert await slot(world, "04/06 07:30") == [("an", [("HS-1", "soon")])]
    await slot(world, "05/06 07:30")
    assert await slot(world, "06/06 07:30") == []
    assert await slot(world, "06/06 13:00") == [("an", [("HS-1", "later")]), ("team-an", [("HS-2", "later")])]


async def test_a_silence_that_is_ended_early_ends_and_what_has_finished_meanwhile_is_not_told(world):
    number = silence(world)
    world.poll("03/06 09:00", dossier(due="06/06 16:00"), dossier("HS-2", due="06/06 16:00"))
    assert await slot(world, "04/06 07:30") == []
    world.poll("04/06 09:00", dossier(due="06/06 16:00"), finished(dossier("HS-2", due="06/06 16:00"), "04/06 08:00"))
    with world.database.write() as connection:
        assert silences.end(connection, number, at("04/06 10:00"))
        assert not silences.end(connection, number, at("04/06 10:01"))
    assert await slot(world, "04/06 13:00") == [("an", [("HS-1", "soon")])]


def test_what_holds_now_and_what_held_in_a_week(world):
    first, second = silence(world), silence(world, "NV", "05/06 08:00", "07/06 08:00")

    def ids(rows):
        return [row.id for row in rows]

    with world.database.read() as connection:
        assert ids(silences.active(connection, at("04/06 08:00"))) == [first]
        assert ids(silences.active(connection, at("05/06 08:00"))) == [first, second]
        assert ids(silences.active(connection, at("06/06 10:00"))) == [second]
        assert ids(silences.between(connection, at("06/06 10:00"), at("13/06 00:00"))) == [second]
        assert ids(silences.between(connection, at("27/05 00:00"), at("05/06 08:00"))) == [first]
