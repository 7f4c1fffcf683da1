"""Working time date by date: the dates together are the whole, and each says why it counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.sums import DayKind, by_day
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
#: 2 September is off, its Saturday before is made up.
CALENDAR = Calendar(ZONE, days_off=frozenset({date(2026, 9, 2)}), working_days=frozenset({date(2026, 8, 29)}))


def at(day, clock):
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=ZONE)


def told(start, end, calendar=CALENDAR):
    return [
        (f"{each.day:%a %d}", each.kind.value, each.worked / timedelta(hours=1),
         [f"{low:%H:%M}-{high:%H:%M}" for low, high in each.spans])
        for each in by_day(calendar, start, end)
    ]  # fmt: skip


def test_a_morning_and_an_afternoon_are_cut_where_the_stretch_begins_and_ends():
    assert told(at("08-26", "10:00"), at("08-27", "15:30")) == [
        ("Wed 26", "work", 5.5, ["10:00-11:30", "13:00-17:00"]),
        ("Thu 27", "work", 6.5, ["07:30-11:30", "13:00-15:30"]),
    ]


def test_days_off_made_up_days_and_sundays_say_what_they_are():
    assert told(at("08-28", "16:00"), at("09-03", "08:30")) == [
        ("Fri 28", "work", 1.0, ["16:00-17:00"]),
        ("Sat 29", "made_up", 8.0, ["07:30-11:30", "13:00-17:00"]),
        ("Sun 30", "free", 0.0, []),
        ("Mon 31", "work", 8.0, ["07:30-11:30", "13:00-17:00"]),
        ("Tue 01", "work", 8.0, ["07:30-11:30", "13:00-17:00"]),
        ("Wed 02", "off", 0.0, []),
        ("Thu 03", "work", 1.0, ["07:30-08:30"]),
    ]


def test_a_date_at_either_end_on_which_nothing_counts_is_left_out():
    assert [day for day, *_ in told(at("08-26", "17:00"), at("08-28", "07:30"))] == ["Thu 27"]
    assert told(at("08-26", "12:00"), at("08-26", "12:30")) == []


def test_a_session_that_ends_at_midnight():
    night = Calendar(ZONE, week=dict.fromkeys(range(7), ((1200, 1440),)))
    assert told(at("08-26", "23:00"), at("08-27", "20:15"), night) == [
        ("Wed 26", "work", 1.0, ["23:00-00:00"]), ("Thu 27", "work", 0.25, ["20:00-20:15"]),
    ]  # fmt: skip


INSTANTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 10, 1), timezones=st.just(ZONE))


@given(INSTANTS, INSTANTS)
def test_the_dates_together_are_the_whole(one, other):
    start, end = min(one, other), max(one, other)
    days = list(by_day(CALENDAR, start, end))
    assert sum((day.worked for day in days), timedelta()) == CALENDAR.between(start, end)
    for day in days:
        assert sum((high - low for low, high in day.spans), timedelta()) == day.worked
        assert (day.worked > timedelta()) <= (day.kind in (DayKind.WORK, DayKind.MADE_UP))


@given(INSTANTS, INSTANTS)
def test_the_dates_together_are_the_whole_where_the_clock_is_put_forward_and_back(one, other):
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(berlin, week=dict.fromkeys(range(7), ((60, 240), (600, 900))))
    start, end = (
        each.replace(month=each.month + (0 if each.month == 8 else 1), tzinfo=berlin) for each in sorted((one, other))
    )
    days = list(by_day(calendar, start, end))
    assert sum((day.worked for day in days), timedelta()) == calendar.between(start, end)


def test_the_last_date_is_a_local_one():
    """05:00 in Hanoi is the day before in UTC."""
    nights = Calendar(ZONE, dict.fromkeys(range(7), ((0, 360),)))
    assert told(at("08-26", "05:00"), at("08-27", "05:00"), nights) == [
        ("Wed 26", "work", 1.0, ["05:00-06:00"]), ("Thu 27", "work", 5.0, ["00:00-05:00"]),
    ]  # fmt: skip


def test_a_day_off_on_which_nobody_works_anyway_is_free():
    sunday_off = Calendar(ZONE, days_off=frozenset({date(2026, 8, 30)}))
    assert [(day, kind) for day, kind, _, _ in told(at("08-28", "16:00"), at("08-31", "08:30"), sunday_off)] == [
        ("Fri 28", "work"), ("Sat 29", "free"), ("Sun 30", "free"), ("Mon 31", "work"),
    ]  # fmt: skip
