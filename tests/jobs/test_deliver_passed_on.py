"""A channel that another process has by now: what came of the calls made here is recorded, and nothing is begun."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.outcome import Outcome, SendResult
from alertd.jobs import deliver as delivering
from alertd.store import circuits, marks, tenure
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


async def test_a_call_that_was_held_up_until_its_claim_was_over_is_not_made(world, monkeypatch):
    """As a process that was frozen between the two: by now another one may have sent the part, marked."""
    deliver = console(world)
    late = START + timedelta(seconds=61)

    def frozen(point):
        if point == "attempt-recorded":
            deliver.clock = lambda: late

    monkeypatch.setattr(delivering, "reached", frozen)
    await asyncio.wait_for(deliver.tick(START), 20)
    assert world.sent == []
    assert [(row.outcome, row.code) for row in world.rows("attempts")] == [("transient", "late")]
    monkeypatch.undo()
    again = late + timedelta(minutes=5)
    deliver.clock = lambda: again
    assert await asyncio.wait_for(deliver.tick(again), 20) == 1
    assert len(world.sent) == 1


#: An answer that opens the circuit of a channel at once.
REFUSED = SendResult(Outcome.CHANNEL_DOWN, code="test:down")


async def after_a_refusal(world, monkeypatch, seconds, *, own):
    """What is remembered of the channel once a call was refused that took so long, by whoever has the channel or had it."""
    deliver = console(world)

    def slow(point):
        if point == "provider-accepted":
            deliver.clock = lambda: START + timedelta(seconds=seconds)

    monkeypatch.setattr(delivering, "reached", slow)
    world.channels["console"].answers = [REFUSED]

    def guard(_connection):  # it is passed on once the call is under way
        return own or not world.channels["console"].called.is_set()

    with tenure.guarded(guard):
        await asyncio.wait_for(deliver.tick(START), 20)
    assert outcomes(world)[0] == Outcome.CHANNEL_DOWN.value
    with world.database.read() as connection:
        return set(circuits.open_circuits(connection))


async def test_a_refusal_puts_the_channel_out_of_order(world, monkeypatch):
    assert await after_a_refusal(world, monkeypatch, 5, own=True) == {"console"}


async def test_an_answer_that_was_held_up_until_its_claim_was_over_says_nothing_about_the_channel(world, monkeypatch):
    """A process that was frozen finds all its calls timed out when it wakes: that is no fault of the provider's."""
    assert await after_a_refusal(world, monkeypatch, 61, own=True) == set()


async def test_whoever_has_lost_the_channel_says_nothing_about_it_any_more(world, monkeypatch):
    assert await after_a_refusal(world, monkeypatch, 5, own=False) == set()
