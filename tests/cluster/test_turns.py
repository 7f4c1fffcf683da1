"""A turn does its duty as often as it is due, takes up what was left, and hands it on with nothing under way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from alertd.cluster import turns as turning
from alertd.cluster.turns import Turns
from alertd.core.errors import StoreError
from alertd.engine import Duty
from alertd.store import marks, rules_in_force, tenure

NOW = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)


@dataclass
class Work:
    """What a duty did, in order."""

    did: list

    def say(self, word):
        async def done():
            self.did.append(word)

        return done


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(turning, "TURN_SECONDS", 0.5)


@pytest.fixture
def mine(monkeypatch):
    """Whether the turn is still this process's, as the engine says."""
    said = SimpleNamespace(yes=True)
    monkeypatch.setattr(rules_in_force, "duty", lambda *_: lambda _connection: said.yes)
    return said


def turns(database, *duties):
    return Turns(database, {duty.name: duty for duty in duties}, "digest", lambda: NOW)


async def take(made, name):
    await made.take(SimpleNamespace(job=SimpleNamespace(id=1, worker_id=7)), 0, name)


async def until(condition):
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never")


async def test_it_begins_is_done_again_and_again_and_ends(database, short, mine):
    work = Work([])
    made = turns(database, Duty("x", work.say("run"), 0.15, begin=work.say("begin"), end=work.say("end")))
    await take(made, "x")
    assert (work.did[0], work.did[-1]) == ("begin", "end")
    assert set(work.did[1:-1]) == {"run"}
    assert len(work.did) >= 4


async def test_it_ends_when_it_was_taken_away(database, short, mine):
    work = Work([])

    async def run():
        work.did.append("run")
        mine.yes = False

    await take(turns(database, Duty("x", run, 0.01, end=work.say("end"))), "x")
    assert work.did == ["run", "end"]


async def test_what_ends_it_knows_that_it_was_taken_away(database, short, mine):
    """What a process hears of a channel that it has lost must not be written over what its new holder has."""
    holds = []

    async def run():
        mine.yes = False

    async def end():
        with database.read() as connection:
            holds.append(tenure.holds(connection))

    await take(turns(database, Duty("x", run, 0.01, end=end)), "x")
    assert holds == [False]


async def test_a_fault_in_it_still_ends_it(database, short, mine):
    work = Work([])

    async def fault():
        raise ValueError

    await take(turns(database, Duty("x", fault, 0.01, end=work.say("end"))), "x")
    assert work.did == ["end"]


async def test_what_only_this_process_can_record_is_tried_again(database, short, mine, monkeypatch):
    monkeypatch.setattr(turning, "AGAIN_SECONDS", 0.01)
    tries = []

    async def end():
        tries.append(1)
        if len(tries) < 3:
            raise StoreError("away")

    await take(turns(database, Duty("x", Work([]).say("run"), 1.0, end=end)), "x")
    assert len(tries) == 3


async def test_a_rare_duty_is_due_by_when_anybody_did_it_last(database, short, mine):
    work = Work([])
    made = turns(database, Duty("rare", work.say("run"), 900.0))
    with database.write() as connection:
        marks.set_mark(connection, "done:rare", NOW - timedelta(seconds=800))
    await take(made, "rare")
    assert work.did == []
    with database.write() as connection:
        marks.set_mark(connection, "done:rare", NOW - timedelta(seconds=901))
    await take(made, "rare")
    assert work.did == ["run"]
    await take(made, "rare")
    assert work.did == ["run"]


async def test_what_is_to_be_waited_for_the_first_time_is(database, short, mine):
    """The audit, for one, would find much that was not told yet while the first files are read."""
    work = Work([])
    made = turns(database, Duty("rare", work.say("run"), 900.0, first=60.0))
    await take(made, "rare")
    await take(made, "rare")
    assert work.did == []
    made._now = lambda: NOW + timedelta(seconds=60)
    await take(made, "rare")
    assert work.did == ["run"]


async def test_what_is_woken_is_done_at_once(database, mine):
    work = Work([])
    made = turns(database, Duty("x", work.say("run"), 5.0))
    taken = asyncio.create_task(take(made, "x"))
    await until(lambda: work.did)
    made.wake("x", "unknown")
    await until(lambda: len(work.did) == 2)
    made.end()
    await asyncio.wait_for(taken, 5)
    assert work.did == ["run", "run"]


async def test_no_turn_begins_once_all_are_to_end_and_unknown_duties_are_nobodys(database, mine):
    work = Work([])
    made = turns(database, Duty("x", work.say("run"), 5.0))
    await take(made, "gone")
    made.end()
    await take(made, "x")
    assert work.did == []
