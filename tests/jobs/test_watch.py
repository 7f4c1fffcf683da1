"""Watch (DESIGN section 5, fresh data only): a feed gone silent is one alarm to the admin."""

from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from alertd.core.freshness import MaxAge
from alertd.jobs.heard import DoubtError
from alertd.jobs.poll import Poll
from tests.store.ground import FEED, World, at, dossier, instant


@pytest.fixture
def world(database):
    return World(database)


def alarms(world):
    return [(row.subject, row.person) for row in world.rows("alerts", step="feed")]


def test_a_stale_feed_is_one_alarm_to_the_admin(world):
    world.poll("03/06 08:00", dossier())
    assert world.watch("03/06 07:00", "03/06 09:00") == []
    assert world.watch("03/06 07:00", "03/06 09:01") == [FEED]
    for hour in range(10, 17):
        assert world.watch("03/06 07:00", f"03/06 {hour}:00") == []
    assert alarms(world) == [(FEED, "admin")]
    assert "08:00 03/06/2024" in world.rows("alerts")[0].note


def test_it_is_an_alarm_again_after_the_feed_recovered_and_broke_again(world):
    world.poll("03/06 08:00", dossier())
    world.watch("03/06 07:00", "03/06 09:01")
    world.poll("03/06 09:30", dossier())
    assert world.watch("03/06 07:00", "03/06 09:31") == []
    assert world.watch("03/06 07:00", "03/06 10:31") == [FEED]
    assert len(alarms(world)) == 2


def test_an_incomplete_poll_is_no_recovery(world):
    world.poll("03/06 08:00", dossier())
    world.watch("03/06 07:00", "03/06 09:01")
    world.poll("03/06 09:30", dossier(), complete=False)
    assert world.watch("03/06 07:00", "03/06 10:31") == []


def test_a_feed_that_was_never_read_has_its_max_age_from_the_start_of_the_daemon(world):
    assert world.watch("03/06 08:00", "03/06 09:00") == []
    assert world.watch("03/06 08:00", "03/06 09:01") == [FEED]
    assert world.watch("03/06 08:00", "03/06 09:02") == []


def test_a_sheet_may_be_as_old_as_its_working_day_over_a_weekend(database):
    world = World(database, max_age=MaxAge(working_days=1))
    world.poll("07/06 16:00", dossier())
    assert world.watch("07/06 08:00", "10/06 15:00") == []
    assert world.watch("07/06 08:00", "10/06 16:01") == [FEED]


# --- a feed that shrinks ----------------------------------------------------------------------------------------------


def test_a_feed_that_lost_a_third_of_its_rows_is_an_outage_and_leaves_the_store_as_it_was(world):
    shown = [dossier(f"HS-{n}") for n in range(12)]
    world.poll("03/06 08:00", *shown)
    before = world.rows("dossiers")
    for minute in ("08:05", "08:10"):
        with pytest.raises(DoubtError, match="8 rows, where portal had 12"):
            world.poll(f"03/06 {minute}", *shown[:8], accept_smaller=False)
    assert world.rows("dossiers") == before
    assert world.rows("feeds")[0].state == "shrunk"
    assert alarms(world) == [(FEED, "admin")], "told at once, and once"
    world.poll("03/06 08:15", *shown[:9], accept_smaller=False)
    assert world.rows("feeds")[0].state == "ok"


def test_data_older_than_what_is_stored_are_refused(world):
    world.poll("03/06 08:00", dossier())
    with pytest.raises(FeedError, match="older than what is stored"):
        world.poll("03/06 08:05", dossier(status="5"), as_of="03/06 07:00")
    assert world.stored().status == "4"


def test_after_the_clock_was_set_back_what_is_stored_is_no_reason_to_refuse(world):
    world.poll("03/06 09:00", dossier())
    world.poll("03/06 08:05", dossier(status="5"), as_of="03/06 08:05")
    assert world.stored().status == "5"
    assert world.watch("03/06 07:00", "03/06 09:06") == [FEED], "and its age is told by the present clock"


