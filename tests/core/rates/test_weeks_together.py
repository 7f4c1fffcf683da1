"""Several weeks as one: sums since a goal began, the year's roll, who headed a unit when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alertd.core.organisation import Organisation, Person, Post, Span, Target, Unit
from alertd.core.rates.counts import NAMES, Counts
from alertd.core.rates.past import RECENT, Past, Summed
from alertd.core.rates.rate import Indicator, Rate, Side
from alertd.core.rates.roll import STOCKS, Rolled, roll
from alertd.core.rates.tally import Counting, Figures
from alertd.core.rates.tenure import Tenures, runs
from alertd.core.rates.week import UnitWeek, Week
from alertd.core.rates.weeks import WeekEnd
from tests.core.rates.facts import CUTOFF, START, SUNDAY

ON_TIME = Indicator.ON_TIME
SEVEN = timedelta(days=7)


def week(number, tp=None, tnmt=None, *, variant=None, side=None, start=None):
    """The week that ends `number` weeks after Sunday 14/06/2026."""
    counting = Counting()
    if variant or side:
        counting = Counting(
            {**counting.variants, ON_TIME: variant or counting.variants[ON_TIME]},
            {**counting.sides, ON_TIME: side or counting.sides[ON_TIME]},
        )
    units = [UnitWeek("TP", "Phòng Tư pháp", "department", tp or Figures())]
    if tnmt:
        units.append(UnitWeek("TNMT", "Phòng TNMT", "department", tnmt))
    return Week(
        label=f"W{number}", start=start or START + number * SEVEN, cutoff=CUTOFF + number * SEVEN,
        counted_until=START, known_at=CUTOFF, observed_to=1, configuration="c", counting=counting, marks=(),
        units=tuple(units),
    )  # fmt: skip


def on_time(yes, of, unknown=0):
    return Figures(rates={"R4": Rate(yes, of, unknown)})


# --- the weeks beside the one that is reported ------------------------------------------------------------------------


def test_figures_are_found_by_unit_and_the_whole_is_their_sum():
    past = Past([week(0, on_time(1, 2), on_time(3, 4))], SUNDAY)
    assert past.figures(0, "TP") == on_time(1, 2)
    assert past.figures(0, "").rates == {"R4": Rate(4, 6)}
    assert past.figures(0, "NV") is None


def test_the_week_before_is_the_one_that_ends_where_this_one_begins():
    assert Past([week(0), week(1)], SUNDAY).last_week() == 0
    assert Past([week(0), week(1), week(2)], SUNDAY).last_week() == 1
    assert Past([week(0)], SUNDAY).last_week() is None
    assert Past([week(0), week(2)], SUNDAY).last_week() is None, "one is missing between them"


def test_a_rate_is_summed_since_the_week_whose_last_day_is_in_the_goals_period():
    past = Past([week(n, on_time(n, 10)) for n in range(3)], SUNDAY)
    assert past.since("TP", ON_TIME, date(2026, 6, 14)) == Summed(Rate(3, 30), Rate(3, 30), 3 * SEVEN, 0)
    assert past.since("TP", ON_TIME, date(2026, 6, 15)) == Summed(Rate(3, 20), Rate(3, 20), 2 * SEVEN, 0)
    assert past.since("", ON_TIME, date(2026, 6, 28)) == Summed(Rate(2, 10), Rate(2, 10), SEVEN, 0)


def test_weeks_that_are_not_there_are_counted_as_missing():
    past = Past([week(0, on_time(1, 10)), week(3, on_time(2, 10))], SUNDAY)
    assert past.since("TP", ON_TIME, date(2026, 6, 14)) == Summed(Rate(3, 20), Rate(3, 20), 2 * SEVEN, 2)


def test_what_is_recent_are_the_last_four_weeks():
    past = Past([week(n, on_time(1, 10**n)) for n in range(6)], SUNDAY)
    assert RECENT == 4
    found = past.since("TP", ON_TIME, date(2026, 6, 14))
    assert (found.rate, found.recent) == (Rate(6, 111_111), Rate(4, 111_100))


def test_a_week_without_the_unit_or_the_rate_adds_nothing_and_is_not_missing():
    past = Past([week(0, Figures()), week(1, on_time(1, 2), on_time(5, 5)), week(2)], SUNDAY)
    assert past.since("TP", ON_TIME, date(2026, 6, 14)) == Summed(Rate(1, 2), Rate(1, 2), 3 * SEVEN, 0)
    assert past.since("TNMT", ON_TIME, date(2026, 6, 14)).rate == Rate(5, 5)


@pytest.mark.parametrize("other", [{"variant": "qd766"}, {"side": Side.RECEIVING}])
def test_weeks_counted_another_way_are_not_summed_and_said_to_be_missing(other):
    past = Past([week(0, on_time(1, 10), **other), week(1, on_time(2, 10))], SUNDAY)
    assert past.since("TP", ON_TIME, date(2026, 6, 14)) == Summed(Rate(2, 10), Rate(2, 10), SEVEN, 1)
    past = Past([week(0, on_time(1, 10), **other), week(1, on_time(2, 10)), week(2, on_time(3, 10))], SUNDAY)
    assert past.since("TP", ON_TIME, date(2026, 6, 14)).rate == Rate(5, 20)


def test_the_last_day_is_that_of_the_weeks_own_end():
    friday = WeekEnd(4, 1020, SUNDAY.zone)
    past = Past([week(0, on_time(1, 10))], friday)
    assert past.since("TP", ON_TIME, date(2026, 6, 1)).missing == 1


# --- a year rolled up -------------------------------------------------------------------------------------------------


def test_what_came_and_went_is_summed_and_what_is_open_is_that_of_the_end():
    first = Figures(Counts(**{name: number for number, name in enumerate(NAMES, 1)}))
    last = Figures(Counts(**{name: 100 + number for number, name in enumerate(NAMES, 1)}))
    counts = roll([first, last], frozenset({"a", "b"}), {}).counts
    for number, name in enumerate(NAMES, 1):
        expected = 100 + number if name in STOCKS else 100 + 2 * number
        expected = {"carried_over": number, "ever_overdue": 2}.get(name, expected)
        assert getattr(counts, name) == expected, name


def test_what_the_stocks_are():
    of_the_end = {"open", "running", "in_time", "due_soon", "due_today", "overdue", "overdue_day", "no_due", "paused",
                  "paused_oldest_days", "paused_again", "missing", "unknown_status"}  # fmt: skip
    assert of_the_end == STOCKS


def test_what_moved_between_units_is_what_does_not_balance():
    counts = Counts(carried_over=2, received=10, finished=7, withdrawn=1, open=6)
    assert roll([Figures(counts)], frozenset(), {}).adjusted == 2


def test_rates_are_summed_and_those_that_stand_are_those_of_the_end():
    weeks = [Figures(rates={key: Rate(n, 10) for key in ("R1", "R4", "R5", "R7")}) for n in (1, 2, 3)]
    rates = roll(weeks, frozenset(), {}).rates
    assert (rates["R1"], rates["R4"], rates["R5"], rates["R7"]) == (Rate(6, 30), Rate(6, 30), Rate(3, 10), Rate(3, 10))


def test_weeks_of_another_variant_are_left_out_of_their_rate_alone():
    weeks = [Figures(rates={"R1": Rate(n, 10), "R4": Rate(n, 10)}) for n in (1, 2, 3)]
    rates = roll(weeks, frozenset(), {"R4": frozenset({0, 1})}).rates
    assert (rates["R1"], rates["R4"]) == (Rate(6, 30), Rate(3, 10))


def test_a_rate_that_a_week_does_not_have_adds_nothing():
    weeks = [Figures(rates={"R1": Rate(1, 2), "R5": Rate(1, 2)}), Figures(rates={})]
    rates = roll(weeks, frozenset(), {}).rates
    assert (rates["R1"], rates["R5"]) == (Rate(1, 2), Rate())


def test_who_was_ever_overdue_is_counted_by_dossier_of_all_that_there_was_to_do():
    counts = Counts(carried_over=1, received=4)
    weeks = [Figures(counts, {"R6": Rate(2, 5)}), Figures(counts, {"R6": Rate(2, 7)}), Figures(counts)]
    rolled = roll(weeks, frozenset({"a", "b", "c"}), {})
    # handled over the period: carried over 1, received 12; two more were not accepted after they had been overdue
    assert rolled.rates["R6"] == Rate(3, 15)
    assert rolled.overdue == {"a", "b", "c"}
    assert roll([Figures()], frozenset({"a"}), {}).rates["R6"] == Rate(1, 1)


def test_a_week_with_a_smaller_denominator_takes_nothing_away():
    counts = Counts(received=4)
    weeks = [Figures(counts, {"R6": Rate(0, 3)}), Figures(counts, {"R6": Rate(0, 5)})]
    assert roll(weeks, frozenset(), {}).rates["R6"] == Rate(0, 9)


def test_on_time_or_in_term_of_all_that_had_a_due_date():
    counts = Counts(early=1, on_time=2, in_time=4, due_soon=8, due_today=16, paused=32, late=64, overdue=128,
                    finished_no_due=256, no_due=512)  # fmt: skip
    assert roll([Figures(counts)], frozenset(), {}).rates["2.1"] == Rate(63, 255, 768)


def test_periods_add_up_over_units():
    one = Rolled(Counts(received=1), {"R1": Rate(1, 2)}, 1, frozenset({"a"}), 3)
    other = Rolled(Counts(received=2), {"R1": Rate(1, 4), "R2": Rate(1, 1)}, 2, frozenset({"a", "b"}), 4)
    assert one + other == Rolled(Counts(received=3), {"R1": Rate(2, 6), "R2": Rate(1, 1)}, 3, frozenset({"a", "b"}), 7)
    assert (other + one).rates == {"R1": Rate(2, 6), "R2": Rate(1, 1)}
    assert roll([Figures(), Figures()], frozenset(), {}).weeks == 2


# --- who headed a unit ------------------------------------------------------------------------------------------------

JUNE, JULY = date(2026, 6, 10), date(2026, 7, 10)


def organisation(*people):
    units = {"TP": Unit("TP", "Phòng Tư pháp")}
    return Organisation(units, {one.id: one for one in people}, {}, Target.parse("person:nobody"))


def head(ident, first=None, last=None, post="head"):
    return Person(ident, f"Trưởng phòng {ident}", posts=(Post("TP", post, span=Span(first, last)),))


def test_where_the_present_file_gives_dates_it_is_believed():
    now = organisation(head("old", None, date(2026, 6, 30)), head("new", date(2026, 7, 1), None))
    other = organisation(head("someone"))
    tenures = Tenures(now)
    assert tenures.heads("TP", JUNE, other) == (("old", "Trưởng phòng old"),)
    assert tenures.heads("TP", JULY, other) == (("new", "Trưởng phòng new"),)


def test_a_first_day_alone_is_a_date_too_and_before_it_the_post_was_vacant():
    tenures = Tenures(organisation(head("new", date(2026, 7, 1))))
    assert tenures.heads("TP", JUNE, organisation(head("old"))) == ()


def test_without_dates_the_file_of_that_week_says_who_it_was():
    tenures = Tenures(organisation(head("new")))
    assert tenures.heads("TP", JUNE, organisation(head("old"))) == (("old", "Trưởng phòng old"),)
    assert tenures.heads("TP", JUNE, organisation()) == ()
    assert Tenures(organisation()).heads("TP", JUNE, organisation(head("old"))) == (("old", "Trưởng phòng old"),)


def test_a_person_has_the_name_that_they_have_now():
    then = organisation(replace(head("an"), name="Tên cũ"))
    assert Tenures(organisation(head("an"))).heads("TP", JUNE, then) == (("an", "Trưởng phòng an"),)


def test_other_posts_head_nothing():
    now = organisation(head("deputy", date(2026, 1, 1), post="deputy"), head("an"))
    assert Tenures(now).heads("TP", JUNE, now) == (("an", "Trưởng phòng an"),)


def test_two_heads_are_both_named_once():
    twice = Person("an", "An", posts=(Post("TP", "head", span=Span(date(2026, 1, 1), None)), Post("TP", "head")))
    now = organisation(twice, head("binh", date(2026, 1, 1)))
    assert Tenures(now).heads("TP", JUNE, now) == (("an", "An"), ("binh", "Trưởng phòng binh"))


def test_consecutive_weeks_with_the_same_heads_are_one_run():
    a, b = (("a", "A"),), (("b", "B"),)
    assert runs([a, a, b, (), a]) == [(a, 0, 2), (b, 2, 3), ((), 3, 4), (a, 4, 5)]
    assert runs([a, a, a]) == [(a, 0, 3)]
    assert runs([]) == []
