"""A changed rule, calendar or organisation (DESIGN section 5): it applies at once, to instants after it only."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from alertd.core.dossier import Filing, Phase
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Unit
from alertd.core.policy import Match, Policy
from alertd.core.worktime import Calendar
from alertd.store import replan, state
from tests.store.ground import UNITS, ZONE, World, at, dossier, organisation, rules, span, step


@pytest.fixture
def world(database):
    return World(database, rules(step("due", "0d")), max_age=MaxAge(working_days=30))


def test_what_is_planned_from_is_what_the_observation_has_under_the_same_names(world):
    world.poll(
        "03/06 08:00",
        dossier(procedure_code="1.01", field="Hộ tịch", channel=Filing.ONLINE, submitted_at=at("26/05 08:00"),
                accept_due_at=at("26/05 16:00"), finished_at=at("03/06 07:00"), day_only=("submitted_at",)),
        dossier("HS-2", due="10/06"),
    )  # fmt: skip
    for row in world.rows("dossiers"):
        planned_from, seen = state.planned_from(row), state.observation(row)
        assert {name: getattr(seen, name) for name in planned_from._fields} == planned_from._asdict()


def change(world, when, new):
    """The configuration changes."""
    replan.replan(world.database, world.rules, new, at(when))
    world.rules = new


def test_a_changed_rule_applies_from_the_change_on(world):
    world.run("03/06 08:00", dossier())
    change(world, "05/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
    assert world.stored().next_step_at == at("07/06 16:00")
    world.tick("07/06 16:00")
    world.tick("10/06 16:00")
    assert world.fired() == [("early", 0, "an"), ("due", 0, "an")]


def test_a_newly_created_instant_that_lies_before_the_change_is_on_record_and_never_fires(world):
    world.run("03/06 08:00", dossier())
    change(world, "07/06 08:00", rules(step("due", "0d"), step("early", "-3d")))
    (row,) = world.rows("alerts")
    assert (row.step, row.state, row.at, row.person) == ("early", "not_applied", at("05/06 16:00"), "")
    world.tick("10/06 16:00")
    assert world.fired() == [("due", 0, "an")]


def test_a_step_that_was_not_applied_fires_when_a_later_change_puts_it_after_that_change(world):
    world.run("03/06 08:00", dossier())
    change(world, "07/06 08:00", rules(step("due", "0d"), step("early", "-3d")))
    change(world, "07/06 09:00", rules(step("due", "0d"), step("early", "-1d")))
    assert world.stored().next_step_at == at("07/06 16:00")
    world.tick("07/06 16:00")
    world.tick("10/06 16:00")
    assert world.fired() == [("early", 0, "an"), ("due", 0, "an")]


def test_of_a_repeating_step_that_was_not_applied_only_what_lies_after_the_later_change_fires(world):
    world.run("10/06 16:00", dossier())
    change(world, "14/06 08:00", rules(step("due", "0d"), step("again", "+1d", every="1d")))
    change(world, "14/06 09:00", rules(step("due", "0d"), step("again", "+2d", every="1d")))
    world.tick("14/06 10:00")
    assert world.fired() == [("due", 0, "an")]
    world.tick("14/06 16:00")
    assert world.fired() == [("due", 0, "an"), ("again", 2, "an")]


def test_a_new_repeating_step_begins_with_its_first_instant_after_the_change(world):
    world.run("10/06 16:00", dossier())
    change(world, "14/06 08:00", rules(step("due", "0d"), step("again", "+1d", every="1d")))
    world.tick("14/06 16:00")
    assert world.fired() == [("due", 0, "an"), ("again", 3, "an")]


def test_a_step_that_was_due_by_the_old_rules_and_has_not_fired_yet_still_fires(world):
    world.poll("03/06 08:00", dossier())
    change(world, "10/06 17:00", rules(step("due", "0d", "head")))
    world.tick("10/06 17:00")
    assert world.fired() == [("due", 0, "head")]


def test_a_step_that_waits_for_fresh_data_goes_on_waiting_and_still_fires(database):
    world = World(database, rules(step("due", "0d")))
    world.poll("10/06 14:00", dossier())
    world.tick("10/06 16:00")
    change(world, "10/06 16:30", rules(step("due", "0d"), step("other", "+9d")))
    assert (world.stored().next_step_at, world.stored().waiting_at) == (None, at("10/06 16:00"))
    world.run("10/06 17:00", dossier())
    assert world.fired() == [("due", 0, "an")]


def test_a_step_that_fell_due_in_a_pause_still_fires_after_a_change_of_the_rules(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", dossier(phase=Phase.PAUSED))
    change(world, "11/06 08:00", rules(step("due", "0d", "head")))
    world.run("12/06 08:00", dossier())
    assert world.fired() == [("due", 0, "head")]


def test_a_step_taken_out_of_the_policy_fires_no_more(world):
    world.poll("03/06 08:00", dossier())
    change(world, "05/06 08:00", rules(step("other", "+5d")))
    world.tick("10/06 16:00")
    assert world.fired() == []
    assert world.stored().next_step_at == at("17/06 16:00")


def test_a_changed_calendar_moves_due_dates_without_a_time_and_starts_no_episode(world):
    world.poll("03/06 08:00", dossier("HS-1", due="10/06"), dossier("HS-2", due="10/06 16:30"))
    shorter = Calendar(ZONE, dict.fromkeys(range(5), ((480, 960),)))
    change(world, "05/06 08:00", rules(step("due", "0d"), calendar=shorter))
    assert (world.stored("HS-1").due_at, world.stored("HS-1").next_step_at) == (at("10/06 16:00"), at("10/06 16:00"))
    assert world.stored("HS-2").due_at == at("10/06 16:30")
    assert (world.stored("HS-1").episode, world.rows("due_changes")) == (1, [])


def test_a_day_off_more_moves_every_step_counted_in_working_time(world):
    world.rules = rules(step("early", "-1d"))
    world.poll("03/06 08:00", dossier())
    off = Calendar(ZONE, days_off=frozenset([at("07/06 12:00").date()]))
    change(world, "05/06 08:00", replace(world.rules, calendar=off))
    assert world.stored().next_step_at == at("06/06 16:00")


def test_the_first_configuration_is_not_a_change(world):
    world.poll("11/06 08:00", dossier())
    replan.replan(world.database, None, world.rules, at("11/06 08:05"))
    world.tick("11/06 08:05")
    assert [(row.state, row.late_reason) for row in world.rows("alerts")] == [("pending", "first_seen")]


def test_an_ended_dossier_is_left_alone(world):
    world.poll("03/06 08:00", dossier(phase=Phase.DONE))
    before = world.stored()
    assert replan.replan(world.database, world.rules, rules(step("x", "0d")), at("05/06 08:00")) == 0
    assert world.stored() == before


def test_a_missing_dossier_stays_held(world):
    world.poll("03/06 08:00", dossier("HS-1"), dossier("HS-2"))
    world.poll("03/06 08:05", dossier("HS-2"))
    change(world, "05/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
    assert world.stored("HS-1").next_step_at is None
    assert world.stored("HS-2").next_step_at == at("07/06 16:00")


def test_replanning_twice_changes_nothing_more(world):
    world.poll("07/06 08:00", dossier())
    new = rules(step("due", "0d"), step("early", "-3d"))
    for _ in range(2):
        replan.replan(world.database, world.rules, new, at("07/06 08:00"))
    assert [row.state for row in world.rows("alerts")] == ["not_applied"]


def test_a_calendar_that_cannot_be_counted_with_does_not_stop_the_others(world):
    world.poll("03/06 08:00", dossier("HS-1", unit="NV"), dossier("HS-2"))
    broken = rules(step("due", "0d"), step("early", "-1d"), calendars={"NV": Calendar(ZONE, {})})
    change(world, "05/06 08:00", broken)
    assert world.stored("HS-2").next_step_at == at("07/06 16:00")
    assert world.stored("HS-1").next_step_at == at("05/06 08:00"), "the tick will say so and set it aside"
    change(world, "05/06 09:00", rules(step("due", "0d"), step("early", "-1d")))
    world.tick("07/06 16:00")
    assert world.fired("HS-1") == world.fired("HS-2") == [("early", 0, "an")]


def test_a_unit_that_closes_gives_its_dossiers_to_its_successor(world):
    units = (*UNITS[:1], Unit("TP", "Phòng Tư pháp", "department", span=span(None, at("05/06 12:00").date()),
                              successors=("NV",)), UNITS[2])  # fmt: skip
    world.rules = rules(
        org=organisation(units=units),
        policies=[
            Policy("nv", Match(unit=("NV",)), (step("nv", "-1d"),)),
            Policy("rest", Match(), (step("due", "0d"),)),
        ],
    )
    world.poll("03/06 08:00", dossier())
    assert (world.stored().unit, world.stored().next_step_at) == ("TP", at("10/06 16:00"))
    world.watch("03/06 08:00", "05/06 23:59")
    assert world.stored().unit == "TP"
    world.watch("03/06 08:00", "06/06 00:00")
    assert (world.stored().unit, world.stored().next_step_at) == ("NV", at("07/06 16:00"))


def test_a_dossier_that_a_change_leaves_as_it_was_is_not_written(world):
    world.run("03/06 08:00", dossier("HS-1", "10/06 16:00"), dossier("HS-2", "20/06 16:00"))
    change(world, "05/06 08:00", rules(step("due", "0d")))
    assert {world.stored(code).planned_at for code in ("HS-1", "HS-2")} == {at("03/06 08:00")}
    change(world, "06/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
    assert {world.stored(code).planned_at for code in ("HS-1", "HS-2")} == {at("06/06 08:00")}


def test_what_was_due_before_a_change_and_did_not_fire_is_late_by_the_change(world):
    world.run("03/06 08:00", dossier())
    change(world, "10/06 17:00", rules(step("due", "0d")))
    world.tick("11/06 08:00")
    (row,) = world.rows("alerts")
    assert (row.step, row.late_reason) == ("due", "rules")


def test_where_the_collector_passed_over_what_was_loaded_it_does_so_again_but_not_over_rubbish(world):
    """Else each edit would leave the configuration before it in memory."""

    class Thing:
        pass

    world.run("03/06 08:00", dossier())
    old = Thing()
    old.self = old
    gone = weakref.ref(old)
    gc.freeze()
    try:
        del old
        change(world, "05/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
        assert gc.get_freeze_count() > 0
        assert gone() is None
    finally:
        gc.unfreeze()


def test_afterwards_the_collector_looks_at_everything_again_also_when_it_failed(world, monkeypatch):
    world.run("03/06 08:00", dossier())
    during = []
    monkeypatch.setattr(replan, "planned", lambda *_: during.append(gc.get_freeze_count()) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change(world, "05/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
    assert during[0] > 0
    assert gc.get_freeze_count() == 0
