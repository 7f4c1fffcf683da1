"""Which rules are in force among several processes, and whose clock counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from alertd.cluster import server
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


def worked(database, ago):
    with database.write() as connection:
        marks.set_mark(connection, "escalate", datetime.now(UTC) - ago)


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


async def test_the_clock_is_the_databases_and_goes_on_in_between(database):
    clock = DatabaseClock(database)
    with database.read() as connection:
        said = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert abs(clock.now() - said) < timedelta(seconds=2)
    assert clock.now() > said - timedelta(seconds=2)
    assert clock.now() <= clock.now()


async def test_the_engines_tables_are_made_once(database):
    assert not server.make_tables(database)
    server.check(database)
