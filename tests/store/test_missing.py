"""Missing dossiers (DESIGN section 5): absence means something only in a complete poll of all or open."""

from __future__ import annotations

import pytest

from alertd.core.dossier import Reject
from tests.store.ground import World, at, dossier, finished

OTHER = dossier("HS-2", due="28/06 16:00")


@pytest.fixture
def world(database):
    return World(database)


@pytest.mark.parametrize(("scope", "held"), [("all", True), ("open", True), ("part", False)])
def test_absence_means_something_only_where_the_feed_shows_all_or_all_open_ones(database, scope, held):
    world = World(database, scope=scope)
    world.poll("03/06 08:00", dossier(), OTHER)
    world.poll("03/06 08:05", OTHER)
    assert (world.stored().missing_since is not None) is held
    assert (world.stored().next_step_at is None) is held


def test_an_incomplete_poll_never_marks_a_dossier_as_missing(world):
    world.poll("03/06 08:00", dossier(), OTHER)
    before = world.stored()
    for minute in ("08:05", "08:10", "08:15"):
        world.poll(f"03/06 {minute}", OTHER, complete=False)
    assert world.stored() == before
    assert world.rows("feeds")[0].state == "incomplete"


def test_a_row_that_cannot_be_read_is_not_missing(world):
    world.poll("11/06 08:00", dossier(), OTHER)
    for minute in ("08:05", "08:10", "08:15"):
        world.poll(f"11/06 {minute}", OTHER, rejects=[Reject(2, "hs-1", "due_at: 31/02/2024 is no date")])
    assert world.stored().missing_since is None
    assert world.rows("overdue_spells")[0].end_kind is None


def test_nothing_fires_for_a_missing_dossier(world):
    world.run("03/06 08:00", dossier(), OTHER)
    world.poll("03/06 08:05", OTHER)
    assert world.stored().missing_since == at("03/06 08:05")
    world.run("06/06 16:00", OTHER)
    assert world.fired("HS-1") == []


def test_after_two_complete_polls_its_overdue_spell_ends_as_disappeared_and_the_head_is_told(world):
    world.poll("10/06 16:05", dossier(), OTHER)
    world.poll("10/06 16:10", OTHER)
    assert world.rows("overdue_spells")[0].end_kind is None
    world.poll("10/06 16:15", OTHER)
    (spell,) = world.rows("overdue_spells")
    assert (spell.end_kind, spell.ended_seen_at) == ("disappeared", at("10/06 16:15"))
    assert world.alerts("HS-1") == [("vanished", "head", "pending")]
    for minute in ("16:20", "16:25"):
        world.poll(f"10/06 {minute}", OTHER)
    assert world.alerts("HS-1") == [("vanished", "head", "pending")], "told once"


def test_incomplete_polls_do_not_count_towards_disappearing(world):
    world.poll("10/06 16:05", dossier(), OTHER)
    world.poll("10/06 16:10", OTHER)
    for minute in ("16:15", "16:20"):
        world.poll(f"10/06 {minute}", OTHER, complete=False)
    assert world.rows("overdue_spells")[0].end_kind is None


def test_a_dossier_that_reappears_gets_its_plan_back_and_fires_late_once(world):
    world.run("03/06 08:00", dossier(), OTHER)
    world.poll("03/06 08:05", OTHER)
    world.tick("06/06 17:00")
    world.run("06/06 17:05", dossier(), OTHER)
    assert (world.stored().missing_since, world.stored().missing_polls) == (None, 0)
    assert world.alerts("HS-1", person="an") == [("soon", "an", "coalesced"), ("apology", "an", "pending")]
    assert world.alerts("HS-1", person="head") == [("apology", "head", "pending")]
    assert {row.late_reason for row in world.rows("alerts", dossier_id=world.stored().id)} == {"reappeared"}
    recorded = len(world.rows("alerts"))
    world.poll("06/06 17:10", OTHER)
    world.run("06/06 17:15", dossier(), OTHER)
    assert len(world.rows("alerts")) == recorded, "nothing that fired before fires again"


def test_a_dossier_that_reappears_changed_gets_its_plan_back_too(world):
    world.run("03/06 08:00", dossier(), OTHER)
    world.poll("03/06 08:05", OTHER)
    world.poll("03/06 08:10", dossier(status="5"), OTHER)
    assert (world.stored().missing_since, world.stored().missing_polls) == (None, 0)
    assert world.stored().next_step_at == at("05/06 16:00")


def test_a_disappeared_dossier_that_reappears_overdue_begins_a_new_spell(world):
    world.poll("10/06 16:05", dossier(), OTHER)
    world.poll("10/06 16:10", OTHER)
    world.poll("10/06 16:15", OTHER)
    world.poll("10/06 16:20", dossier(), OTHER)
    assert [row.end_kind for row in world.rows("overdue_spells")] == ["disappeared", None]


def test_an_ended_dossier_is_not_missed(world):
    world.poll("03/06 08:00", finished(dossier(), "03/06 07:45"), OTHER)
    world.poll("03/06 08:05", OTHER)
    assert world.stored().missing_since is None


def test_missing_is_never_counted_as_finished(world):
    world.poll("03/06 08:00", dossier(), OTHER)
    for minute in ("08:05", "08:10", "08:15", "08:20"):
        world.poll(f"03/06 {minute}", OTHER)
    stored = world.stored()
    assert (stored.phase, stored.clock, stored.ended_seen_at) == ("running", "due", None)
