"""Which channel serves a part that waits, changed in bulk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from alertd.core.circuit import NOTICE
from alertd.core.policy import Urgency
from alertd.store import outbox, routes, tables
from tests.store.ground import at

NOW = at("05/06 16:00")
LATER = NOW + timedelta(minutes=1)


class Waiting:
    """An outbox to which parts are added with what a test needs of them."""

    def __init__(self, connection):
        self.connection = connection
        self.count = 0

    def add(self, person="an", channel="", *, kind="digest", urgency=Urgency.NORMAL, parts=1, **columns):
        """A message; gives its id."""
        self.count += 1
        message = outbox.enqueue(
            self.connection, person, [outbox.NewPart("x", [])] * parts, [], kind=kind, urgency=urgency, late=False,
            slot=NOW + timedelta(microseconds=self.count), now=NOW, channel=channel, pinned=columns.pop("pinned", False),
        )  # fmt: skip
        if columns:
            self.connection.execute(update(tables.outbox).where(tables.outbox.c.message == message).values(**columns))
        return message

    def of(self, message, *columns):
        """These columns of its parts, in order."""
        return [tuple(getattr(row, name) for name in columns) for row in self.rows if row.message == message]

    @property
    def rows(self):
        query = tables.outbox.select().order_by(tables.outbox.c.message, tables.outbox.c.part)
        return self.connection.execute(query).all()


@pytest.fixture
def waiting(database):
    with database.write() as connection:
        yield Waiting(connection)


def test_what_waits_for_no_channel_is_listed_once_a_person_and_contact(waiting):
    for columns in ({}, {}, {"contact": 1}, {"channel": "zalo"}, {"pinned": True}, {"claimed_by": "x"},
                    {"not_before": None}):  # fmt: skip
        waiting.add(**columns)
    waiting.add("binh", parts=3)
    assert sorted(routes.unrouted(waiting.connection)) == [("an", 0), ("an", 1), ("binh", 0)]


def test_a_route_is_given_to_all_parts_also_to_those_that_wait_for_an_earlier_one(waiting):
    three, other = waiting.add(parts=3), waiting.add("binh")
    settled = waiting.add(settled_at=NOW, not_before=None)
    assert routes.route(waiting.connection, "an", 0, "zalo", 2) == 3
    assert waiting.of(three, "channel", "contact") == [("zalo", 2)] * 3
    assert waiting.of(other, "channel") == waiting.of(settled, "channel") == [("",)]


def test_a_changed_configuration_takes_away_routes_to_channels_that_are_gone(waiting):
    gone, stays = waiting.add(channel="webhook"), waiting.add(channel="zalo")
    drill, claimed = waiting.add(channel="webhook", pinned=True), waiting.add(channel="webhook", claimed_by="x")
    assert routes.unroute(waiting.connection, ["zalo", "email"]) == 1
    found = [waiting.of(each, "channel") for each in (gone, stays, drill, claimed)]
    assert found == [[("",)], [("zalo",)], [("webhook",)], [("webhook",)]]


def test_changed_ways_are_found_anew_for_what_was_never_tried(waiting):
    fresh, tried = waiting.add(channel="zalo", contact=1), waiting.add(channel="zalo", contact=1, attempts=1)
    binh = waiting.add("binh", "zalo")
    assert routes.unroute_untried(waiting.connection, ["an"]) == 1
    assert waiting.of(fresh, "channel", "contact") == [("", 0)]
    assert waiting.of(tried, "channel", "contact") == [("zalo", 1)]
    assert waiting.of(binh, "channel") == [("zalo",)]


def test_what_has_lost_patience_goes_another_way_and_counts_afresh(waiting):
    high = waiting.add(channel="zalo", urgency=Urgency.HIGH, transients=3, unknowns=1)
    normal, notice = waiting.add(channel="zalo"), waiting.add(channel="zalo", kind=NOTICE)
    later = waiting.add(channel="zalo", urgency=Urgency.HIGH, not_before=LATER)
    only = {"lowest": Urgency.HIGH.rank, "kind": NOTICE}
    assert routes.waiting_for(waiting.connection, "zalo", NOW, **only) == [("an", 0)]
    moves = [{"person_": "an", "from_": 0, "by": "email", "at": 1}]
    assert routes.move_on(waiting.connection, "zalo", NOW, **only, moves=moves) == 2
    assert waiting.of(high, "channel", "contact", "transients", "unknowns") == [("email", 1, 0, 0)]
    assert waiting.of(notice, "channel") == [("email",)]
    assert waiting.of(normal, "channel") == waiting.of(later, "channel") == [("zalo",)]
    assert routes.move_on(waiting.connection, "zalo", NOW, **only, moves=[]) == 0


def test_what_may_have_arrived_does_not_go_back_to_an_earlier_way(waiting):
    repeat, fresh = (waiting.add(channel="email", contact=1, repeat=repeat) for repeat in (True, False))
    moves = [{"person_": "an", "from_": 1, "by": "zalo", "at": 0}]
    assert routes.move_on(waiting.connection, "email", NOW, lowest=1, kind=NOTICE, moves=moves) == 1
    assert (waiting.of(repeat, "channel"), waiting.of(fresh, "channel")) == ([("email",)], [("zalo",)])


def test_to_give_up_a_person_fails_all_that_waits_but_for_drills_and_what_a_storm_holds(waiting):
    due, behind = waiting.add(parts=2), waiting.add(state="retry", attempts=3)
    held = waiting.add(state="held", not_before=None)
    drill, claimed = waiting.add(channel="zalo", pinned=True), waiting.add(claimed_by="x", state="sending")
    binh = waiting.add("binh")
    assert routes.give_up_person(waiting.connection, "an", LATER, "no contact") == 3
    assert waiting.of(due, "state", "detail", "settled_at") == [("failed", "no contact", LATER)] * 2
    assert waiting.of(behind, "state", "not_before") == [("failed", None)]
    states = [waiting.of(each, "state")[0][0] for each in (held, drill, claimed, binh)]
    assert states == ["held", "pending", "sending", "pending"]


def test_a_drill_is_given_up_alone_and_after_ten_minutes(waiting):
    drill, other = waiting.add(channel="zalo", pinned=True), waiting.add(channel="zalo")
    (row,) = [row for row in waiting.rows if row.message == drill]
    assert routes.give_up_drills(waiting.connection, NOW + timedelta(minutes=10)) == 0
    assert routes.give_up(waiting.connection, row, NOW, "no way") == 1
    assert (waiting.of(drill, "state"), waiting.of(other, "state")) == ([("failed",)], [("pending",)])
    waiting.add(channel="zalo", pinned=True)
    assert routes.give_up_drills(waiting.connection, NOW + timedelta(minutes=10, seconds=1)) == 1


def test_one_part_is_handed_to_another_channel(waiting):
    two = waiting.add(channel="zalo", parts=2)
    routes.hand_over(waiting.connection, f"{two}.1", "email", 3)
    assert waiting.of(two, "channel", "contact") == [("email", 3), ("zalo", 0)]
