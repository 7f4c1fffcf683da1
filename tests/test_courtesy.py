"""Long work stands aside while somebody waits for a page, goes on when nobody does, and is never held for good."""

from __future__ import annotations

import threading
import time
from unittest.mock import Mock

import pytest

from alertd import courtesy
from alertd.store import migrate
from alertd.store.database import Database


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


def test_where_somebody_always_waits_work_takes_no_more_than_its_share(monkeypatch):
    """Else a poll of many rows, which has the database to write, would keep jobs from it for half a minute."""
    waited, now = [], iter(range(0, 10**6, 2))
    event = Mock(**{"wait.side_effect": waited.append})
    monkeypatch.setattr(courtesy, "_nobody_waits", event)
    monkeypatch.setattr(courtesy, "_looked", threading.local())
    monkeypatch.setattr(courtesy.time, "monotonic", lambda: next(now) / 1000)  # two milliseconds between two readings
    for _ in range(100):
        courtesy.stand_aside()
    assert waited[0] == courtesy.LONGEST
    assert waited[1:] == pytest.approx([courtesy.SHARE * 0.002] * 99)


def test_whoever_writes_stands_aside_for_an_answer_while_others_wait_to_write():
    """A note in the log behind an answer, or a job: nobody waits for them."""
    with courtesy.waiting():
        with courtesy.queued():
            assert courtesy._queued == 1
        thread = threading.Thread(target=lambda: noted.append(queued()))
        noted = []
        thread.start()
        thread.join()
    assert noted == [0]


def queued():
    with courtesy.queued():
        return courtesy._queued


def test_whoever_writes_does_not_stand_aside_for_an_answer_that_waits_to_write(tmp_path, monkeypatch):
    """SQLite has one writer at a time."""
    database = Database(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrate.upgrade(database)

    def answer():
        with courtesy.waiting(), database.write():
            pass

    page = threading.Thread(target=answer)
    with database.write():
        page.start()
        limit = time.monotonic() + 20
        while not courtesy._queued and time.monotonic() < limit:
            time.sleep(0.01)
        waits = Mock(return_value=False)
        monkeypatch.setattr(courtesy, "_nobody_waits", waits)
        list(courtesy.each(range(1000)))
        monkeypatch.undo()
    page.join(20)
    assert not page.is_alive()
    assert waits.wait.call_count == 0
    database.close()
