"""Intake (DESIGN sections 3 and 5): what a poll writes, and what follows from what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alertd.core.dossier import Phase, Reject
from alertd.core.worktime import Calendar
from alertd.feeds import Page
from alertd.store import overview
from tests.store.ground import ZONE, World, at, dossier, finished, rules


@pytest.fixture
def world(database):
    return World(database)


# --- what is written --------------------------------------------------------------------------------------------------


def test_an_unchanged_poll_writes_nothing_but_itself(world):
    shown = [dossier("HS-1"), dossier("HS-2", due="12/06"), dossier("HS-3", due=None, phase=Phase.PAUSED)]
    world.poll("03/06 08:00", *shown)
    before, stored = world.counts(but={"polls"}), world.rows("dossiers")

    counts = world.poll("03/06 08:05", *shown)

    assert (counts.rows, counts.new, counts.changed, counts.unchanged) == (3, 0, 0, 3)
    assert world.counts(but={"polls"}) == before
    assert world.rows("dossiers") == stored


def test_the_first_observation_holds_everything_that_is_known(world):
    shown = dossier()
    world.poll("03/06 08:00", shown)
    (observation,) = world.rows("observations")
    assert observation.changed == shown.values()
    assert observation.hash == shown.digest()


def test_a_changed_row_appends_one_observation_with_only_the_fields_that_changed(world):
    world.poll("03/06 08:00", dossier())
    world.poll("03/06 09:00", dossier(status="5", officers=("tp.binh",)))
    _, second = world.rows("observations")
    assert second.changed == {"status": "5", "officers": ["tp.binh"]}
    assert second.seen_at == at("03/06 09:00")
    assert (world.stored().status, world.stored().officers) == ("5", ["tp.binh"])


def test_what_a_dossier_was_at_the_start_and_all_changes_over_it_give_what_it_is(world):
    steps = [
        dossier(), dossier(due="11/06"), dossier(due="11/06", phase=Phase.PAUSED, status="6"),
        dossier(due="12/06 10:00", url="https://portal.example/1"), finished(dossier(due="12/06 10:00"), "11/06 09:00"),
    ]  # fmt: skip
    for number, shown in enumerate(steps):
        world.poll(at("03/06 08:00") + timedelta(minutes=number), shown)
    built = {}
    for observation in world.rows("observations"):
        built |= observation.changed
    assert {name: value for name, value in built.items() if value not in (None, "", [])} == steps[-1].values()


def test_a_due_date_that_becomes_an_exact_time_is_a_change_of_both_fields(world):
    world.poll("03/06 08:00", dossier(due="10/06"))
    world.poll("03/06 09:00", dossier(due="10/06 16:00"))
    assert world.rows("observations")[1].changed == {"due_at": at("10/06 16:00").isoformat(), "due_on": None}


def test_of_several_rows_with_one_key_in_a_poll_the_last_counts(world):
    counts = world.poll("03/06 08:00", dossier(status="1"), dossier(status="2"))
    assert (counts.rows, counts.new) == (1, 1)
    assert world.stored().status == "2"
    assert len(world.rows("observations")) == 1


def test_of_several_rows_with_one_key_on_different_pages_the_last_counts(world):
    pages = [Page([dossier(due="10/06"), dossier("HS-2")]), Page([dossier(due="12/06")])]
    for minute in ("08:00", "08:05", "08:10"):
        counts = world.poll(f"03/06 {minute}", pages=pages)
    assert (counts.rows, counts.unchanged) == (2, 2)
    assert world.rows("due_changes") == []
    assert len(world.rows("observations")) == 2


def test_the_hash_of_an_observation_does_not_depend_on_this_run():
    assert dossier(due="10/06").digest() == "348279efd3be9190f28136d9898a6045"
    assert dossier(due="10/06 16:00", phase=Phase.PAUSED).digest() == "e1118f0a49580cf9d263b5d0245faf0d"
    assert dossier().digest() != replace(dossier(), officers=("tp.an", "tp.binh")).digest()


def test_rows_that_cannot_be_read_are_kept_once_with_code_and_reason_and_the_others_go_on(world):
    rejects = [Reject(3, "HS-9", "due_at: 31/02/2024 is no date"), Reject(4, "HS-8", "the row has dates but no code")]
    counts = world.poll("03/06 08:00", dossier(), rejects=rejects)
    assert (counts.new, counts.rejected) == (1, 2)
    world.poll("03/06 08:05", dossier(), rejects=[replace(rejects[0], row=7), rejects[1]])
    kept = {row.code: row for row in world.rows("quarantine")}
    assert {code: row.reason for code, row in kept.items()} == {reject.code: reject.reason for reject in rejects}
    assert (kept["HS-9"].row, kept["HS-9"].first_seen_at) == (7, at("03/06 08:00"))
    assert kept["HS-9"].last_seen_at == at("03/06 08:05")


def test_a_row_that_can_be_read_again_leaves_the_list_and_so_does_one_that_a_whole_source_no_longer_has(world):
    rejects = [Reject(3, "HS-9", "due_at: 31/02/2024 is no date"), Reject(4, "HS-8", "the row has dates but no code")]
    world.poll("03/06 08:00", dossier(), rejects=rejects)
    world.scope = "part"
    world.poll("03/06 08:05", dossier(), dossier("HS-9"))
    assert [row.code for row in world.rows("quarantine")] == ["HS-8"]
    world.scope = "all"
    world.poll("03/06 08:10", dossier(), dossier("HS-9"))
    assert world.rows("quarantine") == []


def test_each_row_without_a_code_is_on_the_list_and_the_next_poll_says_anew_which_they_are(world):
    reason = "the row has dates but no code"
    world.scope = "part"
    world.poll(
        "03/06 08:00", dossier(), rejects=[Reject(3, "", reason), Reject(4, "", reason), Reject(9, "HS-9", "why")]
    )
    assert sorted(row.row for row in world.rows("quarantine")) == [3, 4, 9]
    world.poll("03/06 08:05", dossier(), rejects=[Reject(4, "", reason)])
    kept = {row.row: row for row in world.rows("quarantine")}
    assert set(kept) == {4, 9}
    assert kept[4].first_seen_at == at("03/06 08:00")


def test_an_unknown_unit_is_stored_without_a_unit_and_listed(world):
    world.poll("03/06 08:00", dossier("HS-1", unit="Phòng Lạ"), dossier("HS-2", unit="phòng tư pháp"))
    assert (world.stored("HS-1").unit, world.stored("HS-1").unit_text) == (None, "Phòng Lạ")
    assert world.stored("HS-2").unit == "TP"
    with world.database.read() as connection:
        assert [(row.unit_text, row.dossiers) for row in overview.unmatched_units(connection)] == [("Phòng Lạ", 1)]


def test_a_dossier_whose_calendar_cannot_be_counted_with_does_not_stop_the_poll(database):
    world = World(database, rules(calendars={"NV": Calendar(ZONE, {})}))
    counts = world.poll("03/06 08:00", dossier("HS-1", unit="NV"), dossier("HS-2"))
    assert counts.new == 2
    assert world.stored("HS-2").next_step_at is not None


# --- phases and clocks ------------------------------------------------------------------------------------------------


def test_a_change_of_phase_is_recorded(world):
    world.poll("03/06 08:00", dossier())
    world.poll("03/06 09:00", dossier(phase=Phase.PAUSED))
    world.poll("03/06 09:05", dossier(phase=Phase.PAUSED, status="7"))
    (change,) = world.rows("phase_changes")
    assert (change.old_phase, change.new_phase, change.seen_at) == ("running", "paused", at("03/06 09:00"))


def test_pauses_are_counted_and_the_last_one_has_a_beginning(world):
    seen = []
    for hour, phase in enumerate(["paused", "running", "paused", "paused", "running"], 8):
        world.poll(f"03/06 {hour:02}:00", dossier(phase=Phase(phase), status=str(hour)))
        seen.append((world.stored().pause_count, world.stored().paused_since))
    assert seen == [
        (1, at("03/06 08:00")), (1, None), (2, at("03/06 10:00")), (2, at("03/06 10:00")), (2, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "clock"),
    [(Phase.PAUSED, "stopped"), (Phase.PRE, "accept"), (Phase.DONE, "ended"), (Phase.RUNNING, "due")],
)
def test_an_unknown_phase_keeps_the_clock_of_the_last_known_one(world, before, clock):
    world.poll("03/06 08:00", dossier(phase=before))
    world.poll("03/06 09:00", dossier(phase=Phase.UNKNOWN))
    assert (world.stored().phase, world.stored().clock) == ("unknown", clock)


def test_an_unknown_phase_of_a_new_dossier_counts_as_running(world):
    world.poll("03/06 08:00", dossier(phase=Phase.UNKNOWN))
    assert world.stored().clock == "due"
    assert world.stored().next_step_at == at("05/06 16:00")


def test_a_dossier_first_seen_finished_fires_nothing(world):
    world.poll("20/06 08:00", finished(dossier(), "12/06 10:00"))
    assert world.stored().next_step_at is None
    assert world.tick("20/06 08:00") == 0
    assert world.rows("overdue_spells") == []


# --- due dates and episodes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "when", "kind"),
    [
        ("10/06 16:00", "12/06 16:00", "10/06 10:00", "extended_before_due"),
        ("10/06 16:00", "12/06 16:00", "10/06 16:01", "extended_after_due"),
        ("10/06 16:00", "07/06 16:00", "05/06 10:00", "shortened"),
        ("10/06 16:00", None, "05/06 10:00", "removed"),
        (None, "10/06 16:00", "05/06 10:00", "added"),
        ("10/06", "12/06", "05/06 10:00", "extended_before_due"),
    ],
)
def test_every_move_of_a_due_date_is_recorded_with_its_kind_and_begins_an_episode(world, before, after, when, kind):
    world.poll("03/06 08:00", dossier(due=before))
    world.poll(when, dossier(due=after))
    (change,) = world.rows("due_changes")
    assert (change.kind, change.episode, change.seen_at) == (kind, 2, at(when))
    assert world.stored().episode == 2
    assert change.old_due_at == (world.rules.due_instant("TP", dossier(due=before).due_at, dossier(due=before).due_on))
    assert change.new_due_at == world.stored().due_at


def test_a_due_date_that_grew_by_the_pause_is_recorded_as_resumed(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", dossier(phase=Phase.PAUSED))
    world.poll("06/06 08:00", dossier(due="12/06 16:00"))
    assert [change.kind for change in world.rows("due_changes")] == ["resumed"]


def test_the_first_due_date_is_kept_beside_the_present_one(world):
    for hour, due in enumerate([None, "10/06 16:00", "12/06 16:00"], 8):
        world.poll(f"03/06 {hour:02}:00", dossier(due=due))
    assert (world.stored().due_original_at, world.stored().due_at) == (at("10/06 16:00"), at("12/06 16:00"))


def test_a_re_opened_dossier_begins_an_episode(world):
    world.poll("03/06 08:00", dossier())
    world.poll("04/06 08:00", finished(dossier(), "04/06 07:45"))
    assert (world.stored().episode, world.stored().next_step_at) == (1, None)
    assert world.stored().ended_seen_at == at("04/06 08:00")
    world.poll("05/06 08:00", dossier())
    assert (world.stored().episode, world.stored().ended_seen_at) == (2, None)
    assert world.stored().next_step_at == at("05/06 16:00")


def test_due_values_alternating_within_a_day_are_one_episode_and_one_alarm_to_the_admin(world):
    for number in range(8):
        world.poll(at("03/06 08:00") + timedelta(hours=number), dossier(due=["10/06 16:00", "12/06 16:00"][number % 2]))
    assert world.stored().episode == 2
    assert [(row.step, row.person, row.subject) for row in world.rows("alerts")] == [("feed", "admin", "portal")]
    assert "HS-1" in world.rows("alerts")[0].note
    assert len(world.rows("due_changes")) == 7, "every move is recorded all the same"


def test_a_due_value_that_returns_after_more_than_a_day_begins_an_episode(world):
    world.poll("03/06 08:00", dossier(due="10/06 16:00"))
    world.poll("03/06 09:00", dossier(due="12/06 16:00"))
    world.poll("04/06 09:01", dossier(due="10/06 16:00"))
    assert world.stored().episode == 3
    assert world.rows("alerts") == []


def test_a_changed_calendar_is_no_move_of_a_due_date_without_a_time(world):
    world.poll("03/06 08:00", dossier(due="10/06"))
    world.rules = rules(calendar=Calendar(ZONE, dict.fromkeys(range(5), ((480, 960),))))
    world.poll("03/06 09:00", dossier(due="10/06", status="5"))
    assert (world.stored().episode, world.rows("due_changes")) == (1, [])
    assert (world.stored().due_at, world.stored().due_on) == (at("10/06 16:00"), date(2024, 6, 10))


# --- what a poll does to alerts that nobody has been sent yet ---------------------------------------------------------


def test_alerts_still_waiting_are_superseded_when_the_dossier_ends(world):
    world.run("05/06 16:00", dossier())
    world.poll("05/06 16:05", finished(dossier(), "05/06 16:02"))
    assert world.alerts() == [("soon", "an", "superseded")]


def test_what_was_coalesced_into_a_superseded_alert_reached_nobody_either(world):
    world.run("10/06 15:00", dossier())
    assert world.alerts(person="an") == [
        ("soon", "an", "coalesced"), ("apology", "an", "coalesced"), ("today", "an", "pending"),
    ]  # fmt: skip
    world.poll("10/06 15:30", dossier(due="13/06 14:00"))
    assert {state for _, _, state in world.alerts(episode=1)} == {"superseded"}
    world.tick("10/06 15:30")
    # in the new episode soon fell due at 14:00, before it was last on record: but nobody has heard of it
    assert world.alerts(episode=2) == [("soon", "an", "pending")]
