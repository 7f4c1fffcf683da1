"""A process that is frozen in the middle of a transaction holds nothing up: whoever finds it gone ends its session."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager

import psycopg
import pytest
from procrastinate.jobs import Job, Status
from sqlalchemy import text
from structlog.testing import capture_logs

from alertd.cluster import records, server
from alertd.cluster.clock import DatabaseClock
from alertd.cluster.engine import Cluster
from alertd.cluster.turns import Turns
from alertd.store import fence, migrate, rules_in_force
from alertd.store.database import Database
from tests.jobs.office import loaded

pytestmark = pytest.mark.postgres
RULES = loaded()


@pytest.fixture
def database(postgres_url):
    made = Database(postgres_url, server.OPTIONS)
    migrate.upgrade(made)
    assert server.make_tables(made)
    assert rules_in_force.take(made, RULES.digest, "here")
    rules_in_force.settle(made, RULES.digest, "here")
    yield made
    made.close()


def turn(database, seconds_ago=60):
    """(worker, job) of a turn whose worker showed life so long ago."""
    with database.write() as connection:
        worker = connection.scalar(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - make_interval(secs => :ago)) RETURNING id"
            ),
            {"ago": seconds_ago},
        )
        job = connection.scalar(
            text(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, args, status, worker_id)"
                """ VALUES ('turn', 'default', 'poll:files', '{"name": "poll:files"}', 'doing', :worker) RETURNING id"""
            ),
            {"worker": worker},
        )
    return worker, job


@contextmanager
def frozen_while_it_sends(database, guard):
    """A transaction under a guard, in the middle of many statements sent at once when its process froze."""
    impatient = {"options": "-c idle_in_transaction_session_timeout=200"}
    made = Database(database.url.render_as_string(hide_password=False), impatient)
    connection = made.engine.connect()
    assert guard(connection)
    raw = connection.connection.driver_connection.pgconn
    raw.enter_pipeline_mode()
    raw.send_query_params(b"UPDATE daemons SET holder = holder", None)
    raw.flush()
    time.sleep(1)
    try:
        yield
    finally:
        raw.finish()
        connection.invalidate()
        made.close()


def is_held(database):
    """Whether somebody keeps the row of the rules in force from being changed."""
    try:
        with psycopg.connect(server.address(database), options="-c lock_timeout=200") as connection:
            connection.execute("UPDATE daemons SET holder = holder")
    except psycopg.errors.LockNotAvailable:
        return True
    return False


async def free(database):
    cluster = Cluster(RULES, database, DatabaseClock(database))
    turns = Turns(database, {}, RULES.digest, cluster._clock.now)
    async with cluster._app(turns).open_async() as app:
        await asyncio.wait_for(records.free_what_the_gone_hold(app, database), 20)


def renamed(database, old, new):
    with database.write() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def jobs(database):
    with database.read() as connection:
        return connection.execute(text("SELECT id FROM procrastinate_jobs")).scalars().all()


async def test_the_server_does_not_see_it_and_whoever_finds_its_process_gone_frees_what_it_holds(database):
    worker, job = turn(database)
    with frozen_while_it_sends(database, rules_in_force.duty(RULES.digest, job, worker)):
        assert is_held(database)
        await free(database)
        assert not is_held(database)
        assert jobs(database) == []


async def test_a_turn_that_others_have_closed_is_told_in_one_line(database):
    worker, job = turn(database)
    await free(database)
    cluster = Cluster(RULES, database, DatabaseClock(database))
    async with cluster._app(Turns(database, {}, RULES.digest, cluster._clock.now)).open_async() as app:
        mine = Job(id=job, queue="default", lock=None, queueing_lock=None, task_name="turn", worker_id=worker)
        with capture_logs() as logs:
            await app.job_manager.finish_job(mine, Status.SUCCEEDED, delete_job=True)
    assert [line["event"] for line in logs] == ["the turn's record was closed by others"]
    assert jobs(database) == []


async def test_a_turn_that_cannot_be_closed_ends_the_worker_so_that_others_find_it(database, monkeypatch):
    """Open under a worker that lives it would keep its duty from everybody."""
    monkeypatch.setattr(records, "AGAIN_SECONDS", 0.01)
    worker, job = turn(database)
    cluster = Cluster(RULES, database, DatabaseClock(database))
    turns = Turns(database, {}, RULES.digest, cluster._clock.now)
    app = cluster._app(turns)
    mine = Job(id=job, queue="default", lock=None, queueing_lock=None, task_name="turn", worker_id=worker)
    renamed(database, "procrastinate_jobs", "away")
    async with app.open_async():
        with capture_logs() as logs:
            await asyncio.wait_for(app.job_manager.finish_job(mine, Status.SUCCEEDED, delete_job=True), 20)
    renamed(database, "away", "procrastinate_jobs")
    assert turns.ending.is_set()
    assert len(logs) == records.TRIES + 1
    assert jobs(database) == [job]


async def test_a_process_that_shows_life_keeps_its_transaction(database):
    worker, job = turn(database, seconds_ago=1)
    with frozen_while_it_sends(database, rules_in_force.duty(RULES.digest, job, worker)):
        await free(database)
        assert is_held(database)
        assert jobs(database) == [job]


def test_only_the_transaction_of_a_turn_has_its_name(database):
    worker, job = turn(database)
    with database.engine.connect() as connection:
        with connection.begin():
            assert rules_in_force.duty(RULES.digest, job, worker)(connection)
        assert fence.end(database, fence.turn_of(worker)) == 0
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_planner_that_froze_is_not_waited_for(database, monkeypatch):
    monkeypatch.setattr(rules_in_force, "GONE_SECONDS", 0.5)
    assert rules_in_force.take(database, "other", "there")
    with database.write() as connection:
        connection.execute(text("UPDATE daemons SET renewed_at = renewed_at - make_interval(mins => 1)"))
    with frozen_while_it_sends(database, rules_in_force.planning("other", "there")):
        assert is_held(database)
        assert rules_in_force.take(database, RULES.digest, "here")


def test_a_planner_in_a_long_transaction_that_goes_on_keeps_it(database):
    """Its sign of life is seen by others only when that ends."""
    assert rules_in_force.take(database, "other", "there")
    with database.write() as connection:
        connection.execute(text("UPDATE daemons SET renewed_at = renewed_at - make_interval(mins => 1)"))
    with frozen_while_it_sends(database, rules_in_force.planning("other", "there")):
        rules_in_force._end_planner_that_is_gone(database)
        assert is_held(database)


def test_a_planner_that_lives_keeps_its_transaction(database):
    assert rules_in_force.take(database, "other", "there")
    with frozen_while_it_sends(database, rules_in_force.planning("other", "there")):
        rules_in_force._end_planner_that_is_gone(database)
        assert is_held(database)
