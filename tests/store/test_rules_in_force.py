"""Several processes, one configuration in force: who plans keeps everybody else from deciding, and a lost planner nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from alertd.core.errors import PassedOnError
from alertd.store import marks, migrate, rules_in_force, running, tenure
from alertd.store.database import Database
from tests.store.ground import at

pytestmark = pytest.mark.postgres
OLD, NEW = "digest-old", "digest-new"


@pytest.fixture
def database(postgres_url):
    made = Database(postgres_url)
    migrate.upgrade(made)
    with made.write() as connection:  # what the engine keeps, as far as guards look at it
        connection.execute(text("CREATE TABLE procrastinate_jobs (id int PRIMARY KEY, status text, worker_id int)"))
        connection.execute(text("INSERT INTO procrastinate_jobs VALUES (1, 'doing', 7)"))
    yield made
    made.close()


def in_force(database):
    with database.read() as connection:
        return rules_in_force.in_force(connection)


def brought(database, digest, planner="here"):
    assert rules_in_force.take(database, digest, planner)
    rules_in_force.settle(database, digest, planner)


def writes(database, guard):
    """Whether a write within this tenure is let through."""
    try:
        with tenure.guarded(guard), database.write() as connection:
            marks.set_mark(connection, "probe", at("03/06 08:00"))
    except PassedOnError:
        return False
    return True


def set_job(database, values):
    with database.write() as connection:
        connection.execute(text(f"UPDATE procrastinate_jobs SET {values}"))


def test_nothing_is_in_force_before_the_first_and_while_plans_are_made(database):
    assert in_force(database) is None
    assert rules_in_force.take(database, NEW, "here")
    assert in_force(database) is None
    rules_in_force.settle(database, NEW, "here")
    assert in_force(database) == NEW


def test_one_plans_at_a_time_and_one_that_is_gone_is_succeeded(database):
    assert rules_in_force.take(database, NEW, "here")
    assert not rules_in_force.take(database, OLD, "there")
    with database.write() as connection:
        connection.execute(text("UPDATE daemons SET renewed_at = renewed_at - interval '31 seconds'"))
    assert rules_in_force.take(database, OLD, "there")
    assert not writes(database, rules_in_force.planning(NEW, "here")), "the one that was gone writes again"
    rules_in_force.settle(database, NEW, "here")
    assert in_force(database) is None
    rules_in_force.settle(database, OLD, "there")
    assert in_force(database) == OLD


def test_each_transaction_of_a_planner_shows_that_it_lives(database):
    assert rules_in_force.take(database, NEW, "here")
    with database.write() as connection:
        connection.execute(text("UPDATE daemons SET renewed_at = renewed_at - interval '29 seconds'"))
    assert writes(database, rules_in_force.planning(NEW, "here"))
    assert not rules_in_force.take(database, OLD, "there")


@pytest.mark.parametrize("values", ["status = 'todo'", "worker_id = 8", "worker_id = NULL"])
def test_a_turn_that_was_taken_away_writes_nothing(database, values):
    brought(database, NEW)
    guard = rules_in_force.duty(NEW, 1, 7)
    assert writes(database, guard)
    set_job(database, values)
    assert not writes(database, guard)


def test_a_turn_by_rules_that_are_not_in_force_writes_nothing(database):
    brought(database, OLD)
    guard = rules_in_force.duty(OLD, 1, 7)
    assert writes(database, guard)
    assert rules_in_force.take(database, NEW, "there")
    assert not writes(database, guard), "while plans are made"
    rules_in_force.settle(database, NEW, "there")
    assert not writes(database, guard)


def test_answers_may_be_late_and_outside_a_cluster_nobody_is_asked(database):
    brought(database, NEW)
    set_job(database, "worker_id = 8")
    with tenure.guarded(rules_in_force.duty(NEW, 1, 7)), database.write(late=True) as connection:
        assert not tenure.holds(connection)
        marks.set_mark(connection, "late", at("03/06 08:00"))
    with database.write() as connection:
        assert tenure.holds(connection)
        assert marks.mark(connection, "late") == at("03/06 08:00")


def test_a_cluster_is_there_as_long_as_its_row_is_renewed(database):
    with database.write() as connection:
        assert not running.has_cluster(connection)
        connection.execute(
            text("INSERT INTO daemons VALUES ('daemon', :holder, clock_timestamp())"), {"holder": running.CLUSTER}
        )
    with database.write() as connection:
        assert running.has_cluster(connection)
        connection.execute(text("UPDATE daemons SET renewed_at = renewed_at - interval '7 seconds'"))
        assert not running.has_cluster(connection)
