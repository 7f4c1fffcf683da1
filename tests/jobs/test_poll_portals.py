"""Portals as they are polled into the store: on either protocol an overdue dossier leaves a trace whatever the portal does
(DESIGN section 5), and a portal that cannot be read changes nothing.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alertd.core.errors import FeedError
from alertd.demo.portal import Portal, igate, opencps
from alertd.demo.portal.keycloak import Sso
from alertd.feeds.igate import IgateFeed
from alertd.feeds.keycloak import grant
from alertd.feeds.opencps import OpencpsFeed
from alertd.jobs.poll import Poll
from tests.store.ground import FEED, ZONE, World, at, rules

SECRET = "mật-khẩu"
RECEIVED, DUE, LATER = at("27/05 08:00"), at("10/06 16:00"), at("14/06 16:00")
#: After the first was due and before the others.
SEEN = "10/06 16:05"


def both(number, due, **more):
    """The same dossier on both protocols."""
    facts = {"zone": ZONE, "received": RECEIVED, "due": due, "officer": "tp.an"}
    finished = more.get("finished")
    return (
        opencps.dossier(number, released=finished, status="releasing" if finished else "processing", **facts),
        igate.dossier(number, finished=finished, status=igate.FINISHED if finished else igate.RUNNING, **facts),
    )


class Watched(World):
    """The world with a portal in place of a feed that shows what it is told to."""

    portal: Portal
    feed: OpencpsFeed | IgateFeed

    def poll(self, when):
        self.now = at(when)
        return asyncio.run(Poll(self.database, self.rules, self.feed, "all").tick(self.now))


@pytest.fixture(params=["opencps", "igate"])
def watched(request, database):
    """One dossier that is overdue, two that are not, one that is done; polled once."""
    shown = [both(1, DUE), both(2, LATER), both(3, LATER), both(4, LATER, finished=DUE)]
    world = Watched(database, rules())
    with Portal(
        lambda: {"1": [row for row, _ in shown]},
        username="alertd",
        password=SECRET,
        dossiers=lambda: [row for _, row in shown],
        sso=Sso("alertd", SECRET),
        clock=lambda: world.now,
    ) as portal:
        world.portal = portal
        if request.param == "opencps":
            world.feed = OpencpsFeed(FEED, portal.url, ["1"], "alertd", SECRET, zone=ZONE, page_size=2, pause=0.0)
        else:
            form = grant("alertd", SECRET, "", "")
            world.feed = IgateFeed(FEED, portal.url, portal.token_url, form, zone=ZONE, page_size=2, pause=0.0)
        assert world.poll(SEEN).new == 4
        yield world


FIRST = "H27.35-000001"


def spells(world):
    return [(row.due_at, row.end_kind) for row in world.rows("overdue_spells")]


def moves(world):
    return [(row.old_due_at, row.new_due_at, row.kind) for row in world.rows("due_changes")]


def test_an_overdue_dossier_opens_a_spell(watched):
    assert spells(watched) == [(DUE, None)]
    assert watched.stored(FIRST).overdue_since == at(SEEN)


def test_a_finish_that_is_dated_back_does_not_make_it_on_time(watched):
    watched.portal.faults.backdate = True
    watched.poll("10/06 17:00")
    assert watched.stored(FIRST).finished_at == DUE
    assert spells(watched) == [(DUE, "backdated_finish")]


def test_due_dates_moved_in_bulk_are_recorded_one_by_one_with_their_kinds(watched):
    watched.portal.faults.move_due = 48
    watched.poll("10/06 17:00")
    moved = timedelta(hours=48)
    assert sorted(moves(watched)) == [
        (DUE, DUE + moved, "extended_after_due"),
        (LATER, LATER + moved, "extended_before_due"),
        (LATER, LATER + moved, "extended_before_due"),
    ]
    assert spells(watched) == [(DUE, "due_moved")]


def test_a_pause_ends_a_spell_and_its_end_does_not_bring_it_back_to_life(watched):
    watched.portal.faults.pause = True
    watched.poll("10/06 17:00")
    assert spells(watched) == [(DUE, "paused")]
    watched.portal.faults.pause = False
    watched.poll("10/06 18:00")
    assert spells(watched) == [(DUE, "paused"), (DUE, None)]


def test_a_dossier_that_is_opened_again_runs_in_an_episode_of_its_own(watched):
    watched.portal.faults.reopen = True
    watched.poll("10/06 17:00")
    again = watched.stored("H27.35-000004")
    assert (again.phase, again.clock, again.finished_at, again.episode) == ("running", "due", None, 2)
    assert [(row.old_phase, row.new_phase) for row in watched.rows("phase_changes", dossier_id=again.id)] == [
        ("done", "running")
    ]


def test_an_overdue_dossier_that_is_gone_twice_has_disappeared(watched):
    watched.portal.faults.gone = 1
    watched.poll("10/06 17:00")
    assert spells(watched) == [(DUE, None)]
    assert watched.stored(FIRST).missing_since == at("10/06 17:00")
    watched.poll("10/06 18:00")
    assert spells(watched) == [(DUE, "disappeared")]


def test_pages_that_drift_make_nothing_missing(watched):
    watched.portal.faults.jumping = 100
    watched.portal._calls = 0
    watched.poll("10/06 17:00")
    assert [row.missing_since for row in watched.rows("dossiers")] == [None] * 4
    (feed,) = watched.rows("feeds")
    assert feed.state == "incomplete"


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"html": True}, {"half": True}, {"cut": True}, {"locked_out": True}, {"instead": "[]"}],
    ids=lambda fault: next(iter(fault)),
)
def test_a_portal_that_cannot_be_read_changes_nothing(watched, fault):
    kept = {"dossiers", "observations", "overdue_spells", "due_changes", "phase_changes"}
    before = {name: watched.rows(name) for name in kept}
    for name, value in fault.items():
        setattr(watched.portal.faults, name, value)
    with pytest.raises(FeedError):
        watched.poll("10/06 17:00")
    assert {name: watched.rows(name) for name in kept} == before
    (feed,) = watched.rows("feeds")
    assert feed.state == "failed"


def test_a_token_that_has_expired_is_nobodys_trouble(watched):
    watched.portal.faults.expired = True
    assert watched.poll("10/06 17:00").unchanged == 4
