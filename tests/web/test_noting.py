"""The audit log of the board is written by one thread for all, and nothing of it is lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from alertd.core.errors import StoreError
from alertd.store import audit
from alertd.web.noting import MOST, Noting

NOW = datetime(2026, 6, 10, tzinfo=UTC)


def lines(database):
    with database.read() as connection:
        return [row.subject for row in audit.latest(connection, 5000)][::-1]


def test_many_at_once_are_all_on_record_once(database):
    noting = Noting(database)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: noting.note("person:an", "view", NOW, subject=f"{n}"), range(MOST + 150)))
    noting.note("person:an", "view", NOW, subject="last")  # whatever a race left waiting goes along
    assert sorted(lines(database)) == sorted([*map(str, range(MOST + 150)), "last"])


def test_while_the_database_is_written_to_only_one_thread_waits_for_it(database):
    noting, waiting = Noting(database), threading.Event()
    write = database.write

    @contextmanager
    def slow():
        waiting.set()
        with write() as connection:
            yield connection

    database.write = slow
    with write():  # a poll holds the lock
        first = threading.Thread(target=noting.note, args=("person:an", "view", NOW), kwargs={"subject": "1"})
        if database.is_sqlite:
            first.start()
            assert waiting.wait(5)
            noting.note("person:an", "view", NOW, subject="2")  # comes back at once
    if database.is_sqlite:
        first.join(20)
        assert lines(database) == ["1", "2"]


def test_what_could_not_be_written_goes_along_with_the_next(database, monkeypatch):
    noting = Noting(database)
    with monkeypatch.context() as broken:

        def away():
            raise StoreError("the database is away")

        broken.setattr(database, "write", away)
        with pytest.raises(StoreError):
            noting.note("person:an", "view", NOW, subject="1")
    noting.note("person:an", "view", NOW, subject="2")
    assert lines(database) == ["1", "2"]
