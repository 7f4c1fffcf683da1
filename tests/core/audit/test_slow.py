"""The second way to count instants: by hand, and against the first way on random calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.audit import slow
from alertd.core.errors import CalendarError
from alertd.core.plan import Anchor, first_from, instant
from alertd.core.planning import Stretch
from alertd.core.worktime import Calendar
from tests.core.test_plan import AMSTERDAM, HANOI, anchors, hanoi, step, steps

CALENDAR = Calendar(HANOI)
DUE, RECEIVED = hanoi("10/06/2024 16:00"), hanoi("03/06/2024 08:00")


def utc(text):
    return hanoi(text).astimezone(UTC)


def stretch(begin=RECEIVED, deadline=DUE, end=None):
    return Stretch(begin, deadline, end)


@pytest.mark.parametrize(
    ("at", "every", "index", "expected"),
    [
        ("-3d", None, 0, "05/06/2024 16:00"),
        ("-4h", None, 0, "10/06/2024 10:30"),
        ("-30m", None, 0, "10/06/2024 15:30"),
        ("0d", None, 0, "10/06/2024 16:00"),
        ("+1h", None, 0, "10/06/2024 17:00"),  # the end of a session, and not the begin of the next
        ("-3h", None, 0, "10/06/2024 13:00"),
        ("+1d", "1d", 0, "11/06/2024 16:00"),
        ("+1d", "1d", 4, "17/06/2024 16:00"),
        ("+1d", "4h", 1, "12/06/2024 10:30"),
        ("-1cd", None, 0, "09/06/2024 16:00"),
        ("+1cd", "2cd", 3, "17/06/2024 16:00"),
        ("50%", None, 0, "05/06/2024 16:45"),
    ],
)
def test_an_occurrence_falls_due_session_by_session(at, every, index, expected):
    found = slow.instant(step(at, every), index, stretch(), CALENDAR)
    assert found == utc(expected)


def test_a_percentage_needs_a_beginning():
    assert slow.instant(step("50%"), 0, stretch(begin=None), CALENDAR) is None
    assert slow.first_after(step("50%"), -1, stretch(begin=None), CALENDAR) is None


def test_a_day_has_as_many_hours_as_the_calendar_says():
    short = Calendar(HANOI, hours_per_day=7.5)
    assert slow.instant(step("-1d"), 0, stretch(), short) == utc("07/06/2024 16:30")


def test_the_first_occurrence_that_is_not_on_record():
    daily = step("+1d", "1d", 3)
    assert slow.first_after(daily, -1, stretch(), CALENDAR) == slow.Due(0, utc("11/06/2024 16:00"))
    assert slow.first_after(daily, 1, stretch(), CALENDAR) == slow.Due(2, utc("13/06/2024 16:00"))
    assert slow.first_after(daily, 2, stretch(), CALENDAR) is None
    assert slow.first_after(step("+1d"), 0, stretch(), CALENDAR) is None


def test_it_applies_from_the_beginning_to_before_the_end():
    late = stretch(begin=hanoi("05/06/2024 16:00"))
    assert slow.first_after(step("-3d"), -1, late, CALENDAR) == slow.Due(0, utc("05/06/2024 16:00"))
    assert slow.first_after(step("-4d"), -1, late, CALENDAR) is None
    assert slow.first_after(step("-4d", "1d"), -1, late, CALENDAR) == slow.Due(1, utc("05/06/2024 16:00"))
    assert slow.first_after(step("-4d"), -1, stretch(begin=None), CALENDAR) == slow.Due(0, utc("04/06/2024 16:00"))
    ended = stretch(end=hanoi("11/06/2024 16:00"))
    assert slow.first_after(step("+1d"), -1, ended, CALENDAR) is None
    assert slow.first_after(step("0d"), -1, ended, CALENDAR) == slow.Due(0, utc("10/06/2024 16:00"))


def test_a_session_that_a_change_of_summer_time_swallows_has_no_time():
    """On Sunday 31/03/2024 the hour from 02:00 on does not exist in Amsterdam: 02:30 comes after 03:00."""
    calendar = Calendar(AMSTERDAM, {6: ((150, 180), (600, 660))})
    due = datetime(2024, 3, 30, 12, tzinfo=AMSTERDAM)
    assert slow.instant(step("+30m"), 0, stretch(None, due), calendar) == datetime(2024, 3, 31, 8, 30, tzinfo=UTC)


def test_what_had_been_told_before_counts():
    daily, told = step("+1d", "1d"), hanoi("12/06/2024 16:00")
    assert slow.first_after(daily, -1, stretch(), CALENDAR, told) == slow.Due(2, utc("13/06/2024 16:00"))
    assert slow.first_after(daily, -1, stretch(), CALENDAR, told - timedelta(microseconds=1)) == slow.Due(
        1, utc("12/06/2024 16:00")
    )


def test_what_cannot_be_counted_is_said():
    never = Calendar(HANOI, {})
    with pytest.raises(CalendarError, match=r"no working time within 10000 days of 2024-06-10"):
        slow.instant(step("+1d"), 0, stretch(), never)
    old = stretch(begin=hanoi("03/06/2044 08:00"))
    with pytest.raises(CalendarError, match="step step: more than 1000 occurrences"):
        slow.first_after(step("+1m", "1m"), -1, old, CALENDAR)
    assert slow.instant(step("0d"), 0, stretch(), never) == DUE, "no time to count"


@given(steps(), anchors, st.integers(0, 12))
def test_both_ways_give_the_same_instant(a_step, anchor, index):
    index = 0 if a_step.every is None else index
    assert slow.instant(a_step, index, within(anchor), anchor.calendar) == instant(a_step, index, anchor)


@given(steps(), anchors, st.integers(-1, 12))
def test_both_ways_give_the_same_first_occurrence(a_step, anchor, last):
    early = datetime(2020, 1, 1, tzinfo=UTC)
    found = first_from(a_step, anchor, early, last)
    if found is not None and anchor.finished_at is not None and found[1] >= anchor.finished_at:
        found = None
    try:
        due = slow.first_after(a_step, last, within(anchor), anchor.calendar)
    except CalendarError:
        return  # too many to count one by one
    assert (None if due is None else (due.index, due.at)) == found


def within(anchor: Anchor) -> Stretch:
    return Stretch(anchor.received_at, anchor.due_at, anchor.finished_at)


NIGHTS = Calendar(HANOI, dict.fromkeys(range(7), ((0, 360),)))


def test_days_are_local_ones():
    """Sessions from midnight on lie on the day before in UTC."""
    night = stretch(hanoi("10/06/2024 01:00"), hanoi("11/06/2024 05:00"))
    assert slow.instant(step("-1h"), 0, night, NIGHTS) == utc("11/06/2024 04:00")
    assert slow.instant(step("50%"), 0, night, NIGHTS) == utc("10/06/2024 06:00")


def test_a_share_is_rounded_up_to_the_microsecond():
    odd = stretch(deadline=DUE + timedelta(microseconds=1))
    assert slow.instant(step("50%"), 0, odd, CALENDAR) == utc("05/06/2024 16:45") + timedelta(microseconds=1)
    third = slow.instant(step("33%"), 0, odd, CALENDAR)
    assert third == instant(step("33%"), 0, Anchor(odd.deadline, CALENDAR, odd.begin))


def test_so_many_occurrences_are_looked_at_and_no_more(monkeypatch):
    monkeypatch.setattr(slow, "MOST_LOOKED_AT", 3)
    daily = step("-4d", "1d")
    third = stretch(begin=hanoi("06/06/2024 16:00"))
    assert slow.first_after(daily, -1, third, CALENDAR) == slow.Due(2, utc("06/06/2024 16:00"))
    assert slow.first_after(daily, 0, stretch(begin=hanoi("07/06/2024 16:00")), CALENDAR).index == 3
    with pytest.raises(CalendarError):
        slow.first_after(daily, -1, stretch(begin=hanoi("07/06/2024 16:00")), CALENDAR)
