"""Rates stay between nothing and all, unknown is neither yes nor no, and counts add up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.rates.counts import NAMES, Counts
from alertd.core.rates.rate import Rate

some = st.integers(0, 50)
counts = st.builds(Counts, *[some] * len(NAMES))


def test_nothing_to_count_is_not_applicable():
    assert Rate().value is None
    assert Rate().coverage is None
    assert Rate(0, 0, 4).value is None
    assert Rate(0, 0, 4).coverage == 0


def test_unknown_lowers_the_coverage_and_not_the_rate():
    assert Rate(8, 10, 30).value == Fraction(8, 10)
    assert Rate(8, 10, 30).coverage == Fraction(1, 4)


def test_fewer_than_ten_are_shown_and_not_ranked():
    assert Rate(9, 9).value == 1
    assert not Rate(9, 9).ranked
    assert Rate(0, 10).ranked


@given(counts, counts)
def test_counts_add_up_name_by_name_but_the_oldest_pause(one, other):
    both = (one + other).values()
    for name in NAMES:
        mine, its = getattr(one, name), getattr(other, name)
        assert both[name] == (max(mine, its) if name == "paused_oldest_days" else mine + its)


def test_all_that_there_was_to_do_is_what_was_carried_over_and_what_came():
    assert Counts(carried_over=2, received=3, finished=9).handled == 5
