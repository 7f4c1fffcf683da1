"""A channel that another process has by now: what came of the calls made here is recorded, and nothing is begun."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.outcome import Outcome
from alertd.store import marks, tenure
from tests.store.ground import World, at, dossier, organisation, person, rules

START = at("05/06 16:00")


@pytest.fixture
def world(database):
    """One message for an is due by the console; the clock goes on by itself."""
    an = person("an", "staff@TP", ids=("tp.an",))
    made = World(database, rules(org=organisation(an)), max_age=MaxAge(working_days=9))
    made.run(START, dossier())
    made.compose(START)
    made.deliver.route.tick(START)
    began = datetime.now(UTC)
    console(made).clock = lambda: START + (datetime.now(UTC) - began)
    return made


def console(world):
    return world.deliver.each["console"]


def outcomes(world):
    return [row.outcome for row in world.rows("attempts")]


async def test_a_tick_of_whoever_has_lost_the_channel_ends_and_sends_nothing(world):
    marks.beat(world.database, "deliver:console", START)  # as the other process has
    with tenure.guarded(lambda _connection: False):
        assert await asyncio.wait_for(console(world).tick(START), 20) == 0
    assert outcomes(world) == []


async def test_an_answer_that_two_wait_for_is_recorded_once(world):
    answered = asyncio.Event()
    world.channels["console"].before = lambda _part: answered.wait()
    deliver = console(world)
    first = asyncio.create_task(deliver.tick(START))
    await world.channels["console"].called.wait()
    second = asyncio.create_task(deliver.finish(START))
    await asyncio.sleep(0.3)
    answered.set()
    await asyncio.wait_for(asyncio.gather(first, second), 20)
    assert outcomes(world) == [Outcome.ACCEPTED.value]
