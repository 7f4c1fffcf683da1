"""Numbers that cost little are those of this instant; what costs more is counted once for all readers."""

from __future__ import annotations

import threading

import pytest

from alertd.web.board import tally
from alertd.web.board.tally import Tally


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(tally, "time", made)
    return made


def counting(clock, cost, made):
    def count():
        clock.now += cost
        made.append(clock.now)
        return len(made)

    return count


def test_what_costs_little_is_counted_for_each(clock):
    made, of = [], Tally(None)._of
    assert [of("n", counting(clock, 0.01, made)) for _ in range(3)] == [1, 2, 3]


def test_what_costs_more_is_good_for_a_hundred_times_its_cost_and_a_minute_at_most(clock):
    made, of = [], Tally(None)._of
    assert [of("n", counting(clock, 0.2, made)) for _ in range(3)] == [1, 1, 1]
    clock.now += 19.9
    assert of("n", counting(clock, 0.2, made)) == 1
    clock.now += 0.2
    assert of("n", counting(clock, 5, made)) == 2
    clock.now += 59.9
    assert of("n", counting(clock, 5, made)) == 2
    clock.now += 0.2
    assert of("n", counting(clock, 0.01, made)) == 3
    assert of("n", counting(clock, 0.01, made)) == 4, "cheap again: anew for each"
    assert of("m", counting(clock, 0.2, made)) == 5, "another number is another's"


def test_whoever_comes_while_another_counts_is_given_the_number_of_before(clock):
    of, begun, go = Tally(None)._of, threading.Event(), threading.Event()
    assert of("n", counting(clock, 1, [])) == 1
    clock.now += 100

    def slow():
        begun.set()
        assert go.wait(5)
        clock.now += 1
        return 2

    other = threading.Thread(target=of, args=("n", slow))
    other.start()
    assert begun.wait(5)
    assert of("n", lambda: pytest.fail("counted twice")) == 1
    go.set()
    other.join(5)
    assert of("n", lambda: pytest.fail("counted again")) == 2
