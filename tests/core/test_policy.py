"""Policies (DESIGN section 6): durations, what matches, and that the first that matches is used."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dossier import Clock
from alertd.core.organisation import Edge, Organisation, Span, Target, Unit
from alertd.core.policy import Duration, Match, Policy, Subject, Urgency, first_match
from alertd.core.worktime import Calendar

DAY = date(2024, 6, 3)
HOUR = 3_600_000_000


@pytest.fixture
def directory():
    """TP and its branch VP under UBND; VP also under STNMT from 2024 on."""
    units = [
        Unit("UBND", "UBND"),
        Unit("STNMT", "STNMT"),
        Unit("TP", "TP", edges=(Edge("UBND"),)),
        Unit("VP", "VP", edges=(Edge("TP"), Edge("STNMT", "vertical", Span(date(2024, 1, 1), date(2024, 6, 30))))),
    ]
    return Organisation({unit.code: unit for unit in units}, {}, {}, Target.parse("person:nobody"))


def subject(unit="TP", procedure_code="1.001", procedure="Cải chính hộ tịch", field="Hộ tịch", channel="online"):
    return Subject(unit, procedure_code, procedure, field, channel)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("-3d", -3, "d"),
        ("+1d", 1, "d"),
        ("0d", 0, "d"),
        ("4h", 4, "h"),
        ("30m", 30, "m"),
        ("-1cd", -1, "cd"),
        ("1.5d", Fraction(3, 2), "d"),
        ("80%", 80, "%"),
        ("0.5%", Fraction(1, 2), "%"),
        (" 2d ", 2, "d"),
    ],
)
def test_a_duration_is_read(text, number, unit):
    found = Duration.parse(text)
    assert (found.number, found.unit) == (number, unit)


@pytest.mark.parametrize(
    "text",
    ["", "3", "d", "3 d", "3w", "1d4h", "0%", "100%", "-50%", "+50%", "120%", "1.5cd", "--1d", "1,5d", "3D"],
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r".?"):
        Duration.parse(text)


def test_working_time_of_a_duration():
    calendar = Calendar(ZoneInfo("Asia/Ho_Chi_Minh"), hours_per_day=7.5)
    assert Duration.parse("-2d").working(calendar) == -15 * HOUR
    assert Duration.parse("4h").working(calendar) == 4 * HOUR
    assert Duration.parse("90m").working(calendar) == 3 * HOUR // 2
    assert Duration.parse("2cd").working(calendar) == 0
    assert Duration.parse("-2cd").days == -2
    assert Duration.parse("2d").days == 0


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        (Match(), True),
        (Match(unit=("TP",)), True),
        (Match(unit=("=TP",)), True),
        (Match(unit=("UBND",)), True),
        (Match(unit=("=UBND",)), False),
        (Match(unit=("STNMT",)), False),
        (Match(unit=("STNMT", "UBND")), True),
        (Match(procedure=("1.001",)), True),
        (Match(procedure=("Cải chính hộ tịch",)), True),
        (Match(procedure=("1.002", "Khác")), False),
        (Match(field=("Hộ tịch",)), True),
        (Match(field=("Đất đai",)), False),
        (Match(channel=("online",)), True),
        (Match(channel=("direct", "postal")), False),
        (Match(unit=("UBND",), channel=("online",)), True),
        (Match(unit=("UBND",), channel=("direct",)), False),
    ],
)
def test_every_key_of_a_match_must_fit_and_any_value_of_a_list(directory, match, hit):
    assert Policy("p", match, ()).matches(subject(), directory.on(DAY)) is hit


def test_a_unit_includes_its_descendants_along_any_edge_valid_that_day(directory):
    vertical = Policy("p", Match(unit=("STNMT",)), ())
    assert vertical.matches(subject("VP"), directory.on(DAY))
    assert vertical.matches(subject("VP"), directory.on(date(2024, 6, 30)))
    assert not vertical.matches(subject("VP"), directory.on(date(2024, 7, 1)))
    assert not vertical.matches(subject("VP"), directory.on(date(2023, 12, 31)))
    assert Policy("p", Match(unit=("UBND",)), ()).matches(subject("VP"), directory.on(DAY))


def test_an_unmatched_unit_matches_no_unit_but_matches_everything(directory):
    assert not Policy("p", Match(unit=("UBND",)), ()).matches(subject(None), directory.on(DAY))
    assert Policy("p", Match(), ()).matches(subject(None), directory.on(DAY))


def test_what_a_feed_left_empty_matches_no_value(directory):
    empty = subject("TP", "", "", "", "unknown")
    assert not Policy("p", Match(procedure=("1.001",)), ()).matches(empty, directory.on(DAY))
    assert not Policy("p", Match(field=("Hộ tịch",)), ()).matches(empty, directory.on(DAY))
    assert Policy("p", Match(channel=("unknown",)), ()).matches(empty, directory.on(DAY))


def test_the_first_policy_that_matches_is_used(directory):
    policies = (
        Policy("desk", Match(channel=("direct",)), ()),
        Policy("civil", Match(field=("Hộ tịch",)), ()),
        Policy("rest", Match(), ()),
    )
    assert first_match(policies, Clock.DUE, subject(), directory.on(DAY)).name == "civil"
    assert first_match(policies, Clock.DUE, subject(channel="direct"), directory.on(DAY)).name == "desk"
    assert first_match(policies, Clock.DUE, subject(field="Đất đai"), directory.on(DAY)).name == "rest"


def test_a_policy_serves_its_own_clock_only(directory):
    accept = Policy("accept", Match(), (), Clock.ACCEPT)
    due = Policy("due", Match(), ())
    assert first_match((accept, due), Clock.DUE, subject(), directory.on(DAY)) is due
    assert first_match((accept, due), Clock.ACCEPT, subject(), directory.on(DAY)) is accept
    assert first_match((accept,), Clock.DUE, subject(), directory.on(DAY)) is None


def test_urgencies_are_the_levels_1_2_3():
    assert [urgency.rank for urgency in (Urgency.NORMAL, Urgency.HIGH, Urgency.CRITICAL)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["1x", "", "d", "0%", "100%", "-5%", "0.5cd"])
def test_what_is_no_duration_is_named_in_the_error(text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it carries is looked at below
        Duration.parse(text)
    assert caught.value.args == (text,)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("3h", 3), ("-3h", -3), ("+90m", 1.5), ("2d", 16), ("0.5d", 4), ("-1.5h", -1.5), ("7cd", 0), ("50%", 0)],
)
def test_the_working_time_of_a_duration(text, hours):
    duration = Duration.parse(f" {text} ")
    assert duration.working(Calendar(ZoneInfo("Asia/Ho_Chi_Minh"))) == hours * 3_600_000_000
    assert duration.text == text


def test_a_part_of_a_microsecond_is_rounded():
    third = Duration.parse("0.0000001h")
    assert third.working(Calendar(ZoneInfo("Asia/Ho_Chi_Minh"))) == 360
