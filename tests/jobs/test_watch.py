"""Watch (DESIGN section 5, fresh data only): a feed gone silent is one alarm to the admin."""

from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from alertd.core.freshness import MaxAge
from alertd.jobs.poll import Poll
from alertd.store import polls
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
        with pytest.raises(polls.ShrunkError, match="8 rows, where portal had 12"):
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
