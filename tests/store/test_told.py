"""What people were told before, found by what has ended since and not among all that they were ever told."""

from __future__ import annotations

import pytest

from alertd.store import outbox, told
from tests.store.ground import World, at, dossier, finished, rules, step
from tests.store.plans import plans


@pytest.fixture
def world(database):
    """Two dossiers of an, overdue and told."""
    made = World(database, rules(step("overdue", "0d")), scope="part")
    made.run("11/06 08:00", dossier("HS-1"), dossier("HS-2"))
    made.compose("11/06 08:00")
    return made


def ends(world):
    return {row.dossier_id: row.ended_seen_at for row in world.rows("alerts") if row.policy}


def test_an_alert_knows_when_its_dossier_ended_until_that_runs_again(world):
    first, second = (world.stored(code).id for code in ("HS-1", "HS-2"))
    assert ends(world) == {first: None, second: None}
    world.poll("12/06 09:00", finished(dossier("HS-1"), "12/06 08:30"))
    assert ends(world) == {first: world.stored("HS-1").ended_seen_at, second: None}
    assert ends(world)[first] == at("12/06 09:00")
    world.poll("12/06 10:00", dossier("HS-1"))
    assert ends(world) == {first: None, second: None}


def test_what_is_overdue_and_what_was_finished_since_the_last_message_follow_the_dossiers(world):
    def found():
        with world.database.read() as connection:
            resolved = told.resolved_since_last(connection, ["an", "binh"])
            return told.overdue_told(connection, ["an", "binh"], at("13/06 08:00")), resolved

    first = world.stored("HS-1").id
    assert found() == ({"an": 2}, {})
    world.poll("12/06 09:00", finished(dossier("HS-1"), "12/06 08:30"))
    assert found() == ({"an": 1}, {"an": {first}})
    world.poll("12/06 10:00", dossier("HS-1"))
    assert found() == ({"an": 2}, {})
    world.poll("12/06 11:00", finished(dossier("HS-1"), "12/06 10:30"))
    world.run("12/06 11:30", dossier("HS-3"))
    world.compose("12/06 11:30")
    assert found() == ({"an": 2}, {})  # the last message has said it


def test_no_message_costs_what_its_reader_was_told_of_before(world):
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL chooses by what it has counted, of which there is nothing here")
    with plans(world.database) as made, world.database.write() as connection:
        told.overdue_told(connection, ["an"], at("13/06 08:00"))
        told.resolved_since_last(connection, ["an"])
        outbox.take_over(connection, ["an"], at("01/06 08:00"))
    overdue, resolved, untried = made
    assert "alerts USING INDEX alerts_of_person (person=? AND ended_seen_at=?)" in overdue
    assert "alerts USING INDEX alerts_of_person (person=? AND ended_seen_at>?)" in resolved
    assert "outbox USING INDEX outbox_unsettled (person=? AND slot_at<?)" in untried
