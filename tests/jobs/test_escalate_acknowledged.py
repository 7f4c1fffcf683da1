"""Escalate with acknowledgements on record (DESIGN section 5): the rules of the core, on what the store keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.policy import Duration, Match, Policy
from alertd.store import answers
from tests.store.ground import MINUTE, World, at, dossier, rules, step

STEPS = (
    step("soon", "-3d", "officer"),
    step("apology", "-2d", "officer", "head"),
    step("overdue", "0d", "officer", "head"),
    step("unit-head", "+1d", "officer", "head", every="1d"),
    step("chairman", "+3d", "head@root", every="1d"),
)


def ruled(*, mutes=None, holds=None):
    policy = Policy("standard", Match(), STEPS)
    given = {"ack_mutes": mutes, "ack_holds": holds}
    return rules(policies=[replace(policy, **{k: Duration.parse(v) for k, v in given.items() if v})])


@pytest.fixture
def world(database):
    return World(database, ruled(mutes="1d", holds="4h"), max_age=MaxAge(timedelta(days=60)))


def ack(world, when, who, code="HS-1"):
    row = world.stored(code)
    with world.database.write() as connection:
        answers.acknowledge(connection, [answers.Told(row.id, row.episode)], who, at(when), "test")


def states(world, *, step, **where):
    return [(row.person, row.at, row.state) for row in world.rows("alerts", step=step, **where)]


def test_an_acknowledged_step_is_recorded_muted_and_no_message_names_it(world):
    world.run("05/06 16:00", dossier())
    ack(world, "05/06 16:30", "an")
    world.tick("06/06 16:00")
    assert states(world, step="apology") == [("an", at("06/06 16:00"), "muted"), ("head", at("06/06 16:00"), "pending")]
    world.compose("06/06 16:00")
    assert {(row.step, row.person): row.message is not None for row in world.rows("alerts")} == {
        ("soon", "an"): True, ("apology", "an"): False, ("apology", "head"): True,
    }  # fmt: skip


def test_the_first_overdue_alert_is_sent_and_the_next_is_muted(world):
    world.poll("05/06 16:00", dossier())
    ack(world, "10/06 15:00", "an")
    world.tick("10/06 16:00")
    ack(world, "11/06 08:00", "an")
    world.tick("11/06 16:00")
    assert states(world, step="overdue", person="an") == [("an", at("10/06 16:00"), "pending")]
    assert states(world, step="unit-head") == [
        ("an", at("11/06 16:00"), "muted"),
        ("head", at("11/06 16:00"), "pending"),
    ]


def test_other_dossiers_of_the_same_person_are_told(world):
    world.run("05/06 16:00", dossier(), dossier("HS-2"))
    ack(world, "05/06 16:30", "an", "HS-1")
    world.tick("06/06 16:00")
    assert world.alerts("HS-1", step="apology", person="an") == [("apology", "an", "muted")]
    assert world.alerts("HS-2", step="apology", person="an") == [("apology", "an", "pending")]


def test_a_new_episode_needs_a_new_acknowledgement(world):
    world.run("05/06 16:00", dossier())
    ack(world, "06/06 08:00", "an")
    world.run("06/06 09:00", dossier(due="11/06 16:00"))
    assert world.stored().episode == 2
    world.tick("07/06 16:00")  # within a day of it
    assert states(world, step="apology", person="an") == [("an", at("07/06 16:00"), "pending")]


def test_an_acknowledgement_of_an_old_message_belongs_to_its_episode(world):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    (part,) = world.rows("outbox")
    world.run("06/06 09:00", dossier(due="11/06 16:00"))
    with world.database.write() as connection:
        told = answers.told(connection, part.message, "an")
        answers.acknowledge(connection, told, "an", at("06/06 09:05"), "test")
    (row,) = world.rows("acknowledgements")
    assert row.episode == 1
    world.tick("07/06 16:00")
    assert states(world, step="apology", person="an") == [("an", at("07/06 16:00"), "pending")]


def test_steps_to_others_are_held_once_and_the_tick_looks_only_when_they_fire(world):
    world.poll("05/06 16:00", dossier())
    world.tick("11/06 16:00")
    ack(world, "12/06 08:00", "an")
    assert world.stored().next_step_at == at("12/06 16:00")  # unit-head, which also tells an
    world.tick("12/06 16:00")
    assert world.stored().next_step_at == at("13/06 16:00")
    world.tick("13/06 16:00")  # the chairman's is planned for now
    assert states(world, step="chairman") == []
    assert world.stored().next_step_at == at("14/06 10:30")
    assert world.tick(at("14/06 10:30") - MINUTE) == 0
    ack(world, "14/06 10:25", "an")
    assert world.tick("14/06 10:30") == 1
    (row,) = world.rows("alerts", step="chairman")
    assert (row.person, row.at, row.recorded_at, row.late_reason, row.state) == (
        "chair", at("13/06 16:00"), at("14/06 10:30"), "held", "pending",
    )  # fmt: skip


def test_a_wake_up_while_a_step_is_held_fires_nothing_and_the_next_is_right(world):
    world.poll("05/06 16:00", dossier())
    world.tick("12/06 16:00")
    ack(world, "13/06 15:00", "an")
    world.tick("13/06 16:00")
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE dossiers SET next_step_at = planned_at")
    assert world.tick("13/06 16:30") == 0
    assert world.stored().next_step_at == at("14/06 10:30")


def test_a_pause_during_a_hold_and_its_end(world):
    world.poll("05/06 16:00", dossier())
    world.tick("12/06 16:00")
    ack(world, "13/06 15:00", "an")
    world.tick("13/06 16:00")
    world.run("13/06 16:30", dossier(phase=Phase.PAUSED))
    assert world.tick("14/06 10:30") == 0
    world.run("14/06 13:00", dossier())
    assert [row.late_reason for row in world.rows("alerts", step="chairman")] == ["resumed"]


def test_without_the_keys_an_acknowledgement_changes_no_alert(database):
    world = World(database, ruled(), max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 16:00", dossier(), dossier("HS-2"))
    for who in ("an", "head", "chair"):
        ack(world, "05/06 16:30", who, "HS-1")
    for day in range(6, 20):
        world.tick(f"{day:02}/06 16:00")
    said = [[row[3:] for row in world.rows("alerts", dossier_id=world.stored(code).id)] for code in ("HS-1", "HS-2")]
    assert said[0] == said[1]
    assert len(said[0]) > 10
