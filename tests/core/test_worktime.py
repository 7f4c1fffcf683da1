"""Working time (DESIGN section 4, reference 1.6): the tables, the properties, and a second implementation."""

from __future__ import annotations

import os
import time as clock
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alertd.core.errors import CalendarError
from alertd.core.worktime import Calendar
from tests.oracle.replay import DAYS
from tests.oracle.replay import Calendar as SlowCalendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ZONES = ["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"]
ZERO = timedelta(0)
US = timedelta(microseconds=1)
DAY = timedelta(hours=8)


def hanoi(text):
    """`03/06/2024 08:00`, Hanoi time."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


# --- tables ----------------------------------------------------------------------------------------------------------

DESIGN_TABLE = [
    ("03/06/2024 08:00", 1, "04/06/2024 08:00"),
    ("03/06/2024 07:30", 1, "03/06/2024 17:00"),
    ("03/06/2024 06:45", 1, "03/06/2024 17:00"),
    ("03/06/2024 12:10", 1, "04/06/2024 11:30"),
    ("03/06/2024 17:01", 1, "04/06/2024 17:00"),
    ("07/06/2024 17:30", 2, "11/06/2024 17:00"),
]
REFERENCE_C1 = [
    ("03/06/2024 08:00", 1, "04/06/2024 08:00"),
    ("03/06/2024 08:00", 3, "06/06/2024 08:00"),
    ("03/06/2024 07:30", 1, "03/06/2024 17:00"),
    ("03/06/2024 06:45", 1, "03/06/2024 17:00"),
    ("03/06/2024 11:30", 1, "04/06/2024 11:30"),
    ("03/06/2024 12:10", 1, "04/06/2024 11:30"),
    ("03/06/2024 16:59", 1, "04/06/2024 16:59"),
    ("03/06/2024 17:01", 1, "04/06/2024 17:00"),
    ("07/06/2024 16:00", 1, "10/06/2024 16:00"),
    ("07/06/2024 17:30", 2, "11/06/2024 17:00"),
]
#: Derived by hand from calendar C1: over its days off and its make-up Saturday.
C1_SPECIAL_DAYS = [
    ("17/04/2024 10:00", 1, "19/04/2024 10:00"),
    ("26/04/2024 16:00", 1, "02/05/2024 16:00"),
    ("03/05/2024 16:00", 1, "04/05/2024 16:00"),
    ("04/05/2024 16:00", 1, "06/05/2024 16:00"),
    ("04/05/2024 07:30", 1, "04/05/2024 17:00"),
    ("30/08/2024 14:00", 1, "04/09/2024 14:00"),
    ("24/01/2025 09:00", 1, "03/02/2025 09:00"),
    ("28/01/2025 09:00", 1, "03/02/2025 17:00"),
]


@pytest.fixture
def plain():
    return Calendar(HANOI)


@pytest.fixture
def c1():
    """Calendar C1 of reference 1.6."""
    off = [
        date(2024, 4, 18),
        date(2024, 4, 29),
        date(2024, 4, 30),
        date(2024, 5, 1),
        date(2024, 9, 2),
        date(2024, 9, 3),
    ]
    off += [date(2025, 1, 25) + timedelta(days=n) for n in range(9)]
    return Calendar(HANOI, days_off=frozenset(off), working_days=frozenset([date(2024, 5, 4)]))


@pytest.mark.parametrize(("received", "days", "due"), DESIGN_TABLE)
def test_the_table_of_design_section_4(plain, received, days, due):
    assert plain.add(hanoi(received), days * DAY) == hanoi(due)


@pytest.mark.parametrize(("received", "days", "due"), REFERENCE_C1 + C1_SPECIAL_DAYS)
def test_the_vectors_of_reference_1_6(c1, received, days, due):
    assert c1.add(hanoi(received), days * DAY) == hanoi(due)
    assert c1.between(hanoi(received), hanoi(due)) == days * DAY


@pytest.mark.parametrize(
    ("due", "days", "at"),
    [
        ("04/06/2024 07:30", 1, "03/06/2024 07:30"),  # the example of DESIGN
        ("04/06/2024 17:00", 1, "04/06/2024 07:30"),
        ("04/06/2024 08:00", 1, "03/06/2024 08:00"),
        ("10/06/2024 07:30", 1, "07/06/2024 07:30"),
        ("08/06/2024 10:00", 1, "07/06/2024 07:30"),  # due on a Saturday
        ("04/06/2024 12:10", 1, "03/06/2024 13:00"),
    ],
)
def test_moving_back_gives_the_latest_instant(plain, due, days, at):
    assert plain.add(hanoi(due), -days * DAY) == hanoi(at)


def test_a_zero_amount_is_the_instant_itself_even_outside_sessions(plain):
    assert plain.add(hanoi("08/06/2024 03:17"), ZERO) == hanoi("08/06/2024 03:17")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 6, 3), "03/06/2024 17:00"),
        (date(2024, 6, 8), "09/06/2024 00:00"),  # Saturday: the end of the calendar day
        (date(2024, 5, 4), "04/05/2024 17:00"),  # make-up Saturday
        (date(2024, 5, 1), "02/05/2024 00:00"),  # a day off
    ],
)
def test_a_due_date_without_a_time_is_the_end_of_its_last_session_else_of_the_day(c1, day, end):
    assert c1.end_of(day) == hanoi(end)


def test_a_make_up_day_uses_monday_s_sessions_whatever_its_weekday():
    week = {0: ((480, 600),), 5: ((600, 1000),)}
    calendar = Calendar(HANOI, week, working_days=frozenset([date(2024, 6, 8), date(2024, 6, 9)]))
    assert calendar.sessions(date(2024, 6, 8)) == ((480, 600),)
    assert calendar.sessions(date(2024, 6, 9)) == ((480, 600),)
    assert calendar.sessions(date(2024, 6, 15)) == ((600, 1000),)


def test_a_session_may_end_at_24_00():
    calendar = Calendar(HANOI, {0: ((1380, 1440),), 1: ((0, 60),)})
    assert calendar.end_of(date(2024, 6, 3)) == hanoi("04/06/2024 00:00")
    assert calendar.add(hanoi("03/06/2024 23:30"), timedelta(hours=1)) == hanoi("04/06/2024 00:30")
    assert calendar.between(hanoi("03/06/2024 12:00"), hanoi("04/06/2024 12:00")) == timedelta(hours=2)


def test_hours_per_day_is_what_1d_stands_for_whatever_the_lengths_of_the_days_crossed():
    assert Calendar(HANOI).day_us == 8 * 3600 * 10**6
    assert Calendar(HANOI, hours_per_day=7.5).day_us == 75 * 360 * 10**6


def test_between_is_negative_when_the_end_comes_first(plain):
    assert plain.between(hanoi("04/06/2024 08:00"), hanoi("03/06/2024 08:00")) == -DAY


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 10, 28), 24)]
)
def test_a_session_over_a_change_of_summer_time_has_the_time_that_passes(day, hours):
    zone = ZoneInfo("Europe/Amsterdam")
    calendar = Calendar(zone, dict.fromkeys(range(7), ((0, 1440),)))
    start = datetime.combine(day, datetime.min.time(), zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    assert calendar.between(start, end) == timedelta(hours=hours)


def test_a_session_that_a_change_of_summer_time_swallows_has_no_time():
    """On Sunday 31/03/2024 the hour from 02:00 on does not exist in Amsterdam: 02:30 comes after 03:00."""
    zone = ZoneInfo("Europe/Amsterdam")
    calendar = Calendar(zone, {6: ((150, 180), (600, 660))})
    saturday = datetime(2024, 3, 30, 12, tzinfo=zone)
    assert calendar.add(saturday, timedelta(minutes=30)) == datetime(2024, 3, 31, 10, 30, tzinfo=zone)
    assert calendar.between(saturday, saturday + timedelta(days=2)) == timedelta(hours=1)


def test_a_calendar_without_any_session_says_so(plain):
    empty = Calendar(HANOI, {})
    assert empty.between(hanoi("03/06/2024 08:00"), hanoi("03/06/2025 08:00")) == ZERO
    with pytest.raises(CalendarError, match="no working time"):
        empty.add(hanoi("03/06/2024 08:00"), DAY)
    with pytest.raises(CalendarError, match="no working time"):
        empty.add(hanoi("03/06/2024 08:00"), -DAY)


def test_dates_many_years_apart_are_counted_by_one_calendar(plain):
    for year in (2024, 2034, 2014, 2024):
        monday = next(
            day for day in (datetime(year, 6, n, 8, 0, tzinfo=HANOI) for n in range(1, 8)) if day.weekday() == 0
        )
        assert plain.add(monday, DAY) == monday + timedelta(days=1)


def test_a_move_across_many_years_leaves_the_first_table(plain):
    start = hanoi("03/06/2024 08:00")
    far = plain.add(start, 260 * 30 * DAY)
    assert far.year == 2054
    assert plain.add(far, -260 * 30 * DAY) == start


# --- random calendars ------------------------------------------------------------------------------------------------


@st.composite
def day_sessions(draw):
    edges = draw(st.lists(st.sampled_from([*range(0, 1440, 15), 1440]), max_size=6, unique=True))
    edges.sort()
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw, zones=tuple(ZONES)):
    week = draw(st.dictionaries(st.integers(0, 6), day_sessions(), min_size=1))
    assume(any(week.values()))
    days = st.dates(date(2023, 1, 1), date(2025, 12, 31))
    off = draw(st.frozensets(days, max_size=30))
    return Calendar(
        ZoneInfo(draw(st.sampled_from(zones))),
        week,
        days_off=off,
        working_days=draw(st.frozensets(days, max_size=10)) - off,
        hours_per_day=draw(st.sampled_from([8, 7.5, 6])),
    )


#: Often near a change of summer time, at whole minutes as well as at any microsecond.
instants = st.one_of(
    st.datetimes(datetime(2023, 6, 1), datetime(2025, 6, 1), timezones=st.just(UTC)),
    st.integers(0, 365 * 1440).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.integers(-2880, 2880).map(lambda minutes: datetime(2024, 3, 31, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.integers(-2880, 2880).map(lambda minutes: datetime(2024, 10, 27, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)
amounts = st.one_of(
    st.integers(0, 60 * 3600 * 10**6).map(lambda us: us * US),
    st.integers(0, 240).map(lambda quarters: quarters * timedelta(minutes=15)),
    st.sampled_from([ZERO, US, DAY]),
)
signed = st.tuples(amounts, st.sampled_from([1, -1])).map(lambda pair: pair[0] * pair[1])


def slow(calendar):
    """The same calendar in the second implementation, made from what a configuration file would say."""

    def text(minutes):
        return f"{minutes // 60:02}:{minutes % 60:02}"

    return SlowCalendar(
        calendar.zone,
        {
            "sessions": {
                DAYS[n]: [f"{text(a)}-{text(b)}" for a, b in sessions] for n, sessions in calendar.week.items()
            },
            "hours_per_day": calendar.hours_per_day,
            "days_off": list(calendar.days_off),
            "working_days": list(calendar.working_days),
        },
    )


@given(calendars(), instants, amounts)
def test_add_then_between_gives_the_amount_back(calendar, start, amount):
    assert calendar.between(start, calendar.add(start, amount)) == amount
    assert calendar.between(calendar.add(start, -amount), start) == amount


@given(calendars(), instants, instants, signed)
def test_add_is_monotone_in_the_instant(calendar, one, other, amount):
    one, other = sorted([one, other])
    assert calendar.add(one, amount) <= calendar.add(other, amount)


@given(calendars(), instants, signed, signed)
def test_add_is_monotone_in_the_amount_where_it_moves(calendar, start, one, other):
    one, other = sorted([one, other])
    assume(one != other)
    assert calendar.add(start, one) < calendar.add(start, other)


@given(calendars(), instants, amounts, amounts)
def test_adding_in_two_moves_is_adding_in_one(calendar, start, one, other):
    assume(other)
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)
    assert calendar.add(calendar.add(start, -one), -other) == calendar.add(start, -one - other)


@given(calendars(), instants, instants, instants)
def test_between_is_additive(calendar, a, b, c):
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(calendars(), instants, amounts)
def test_forward_gives_the_earliest_and_back_the_latest(calendar, start, amount):
    assume(amount)
    ahead, behind = calendar.add(start, amount), calendar.add(start, -amount)
    assert calendar.between(start, ahead - US) < amount
    assert calendar.between(behind + US, start) < amount


@given(calendars(), instants, signed)
def test_it_never_lands_outside_sessions_unless_nothing_is_added(calendar, start, amount):
    at = calendar.add(start, amount)
    if not amount:
        assert at == start
        return
    day = at.astimezone(calendar.zone).date()
    near = [pair for n in (-1, 0, 1) for pair in slow(calendar).sessions(day + timedelta(days=n))]
    assert any(first <= at <= last for first, last in near)


@given(calendars(), instants, signed)
def test_the_second_implementation_moves_to_the_same_instant(calendar, start, amount):
    other = slow(calendar)
    expected = other.forward(start, amount) if amount >= ZERO else other.back(start, -amount)
    assert calendar.add(start, amount) == expected


@given(calendars(), instants, instants)
def test_the_second_implementation_counts_the_same_time(calendar, one, other):
    one, other = sorted([one, other])
    assert calendar.between(one, other) == slow(calendar).between(one, other)


@given(calendars(), st.dates(date(2023, 1, 1), date(2025, 12, 31)))
def test_the_second_implementation_ends_a_date_at_the_same_instant(calendar, day):
    assume(
        len(slow(calendar).sessions(day)) == len(calendar.sessions(day))
    )  # none is swallowed by a change of summer time
    assert calendar.end_of(day) == slow(calendar).end_of(day)


@given(calendars(), instants, signed, st.sampled_from(["UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"]))
def test_it_is_independent_of_the_machine_s_zone(calendar, start, amount, machine):
    here = (
        calendar.add(start, amount),
        calendar.between(start, start + timedelta(days=9)),
        calendar.end_of(start.date()),
    )
    same = Calendar(calendar.zone, calendar.week, calendar.days_off, calendar.working_days)
    with machine_zone(machine):
        there = same.add(start, amount), same.between(start, start + timedelta(days=9)), same.end_of(start.date())
    assert here == there


@given(calendars(), instants, amounts, st.sampled_from(ZONES))
def test_the_zone_in_which_an_instant_is_written_does_not_matter(calendar, start, amount, zone):
    assert calendar.add(start.astimezone(ZoneInfo(zone)), amount) == calendar.add(start, amount)


@contextmanager
def machine_zone(name):
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    clock.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        clock.tzset()
