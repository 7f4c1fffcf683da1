"""Dates of which some are instants and of some only the day is known, compared (reference 4.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dated import Dated, after_due, before_due, in_order
from alertd.core.dossier import Observation, Phase
from alertd.core.planning import Resolved

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    """`10/06 16:00` on the clocks of the district in 2024, in UTC."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


NOTHING = Dated(Phase.DONE, None, None, None, None, None, None)
DUE = replace(NOTHING, due_at=at("10/06 16:00"))


def test_of_an_observation_the_due_instant_and_the_deadline_to_accept_are_those_that_the_rules_give():
    seen = Observation(
        "k", "H27-1", Phase.RETURNED, received_at=at("03/06 08:00"), due_at=at("01/01 00:00"), due_on=date(2024, 6, 10),
        accept_due_at=at("02/01 00:00"), finished_at=at("09/06 09:00"), returned_at=at("09/06 10:00"),
        day_only=("finished_at",),
    )  # fmt: skip
    dates = Dated.of(seen, Resolved("TP", at("10/06 17:00"), at("04/06 08:00")))
    assert dates == Dated(
        Phase.RETURNED, at("03/06 08:00"), at("10/06 17:00"), date(2024, 6, 10), at("04/06 08:00"), at("09/06 09:00"),
        at("09/06 10:00"), ("finished_at",),
    )  # fmt: skip


def test_the_day_of_a_date_is_the_local_one_and_of_the_due_value_the_one_that_the_portal_names():
    early = replace(NOTHING, received_at=at("03/06 00:30"), due_at=at("11/06 00:00"))
    assert (early.day("received_at", ZONE), early.day("due_at", ZONE)) == (date(2024, 6, 3), date(2024, 6, 11))
    named = replace(early, due_on=date(2024, 6, 10))
    assert named.day("due_at", ZONE) == date(2024, 6, 10)
    assert named.day("received_at", ZONE) == date(2024, 6, 3)
    assert named.day("finished_at", ZONE) is None


def test_only_the_day_is_known_of_what_is_said_to_be_a_day_and_of_a_due_value_without_a_time():
    dates = replace(NOTHING, due_on=date(2024, 6, 10), day_only=("received_at",))
    assert [name for name in ("received_at", "due_at", "finished_at") if dates.is_day(name)] == [
        "received_at",
        "due_at",
    ]
    assert not DUE.is_day("due_at")


def test_processing_ends_with_the_finish_else_with_the_return():
    both = replace(NOTHING, finished_at=at("09/06 09:00"), returned_at=at("10/06 09:00"))
    assert both.finish() == "finished_at"
    assert replace(both, finished_at=None).finish() == "returned_at"
    assert NOTHING.finish() is None


@pytest.mark.parametrize(
    ("received", "finished", "days", "right"),
    [
        ("03/06 08:00", "03/06 08:00", (), True),
        ("03/06 08:00", "03/06 08:01", (), True),
        ("03/06 08:01", "03/06 08:00", (), False),
        ("03/06 08:00", "03/06 00:00", ("finished_at",), True),  # on the same day: nobody knows
        ("03/06 08:00", "03/06 00:00", ("received_at",), True),
        ("03/06 08:00", "03/06 00:00", ("returned_at",), False),
        ("04/06 08:00", "03/06 00:00", ("finished_at",), False),
        ("04/06 00:00", "03/06 08:00", ("received_at",), False),
        (None, "03/06 08:00", (), True),
        ("03/06 08:00", None, (), True),
    ],
)
def test_two_dates_are_in_order_unless_it_is_known_that_they_are_not(received, finished, days, right):
    dates = replace(
        NOTHING,
        received_at=at(received) if received else None,
        finished_at=at(finished) if finished else None,
        day_only=days,
    )
    assert in_order(dates, "received_at", "finished_at", ZONE) is right


@pytest.mark.parametrize(
    ("finished", "days", "before", "after"),
    [
        ("10/06 15:59", (), True, False),
        ("10/06 16:00", (), True, False),
        ("10/06 16:01", (), False, True),
        ("09/06 00:00", ("finished_at",), True, False),
        ("10/06 00:00", ("finished_at",), False, False),  # on the due day: it may have been late
        ("11/06 00:00", ("finished_at",), False, True),
        ("10/06 00:00", ("received_at",), True, False),
        (None, (), False, False),
    ],
)
def test_a_finish_lies_before_or_after_the_due_value_where_that_is_sure(finished, days, before, after):
    dates = replace(NOTHING, finished_at=at(finished) if finished else None, day_only=days)
    assert (before_due(dates, DUE, ZONE), after_due(dates, DUE, ZONE)) == (before, after)


def test_a_return_stands_for_a_finish_that_is_not_known():
    dates = replace(NOTHING, returned_at=at("10/06 16:01"))
    assert after_due(dates, DUE, ZONE)
    assert not after_due(replace(dates, finished_at=at("10/06 15:00")), DUE, ZONE)


def test_a_day_is_compared_with_the_day_of_the_due_value_as_the_portal_names_it():
    due = replace(DUE, due_at=at("11/06 00:00"), due_on=date(2024, 6, 10))
    dates = replace(NOTHING, finished_at=at("11/06 00:00"), day_only=("finished_at",))
    assert after_due(dates, due, ZONE)


def test_without_a_due_value_nothing_is_before_or_after():
    dates = replace(NOTHING, finished_at=at("10/06 16:01"))
    assert not before_due(dates, NOTHING, ZONE)
    assert not after_due(dates, NOTHING, ZONE)


def test_days_are_local_ones():
    """05:00 in Hanoi is the day before in UTC."""
    early = replace(NOTHING, due_at=at("10/06 05:00"))
    on_the_day = replace(NOTHING, finished_at=at("10/06 00:00"), day_only=("finished_at",))
    assert not before_due(on_the_day, early, ZONE)
    assert not after_due(on_the_day, early, ZONE)
    dates = replace(NOTHING, received_at=at("04/06 00:00"), finished_at=at("03/06 09:00"), day_only=("received_at",))
    assert not in_order(dates, "received_at", "finished_at", ZONE)
