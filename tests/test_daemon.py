"""A configuration takes over whole: what fails after it was accepted leaves no daemon on parts that are closed."""

from __future__ import annotations

from contextlib import contextmanager

from alertd.core.errors import StoreError
from alertd.daemon import Daemon
from alertd.store.database import Database
from tests.jobs.office import loaded


class Accepting:
    """An engine that keeps what it is given; once it has accepted, the database is out of reach."""

    alone = False

    def __init__(self, monkeypatch):
        self._monkeypatch, self.given = monkeypatch, []

    def accept(self, _loaded, _now, _author, *, edited):
        assert edited

        @contextmanager
        def away(_self):
            raise StoreError("away")
            yield

        self._monkeypatch.setattr(Database, "read", away)

    def give(self, duties):
        self.given.append([duty.name for duty in duties])

    def wake(self, *_names):
        pass


async def test_a_database_that_goes_away_after_the_acceptance_holds_up_no_new_parts(database, monkeypatch):
    engine = Accepting(monkeypatch)
    daemon = Daemon(loaded(), database, engine=engine)
    after = loaded(aliases="Phòng TP")
    await daemon._change(after, "")
    assert daemon._duties.parts.loaded is after
    (names,) = engine.given
    assert {"escalate", "compose", "route"} <= set(names)
    await daemon._duties.parts.answering.stop()
    await daemon._duties.parts.close()
