"""On PostgreSQL, whoever changes several alerts locks them by id: so nobody who does waits for another who waits for them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, text, update

from alertd.core.errors import StoreError
from alertd.store import claims, migrate, operate, outbox, storms, tables, waiting
from alertd.store.database import Database
from tests.store.ground import World, at, dossier, finished, rules, step

NOW = at("12/06 09:00")
SHOWN = (dossier("HS-1"), dossier("HS-2"))


@pytest.fixture
def world(postgres_url):
    """One message that was never tried and names two dossiers; of their two alerts the first stands last on the disk."""
    database = Database(postgres_url)
    migrate.upgrade(database)
    made = World(database, rules(step("overdue", "0d")), scope="part")
    made.run("11/06 08:00", *SHOWN)
    made.compose("11/06 08:00")
    (part,) = made.rows("outbox")
    assert [row.message for row in made.rows("alerts")] == [part.message] * 2
    with database.write() as connection:
        for name in (
            None,
            part.message,
        ):  # an index is written anew: else it would go on to lead to the first one first
            for each in reversed(made.rows("alerts")):
                connection.execute(update(tables.alerts).where(tables.alerts.c.id == each.id).values(message=name))
    yield made
    database.close()


def held(world):
    """The message as a storm holds it."""
    with world.database.write() as connection:
        storm = connection.execute(
            insert(tables.storms)
            .values(slot_at=NOW, began_at=NOW, messages=1, usual=1, state="held", reason="")
            .returning(tables.storms.c.id)
        ).scalar_one()
        connection.execute(update(tables.outbox).values(state="held", storm_id=storm, not_before=None))
    return storm


def message(world):
    return world.rows("outbox")[0].message


def a_poll(world):
    world.poll("12/06 09:00", *(finished(each, "12/06 08:30") for each in SHOWN))


def a_later_slot(world):
    with world.database.write() as connection:
        outbox.take_over(connection, ["an"], NOW)


def what_is_needless(world):
    with world.database.write() as connection:
        claims._supersede(connection, [message(world)], NOW)


def an_operator_about_a_message(world):
    with world.database.write() as connection:
        operate.discard(connection, message(world), "thử", NOW)


def an_operator_about_a_storm(world):
    storm = held(world)
    with world.database.write() as connection:
        storms.discard(connection, storm, "thử", NOW)


def what_leaves_a_storm(world):
    storm = held(world)
    with world.database.write() as connection:
        assert waiting.due_in_storm(connection, storm, 10)
        storms.take_apart(connection, message(world), NOW)


WRITERS = [a_poll, a_later_slot, what_is_needless, an_operator_about_a_message, an_operator_about_a_storm,
           what_leaves_a_storm]  # fmt: skip


def until_somebody_waits(world):
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(200):
        with world.database.read() as connection:
            if connection.scalar(query):
                return
        time.sleep(0.05)
    pytest.fail("nobody waits for the first alert")


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
def test_nobody_has_locked_an_alert_while_waiting_for_one_before_it(world, writer):
    first, second = (row.id for row in world.rows("alerts"))
    locked = select(tables.alerts.c.id).with_for_update(nowait=True)
    with ThreadPoolExecutor(1) as pool:
        with world.database.write() as connection:
            connection.execute(locked.where(tables.alerts.c.id == first))
            work = pool.submit(writer, world)
            until_somebody_waits(world)
            with world.database.write() as other:
                assert other.execute(locked.where(tables.alerts.c.id == second)).scalar_one() == second
        work.result(20)


def test_what_a_poll_locks_is_never_what_waits_to_be_told_of_an_end(world):
    with world.database.write() as connection:
        pending = {"state": "pending", "message": None}
        connection.execute(update(tables.alerts).where(tables.alerts.c.dossier_id == world.stored("HS-1").id).values(
            policy="", step="vanished", **pending))  # fmt: skip
    with ThreadPoolExecutor(1) as pool, world.database.write() as connection:
        one = select(tables.alerts.c.id).where(tables.alerts.c.step == "vanished").with_for_update(nowait=True)
        assert connection.execute(one).scalar_one()
        try:
            pool.submit(a_poll, world).result(20)
        except StoreError as error:
            pytest.fail(str(error))
