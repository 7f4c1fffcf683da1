"""Slots of the day, quiet hours, and how old data may be: pure questions of time (DESIGN sections 5 and 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.core.freshness import MaxAge, is_fresh
from alertd.core.worktime import Calendar
from tests.store.ground import ZONE, at, slots

CALENDAR = Calendar(ZONE)
TWICE = slots("07:30", "13:00", quiet=("21:30", "06:30"))


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("03/06 07:29", "31/05 13:00"),
        ("03/06 07:30", "03/06 07:30"),
        ("03/06 12:59", "03/06 07:30"),
        ("03/06 13:00", "03/06 13:00"),
        ("08/06 23:00", "07/06 13:00"),
        ("10/06 07:29", "07/06 13:00"),
    ],
)
def test_the_slot_in_force_is_the_last_one_of_a_working_day(now, slot):
    assert TWICE.latest(at(now), CALENDAR) == at(slot)


def test_slots_written_in_any_order_are_the_same():
    assert slots("13:00", "07:30").latest(at("03/06 12:00"), CALENDAR) == at("03/06 07:30")


def test_a_calendar_without_working_days_has_no_slot():
    assert TWICE.latest(at("03/06 12:00"), Calendar(ZONE, {})) is None


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("03/06 21:29", False),
        ("03/06 21:30", True),
        ("04/06 00:00", True),
        ("04/06 06:29", True),
        ("04/06 06:30", False),
    ],
)
def test_quiet_hours_pass_midnight_and_end_at_their_last_minute(now, quiet):
    assert TWICE.is_quiet(at(now), CALENDAR) is quiet


def test_quiet_hours_within_a_day_and_none_at_all():
    noon = slots(quiet=("11:30", "13:00"))
    assert [noon.is_quiet(at(f"03/06 {c}"), CALENDAR) for c in ("11:29", "11:30", "12:59", "13:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not slots().is_quiet(at("03/06 02:00"), CALENDAR)


@pytest.mark.parametrize(
    ("as_of", "now", "limit", "fresh"),
    [
        (None, "03/06 08:00", MaxAge(timedelta(hours=1)), False),
        ("03/06 08:00", "03/06 09:00", MaxAge(timedelta(hours=1)), True),
        ("03/06 08:00", "03/06 09:01", MaxAge(timedelta(hours=1)), False),
        ("07/06 16:00", "10/06 16:00", MaxAge(working_days=1), True),
        ("07/06 16:00", "10/06 16:01", MaxAge(working_days=1), False),
        ("07/06 18:00", "10/06 17:00", MaxAge(working_days=1), True),
    ],
)
def test_data_are_fresh_for_max_age_elapsed_or_in_working_days(as_of, now, limit, fresh):
    assert is_fresh(at(as_of) if as_of else None, limit, CALENDAR, at(now)) is fresh


def test_slots_and_their_days_are_those_of_the_local_clock():
    """06:00 in Hanoi is the day before in UTC: on Monday morning it is Monday's slot, and Saturday has none."""
    early = slots("06:00")
    assert early.latest(at("03/06 06:30"), CALENDAR) == at("03/06 06:00")
    assert early.following(at("03/06 05:30"), CALENDAR) == at("03/06 06:00")
    assert early.following(at("08/06 05:30"), CALENDAR) == at("10/06 06:00")
    assert slots(quiet=("21:30", "06:30")).following(at("03/06 05:00"), CALENDAR) == at("03/06 06:30")


def test_a_slot_is_looked_for_within_four_weeks():
    """Monday 03/06 is the only working day of a long time."""
    one_day = Calendar(ZONE, {}, working_days=frozenset({at("03/06 12:00").date()}))
    week = Calendar(
        ZONE,
        {0: ((450, 690),)},
        days_off=frozenset(at("10/06 12:00").date() + timedelta(days=7 * n) for n in range(-20, 20))
        - {at("03/06 12:00").date()},
    )
    assert one_day.sessions(at("03/06 12:00").date()) == ()
    assert TWICE.latest(at("01/07 12:59"), week) == at("03/06 13:00")
    assert TWICE.latest(at("02/07 12:59"), week) is None
    assert TWICE.following(at("06/05 12:00"), week) == at("03/06 07:30")
    assert TWICE.following(at("05/05 12:00"), week) == at("05/05 12:00")


def test_what_leaves_at_the_very_end_of_quiet_hours_leaves_then():
    assert slots("06:30", quiet=("21:30", "06:30")).following(at("03/06 05:00"), CALENDAR) == at("03/06 06:30")


def test_quiet_hours_that_begin_when_they_end_are_the_whole_day():
    always = slots(quiet=("12:00", "12:00"))
    assert not always.is_quiet(at("03/06 12:00"), CALENDAR)
