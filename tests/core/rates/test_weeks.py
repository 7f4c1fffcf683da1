"""Where weeks end on the clock of the office, summer time included, and what they are called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.rates.weeks import WeekEnd
from tests.core.rates.facts import CUTOFF, START, SUNDAY, at

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_sunday_24_00_is_monday_00_00_and_belongs_to_the_week_that_ends():
    assert SUNDAY.at_or_before(CUTOFF) == CUTOFF
    assert SUNDAY.at_or_before(CUTOFF - timedelta(microseconds=1)) == START
    assert SUNDAY.label(CUTOFF) == "2026-W24"
    assert SUNDAY.of_label("2026-W24") == CUTOFF


def test_a_week_that_ends_on_friday_is_called_by_its_friday():
    friday = WeekEnd(4, 17 * 60, SUNDAY.zone)
    assert friday.at_or_before(at("14/06 12:00")) == at("12/06 17:00")
    assert friday.label(at("12/06 17:00")) == "2026-W24"
    assert friday.of_label("2026-W24") == at("12/06 17:00")


@pytest.mark.parametrize("text", ["2026-W54", "2026-24", "W24", "2026-W00", "", "2026-W1"])
def test_a_label_of_no_week_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        SUNDAY.of_label(text)


@given(
    st.integers(0, 6), st.integers(0, 1440), st.sampled_from((SUNDAY.zone, AMSTERDAM)),
    st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)),
)  # fmt: skip
def test_weeks_follow_each_other_and_every_instant_lies_in_one(weekday, minute, zone, when):
    ends = WeekEnd(weekday, minute, zone)
    end = ends.at_or_before(when.replace(tzinfo=UTC))
    following = ends.after(end)
    assert end <= when.replace(tzinfo=UTC) < following
    assert timedelta(days=6, hours=22) < following - end < timedelta(days=7, hours=2)
    assert ends.before(following) == end
    assert ends.of_label(ends.label(following)) == following


def test_a_week_may_end_at_any_minute_and_its_last_day_is_a_local_one():
    early = WeekEnd(5, 5 * 60 + 30, SUNDAY.zone)  # Saturday 05:30, which is Friday in UTC
    end = at("13/06 05:30")
    assert early.at_or_before(at("14/06 12:00")) == end
    assert early.at_or_before(at("13/06 05:29")) == end - timedelta(days=7)
    assert early.last_day(end).isoformat() == "2026-06-13"
    assert early.of_label("2026-W24") == end
    assert early.at_or_before(end).utcoffset() == timedelta(0)


def test_one_week_follows_the_other_over_a_change_of_summer_time():
    ends = WeekEnd(6, 150, AMSTERDAM)  # Sunday 02:30
    spring = ends.at_or_before(datetime(2026, 3, 24, tzinfo=UTC))
    assert ends.after(spring) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert ends.after(ends.after(spring)) == datetime(2026, 4, 5, 0, 30, tzinfo=UTC)
    assert ends.before(datetime(2026, 4, 5, 0, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_label_that_is_none_is_named_in_the_error():
    with pytest.raises(ValueError, match="W24"):
        SUNDAY.of_label("W24")
