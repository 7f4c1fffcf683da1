"""Goals: which one counts, whether it is met, and where a rate is heading."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.organisation import Span
from alertd.core.rates.goals import Goal, Verdict, goal_for, judge, project
from alertd.core.rates.rate import Indicator, Rate
from tests.core.rates.facts import CUTOFF

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 6, 14)
WEEK = timedelta(days=7)


def goal(scope="TP", value="3/5", indicator=Indicator.ONLINE, span=YEAR):
    return Goal(scope, indicator, Fraction(value), "Kế hoạch mẫu", span)


def test_a_units_own_goal_goes_before_that_of_its_kind_and_the_whole_has_its_own():
    goals = [goal("all"), goal("kind:department"), goal("TP", "1/2")]
    assert goal_for(goals, "TP", "department", Indicator.ONLINE, DAY).scope == "TP"
    assert goal_for(goals, "NV", "department", Indicator.ONLINE, DAY).scope == "kind:department"
    assert goal_for(goals, "", "", Indicator.ONLINE, DAY).scope == "all"
    assert goal_for(goals, "X1", "commune", Indicator.ONLINE, DAY) is None
    assert goal_for(goals, "TP", "department", Indicator.DIGITISED, DAY) is None


def test_what_fits_no_unit_has_no_goal():
    assert goal_for([goal("all"), goal("kind:")], None, "", Indicator.ONLINE, DAY) is None


def test_a_goal_counts_from_its_first_to_its_last_day():
    goals = [goal(span=Span(date(2026, 6, 1), date(2026, 6, 14))), goal(value="7/10", span=Span(date(2026, 6, 15)))]
    found = [goal_for(goals, "TP", "", Indicator.ONLINE, date(2026, *day)) for day in ((5, 31), (6, 14), (6, 15))]
    assert [each and each.value for each in found] == [None, Fraction(3, 5), Fraction(7, 10)]


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        (Rate(6, 10), Verdict.MET),
        (Rate(5999, 10_000), Verdict.MISSED),  # shown as 59,99%; and 2/3 against 66,67% is judged as it is
        (Rate(0, 0, 5), Verdict.NOT_APPLICABLE),
    ],
)
def test_a_rate_is_judged_exactly(rate, verdict):
    assert judge(rate, goal(), higher_is_better=True) is verdict


def test_without_a_goal_nothing_is_judged():
    assert judge(Rate(1, 2), None, higher_is_better=True) is Verdict.NO_GOAL


def test_where_less_is_better_a_goal_is_the_most_allowed():
    none = goal(value="0", indicator=Indicator.OVERDUE)
    assert judge(Rate(0, 9), none, higher_is_better=False) is Verdict.MET
    assert judge(Rate(1, 9), none, higher_is_better=False) is Verdict.MISSED


def projected(to_date, recent=None, value="3/5", weeks=1, left=3, higher=True):
    return project(
        to_date, recent or to_date, goal(value=value), higher_is_better=higher, covered=weeks * WEEK, cutoff=CUTOFF,
        until=CUTOFF + left * WEEK,
    )  # fmt: skip


def test_a_unit_below_plan_must_do_so_much_better_in_what_is_to_come():
    made = projected(Rate(40, 100))
    assert (made.to_come, made.value, made.misses) == (300, Fraction(2, 5), True)
    assert made.needed == Fraction(2, 3)  # 240 of 400, less the 40 that are there, of 300
    assert made.reachable


def test_a_unit_that_meets_its_goal_may_be_on_its_way_to_miss_it():
    made = projected(Rate(65, 100), Rate(10, 40))
    assert (made.misses, made.reachable) == (True, True)
    assert made.value == Fraction(65 + 75, 400)


def test_a_unit_below_plan_may_be_on_its_way_to_meet_it():
    assert not projected(Rate(50, 100), Rate(38, 40)).misses


def test_what_is_out_of_reach_is_said_to_be_so():
    made = projected(Rate(10, 100), value="9/10", left=1)
    assert made.needed > 1
    assert not made.reachable


def test_where_less_is_better_what_has_happened_cannot_be_made_good():
    made = projected(Rate(30, 100), value="1/10", left=1, higher=False)
    assert made.needed < 0
    assert not made.reachable
    assert projected(Rate(0, 100), Rate(0, 10), value="1/10", higher=False).reachable


def test_at_the_end_of_the_period_and_before_anything_is_known_nothing_is_projected():
    assert projected(Rate(40, 100), left=0) is None
    assert projected(Rate(0, 0, 9)) is None


def test_weeks_without_a_dossier_have_the_rate_so_far():
    assert projected(Rate(40, 100), Rate(0, 0)).value == Fraction(2, 5)


counts = st.tuples(st.integers(0, 80), st.integers(1, 80)).map(sorted)


@given(counts, counts, st.fractions(0, 1, max_denominator=100), st.booleans())
def test_who_reaches_what_is_needed_meets_the_goal_and_who_does_not_misses_it(so_far, recent, value, higher):
    made = projected(Rate(*so_far), Rate(*recent), value=value, higher=higher)
    assert 0 <= made.value <= 1
    total = so_far[1] + made.to_come
    assert (so_far[0] + made.needed * made.to_come) / total == value
    if not made.reachable:
        assert made.misses


def test_a_projection_says_until_when():
    assert projected(Rate(40, 100)).until == CUTOFF + 3 * WEEK


def test_a_goal_that_needs_every_dossier_to_come_is_within_reach():
    made = projected(Rate(20, 100), value="3/5", left=1)
    assert (made.needed, made.reachable) == (1, True)


@pytest.mark.parametrize(("recent", "reachable"), [(Rate(1, 1), True), (Rate(0, 1), False)])
def test_where_no_dossier_is_to_come_the_goal_is_met_or_out_of_reach(recent, reachable):
    so_far = Rate(1, 1) if reachable else Rate(0, 1)
    made = projected(so_far, recent, weeks=100, left=1)
    assert (made.to_come, made.needed, made.reachable, made.misses) == (0, None, reachable, not reachable)
