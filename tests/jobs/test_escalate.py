"""Escalate (DESIGN section 5): what fires at a tick, for whom, once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.plan import occurrences
from alertd.core.worktime import Calendar
from alertd.store import marks
from alertd.store.tables import dossiers
from tests.store.ground import MINUTE, ZONE, World, at, dossier, finished, organisation, person, rules, step


@pytest.fixture
def world(database):
    return World(database, max_age=MaxAge(working_days=3))


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_step_fires_at_the_first_tick_at_or_after_its_instant(world):
    world.poll("05/06 15:00", dossier())
    assert world.tick(at("05/06 16:00") - timedelta(microseconds=1)) == 0
    assert world.tick("05/06 16:00") == 1
    (alert,) = world.rows("alerts")
    assert (alert.step, alert.occurrence, alert.person, alert.target) == ("soon", 0, "an", "officer")
    assert (alert.at, alert.recorded_at, alert.late_reason) == (at("05/06 16:00"), at("05/06 16:00"), None)


def test_it_fires_once_however_often_the_tick_runs(world):
    world.poll("03/06 08:00", dossier())
    for minute in range(0, 60 * 24 * 5, 97):
        world.tick(at("05/06 15:30") + minute * MINUTE)
        world.tick(at("05/06 15:30") + minute * MINUTE)
    fired = world.fired()
    assert len(fired) == len(set(fired)) > 3


def test_it_fires_once_when_two_ticks_run_at_the_same_time(world):
    shown = [dossier(f"HS-{n}", due="10/06 16:00") for n in range(700)]
    world.poll("10/06 16:05", *shown)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(world.tick, ["10/06 16:05", "10/06 16:05"]))
    world.tick("10/06 16:05")
    rows = world.rows("alerts")
    keys = [(row.dossier_id, row.episode, row.step, row.occurrence, row.person) for row in rows]
    assert len(keys) == len(set(keys)) == 700 * 6
    assert sum(row.state == "pending" for row in rows) == 700 * 2


def test_a_person_holding_several_of_a_step_s_targets_gets_one_alert(database):
    boss = person("head", "head@TP", "head@UBND", ids=("tp.boss",))
    world = World(database, rules(step("due", "0d", "officer", "head", "head@root"), org=organisation(boss)))
    world.run("10/06 16:00", dossier(officers=("tp.boss",)))
    assert sorted((row.person, row.target) for row in world.rows("alerts")) == [
        ("chair", "head@root"), ("head", "officer"),
    ]  # fmt: skip


def test_a_step_that_finds_nobody_is_on_record_all_the_same(database):
    world = World(database, rules(step("due", "0d", "group:nobody"), org=organisation(fallback="group:nobody")))
    world.run("10/06 16:00", dossier())
    assert world.alerts() == [("due", "", "nobody")]
    assert world.tick("10/06 16:01") == 0


# --- coalescing and late alerts ---------------------------------------------------------------------------------------


def test_instants_already_past_at_the_first_observation_fire_late_and_coalesced(world):
    world.run("10/06 15:00", dossier())
    assert world.alerts(person="an") == [
        ("soon", "an", "coalesced"), ("apology", "an", "coalesced"), ("today", "an", "pending"),
    ]  # fmt: skip
    assert world.alerts(person="head") == [("apology", "head", "pending")]
    assert {row.late_reason for row in world.rows("alerts")} == {"first_seen"}


def test_of_two_steps_at_one_instant_the_later_in_the_policy_is_sent(database):
    world = World(database, rules(step("a", "-1d"), step("b", "-8h"), step("c", "-2d")))
    world.run("07/06 16:00", dossier())
    assert {name: state for name, _, state in world.alerts()} == {
        "a": "coalesced", "b": "pending", "c": "coalesced",
    }  # fmt: skip


def test_occurrences_of_one_step_that_fell_due_together_are_one_row_that_counts_them(world):
    world.run("20/06 10:00", dossier())
    rows = {(row.step, row.person): row for row in world.rows("alerts")}
    # due Monday 10/06 16:00: one working day later each day but the weekend
    assert (rows["unit-head", "an"].occurrence, rows["unit-head", "an"].folded) == (6, 6)
    assert rows["unit-head", "an"].at == at("19/06 16:00")
    assert (rows["chairman", "chair"].occurrence, rows["chairman", "chair"].folded) == (4, 4)
    assert rows["overdue", "an"].folded == 0


def test_fifteen_years_overdue_is_one_row_a_step_and_person(world):
    world.run("20/06 10:00", dossier(due="10/06/2009 16:00", received_at=at("01/06/2009 08:00")))
    rows = world.rows("alerts")
    assert len(rows) == 1 + 2 + 1 + 2 + 2 + 1
    assert max(row.folded for row in rows) > 3500
    assert world.stored().next_step_at == at("20/06 16:00")


def test_an_alert_is_late_when_it_is_recorded_more_than_15_minutes_after_its_instant(world):
    world.poll("05/06 15:00", dossier("HS-1"), dossier("HS-2", due="10/06 16:01"))
    world.tick("05/06 16:15")
    world.tick(at("05/06 16:16") + timedelta(microseconds=1))
    assert [row.late_reason for row in world.rows("alerts")] == [None, None]
    world.poll("06/06 08:00", dossier("HS-3", due="11/06 09:00"))
    world.tick("06/06 09:16")
    assert world.rows("alerts", dossier_id=world.stored("HS-3").id)[0].late_reason == "down"


def test_a_late_alert_of_a_dossier_that_came_to_another_unit_does_not_blame_the_system(world):
    world.poll("03/06 08:00", dossier(phase=Phase.PRE))
    world.run("07/06 09:00", dossier())
    assert {row.late_reason for row in world.rows("alerts")} == {"changed"}


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_instants_passed_during_a_pause_fire_after_it_late_and_nothing_twice(world):
    world.run("05/06 16:00", dossier())
    world.run("06/06 08:00", dossier(phase=Phase.PAUSED))
    assert world.stored().next_step_at is None
    world.tick("10/06 17:00")
    assert world.fired() == [("soon", 0, "an")]
    world.run("11/06 08:00", dossier())
    assert world.alerts(person="an")[1:] == [
        ("apology", "an", "coalesced"), ("today", "an", "coalesced"), ("overdue", "an", "pending"),
    ]  # fmt: skip
    assert {row.late_reason for row in world.rows("alerts")[1:]} == {"resumed"}
    fired = world.fired()
    world.run("11/06 08:05", dossier(phase=Phase.PAUSED))
    world.run("11/06 08:10", dossier())
    assert world.fired() == fired


@pytest.mark.parametrize("phase", [Phase.DONE, Phase.CANCELLED, Phase.PRE])
def test_nothing_fires_for_a_dossier_that_is_not_running(world, phase):
    world.run("03/06 08:00", dossier())
    world.run("04/06 08:00", dossier(phase=phase))
    world.tick("20/06 08:00")
    assert world.fired() == []


# --- fresh data -------------------------------------------------------------------------------------------------------


def test_a_step_before_due_does_not_wait_for_fresh_data(database):
    world = World(database)
    world.poll("03/06 08:00", dossier())
    world.tick("05/06 16:00")
    assert world.alerts() == [("soon", "an", "pending")]


def test_a_step_from_due_on_waits_for_fresh_data_and_goes_out_late_after_the_next_complete_poll(database):
    world = World(database)
    world.poll("10/06 14:00", dossier())
    world.tick("10/06 14:00")
    world.tick("10/06 16:00")
    assert "overdue" not in [name for name, _, _ in world.alerts()]
    assert (world.stored().next_step_at, world.stored().waiting_at) == (None, at("10/06 16:00"))
    world.run("10/06 16:10", dossier(), complete=False)
    assert world.stored().waiting_at == at("10/06 16:00"), "an incomplete poll brings no fresh data"
    world.run("10/06 16:30", dossier())
    late = [row for row in world.rows("alerts") if row.step == "overdue"]
    assert [(row.person, row.state, row.late_reason) for row in late] == [
        ("an", "pending", "stale"), ("head", "pending", "stale"),
    ]  # fmt: skip
    assert world.stored().waiting_at is None


def test_a_step_that_waits_although_its_data_are_fresh_fires_with_the_next_tick(database):
    """What is left when a tick that saw the feed stale writes after the poll has ended and put everything back."""
    world = World(database)
    world.poll("10/06 16:10", dossier())
    with database.write() as connection:
        connection.execute(update(dossiers).values(next_step_at=None, waiting_at=at("10/06 16:00")))
    world.tick("10/06 16:11")
    assert {person for name, _, person in world.fired() if name == "overdue"} == {"an", "head"}
    assert world.stored().waiting_at is None


def test_data_as_old_as_max_age_are_fresh_and_a_microsecond_older_are_not(database):
    world = World(database, rules(step("due", "0d")), max_age=MaxAge(timedelta(hours=2)))
    world.poll("10/06 14:00", dossier("HS-1"), dossier("HS-2", due="10/06 16:01"))
    world.tick("10/06 16:00")
    world.tick("10/06 16:01")
    assert world.fired() == [("due", 0, "an")]
    assert world.stored("HS-2").waiting_at == at("10/06 16:01")


def test_the_age_of_a_file_s_data_counts_and_not_when_it_was_read(database):
    world = World(database, rules(step("due", "0d")))
    world.poll("10/06 16:05", dossier(), as_of="10/06 14:00")
    world.tick("10/06 16:05")
    assert world.fired() == []
    assert world.stored().waiting_at == at("10/06 16:00")


def test_a_dossier_that_turns_out_finished_while_its_step_waits_fires_nothing(database):
    world = World(database, rules(step("due", "0d")))
    world.run("10/06 14:00", dossier())
    world.tick("10/06 16:00")
    world.run("10/06 16:30", finished(dossier(), "10/06 15:50"))
    assert world.fired() == []
    assert world.stored().waiting_at is None


def test_an_alternative_max_age_in_working_days_outlasts_a_weekend(database):
    world = World(database, rules(step("due", "0d")), max_age=MaxAge(working_days=1))
    world.run("07/06 16:00", dossier(due="10/06 10:00"))
    world.tick("10/06 10:00")
    assert world.fired() == [("due", 0, "an")]


# --- new episodes -----------------------------------------------------------------------------------------------------


def test_in_a_new_episode_a_step_not_later_than_when_it_last_fired_for_that_person_counts_as_fired(world):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    # due half an hour earlier: soon fell due at 15:30, before it was last sent
    world.run("05/06 16:05", dossier(due="10/06 15:30"))
    assert world.stored().episode == 2
    assert world.fired() == [("soon", 0, "an")]
    world.tick("06/06 15:30")
    assert world.fired()[1:] == [("apology", 0, "an"), ("apology", 0, "head")]


def test_it_fires_for_somebody_else_whom_it_never_told(world):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    world.run("05/06 16:05", dossier(due="10/06 15:30", officers=("tp.binh",)))
    assert world.fired() == [("soon", 0, "an"), ("soon", 0, "binh")]


def test_a_later_due_date_fires_every_step_again(world):
    world.run("05/06 16:00", dossier())
    world.compose("05/06 16:00")
    world.run("06/06 08:00", dossier(due="14/06 16:00"))
    world.tick("11/06 16:00")
    assert world.fired() == [("soon", 0, "an"), ("soon", 0, "an")]
    assert [row.episode for row in world.rows("alerts")] == [1, 2]


def test_alerts_superseded_before_they_were_sent_fire_anew_in_the_next_episode(world):
    world.run("05/06 16:00", dossier())
    world.run("05/06 16:05", dossier(due="10/06 15:30"))
    assert world.alerts() == [("soon", "an", "superseded"), ("soon", "an", "pending")]


# --- what cannot be decided -------------------------------------------------------------------------------------------


def test_a_dossier_whose_calendar_cannot_be_counted_with_is_set_aside_and_the_others_go_on(database):
    world = World(database, rules(calendars={"NV": Calendar(ZONE, {})}))
    world.run("05/06 16:00", dossier("HS-1", unit="NV"), dossier("HS-2"))
    assert world.fired() == [("soon", 0, "an")]
    assert world.stored("HS-1").next_step_at == at("05/06 17:00")


def test_the_mark_that_lets_a_slot_close_waits_for_a_dossier_that_a_poll_holds(database):
    if database.is_sqlite:
        pytest.skip("on SQLite a poll and a tick follow each other")
    world = World(database)
    world.poll("05/06 15:00", dossier())
    with database.write() as holding:
        holding.exec_driver_sql("SELECT * FROM dossiers FOR UPDATE")
        assert world.tick("05/06 16:00") == 0
        with database.read() as connection:
            assert marks.mark(connection, "escalate") is None
    assert world.tick("05/06 16:00") == 1
    with database.read() as connection:
        assert marks.mark(connection, "escalate") == at("05/06 16:00")


# --- the index --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_after_a_tick_the_next_instant_is_the_earliest_not_yet_fired(database, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    offsets = ["-5d", "-3d", "-1cd", "-4h", "0d", "+2h", "+1d", "50%", "+2cd"]
    steps = [
        step(f"s{n}", offset, every=chance.choice([None, None, "1d", "2d", "1cd"]), times=chance.choice([None, 1, 3]))
        for n, offset in enumerate(chance.sample(offsets, 5))
    ]
    steps = [s if s.every else step(s.name, s.at.text) for s in steps]
    world = World(database, rules(*steps), max_age=MaxAge(timedelta(days=60)))
    shown = [
        dossier(f"HS-{n}", due=None, due_at=at("10/06 16:00") + chance.randrange(-9000, 9000) * MINUTE,
                received_at=at("20/05 08:00") + chance.randrange(0, 9000) * MINUTE)
        for n in range(12)
    ]  # fmt: skip
    world.poll("27/05 08:00", *shown)
    now = at("27/05 08:00")
    for _ in range(15):
        now += chance.randrange(1, 3000) * MINUTE
        world.tick(now)
        for seen in shown:
            stored = world.stored(seen.code)
            anchor = world.rules.anchor("TP", stored.due_at, stored.received_at)
            plan = list(occurrences(world.rules.policies[0], anchor, at("01/01 00:00"), now + timedelta(days=60)))
            assert stored.next_step_at == min((o.at for o in plan if o.at > now), default=None)
            rows = world.rows("alerts", dossier_id=stored.id)
            told = {(row.step, k) for row in rows for k in range(row.occurrence - row.folded, row.occurrence + 1)}
            assert told == {(o.step.name, o.index) for o in plan if o.at <= now}
            assert len(told) == sum(row.folded + 1 for row in rows)
