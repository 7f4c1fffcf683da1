"""What a weekly report asks for: the same stretch gives the same rows, whenever it is asked."""

from __future__ import annotations

import pytest

from alertd.core.dossier import Phase
from alertd.store import happened
from tests.store.ground import World, at, dossier, finished

WEEK = ("10/06 00:00", "17/06 00:00")


@pytest.fixture
def world(database):
    """One due date moved before the week and one in it; one overdue, dated back in it; a pause with no end."""
    made = World(database)
    made.poll("07/06 08:00", dossier("HS-1", due="14/06 16:00"), dossier("HS-2"), dossier("HS-3", unit="Phòng Lạ"))
    made.poll("07/06 09:00", dossier("HS-1", due="17/06 16:00"), dossier("HS-2"), dossier("HS-3", unit="Phòng Lạ"))
    made.poll("11/06 08:00", dossier("HS-1", due="18/06 16:00"), dossier("HS-2"), dossier("HS-3", unit="Phòng Lạ"))
    made.poll("12/06 08:00", dossier("HS-1", due="18/06 16:00"), finished(dossier("HS-2"), "10/06 15:00"),
              dossier("HS-3", unit="Phòng Lạ", phase=Phase.PAUSED, status="8"))  # fmt: skip
    return made


def asked(world, what, since=WEEK[0], until=WEEK[1]):
    with world.database.read() as connection:
        return what(connection, at(since), at(until))


def test_due_dates_that_moved_in_the_week_with_their_kind(world):
    (move,) = asked(world, happened.due_moves)
    assert (move.feed, move.code, move.unit, move.procedure) == ("portal", "HS-1", "TP", "Chứng thực bản sao")
    assert (move.seen_at, move.old_due_at, move.new_due_at) == (at("11/06 08:00"), at("17/06 16:00"), at("18/06 16:00"))
    assert move.kind == "extended_before_due"
    assert len(asked(world, happened.due_moves, "01/06 00:00")) == 2


def test_a_stretch_begins_with_its_first_instant_and_ends_before_its_last(world):
    assert len(asked(world, happened.due_moves, "11/06 08:00", "11/06 08:01")) == 1
    assert asked(world, happened.due_moves, "11/06 07:00", "11/06 08:00") == []


def test_flags_of_the_week_in_order(world):
    assert [(row.code, row.flag) for row in asked(world, happened.flagged)] == [
        ("HS-1", "second_extension"), ("HS-2", "backdated_finish"),
    ]  # fmt: skip


def test_spells_that_ended_in_the_week_with_the_kind_of_end(world):
    found = asked(world, happened.ended_spells)
    assert [(row.code, row.unit, row.end_kind) for row in found] == [
        ("HS-2", "TP", "backdated_finish"), ("HS-3", None, "paused"),
    ]  # fmt: skip


def test_a_week_that_is_over_gives_the_same_rows_whatever_happens_later(world):
    kinds = (happened.due_moves, happened.flagged, happened.ended_spells, happened.paused)
    before = [asked(world, what) for what in kinds]
    world.poll("18/06 08:00", dossier("HS-1", due="20/06 16:00"), dossier("HS-2"), dossier("HS-3", unit="Phòng Lạ"))
    world.poll("20/06 17:00", finished(dossier("HS-1", due="20/06 16:00"), "20/06 15:00"), dossier("HS-2"),
               dossier("HS-3", unit="Phòng Lạ", phase=Phase.CANCELLED))  # fmt: skip
    assert [asked(world, what) for what in kinds] == before
    assert all(before)