async def test_a_source_that_breaks_while_it_is_read_changes_nothing(world):
    class Breaking:
        name = FEED

        def sources(self, now):
            from alertd.feeds import Page, Source

            async def pages():
                yield Page([dossier(status="9")])
                raise FeedError("portal: page 2 answered 500")

            return [Source("page by page", now, pages)]

    world.poll("03/06 08:00", dossier())
    with pytest.raises(FeedError, match="500"):
        await Poll(world.database, world.rules, Breaking(), "all").tick(instant("03/06 08:05"))
    assert world.stored().status == "4"
    (state,) = world.rows("feeds")
    assert (state.state, state.detail) == ("failed", "portal: page 2 answered 500")
    assert state.complete_at == at("03/06 08:00")


# --- a feed that fails, and one that is well again --------------------------------------------------------------------


def fail(world, *times):
    for when in times:
        with pytest.raises(FeedError):
            world.poll(when, pages=Broken())


class Broken:
    def __iter__(self):
        raise FeedError("the portal answers 500")


def notes(world):
    return [row.note for row in world.rows("alerts", step="feed")]


def test_a_feed_that_keeps_failing_is_told_while_its_data_are_still_fresh_and_until_when_they_serve(world):
    world.poll("03/06 08:00", dossier())
    fail(world, "03/06 08:05", "03/06 08:10", "03/06 08:15", "03/06 08:20")
    assert world.watch("03/06 07:00", "03/06 08:20") == []
    assert world.watch("03/06 07:00", "03/06 08:21") == [FEED]
    assert world.watch("03/06 07:00", "03/06 09:30") == [], "that it has become stale is the same trouble"
    (note,) = notes(world)
    assert "không đọc được từ 08:05 03/06/2024 (4 lần)" in note
    assert "dùng được đến 09:00 03/06/2024" in note
    assert "the portal answers 500" in note


def test_a_feed_that_fails_now_and_then_is_nobodys_business(world):
    for hour in range(8, 12):
        world.poll(f"03/06 {hour:02}:00", dossier())
        fail(world, f"03/06 {hour:02}:10", f"03/06 {hour:02}:20")
        world.poll(f"03/06 {hour:02}:25", dossier())
        assert world.watch("03/06 07:00", f"03/06 {hour:02}:30") == []
    assert notes(world) == []


async def test_when_a_feed_is_read_again_the_admin_who_had_heard_of_it_hears_so_once(world):
    world.poll("03/06 08:00", dossier())
    world.watch("03/06 07:00", "03/06 09:01")
    await world.send("03/06 09:01")
    world.poll("03/06 09:30", dossier())
    for minute in (31, 32):
        world.watch("03/06 07:00", f"03/06 09:{minute}")
    assert [note.partition(":")[0] for note in notes(world)] == ["silent", "again"]
    assert world.rows("alerts", step="feed")[1].urgency == "normal"
    await world.send("03/06 09:33")
    alarm, end = [part.text for part in world.sent if part.person == "admin"]
    assert alarm.startswith(f"Sự cố nguồn dữ liệu: {FEED}\n")
    assert end == f"Nguồn dữ liệu hoạt động lại: {FEED}\nNguồn «{FEED}»: đã đọc lại được."
    assert world.rows("feed_troubles") == []


async def test_a_trouble_that_is_over_before_its_slot_is_told_to_nobody(world):
    world.poll("03/06 08:00", dossier())
    world.watch("03/06 07:00", "03/06 09:01")
    world.poll("03/06 09:30", dossier())
    world.watch("03/06 07:00", "03/06 09:31")
    await world.send("03/06 09:33")
    assert [row.state for row in world.rows("alerts", step="feed")] == ["superseded"]
    assert [part for part in world.sent if part.person == "admin"] == []


def test_what_was_refused_is_not_told_again_as_it_grows_old_and_its_end_is(world):
    shown = [dossier(f"HS-{n}") for n in range(12)]
    world.poll("03/06 08:00", *shown)
    with pytest.raises(DoubtError):
        world.poll("03/06 08:05", *shown[:6], accept_smaller=False)
    assert world.watch("03/06 07:00", "03/06 09:30") == []
    assert [row.kind for row in world.rows("feed_troubles")] == ["refused"]
    world.poll("03/06 09:40", *shown)
    world.watch("03/06 07:00", "03/06 09:41")
    assert world.rows("feed_troubles") == []


def test_a_daemon_that_starts_on_monday_polls_before_it_calls_fridays_data_old(world):
    world.poll("07/06 16:00", dossier())
    assert world.watch("10/06 07:00", "10/06 07:00") == []
    world.poll("10/06 07:00", dossier())
    assert world.watch("10/06 07:00", "10/06 07:01") == []
    assert notes(world) == []
