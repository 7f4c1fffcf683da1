"""Few are counted at this instant for each reader; many are counted once for all, and nobody waits for it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.due_classes import CLASSES
from alertd.core.errors import StoreError
from alertd.store import board
from alertd.store.board import Handling
from alertd.web.board import tally
from alertd.web.board.tally import FEW, Tally, Whole

NOW = datetime(2026, 6, 10, 3, tzinfo=UTC)


class World:
    """A clock, what a count costs in seconds, how many are stored, and a database that opens for a count behind."""

    def __init__(self):
        self.time, self.cost, self.counted = 1000.0, 0.01, 0
        self.stored = FEW
        self.hold, self.counting = None, threading.Event()
        self.refused = False
        self.tally = Tally(self)

    def monotonic(self):
        return self.time

    @contextmanager
    def read(self):
        if self.refused:
            raise StoreError("the database refused the work")
        yield None

    def handlings(self, _connection, _bounds):
        self.counting.set()
        if self.hold is not None:
            assert self.hold.wait(5)
        self.time += self.cost
        self.counted += 1
        return [handling("TP", self.stored)]

    def shown(self):
        """Which count a reader is shown: the first, the second."""
        at = NOW + timedelta(seconds=self.counted)
        return (self.tally.whole((at, at, at)).at - NOW).seconds + 1

    def settle(self):
        """Wait until nothing is counted behind a page."""
        for thread in threading.enumerate():
            if thread.name == "tally":
                thread.join(5)


def handling(unit, count, *officers):
    named = "[" + ", ".join(f'"{each}"' for each in officers) + "]"
    return Handling(unit, named, None, dict.fromkeys(("open", *CLASSES), count))


@pytest.fixture
def world(monkeypatch):
    made = World()
    monkeypatch.setattr(tally, "time", made)
    monkeypatch.setattr(board, "handlings", made.handlings)
    yield made
    made.settle()


def test_few_are_counted_for_each(world):
    world.cost = 1
    assert [world.shown() for _ in range(3)] == [1, 2, 3]


def test_a_count_of_many_is_good_for_a_hundred_times_its_cost_and_a_minute_at_most(world):
    world.stored, world.cost = FEW + 1, 0.2
    assert [world.shown() for _ in range(3)] == [1, 1, 1]
    world.time += 19.9
    assert world.shown() == 1
    world.cost, world.time = 5, world.time + 0.2
    assert world.shown() == 1, "who finds them old is shown them all the same"
    world.settle()
    assert world.shown() == 2, "and they were counted behind the page"
    world.time += 59.9
    assert world.shown() == 2
    world.stored, world.time = FEW, world.time + 0.2
    world.shown()
    world.settle()
    assert [world.shown() for _ in range(2)] == [4, 5], "few again: anew for each"


def test_numbers_that_nobody_has_looked_at_for_long_are_not_shown(world):
    world.stored, world.cost = FEW + 1, 1
    assert world.shown() == 1
    world.time += 60 + 59.9
    assert world.shown() == 1
    world.settle()
    world.time += 60 + 60.1
    assert world.shown() == 3


def test_many_who_find_them_old_ask_for_one_count(world):
    world.stored, world.cost = FEW + 1, 1
    world.shown()
    world.time += 61
    world.hold, world.counting = threading.Event(), threading.Event()
    assert [world.shown() for _ in range(5)] == [1] * 5
    assert world.counting.wait(5)
    assert [world.shown() for _ in range(5)] == [1] * 5
    world.hold.set()
    world.settle()
    assert (world.shown(), world.counted) == (2, 2)


def test_the_numbers_say_as_of_when_they_are(world):
    world.stored, world.cost = FEW + 1, 1
    at = NOW
    first = world.tally.whole((at, at, at))
    assert first.at == at
    world.time += 30
    assert world.tally.whole((at + timedelta(seconds=30),) * 3).at == at


def test_a_count_that_fails_behind_a_page_is_said_and_tried_again(world, capsys):
    world.stored, world.cost = FEW + 1, 1
    world.shown()
    world.time, world.refused = world.time + 61, True
    assert world.shown() == 1
    world.settle()
    assert "the numbers on the board stay as they are for now" in capsys.readouterr().out
    world.refused = False
    assert world.shown() == 1
    world.settle()
    assert world.shown() == 2


def test_a_count_for_which_there_is_no_thread_keeps_nobody_waiting(world, monkeypatch, capsys):
    world.stored, world.cost = FEW + 1, 1
    world.shown()
    world.time += 61
    with monkeypatch.context() as none_left:
        none_left.setattr(tally, "Thread", no_thread)
        assert [world.shown() for _ in range(2)] == [1, 1]
    assert "can't start new thread" in capsys.readouterr().out
    assert world.shown() == 1
    world.settle()
    assert world.shown() == 2


def no_thread(**_):
    raise RuntimeError("can't start new thread")


def test_one_count_gives_every_readers_numbers():
    whole = Whole.of([handling("TP", 2, "an", " binh "), handling("TP", 3, "an"), handling(None, 5, "an")], NOW)
    assert whole.count(None)["open"] == 10
    assert whole.count({"TP", "elsewhere"})["overdue"] == 5
    assert whole.count(())["open"] == 0
    assert len(whole.handled({"TP"}, nowhere=False)) == 2
    assert len(whole.handled({"TP"}, nowhere=True)) == 3
    assert len(whole.handled(None, nowhere=False)) == 3
    assert whole.strays({"binh"}) == {"TP"}
    assert whole.strays({"cuong"}) == whole.strays(()) == frozenset()
