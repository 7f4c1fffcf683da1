"""Terms of storage are counted on the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alertd.core.keeping import LEAST, Kind, Term


@pytest.mark.parametrize(
    ("term", "now", "before"),
    [
        (Term(years=5), "2026-11-28", "2021-11-28"),
        (Term(years=1), "2028-02-29", "2027-02-28"),
        (Term(years=4), "2028-02-29", "2024-02-28"),
        (Term(days=90), "2026-03-31", "2025-12-31"),
        (Term(days=1), "2028-02-29", "2028-02-28"),
    ],
)
def test_what_is_older_than_a_term_lies_before_the_same_day_of_then(term, now, before):
    instant = datetime.fromisoformat(f"{now}T10:30:00").replace(tzinfo=UTC)
    assert term.before(instant) == datetime.fromisoformat(f"{before}T10:30:00").replace(tzinfo=UTC)


def test_a_year_is_as_long_as_365_days_where_terms_are_compared():
    assert Term(days=364).shorter(Term(years=1))
    assert not Term(days=365).shorter(Term(years=1))
    assert not Term(years=1).shorter(Term(days=365))


def test_a_term_is_shown_as_it_is_written():
    assert [str(each) for each in (Term(years=5), Term(days=400))] == ["5y", "400d"]


def test_no_class_is_without_a_least_term():
    assert set(LEAST) == set(Kind)
