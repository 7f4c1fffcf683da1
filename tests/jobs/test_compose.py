"""Compose (DESIGN section 7): one message per person per slot, from the alerts that wait for it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.outcome import Outcome
from alertd.core.worktime import Calendar
from alertd.jobs import compose
from alertd.store import outbox, tables, waiting
from tests.store.ground import ZONE, World, at, dossier, finished, rules, slots, step

SLOTS = slots("07:30", "13:00", quiet=("21:30", "06:30"))


@pytest.fixture
def world(database):
    """A district whose first slot ever was that of 03/06 07:30."""
    made = World(database, slots=SLOTS, max_age=MaxAge(working_days=5))
    made.tick("03/06 07:30")
    made.compose("03/06 07:30")
    return made


def messages(world):
    """What was composed and not taken over: (person, slot, codes) by slot and person."""
    rows = [row for row in world.rows("outbox") if row.state != "superseded"]
    found = [(row.person, row.slot_at, sorted(d["code"] for d in row.dossiers)) for row in rows]
    return sorted(found, key=lambda message: (message[1], message[0]))


# --- slots ------------------------------------------------------------------------------------------------------------


def test_a_person_gets_one_message_a_slot_that_names_each_dossier_once_with_its_latest_step(world):
    shown = [
        dossier("HS-1"),
        dossier("HS-2", due="07/06 09:00"),
        dossier("HS-3", due="10/06 16:00", officers=("tp.binh",)),
    ]
    world.run("05/06 16:00", *shown)
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    # HS-2 was seen first after its soon and its apology: one line, of the later one
    assert messages(world) == [
        ("an", at("06/06 07:30"), ["HS-1", "HS-2"]), ("binh", at("06/06 07:30"), ["HS-3"]),
        ("head", at("06/06 07:30"), ["HS-2"]),
    ]  # fmt: skip
    steps = {d["code"]: d["step"] for row in world.rows("outbox") for d in row.dossiers}
    assert steps == {"HS-1": "soon", "HS-2": "apology", "HS-3": "soon"}
    assert {row.state for row in world.rows("alerts")} == {"sent", "coalesced"}


def test_a_dossier_with_two_steps_since_the_last_slot_is_named_once_with_the_later(database):
    world = World(database, rules(step("a", "-2h"), step("b", "-1h")), slots=SLOTS)
    world.tick("03/06 07:30")
    world.compose("03/06 07:30")
    world.poll("05/06 09:00", dossier(due="05/06 11:30"))
    for clock in ("09:30", "10:30", "13:00"):
        world.tick(f"05/06 {clock}")
    world.compose("05/06 13:00")
    (part,) = world.rows("outbox")
    assert [(d["code"], d["step"]) for d in part.dossiers] == [("HS-1", "b")]
    assert part.text.count("HS-1") == 1
    assert world.alerts() == [("a", "an", "sent"), ("b", "an", "sent")]


async def test_an_alert_after_the_slot_waits_for_the_next_one(world):
    world.poll("05/06 10:00", dossier("HS-1", due="10/06 13:00"), dossier("HS-2", due="10/06 13:01"))
    world.tick("05/06 13:00")
    world.tick("05/06 13:05")
    await world.send("05/06 13:05")
    assert messages(world) == [("an", at("05/06 13:00"), ["HS-1"])]
    world.tick("06/06 07:30")
    await world.send("06/06 07:30")
    assert messages(world)[1:] == [("an", at("06/06 07:30"), ["HS-2"])]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_all_people_are_told_whatever_a_batch_holds_and_who_waits_is_not_asked_for_each(world, monkeypatch, batch):
    asked, people_waiting = [], waiting.people_waiting
    monkeypatch.setattr(compose, "BATCH", batch)
    monkeypatch.setattr(waiting, "people_waiting", lambda *given: asked.append(given) or people_waiting(*given))
    world.run(
        "05/06 16:00", dossier("HS-2", due="07/06 09:00"), dossier("HS-3", due="10/06 16:00", officers=("tp.binh",))
    )
    world.tick("06/06 07:30")
    asked.clear()
    world.compose("06/06 07:30")
    assert [person for person, _, _ in messages(world)] == ["an", "binh", "head"]
    assert len(asked) == 6, "urgent before and after, a look, the storm brake, all of them, and that nobody is left"


def test_a_slot_is_closed_only_after_escalate_ran_for_it(world):
    world.poll("05/06 10:00", dossier(due="10/06 13:00"))
    world.tick("05/06 12:59")
    assert world.compose("05/06 13:00") == 0
    world.tick("05/06 13:00")
    assert world.compose("05/06 13:00") == 1


def test_a_slot_is_closed_once(world):
    world.run("05/06 10:00", dossier(due="10/06 09:00"))
    world.tick("05/06 13:00")
    assert world.compose("05/06 13:00") == 1
    world.run("05/06 13:05", dossier("HS-2", due="10/06 10:00"), dossier(due="10/06 09:00"))
    assert world.compose("05/06 13:10") == 0


def test_before_the_first_slot_ever_nothing_is_owed(database):
    world = World(database, slots=SLOTS)
    world.run("05/06 10:00", dossier(due="10/06 09:00"))
    assert world.compose("05/06 10:00") == 0
    world.tick("05/06 13:00")
    assert world.compose("05/06 13:00") == 1


def test_a_slot_missed_while_down_is_made_once_later(world):
    world.poll("05/06 10:00", dossier(due="10/06 13:00"))
    world.tick("06/06 10:12")
    assert world.compose("06/06 10:12") == 1
    (row,) = world.rows("outbox")
    assert (row.slot_at, row.created_at, row.late) == (at("06/06 07:30"), at("06/06 10:12"), True)
    assert world.compose("06/06 10:13") == 0


@pytest.mark.parametrize(("working_only", "slot"), [(True, "10/06 07:30"), (False, "08/06 07:30")])
def test_slots_are_on_working_days_unless_every_day_is_asked_for(database, working_only, slot):
    world = World(database, rules(step("cd", "-2cd")), slots=slots("07:30", working_only=working_only))
    world.tick("03/06 07:30")
    world.compose("03/06 07:30")
    world.poll("07/06 16:00", dossier(due="10/06 07:00"))
    for day in ("08/06", "09/06", "10/06"):
        world.tick(f"{day} 07:30")
        world.compose(f"{day} 07:30")
    assert messages(world) == [("an", at(slot), ["HS-1"])]


def test_a_make_up_saturday_has_slots_and_a_day_off_has_none(database):
    calendar = Calendar(ZONE, days_off=frozenset([date(2024, 6, 10)]), working_days=frozenset([date(2024, 6, 8)]))
    world = World(database, rules(step("cd", "-2cd"), calendar=calendar), slots=SLOTS)
    made = []
    for day in ("07/06", "08/06", "10/06", "11/06"):
        world.tick(f"{day} 07:30")
        world.compose(f"{day} 07:30")
        made.append([row.scheduled_at for row in world.rows("runs")][-1])
    assert made == [at("07/06 07:30"), at("08/06 07:30"), at("08/06 13:00"), at("11/06 07:30")]


def test_at_once_is_one_message_per_person_per_tick(database):
    world = World(database)
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2"))
    assert world.compose("05/06 16:00") == 1
    assert messages(world) == [("an", at("05/06 16:00"), ["HS-1", "HS-2"])]


# --- quiet hours and critical alerts ----------------------------------------------------------------------------------


def test_quiet_hours_hold_everything_but_critical_alerts(database):
    ladder = rules(step("normal", "-1h"), step("critical", "0d", "head", urgency="critical"))
    quiet = slots(quiet=("21:30", "06:30"))
    world = World(database, ladder, slots=quiet, max_age=MaxAge(working_days=1))
    world.run("05/06 21:45", dossier(due="05/06 21:40"))
    world.compose("05/06 21:45")
    assert messages(world) == [("head", at("05/06 21:45"), ["HS-1"])]
    world.compose("06/06 06:29")
    assert len(messages(world)) == 1
    world.compose("06/06 06:30")
    assert messages(world)[1:] == [("an", at("06/06 06:30"), ["HS-1"])]


def test_a_critical_alert_does_not_wait_for_a_slot(database):
    world = World(
        database, rules(step("fire", "0d", "head", urgency="critical"), step("due", "0d", "officer")), slots=SLOTS
    )
    world.tick("03/06 07:30")
    world.compose("03/06 07:30")
    world.run("05/06 10:07", dossier(due="05/06 10:07"))
    world.compose("05/06 10:07")
    assert messages(world) == [("head", at("05/06 10:07"), ["HS-1"])]
    assert world.rows("outbox")[0].urgency == "critical"


def test_a_message_is_as_urgent_as_its_most_urgent_alert(world):
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2", due="05/06 15:00"))
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    assert {(row.person, row.urgency, row.priority) for row in world.rows("outbox")} == {
        ("an", "high", 2), ("head", "high", 2),
    }  # fmt: skip


# --- what else a message says -----------------------------------------------------------------------------------------


async def test_other_dossiers_of_the_person_that_are_overdue_are_counted_and_the_named_ones_are_not(database):
    world = World(database, rules(step("due", "0d")), max_age=MaxAge(working_days=5))
    world.run("05/06 16:00", *[dossier(f"HS-{n}", due="05/06 16:00") for n in range(3)])
    await world.send("05/06 16:00")
    assert "Ngoài ra" not in world.rows("outbox")[0].text
    world.run("06/06 10:00", *[dossier(f"HS-{n}", due="05/06 16:00") for n in range(2)],
              dossier("HS-2", due="05/06 16:00", phase=Phase.PAUSED), dossier("HS-3", due="06/06 09:30"),
              dossier("HS-4", due="06/06 09:30", officers=("tp.binh",)))  # fmt: skip
    world.compose("06/06 10:00")
    texts = {row.person: row.text for row in world.rows("outbox") if row.created_at == at("06/06 10:00")}
    assert texts["an"].endswith("Ngoài ra: 2 hồ sơ quá hạn."), "HS-0 and HS-1; HS-2 is paused, HS-4 another's"
    assert "Ngoài ra" not in texts["binh"]


async def test_dossiers_resolved_since_the_last_message_are_counted_once(database):
    world = World(database, rules(step("due", "0d")), max_age=MaxAge(working_days=5))
    first = [dossier(f"HS-{n}", due="05/06 16:00") for n in range(3)]
    world.run("05/06 16:00", *first)
    await world.send("05/06 16:00")
    done = [finished(seen, "06/06 08:00") for seen in first[:2]]
    world.run("06/06 09:30", *done, first[2], dossier("HS-3", due="06/06 09:30"))
    await world.send("06/06 09:30")
    world.run("06/06 10:00", *done, first[2], dossier("HS-4", due="06/06 10:00"))
    world.compose("06/06 10:00")
    _, second, third = (row.text for row in world.rows("outbox"))
    assert "Đã giải quyết xong: 2 hồ sơ." in second
    assert "Đã giải quyết xong" not in third


def test_what_a_message_that_never_left_said_to_be_resolved_is_said_by_the_one_that_took_it_over(world):
    world.run("04/06 16:00", dossier("HS-0", due="07/06 16:00"), dossier("HS-1"), dossier("HS-2", due="11/06 10:00"))
    world.tick("05/06 07:30")
    asyncio.run(world.send("05/06 07:30"))
    gone = finished(dossier("HS-0", due="07/06 16:00"), "05/06 09:00")
    world.run("05/06 16:00", gone, dossier("HS-1"), dossier("HS-2", due="11/06 10:00"))
    for slot in ("06/06 07:30", "06/06 13:00"):
        world.tick(slot)
        world.compose(slot)
    texts = [row.text for row in world.rows("outbox", person="an")]
    assert ["Đã giải quyết xong: 1 hồ sơ." in text for text in texts] == [False, True, True]


def test_no_alert_is_no_message_whatever_was_resolved(world):
    world.run("05/06 16:00", dossier())
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    world.run("06/06 10:00", finished(dossier(), "06/06 09:00"))
    world.tick("06/06 13:00")
    assert world.compose("06/06 13:00") == 0


def test_a_spell_s_end_and_a_step_of_the_same_dossier_are_both_said_on_its_one_line(database):
    world = World(database, rules(step("again", "-8d", "head")), max_age=MaxAge(working_days=5))
    world.poll("05/06 16:05", dossier(due="05/06 16:00"))
    world.run("05/06 16:30", dossier(due="14/06 16:00"))
    world.compose("05/06 16:30")
    (part,) = world.rows("outbox", person="head")
    assert [(d["code"], d["step"]) for d in part.dossiers] == [("HS-1", "again")]
    assert "hạn 16:00 Thứ Sáu 14/06" in part.text
    assert "ngày hẹn trả bị dời" in part.text
    assert part.text.count("HS-1") == 1


# --- what changed meanwhile -------------------------------------------------------------------------------------------


def test_the_alert_of_a_dossier_finished_before_its_slot_is_superseded(world):
    world.run("05/06 16:00", dossier())
    world.run("05/06 16:30", finished(dossier(), "05/06 16:20"))
    world.tick("06/06 07:30")
    assert world.compose("06/06 07:30") == 0
    assert world.alerts() == [("soon", "an", "superseded")]


def test_the_alert_of_a_dossier_paused_or_missing_waits_until_it_goes_on(world):
    other = dossier("HS-3", due="28/06 16:00")
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2"), other)
    world.run("05/06 16:30", dossier("HS-1", phase=Phase.PAUSED), other)
    world.tick("06/06 07:30")
    assert world.compose("06/06 07:30") == 0
    world.run("06/06 10:00", dossier("HS-1"), dossier("HS-2"), other)
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    assert messages(world) == [("an", at("06/06 13:00"), ["HS-1", "HS-2"])]


def test_a_message_never_tried_gives_its_alerts_to_the_message_of_a_later_slot(world):
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2", due="11/06 10:00"))
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    old, new = world.rows("outbox")
    assert (old.state, old.not_before) == ("superseded", None)
    assert messages(world) == [("an", at("06/06 13:00"), ["HS-1", "HS-2"])]
    assert {row.message for row in world.rows("alerts")} == {new.message}


def test_a_message_nobody_has_anything_to_add_to_stays_as_it_is(world):
    world.run("05/06 16:00", dossier())
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    assert [row.state for row in world.rows("outbox")] == ["pending"]


async def test_a_message_with_an_attempt_is_never_taken_over(world):
    world.channels["console"].answers = [Outcome.TRANSIENT]
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2", due="11/06 10:00"))
    world.tick("06/06 07:30")
    await world.send("06/06 07:30")
    assert [row.state for row in world.rows("outbox")] == ["retry"]
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    assert messages(world) == [("an", at("06/06 07:30"), ["HS-1"]), ("an", at("06/06 13:00"), ["HS-2"])]


def test_a_message_that_is_being_claimed_at_this_moment_is_not_taken_over(world):
    world.run("05/06 16:00", dossier("HS-1"))
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    if world.database.is_sqlite:
        return  # there one transaction writes at a time
    with world.database.write() as claiming, world.database.write() as composing:
        claiming.execute(select(tables.outbox).with_for_update()).all()
        outbox.take_over(composing, ["an"], at("06/06 13:00"))
    assert [row.state for row in world.rows("outbox")] == ["pending"]


async def test_a_message_of_which_one_part_has_left_is_never_taken_over(world):
    world.run("05/06 16:00", *[dossier(f"HS-{n:03}") for n in range(60)], dossier("HS-999", due="11/06 10:00"))
    world.tick("06/06 07:30")

    def stop(part):
        world.deliver.stopping = True

    world.channels["console"].before = stop
    await world.send("06/06 07:30")
    assert [row.state for row in world.rows("outbox")][:2] == ["accepted", "pending"]
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    assert [row.state for row in world.rows("outbox")][:2] == ["accepted", "pending"]
    assert messages(world)[-1] == ("an", at("06/06 13:00"), ["HS-999"])


def test_what_was_finished_when_a_later_slot_took_over_does_not_come_up_again(world):
    world.run("05/06 16:00", dossier("HS-1"), dossier("HS-2", due="11/06 10:00"))
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    world.run("06/06 10:00", finished(dossier("HS-1"), "06/06 09:00"), dossier("HS-2", due="11/06 10:00"))
    world.tick("06/06 13:00")
    world.compose("06/06 13:00")
    assert messages(world) == [("an", at("06/06 13:00"), ["HS-2"])]
    assert world.alerts("HS-1") == [("soon", "an", "superseded")]


def test_the_same_alerts_are_never_queued_twice(world):
    world.run("05/06 16:00", dossier())
    world.tick("06/06 07:30")
    world.compose("06/06 07:30")
    for minute in range(5):
        world.compose(at("06/06 07:31") + timedelta(minutes=minute))
    assert len(world.rows("outbox")) == 1
