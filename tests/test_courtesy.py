"""Long work stands aside while somebody waits for a page, goes on when nobody does, and is never held for good."""

from __future__ import annotations

import threading

import pytest

from alertd import courtesy


@pytest.fixture
def held(monkeypatch):
    """What would be waited for at each look, instead of waiting."""
    looks = []
    monkeypatch.setattr(courtesy, "EVERY", 2)
    monkeypatch.setattr(courtesy, "stand_aside", lambda: looks.append(courtesy._nobody_waits.is_set()))
    return looks


def test_it_looks_now_and_then_and_gives_every_thing(held):
    assert list(courtesy.each("abcde")) == list("abcde")
    assert held == [True, True, True]


def test_somebody_waits_until_the_last_one_has_an_answer(held):
    with courtesy.waiting():
        with courtesy.waiting():
            list(courtesy.each("a"))
        list(courtesy.each("a"))
    list(courtesy.each("a"))
    assert held == [False, False, True]


def test_an_answer_that_fails_is_an_answer(held):
    with pytest.raises(ValueError, match="x"), courtesy.waiting():
        raise ValueError("x")
    list(courtesy.each("a"))
    assert held == [True]


def test_work_goes_on_as_soon_as_nobody_waits(monkeypatch):
    monkeypatch.setattr(courtesy, "LONGEST", 60)
    done = threading.Event()
    with courtesy.waiting():
        work = threading.Thread(target=lambda: (courtesy.stand_aside(), done.set()))
        work.start()
        assert not done.wait(0.05)
    assert done.wait(20)
    work.join()


def test_work_goes_on_where_somebody_always_waits():
    with courtesy.waiting():
        assert list(courtesy.each(range(3))) == [0, 1, 2]
