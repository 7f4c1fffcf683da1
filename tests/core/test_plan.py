"""The plan (DESIGN section 5): occurrence k lies at (offset + k x every) from the due instant, in one go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alertd.core.organisation import Target
from alertd.core.plan import Anchor, first_from, instant, latest_due, next_instant, occurrences
from alertd.core.policy import Duration, Match, Policy, Step
from alertd.core.worktime import Calendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
US = timedelta(microseconds=1)


def hanoi(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


def step(at, every=None, times=None, name="step"):
    return Step(name, Duration.parse(at), (Target.parse("officer"),), Duration.parse(every) if every else None, times)


def policy(*steps):
    return Policy("standard", Match(), steps)


def anchor(due, received=None, finished=None, calendar=None):
    def at(text):
        return hanoi(text) if isinstance(text, str) else text

    return Anchor(at(due), calendar or Calendar(HANOI), at(received), at(finished))


# --- offsets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "due", "expected"),
    [
        ("-3d", "06/06/2024 16:00", "03/06/2024 16:00"),
        ("-1d", "04/06/2024 07:30", "03/06/2024 07:30"),
        ("-4h", "06/06/2024 17:00", "06/06/2024 13:00"),
        ("-30m", "06/06/2024 13:10", "06/06/2024 11:10"),
        ("0d", "06/06/2024 16:00", "06/06/2024 16:00"),
        ("+1d", "07/06/2024 16:00", "10/06/2024 16:00"),
        ("1d", "07/06/2024 16:00", "10/06/2024 16:00"),
        ("+1d", "07/06/2024 17:00", "10/06/2024 17:00"),
        ("0.5d", "06/06/2024 07:30", "06/06/2024 11:30"),
        ("-1cd", "10/06/2024 16:00", "09/06/2024 16:00"),
        ("+2cd", "07/06/2024 23:59", "09/06/2024 23:59"),
    ],
)
def test_a_step_falls_due_at_its_offset_from_the_due_instant(at, due, expected):
    assert instant(step(at), 0, anchor(due)) == hanoi(expected)


def test_a_zero_offset_is_the_due_instant_itself_even_outside_sessions():
    sunday = hanoi("09/06/2024 03:17")
    assert instant(step("0d"), 0, anchor(sunday)) == sunday
    assert instant(step("-0h"), 0, anchor(sunday)) == sunday
    assert instant(step("-2d", "1d"), 2, anchor(sunday)) == sunday  # computed in one go, not 1d after Friday's


def test_nd_is_n_times_hours_per_day_whatever_the_lengths_of_the_days_crossed():
    short = Calendar(HANOI, {0: ((480, 600),), 1: ((480, 1080),), 2: ((480, 1080),)}, hours_per_day=6)
    assert instant(step("+1d"), 0, anchor("03/06/2024 08:00", calendar=short)) == hanoi("04/06/2024 12:00")


def test_microseconds_are_kept():
    due = hanoi("06/06/2024 16:00") + 123457 * US
    assert instant(step("-1d"), 0, anchor(due)) == hanoi("05/06/2024 16:00") + 123457 * US
    assert instant(step("-1cd"), 0, anchor(due)) == hanoi("05/06/2024 16:00") + 123457 * US


def test_one_calendar_day_is_the_same_wall_clock_time_one_date_away():
    calendar = Calendar(AMSTERDAM)
    due = datetime(2024, 3, 31, 12, 0, tzinfo=AMSTERDAM)  # the clocks went forward that morning
    before = instant(step("-1cd"), 0, anchor(due, calendar=calendar))
    assert before == datetime(2024, 3, 30, 12, 0, tzinfo=AMSTERDAM)
    assert due.astimezone(UTC) - before == timedelta(hours=23)


# --- percent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "received", "due", "expected"),
    [
        ("50%", "03/06/2024 08:00", "05/06/2024 08:00", "04/06/2024 08:00"),
        ("50%", "03/06/2024 07:30", "04/06/2024 17:00", "03/06/2024 17:00"),  # the earliest, not Tuesday 07:30
        ("25%", "03/06/2024 07:30", "03/06/2024 17:00", "03/06/2024 09:30"),
        ("50%", "02/06/2024 10:00", "03/06/2024 17:00", "03/06/2024 11:30"),  # received on a Sunday
        ("12.5%", "03/06/2024 07:30", "03/06/2024 17:00", "03/06/2024 08:30"),
    ],
)
def test_a_percentage_counts_working_time_from_receipt_to_due(at, received, due, expected):
    assert instant(step(at), 0, anchor(due, received)) == hanoi(expected)


def test_a_percentage_between_two_microseconds_is_the_later_one():
    received = hanoi("03/06/2024 08:00")
    assert instant(step("50%"), 0, anchor(received + 3 * US, received)) == received + 2 * US


def test_no_receipt_no_percent_step():
    half = step("50%")
    lone = anchor("05/06/2024 08:00")
    assert instant(half, 0, lone) is None
    assert first_from(half, lone, hanoi("01/01/2024 00:00")) is None
    assert latest_due(half, lone, hanoi("01/01/2025 00:00")) is None
    assert next_instant(policy(half), lone, {}) is None
    assert list(occurrences(policy(half), lone, hanoi("01/01/2024 00:00"), hanoi("01/01/2025 00:00"))) == []


# --- every and times -------------------------------------------------------------------------------------------------


def test_every_repeats_from_the_due_instant_and_times_counts_all_occurrences():
    repeated = policy(step("+1d", "1d", 3))
    found = list(
        occurrences(repeated, anchor("06/06/2024 16:00"), hanoi("01/06/2024 00:00"), hanoi("01/07/2024 00:00"))
    )
    expected = [hanoi("07/06/2024 16:00"), hanoi("10/06/2024 16:00"), hanoi("11/06/2024 16:00")]
    assert [(o.index, o.at) for o in found] == list(enumerate(expected))


def test_a_step_without_every_has_one_occurrence():
    one = anchor("06/06/2024 16:00")
    assert first_from(step("+1d"), one, hanoi("01/01/2024 00:00"), 0) is None
    assert latest_due(step("+1d"), one, hanoi("01/01/2025 00:00")) == (0, 0, hanoi("07/06/2024 16:00"))


def test_every_without_times_goes_on():
    found = latest_due(step("+1cd", "1cd"), anchor("06/06/2014 16:00"), hanoi("06/06/2024 16:00"))
    assert found == (0, 3652, hanoi("06/06/2024 16:00"))


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_an_occurrence_applies_from_receipt_on():
    steps = policy(step("-3d"))
    at = hanoi("03/06/2024 16:00")
    wide = hanoi("01/01/2024 00:00"), hanoi("01/01/2025 00:00")
    assert [o.at for o in occurrences(steps, anchor("06/06/2024 16:00", at), *wide)] == [at]
    assert list(occurrences(steps, anchor("06/06/2024 16:00", at + US), *wide)) == []
    assert next_instant(steps, anchor("06/06/2024 16:00", at + US), {}) is None
    assert latest_due(steps.steps[0], anchor("06/06/2024 16:00", at + US), wide[1]) is None


def test_occurrences_before_receipt_are_passed_over_and_the_later_ones_keep_their_index():
    late = anchor("03/06/2024 16:00", "05/06/2024 16:00")
    assert first_from(step("-1d", "1d"), late, hanoi("01/01/2024 00:00")) == (3, hanoi("05/06/2024 16:00"))


def test_an_occurrence_applies_before_the_finish_only():
    steps = policy(step("+1d", "1d"))
    finish = hanoi("10/06/2024 16:00")  # the instant of occurrence 1
    wide = hanoi("01/01/2024 00:00"), hanoi("01/01/2025 00:00")
    assert [o.index for o in occurrences(steps, anchor("06/06/2024 16:00", None, finish), *wide)] == [0]
    assert [o.index for o in occurrences(steps, anchor("06/06/2024 16:00", None, finish + US), *wide)] == [0, 1]
    assert next_instant(steps, anchor("06/06/2024 16:00", None, finish), {"step": 0}) is None
    assert latest_due(steps.steps[0], anchor("06/06/2024 16:00", None, finish), wide[1])[:2] == (0, 0)


def test_the_stretch_of_time_includes_its_start_and_not_its_end():
    steps = policy(step("0d"))
    due = hanoi("06/06/2024 16:00")
    assert [o.at for o in occurrences(steps, anchor(due), due, due + US)] == [due]
    assert list(occurrences(steps, anchor(due), due - US, due)) == []
    assert list(occurrences(steps, anchor(due), due + US, due + timedelta(days=9))) == []


def test_occurrences_carry_the_step_s_place_in_its_policy():
    steps = policy(step("-1d", name="a"), step("0d", name="b"))
    found = occurrences(steps, anchor("06/06/2024 16:00"), hanoi("01/01/2024 00:00"), hanoi("01/01/2025 00:00"))
    assert [(o.position, o.step.name) for o in found] == [(0, "a"), (1, "b")]


def test_next_instant_is_the_earliest_not_yet_fired():
    steps = policy(step("+1d", "1d", 2, name="late"), step("-1d", name="soon"), step("0d", name="due"))
    due = anchor("06/06/2024 16:00")
    assert next_instant(steps, due, {}) == hanoi("05/06/2024 16:00")
    assert next_instant(steps, due, {"soon": 0}) == hanoi("06/06/2024 16:00")
    assert next_instant(steps, due, {"soon": 0, "due": 0}) == hanoi("07/06/2024 16:00")
    assert next_instant(steps, due, {"soon": 0, "due": 0, "late": 0}) == hanoi("10/06/2024 16:00")
    assert next_instant(steps, due, {"soon": 0, "due": 0, "late": 1}) is None


# --- brute force -----------------------------------------------------------------------------------------------------

CALENDARS = [
    Calendar(HANOI),
    Calendar(AMSTERDAM, dict.fromkeys(range(7), ((0, 1440),)), hours_per_day=24),
    Calendar(
        AMSTERDAM, {0: ((540, 720), (1200, 1440)), 5: ((0, 1440),)}, frozenset([date(2024, 4, 1)]), hours_per_day=6
    ),
]
START = datetime(2024, 3, 1, tzinfo=UTC)
END = datetime(2024, 5, 1, tzinfo=UTC)
moments = st.one_of(
    st.integers(0, 60 * 24 * 4).map(lambda quarters: START + quarters * timedelta(minutes=15)),
    st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC)),
)
ENDLESS = 700  # more occurrences than can lie in the stretch of time that is tried: the shortest `every` is 4h


@st.composite
def steps(draw, name="step"):
    times = draw(st.none() | st.integers(1, 30))
    kind = draw(st.sampled_from(["once", "percent", "working", "days"]))
    sign = draw(st.sampled_from(["", "+", "-"]))
    if kind == "percent":
        return step(f"{draw(st.integers(1, 99))}%", name=name)
    if kind == "days":
        every = f"{draw(st.integers(1, 9))}cd"
        return step(f"{sign}{draw(st.integers(0, 9))}cd", every, times, name)
    at = f"{sign}{draw(st.integers(0, 90))}{draw(st.sampled_from(['d', 'h', 'm']))}"
    every = draw(st.sampled_from(["1d", "4h", "300m", "3d", "0.75d"]))
    return step(at, None if kind == "once" else every, None if kind == "once" else times, name)


anchors = st.builds(
    Anchor,
    due_at=moments,
    calendar=st.sampled_from(CALENDARS),
    received_at=st.none() | moments,
    finished_at=st.none() | moments,
)


def everything(a_step, an_anchor, least=0):
    """All (index, instant) of a step, before receipt and finish are asked, up to far beyond the time that is tried."""
    count = 1 if a_step.every is None else min(a_step.times or ENDLESS, ENDLESS)
    listed = []
    for index in range(count):
        at = instant(a_step, index, an_anchor)
        if at is None:
            break
        listed.append((index, at))
        if at > END + timedelta(days=1) and index > least:
            break
    return listed


def applying(a_step, an_anchor, least=0):
    return [
        (index, at)
        for index, at in everything(a_step, an_anchor, least)
        if (an_anchor.received_at is None or an_anchor.received_at <= at)
        and (an_anchor.finished_at is None or at < an_anchor.finished_at)
    ]


@given(steps(), anchors)
def test_occurrences_of_a_step_go_forward_in_time(a_step, an_anchor):
    listed = [at for _, at in everything(a_step, an_anchor)]
    assert listed == sorted(set(listed))


@given(steps(), anchors, moments, st.integers(-1, 20))
def test_first_from_agrees_with_counting(a_step, an_anchor, since, after):
    received = an_anchor.received_at
    expected = [
        (index, at)
        for index, at in everything(a_step, an_anchor, after)
        if index > after and at >= since and (received is None or at >= received)
    ]
    assert first_from(a_step, an_anchor, since, after) == (expected[0] if expected else None)


@given(steps(), anchors, moments, st.integers(-1, 20))
def test_latest_due_agrees_with_counting(a_step, an_anchor, now, after):
    due = [(index, at) for index, at in applying(a_step, an_anchor) if index > after and at <= now]
    expected = (due[0][0], due[-1][0], due[-1][1]) if due else None
    assert latest_due(a_step, an_anchor, now, after) == expected


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4, unique=True), st.data(), anchors, moments, moments)
def test_occurrences_agree_with_counting(names, data, an_anchor, since, until):
    assume(since <= until)
    ladder = policy(*(data.draw(steps(name=f"s{n}")) for n in names))
    expected = [
        (position, index, at)
        for position, a_step in enumerate(ladder.steps)
        for index, at in applying(a_step, an_anchor)
        if since <= at < until
    ]
    assert [(o.position, o.index, o.at) for o in occurrences(ladder, an_anchor, since, until)] == expected


@given(st.data(), anchors, st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), st.integers(0, 12)))
def test_next_instant_agrees_with_counting(data, an_anchor, fired):
    ladder = policy(*(data.draw(steps(name=f"s{n}")) for n in range(3)))
    left = [
        at
        for a_step in ladder.steps
        for index, at in applying(a_step, an_anchor, 12)
        if index > fired.get(a_step.name, -1)
    ]
    assert next_instant(ladder, an_anchor, fired) == (min(left) if left else None)
