"""Overdue spells (DESIGN section 5): from first seen overdue to an end of some kind, told unless it is plausible."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.dossier import Phase
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def world(database):
    return World(database)


@pytest.fixture
def overdue(world):
    world.poll("10/06 16:05", dossier())
    return world


def test_a_spell_opens_at_the_first_complete_poll_with_data_from_after_the_due_instant(world):
    world.poll("10/06 15:55", dossier())
    world.poll("10/06 16:00", dossier())
    assert world.rows("overdue_spells") == [], "overdue is later than due, not at it"
    world.poll("10/06 16:05", dossier())
    world.poll("10/06 16:10", dossier())
    (spell,) = world.rows("overdue_spells")
    assert (spell.first_seen_at, spell.due_at, spell.end_kind) == (at("10/06 16:05"), at("10/06 16:00"), None)
    assert world.stored().overdue_since == at("10/06 16:05")


def test_an_incomplete_poll_opens_no_spell(world):
    world.poll("10/06 16:05", dossier(), complete=False)
    assert world.rows("overdue_spells") == []


def test_data_from_before_the_due_instant_open_no_spell_however_late_they_are_read(world):
    world.poll("10/06 17:00", dossier(), as_of="10/06 15:00")
    assert world.rows("overdue_spells") == []


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.PRE, Phase.DONE])
def test_only_a_running_dossier_begins_a_spell(world, phase):
    world.poll("10/06 16:05", dossier(phase=phase))
    assert world.rows("overdue_spells") == []


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (finished(dossier(), "10/06 16:30"), "finished"),
        (finished(dossier(), "10/06 16:30", Phase.RETURNED), "finished"),
        (finished(dossier(), "10/06 15:59"), "backdated_finish"),
        (replace(dossier(), phase=Phase.RETURNED, returned_at=at("10/06 15:00")), "backdated_finish"),
        (replace(dossier(), phase=Phase.DONE), "finished"),
        (dossier(due="14/06 16:00"), "due_moved"),
        (dossier(due=None), "due_moved"),
        (dossier(phase=Phase.PAUSED), "paused"),
        (dossier(phase=Phase.CANCELLED), "cancelled"),
        (dossier(phase=Phase.REJECTED), "cancelled"),
        # finished late, and the due date moved behind the finish in the same poll: the move is what hides it
        (finished(dossier(due="14/06 16:00"), "10/06 16:30"), "due_moved"),
        (finished(dossier(due=None), "10/06 15:59"), "backdated_finish"),
        # of a date without a time only the day is known: on the due date's own day it may have been late
        (replace(finished(dossier(), "10/06 00:00"), day_only=("finished_at",)), "finished"),
        (replace(finished(dossier(), "11/06 00:00"), day_only=("finished_at",)), "finished"),
        (replace(finished(dossier(), "09/06 00:00"), day_only=("finished_at",)), "backdated_finish"),
        (replace(finished(dossier(), "10/06 00:00"), day_only=("received_at",)), "backdated_finish"),
        (replace(finished(dossier(due="14/06"), "10/06 00:00"), day_only=("finished_at",)), "due_moved"),
    ],
)
def test_a_spell_ends_with_its_kind_and_all_but_a_plausible_finish_are_told_to_the_head(overdue, shown, kind):
    overdue.poll("11/06 08:00", shown)
    (spell,) = overdue.rows("overdue_spells")
    assert (spell.end_kind, spell.ended_seen_at) == (kind, at("11/06 08:00"))
    assert overdue.stored().overdue_since is None
    told = [] if kind == "finished" else [("vanished", "head", "pending")]
    assert overdue.alerts() == told
    assert [row.note for row in overdue.rows("alerts")] == [kind] * len(told)


def test_a_finish_on_the_day_of_a_due_date_without_sessions_is_not_dated_back(world):
    sunday = dossier(due="09/06")
    world.poll("10/06 08:00", sunday)
    assert world.stored().due_at == at("10/06 00:00"), "the end of that calendar day"
    world.poll("10/06 09:00", replace(finished(sunday, "09/06 00:00"), day_only=("finished_at",)))
    assert [row.end_kind for row in world.rows("overdue_spells")] == ["finished"]


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (lambda code: finished(dossier(code), "10/06 15:59"), "backdated_finish"),
        (lambda code: dossier(code, phase=Phase.CANCELLED), "cancelled"),
        (lambda code: dossier(code, phase=Phase.PAUSED), "paused"),
        (lambda code: dossier(code, due="14/06 16:00"), "due_moved"),
    ],
)
def test_what_is_done_to_many_at_once_is_told_of_each_in_one_message(world, shown, kind):
    codes = [f"HS-{number}" for number in range(60)]
    world.poll("10/06 16:05", *map(dossier, codes))
    world.poll("11/06 08:00", *map(shown, codes))
    assert {row.end_kind for row in world.rows("overdue_spells")} == {kind}
    assert {row.dossier_id for row in world.rows("alerts", step="vanished", person="head", note=kind)} == {
        row.id for row in world.rows("dossiers")
    }
    world.compose("11/06 08:05")
    (message,) = {row.message for row in world.rows("outbox", person="head")}
    named = [shown["code"] for row in world.rows("outbox", message=message) for shown in row.dossiers]
    assert sorted(named) == sorted(codes)


def test_many_that_disappear_are_told_of_each(world):
    codes = [f"HS-{number}" for number in range(60)]
    for minute in (5, 10, 15):
        world.poll(
            f"10/06 16:{minute:02}", dossier("OTHER", due="28/06"), *(map(dossier, codes) if minute == 5 else ())
        )
    assert len(world.alerts(step="vanished", person="head", note="disappeared")) == 60


def test_a_due_date_moved_that_is_still_past_does_not_end_the_spell(overdue):
    overdue.poll("11/06 08:00", dossier(due="10/06 17:00"))
    (spell,) = overdue.rows("overdue_spells")
    assert spell.end_kind is None
    assert overdue.alerts() == []


def test_a_dossier_that_goes_on_after_a_pause_begins_another_spell(overdue):
    overdue.poll("11/06 08:00", dossier(phase=Phase.PAUSED))
    overdue.poll("12/06 08:00", dossier())
    assert [row.end_kind for row in overdue.rows("overdue_spells")] == ["paused", None]


def test_each_end_is_told_even_in_one_episode(overdue):
    for day, phase in enumerate([Phase.PAUSED, Phase.RUNNING, Phase.PAUSED], 11):
        overdue.poll(f"{day}/06 08:00", dossier(phase=phase))
    assert [(row.step, row.occurrence, row.note) for row in overdue.rows("alerts")] == [
        ("vanished", 0, "paused"), ("vanished", 1, "paused"),
    ]  # fmt: skip


def test_the_fallback_hears_of_the_spell_of_a_dossier_without_a_unit(world):
    world.poll("10/06 16:05", dossier(unit="Phòng Lạ"))
    world.poll("11/06 08:00", dossier(unit="Phòng Lạ", phase=Phase.PAUSED))
    assert world.alerts() == [("vanished", "office", "pending")]


def test_a_finish_that_a_portal_filled_in_beforehand_hides_no_overdue(world):
    """Open by its status, with the planned end as its finish: when that has come, the status is believed."""
    planned = dossier(finished_at=at("10/06 16:00"))
    for when in ("03/06 08:00", "10/06 15:00"):
        world.run(when, planned)
    assert not world.stored().conflict
    world.run("10/06 16:05", planned)
    assert world.stored().conflict
    assert [row.flag for row in world.rows("flags")] == ["conflict"]
    assert world.stored().overdue_since == at("10/06 16:05")
    assert {step for step, _, _ in world.fired()} >= {"soon", "overdue"}
    world.run("10/06 16:10", planned)
    assert [row.flag for row in world.rows("flags")] == ["conflict"]
    assert len(world.rows("observations")) == 1, "the portal has shown nothing new"


def test_a_finish_dated_back_behind_a_pause_is_flagged_and_told_all_the_same(overdue):
    overdue.poll("11/06 08:00", dossier(phase=Phase.PAUSED, status="5"))
    told = len(overdue.rows("alerts", step="vanished"))
    overdue.poll("12/06 08:00", finished(dossier(), "10/06 15:00"))
    assert "backdated_finish" in [row.flag for row in overdue.rows("flags")]
    assert len(overdue.rows("alerts", step="vanished")) == told + 1


def test_a_late_finish_behind_a_pause_is_no_dating_back(overdue):
    overdue.poll("11/06 08:00", dossier(phase=Phase.PAUSED, status="5"))
    overdue.poll("12/06 08:00", finished(dossier(), "11/06 15:00"))
    assert "backdated_finish" not in [row.flag for row in overdue.rows("flags")]
