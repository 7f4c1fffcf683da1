"""When the admin hears of a feed: too old, failing for a quarter of its max_age, never read; and of its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.feed_health import Reading, Verdict, judge, skewed
from alertd.core.freshness import MaxAge
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE)
HOURLY, DAILY = MaxAge(elapsed=timedelta(hours=1)), MaxAge(working_days=1)


def at(text, day=3):
    return datetime(2024, 6, day, *map(int, text.split(":")), tzinfo=ZONE).astimezone(UTC)


STARTED = at("07:00")


def verdict(now, age=HOURLY, since=STARTED, **reading):
    return judge(Reading(**reading), age, CALENDAR, since, now if isinstance(now, datetime) else at(now))


def failing(now, failures, first="08:05", **more):
    return verdict(now, as_of=at("08:00"), polled_at=at("08:30"), failing_since=at(first), failures=failures, **more)


def test_fresh_data_of_a_good_poll_are_well():
    assert verdict("09:00", as_of=at("08:00"), polled_at=at("08:00")) is Verdict.WELL


def test_data_older_than_max_age_are_stale():
    assert verdict("09:01", as_of=at("08:00"), polled_at=at("08:55")) is Verdict.STALE


@pytest.mark.parametrize(
    ("now", "failures", "expected"),
    [
        ("08:20", 4, Verdict.WAITING),
        ("08:21", 4, Verdict.FAILING),
        ("08:21", 1, Verdict.WAITING),
        ("08:21", 2, Verdict.FAILING),
        ("09:01", 1, Verdict.STALE),
    ],
)
def test_a_portal_that_fails_twice_or_more_over_a_quarter_of_its_hour_is_told(now, failures, expected):
    assert failing(now, failures) is expected


def test_a_sheet_that_cannot_be_read_is_told_after_two_hours_of_work_and_not_of_the_night():
    reading = {"as_of": at("16:00"), "polled_at": at("16:30"), "failing_since": at("16:30"), "failures": 90}
    assert verdict(at("08:59", 4), DAILY, **reading) is Verdict.WAITING
    assert verdict(at("09:01", 4), DAILY, **reading) is Verdict.FAILING


def test_a_feed_never_polled_has_its_max_age_from_the_start_and_one_that_failed_at_first_has_none():
    assert verdict("08:00") is Verdict.WAITING
    assert verdict("08:01") is Verdict.NEVER
    assert verdict("07:01", polled_at=at("07:00"), failing_since=at("07:00"), failures=1) is Verdict.NEVER


def test_after_a_start_the_first_poll_has_a_quarter_of_max_age_before_old_data_are_told():
    old = {"as_of": at("08:00", 1), "polled_at": at("08:00", 1)}
    assert verdict("07:00", **old) is Verdict.WAITING
    assert verdict("07:15", **old) is Verdict.WAITING
    assert verdict("07:16", **old) is Verdict.STALE
    tried = old | {"polled_at": at("07:01"), "failing_since": at("07:01"), "failures": 1}
    assert verdict("07:02", **tried) is Verdict.STALE, "the first poll has been, and brought nothing"


def test_until_when_data_serve_is_where_they_stop_being_fresh():
    for age, expected in ((HOURLY, at("09:00")), (DAILY, at("08:00", 4))):
        until = age.until(at("08:00"), CALENDAR)
        assert until == expected
        reading = {"as_of": at("08:00"), "polled_at": at("08:00")}
        assert verdict(until, age, **reading) is Verdict.WELL
        assert verdict(until + timedelta(minutes=1), age, **reading) is Verdict.STALE


@pytest.mark.parametrize(
    ("seconds", "before", "wrong"),
    [(59, False, False), (60, False, True), (-60, False, True), (30, True, True), (-29, True, False)],
)
def test_a_clock_is_wrong_from_a_minute_on_and_right_again_below_half_of_one(seconds, before, wrong):
    assert skewed(timedelta(seconds=seconds), before=before) is wrong


def test_working_days_are_those_of_the_calendar():
    weekend = {"as_of": at("16:00", day=7), "polled_at": at("16:00", day=7)}
    monday = at("15:00", day=10)
    assert verdict(monday, age=DAILY, since=at("16:30", day=7), **weekend) is Verdict.WELL
    assert verdict(at("17:00", day=10), age=DAILY, since=at("16:45", day=10), **weekend) is Verdict.WAITING
    assert verdict(at("08:00", day=10), age=DAILY, since=at("16:30", day=7)) is Verdict.WAITING, "never read yet"
