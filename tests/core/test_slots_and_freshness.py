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
