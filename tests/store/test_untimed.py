"""A feed from which no deadline may be taken: its dossiers are counted, and nothing of them falls due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.dossier import Phase
from alertd.core.due_classes import bounds
from alertd.store import overview
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def world(database):
    return World(database)


COPY = dossier("HS-1", due=None, untimed=True)


def counts(world, when):
    with world.database.read() as connection:
        (row,) = overview.units(connection, *bounds(world.rules, at(when)))
        return row.open, row.overdue, row.paused, row.no_due, len(overview.without_due(connection, 10))


def test_a_copy_is_open_and_neither_overdue_nor_without_due_date(world):
    world.run("03/06 08:00", COPY, dossier("HS-2", due=None))
    assert world.stored().clock == "none"
    assert counts(world, "03/06 09:00") == (2, 0, 0, 1, 1)


def test_nothing_of_a_copy_ever_fires_whatever_becomes_of_it(world):
    for day, phase in enumerate([Phase.PRE, Phase.RUNNING, Phase.UNKNOWN, Phase.PAUSED, Phase.RUNNING], 3):
        world.run(f"{day:02}/06 08:00", replace(COPY, phase=phase))
    world.run("10/06 08:00", finished(COPY, "10/06 07:00"))
    assert world.rows("alerts") == []
    assert world.rows("overdue_spells") == []
    assert (world.stored().pause_count, world.stored().episode) == (1, 1)


def test_a_source_that_becomes_fit_for_deadlines_is_watched_from_the_next_poll_on(world):
    world.run("03/06 08:00", COPY)
    assert world.stored().next_step_at is None
    world.run("03/06 09:00", dossier("HS-1", due=None))
    assert world.stored().clock == "due"
    world.run("03/06 10:00", dossier("HS-1", due="10/06 16:00"))
    assert world.stored().next_step_at is not None


def test_a_source_that_is_found_unfit_falls_silent_at_the_next_poll(world):
    world.run("03/06 08:00", dossier("HS-1", due="10/06 16:00"))
    world.run("04/06 08:00", COPY)
    before = world.fired()
    for when in ("06/06 16:00", "10/06 16:00", "11/06 16:00"):
        world.run(when, COPY)
    assert world.fired() == before
    assert world.stored().next_step_at is None
