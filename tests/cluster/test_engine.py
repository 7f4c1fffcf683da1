"""Which rules are in force among several processes, and whose clock counts."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from alertd.alone import Alone
from alertd.cluster import clock as clocks
from alertd.cluster import engine, server
from alertd.cluster.clock import DatabaseClock
from alertd.cluster.engine import Cluster
from alertd.store import configurations, marks, migrate, rules_in_force
from alertd.store.database import Database
from tests.jobs.office import loaded

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 6, 8, tzinfo=UTC)


@pytest.fixture
def database(postgres_url):
    made = Database(postgres_url, server.OPTIONS)
    migrate.upgrade(made)
    assert server.make_tables(made)
    yield made
    made.close()


@pytest.fixture
def clock(database):
    return DatabaseClock(database)


def in_force(database):
    with database.read() as connection:
        return rules_in_force.in_force(connection)


def member(database, clock, configuration, *, edited=False):
    made = Cluster(configuration, database, clock)
    made.accept(configuration, NOW, "", edited=edited)
    return made


def worked(database, ago, *, planned=None):
    """Somebody ticked, and somebody planned, so long ago."""
    with database.write() as connection:
        marks.set_mark(connection, "escalate", datetime.now(UTC) - ago)
        connection.execute(
            text("UPDATE daemons SET renewed_at = clock_timestamp() - make_interval(secs => :ago)"),
            {"ago": (ago if planned is None else planned).total_seconds()},
        )


OLD, NEW = loaded(), loaded(aliases="Phòng TP")


async def test_what_never_ran_comes_into_force_and_the_same_joins(database, clock):
    one = member(database, clock, OLD)
    assert in_force(database) == OLD.digest
    assert member(database, clock, OLD)._may_work()
    assert one._may_work()


async def test_who_starts_with_older_files_stands_by_as_long_as_somebody_works(database, clock):
    member(database, clock, OLD)
    new = member(database, clock, NEW)
    worked(database, timedelta(seconds=5))
    old = member(database, clock, OLD)
    assert in_force(database) == NEW.digest
    assert (new._may_work(), old._may_work()) == (True, False)


async def test_where_nobody_works_older_files_are_better_than_silence(database, clock):
    member(database, clock, OLD)
    member(database, clock, NEW)
    worked(database, timedelta(seconds=61))
    assert member(database, clock, OLD)._may_work()
    assert in_force(database) == OLD.digest


async def test_rules_just_planned_by_are_not_overthrown_before_anybody_could_work_by_them(database, clock):
    """After a night in which no daemon ran, or plans that took a minute, nobody has worked for long."""
    member(database, clock, OLD)
    member(database, clock, NEW)
    old = member(database, clock, OLD)
    worked(database, timedelta(hours=8), planned=timedelta(seconds=50))
    assert not old._may_work()
    assert in_force(database) == NEW.digest


async def test_whoever_stands_by_does_not_wait_to_overthrow_who_plans(database, clock):
    member(database, clock, OLD)
    member(database, clock, NEW)
    old = member(database, clock, OLD)
    assert rules_in_force.take(database, NEW.digest, "elsewhere")
    worked(database, timedelta(hours=8), planned=timedelta(seconds=1))
    assert not await asyncio.wait_for(asyncio.to_thread(old._may_work), 20)


async def test_what_a_daemon_by_itself_planned_by_other_rules_is_planned_anew(database, clock):
    member(database, clock, OLD)
    Alone(database).accept(NEW, NOW, "", edited=False)
    worked(database, timedelta(seconds=5))
    old = member(database, clock, OLD)
    assert not old._may_work(), "plans by other rules were taken for its own"
    worked(database, timedelta(seconds=61))
    assert old._may_work()
    with database.read() as connection:
        assert configurations.latest(connection).digest == OLD.digest


async def test_a_stop_ends_who_was_just_asking_whether_it_may_work(database, clock, monkeypatch):
    made = member(database, clock, OLD)
    asked, go_on = threading.Event(), threading.Event()

    def slowly(_self):
        asked.set()
        return go_on.wait(20)

    monkeypatch.setattr(Cluster, "_may_work", slowly)
    await made.start(lambda: None)
    assert await asyncio.to_thread(asked.wait, 20)
    stopped = asyncio.create_task(made.stop())
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.wait_for(stopped, 20)


async def test_a_fault_does_not_end_the_asking_for_turns(database, clock, monkeypatch):
    monkeypatch.setattr(engine, "AGAIN_SECONDS", 0.01)
    made, tries, again = member(database, clock, OLD), [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def faulty(_self):
        tries.append(1)
        if len(tries) == 3:
            loop.call_soon_threadsafe(again.set)
        raise ValueError

    monkeypatch.setattr(Cluster, "_may_work", faulty)
    await made.start(lambda: None)
    await asyncio.wait_for(again.wait(), 20)
    assert len(tries) >= 3
    await made.stop()


async def test_an_edit_back_to_what_ran_before_is_meant(database, clock):
    member(database, clock, OLD)
    member(database, clock, NEW)
    member(database, clock, OLD, edited=True)
    assert in_force(database) == OLD.digest


async def test_after_a_daemon_alone_ran_other_rules_those_in_force_are_planned_anew(database, clock):
    member(database, clock, OLD)
    with database.write() as connection:
        configurations.accept(connection, configurations.Version("of-one-alone", {}, "", ""), NOW)
    with database.read() as connection:
        before = configurations.latest(connection).id
    member(database, clock, NEW)
    with database.read() as connection:
        assert configurations.latest(connection).id > before
    assert in_force(database) == NEW.digest


async def test_a_feed_that_was_edited_is_polled_at_once_and_no_other(database, clock):
    made = member(database, clock, OLD)
    (feed,) = OLD.settings.feeds
    mark = f"done:poll:{feed.name}"

    def polled():
        with database.read() as connection:
            return marks.mark(connection, mark)

    with database.write() as connection:
        marks.set_mark(connection, mark, NOW)
    made.accept(NEW, NOW, "", edited=True)
    assert polled() == NOW
    settings = NEW.settings.model_copy(update={"feeds": [feed.model_copy(update={"every": timedelta(minutes=7)})]})
    made.accept(replace(NEW, settings=settings), NOW, "", edited=True)
    assert polled() is None


async def test_the_clock_is_the_databases_and_goes_on_in_between(database):
    clock = DatabaseClock(database)
    with database.read() as connection:
        said = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert abs(clock.now() - said) < timedelta(seconds=2)
    assert clock.now() > said - timedelta(seconds=2)
    assert clock.now() <= clock.now()


async def test_a_machine_whose_clock_is_off_says_so_once(database, monkeypatch):
    said = []
    monkeypatch.setattr(clocks.log, "warning", lambda event, **more: said.append((event, more["seconds"])))
    monkeypatch.setattr(clocks, "OFF_SECONDS", -1.0)  # as if any difference were too much
    clock = DatabaseClock(database)
    clock.look()
    assert [event for event, _ in said] == ["this machine's clock is not the database's, which counts"]


async def test_the_engines_tables_are_made_once(database):
    assert not server.make_tables(database)
    server.check(database)
