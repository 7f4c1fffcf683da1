"""A poll of another shape, and a portal with another clock: what is refused, what is told, what is right again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.dossier import Phase
from alertd.feeds import Page
from alertd.jobs.heard import DoubtError
from alertd.jobs.poll import Poll
from tests.store.ground import FEED, ShownFeed, World, at, dossier

MANY = [dossier(f"HS-{n:02}") for n in range(20)]


@pytest.fixture
def world(database):
    return World(database)


def without(*fields, rows=MANY):
    empty = {"due_at": None, "officers": (), "unit": "", "status": ""}
    return [replace(row, **{field: empty[field] for field in fields}) for row in rows]


def notes(world):
    return [row.note for row in world.rows("alerts", step="feed")]


async def taken(world, when, shown, scope="all", **how):
    feed = ShownFeed(FEED, [Page(shown)])
    return await Poll(world.database, world.rules, feed, scope, **how).tick(at(when))


# --- refused ----------------------------------------------------------------------------------------------------------


def test_rows_that_have_lost_their_due_dates_are_refused_and_the_store_stays_as_it_was(world):
    world.poll("03/06 08:00", *MANY)
    before = world.counts(but=("alerts", "feed_troubles"))
    rows = world.rows("dossiers")
    for minute in ("08:05", "08:10"):
        with pytest.raises(DoubtError, match=r"due date 100% → 0%; nothing was taken.*accept_changed: true"):
            world.poll(f"03/06 {minute}", *without("due_at"))
    assert world.rows("dossiers") == rows
    assert world.counts(but=("alerts", "feed_troubles")) == before
    (state,) = world.rows("feeds")
    assert (state.state, state.failures) == ("changed", 2)
    assert notes(world) == ["refused: dữ liệu không còn như trước: ngày hẹn trả 100% → 0%. Chưa nhận dữ liệu này."]


def test_it_is_taken_when_an_admin_accepts_it_and_is_then_what_is_compared_with(world):
    world.poll("03/06 08:00", *MANY)
    with pytest.raises(DoubtError):
        world.poll("03/06 08:05", *without("due_at"))
    counts = world.poll("03/06 08:10", *without("due_at"), accept_changed=True)
    assert counts.changed == 20
    assert world.poll("03/06 08:15", *without("due_at")).unchanged == 20
    world.watch("03/06 07:00", "03/06 08:16")
    assert world.rows("feed_troubles") == []


def test_a_poll_as_it_was_before_is_taken_again_by_itself(world):
    world.poll("03/06 08:00", *MANY)
    with pytest.raises(DoubtError):
        world.poll("03/06 08:05", *without("unit"))
    assert world.poll("03/06 08:10", *MANY).unchanged == 20
    assert world.rows("feeds")[0].state == "ok"


def test_units_that_all_fit_nothing_are_refused_and_not_sent_to_the_fallback(world):
    world.poll("03/06 08:00", *MANY)
    with pytest.raises(DoubtError, match="matched units 100% → 0%"):
        world.poll("03/06 08:05", *(replace(row, unit="Trung tâm mới") for row in MANY))


def test_half_of_a_source_is_judged_by_its_shape_too(world):
    world.poll("03/06 08:00", *MANY)
    with pytest.raises(DoubtError):
        world.poll("03/06 08:05", *without("due_at", rows=MANY[:12]), complete=False)


async def test_a_portal_is_compared_whatever_its_scope(world):
    await taken(world, "03/06 08:00", MANY, scope="part")
    with pytest.raises(DoubtError):
        await taken(world, "03/06 08:05", without("due_at"), scope="part")


# --- told only --------------------------------------------------------------------------------------------------------


def test_officers_that_are_named_no_more_are_told_once_and_the_rows_are_taken(world):
    world.poll("03/06 08:00", *MANY)
    for minute in range(5, 60, 5):
        world.poll(f"03/06 08:{minute:02}", *without("officers"))
    assert notes(world) == ["shape: dữ liệu thiếu đi so với trước: cán bộ xử lý 100% → 0%. Vẫn nhận dữ liệu này."]
    assert world.stored("HS-00").officers == []
    assert world.rows("feeds")[0].state == "ok"


async def test_when_they_are_named_again_the_admin_hears_it_and_the_next_time_is_another_alarm(world):
    world.poll("03/06 08:00", *MANY)
    world.poll("03/06 08:05", *without("officers"))
    await world.send("03/06 08:06")
    world.poll("03/06 08:10", *MANY)
    world.poll("03/06 08:15", *without("officers"))
    assert [note.partition(":")[0] for note in notes(world)] == ["shape", "again", "shape"]


def test_a_shape_that_stays_for_a_week_is_the_feeds_shape(world):
    world.poll("03/06 08:00", *MANY)
    world.poll("03/06 08:05", *without("officers"))
    world.poll("10/06 08:04", *without("officers"))
    assert [row.kind for row in world.rows("feed_troubles")] == ["shape"]
    world.poll("10/06 08:05", *without("officers"))
    assert world.rows("feed_troubles") == []
    world.poll("10/06 08:10", *without("officers"))
    assert len(notes(world)) == 1, "and nobody is told that it is as it was"


def test_an_incomplete_poll_is_no_measure_for_the_next(world):
    world.poll("03/06 08:00", *without("officers"), complete=False)
    world.poll("03/06 08:05", *MANY)
    world.poll("03/06 08:10", *without("officers"))
    assert len(notes(world)) == 1


def test_statuses_that_nobody_knows_in_a_tenth_of_the_rows_are_told(world):
    strange = [replace(row, phase=Phase.UNKNOWN, status="Chờ thẩm định") for row in MANY[:10]]
    shown = [*MANY, *(dossier(f"HS-{n}") for n in range(20, 60))]
    world.poll("03/06 08:00", *shown)
    world.poll("03/06 08:05", *strange, *shown[10:])
    assert "trạng thái nhận biết được 100% → 83%" in notes(world)[0]


# --- the clock of the portal ------------------------------------------------------------------------------------------


def test_a_portal_whose_clock_is_minutes_off_is_told_once_and_its_end_is_told(world):
    def poll(when, seconds):
        world.poll(when, pages=[Page([dossier()]), Page((), skew=timedelta(seconds=seconds))])

    poll("03/06 08:00", 59)
    assert notes(world) == []
    poll("03/06 08:05", -300)
    poll("03/06 08:10", -310)
    assert notes(world) == [
        "skew: đồng hồ của cổng chậm hơn 5 phút đồng hồ máy này. Kiểm tra giờ (NTP) của máy này trước."
    ]
    assert [row.skew for row in world.rows("polls")] == [59, -300, -310]
    assert world.rows("feeds")[0].skew == -310
    poll("03/06 08:15", 10)
    assert world.rows("feed_troubles") == []


def test_a_source_without_a_clock_has_none(world):
    world.poll("03/06 08:00", dossier())
    assert (world.rows("feeds")[0].skew, world.rows("polls")[0].skew) == (None, None)
