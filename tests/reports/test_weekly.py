"""The report of a week: judged, compared, ranked, with what there is to explain; from frozen weeks that are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.named import EndedSpell, Explanation, LateFinish, OverdueDossier
from alertd.core.organisation import Span
from alertd.core.rates.counts import Counts
from alertd.core.rates.goals import Goal, Verdict
from alertd.core.rates.past import Past
from alertd.core.rates.rate import Indicator, Rate
from alertd.core.rates.tally import Counting, Figures
from alertd.core.rates.week import UnitWeek, Week
from alertd.core.weekly import Breach, Edition
from alertd.reports import words
from alertd.reports.plain import plain
from alertd.reports.weekly import Sources, assemble
from tests.core.rates.facts import CUTOFF, RULES, SUNDAY, ZONE, at

WEEK = timedelta(days=7)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def figures(handled=20, online=(12, 20), digitised=(10, 10), late=0, overdue=0, ever=None):
    finished = handled // 2
    ever = late + overdue if ever is None else ever
    counts = Counts(
        received=handled, finished=finished, early=finished - late, late=late, open=handled - finished,
        running=handled - finished, in_time=handled - finished - overdue, overdue=overdue, ever_overdue=ever,
    )  # fmt: skip
    rates = {
        "R1": Rate(*online), "R3": Rate(*digitised), "R4": Rate(finished - late, finished),
        "R5": Rate(overdue, handled - finished), "R6": Rate(ever, handled), "2.1": Rate(handled - ever, handled),
    }  # fmt: skip
    return Figures(counts, rates)


def week(tp=None, tnmt=None, none=None, back=0, counting=None, **lists):
    """A week so many weeks before the reported one."""
    cutoff = CUTOFF - back * WEEK
    units = (
        UnitWeek("UBND", "UBND huyện", "district", Figures()),
        UnitWeek("TP", "Phòng Tư pháp", "department", tp or figures()),
        UnitWeek("TNMT", "Phòng Tài nguyên và Môi trường", "department", tnmt or figures()),
        UnitWeek(None, "", "", none or Figures()),
    )
    return Week(SUNDAY.label(cutoff), cutoff - WEEK, cutoff, cutoff - WEEK, cutoff, 0, "rules", counting or Counting(),
                (), units, **lists)  # fmt: skip


def goal(value="60%", indicator=Indicator.ONLINE, scope="kind:department", span=YEAR):
    return Goal(scope, indicator, Fraction(int(value[:-1]), 100), "Kế hoạch mẫu", span)


def report(*weeks, goals=(), explanations=()):
    weeks = weeks or (week(),)
    last = weeks[-1]
    edition = Edition(1, last.label, 1, last.start, last.cutoff, last.known_at, last.cutoff, "digest", "rules")
    return assemble(Sources(edition, Past(weeks, SUNDAY), goals, RULES, explanations))


def unit(made, code="TP"):
    return next(row for row in made.units if row.unit == code)


def online(made, code="TP"):
    return unit(made, code).rates[Indicator.ONLINE]


# --- rows -------------------------------------------------------------------------------------------------------------


def test_units_stand_in_the_order_of_the_organisation_and_sum_up_to_the_whole():
    made = report(week(none=figures(3, (0, 3))))
    assert [row.unit for row in made.units] == ["TP", "TNMT", None]
    assert made.units[-1].name == words.UNMATCHED
    assert sum((row.counts for row in made.units), Counts()) == made.whole.counts
    assert made.whole.rates[Indicator.ONLINE].rate == Rate(24, 43)
    assert "unmatched" in [remark.code for remark in made.remarks]


def test_a_unit_without_a_dossier_is_shown_beside_the_others_of_its_kind_and_those_of_other_kinds_are_not():
    made = report(week(tnmt=Figures()))
    assert [row.unit for row in made.units] == ["TP", "TNMT"]
    assert report(week(), goals=[goal(scope="UBND")]).units[0].unit == "UBND"


def test_without_any_dossier_there_is_a_report_that_says_so():
    made = report(week(Figures(), Figures()))
    assert made.units == ()
    assert [remark.code for remark in made.remarks] == ["no_data", "no_goals"]


def test_the_week_before_is_compared_with_unless_it_is_missing():
    made = report(week(figures(online=(10, 20)), back=1), week())
    assert unit(made).previous.received == 20
    assert online(made).change == Fraction(1, 10)
    assert online(report(week(back=2), week())).change is None


# --- goals ------------------------------------------------------------------------------------------------------------


def test_a_goal_is_judged_on_all_weeks_since_it_began_and_the_missing_ones_are_counted():
    weeks = [week(figures(online=(4, 20)), back=2), week(figures(online=(12, 20)))]
    made = online(report(*weeks, goals=[goal(span=Span(date(2026, 5, 25), date(2026, 12, 31)))]))
    assert (made.rate, made.to_date, made.weeks_missing) == (Rate(12, 20), Rate(16, 40), 1)
    assert made.verdict is Verdict.MISSED
    assert made.projection.until.astimezone(ZONE).date() == date(2027, 1, 1)
    assert made.projection.to_come == round(40 / 14 * 200)


def test_a_week_counts_for_the_goal_of_its_last_day():
    weeks = [week(figures(online=(0, 20)), back=1), week(figures(online=(12, 20)))]
    made = online(report(*weeks, goals=[goal(span=Span(date(2026, 6, 8)))]))
    assert (made.to_date, made.weeks_missing, made.projection) == (Rate(12, 20), 0, None)


def test_weeks_counted_by_another_variant_are_not_summed():
    other = Counting({**Counting().variants, Indicator.ONLINE: "offered"})
    made = online(report(week(back=1, counting=other), week(), goals=[goal(span=Span(date(2026, 6, 1)))]))
    assert (made.to_date, made.weeks_missing) == (Rate(12, 20), 1)


def test_what_stands_at_the_cut_off_is_judged_as_it_stands():
    none_overdue = goal("0%", Indicator.OVERDUE)
    made = report(week(figures(overdue=1)), goals=[none_overdue])
    assert unit(made).rates[Indicator.OVERDUE].verdict is Verdict.MISSED
    assert unit(made, "TNMT").rates[Indicator.OVERDUE].verdict is Verdict.MET
    assert unit(made).rates[Indicator.OVERDUE].to_date is None


def test_units_without_a_goal_beside_those_with_one_are_a_remark():
    made = report(week(), goals=[goal(scope="TNMT")])
    assert online(made).verdict is Verdict.NO_GOAL
    assert [r.text for r in made.remarks if r.code == "no_goal"] == ["Phòng Tư pháp: chưa được giao chỉ tiêu."]


# --- rank and score ---------------------------------------------------------------------------------------------------


def test_units_are_ranked_among_those_of_their_kind_and_few_dossiers_are_not():
    made = report(week(figures(online=(19, 20)), figures(online=(12, 20)), figures(online=(20, 20))))
    assert [(row.rates[Indicator.ONLINE].rank, row.rates[Indicator.ONLINE].ranked) for row in made.units] == [
        (1, 2), (2, 2), (None, 0)
    ]  # fmt: skip
    few = report(week(figures(online=(9, 9)), figures(online=(12, 20))))
    assert [row.rates[Indicator.ONLINE].rank for row in few.units] == [None, 1]


def test_equal_rates_share_a_place_and_less_is_better_where_it_is():
    made = report(week(figures(overdue=3), figures(overdue=1)))
    assert [row.rates[Indicator.OVERDUE].rank for row in made.units] == [2, 1]
    assert [row.rates[Indicator.ONLINE].rank for row in made.units] == [1, 1]


def test_the_score_is_what_the_data_allow_and_says_what_is_missing():
    tp = figures()
    tp = replace(tp, rates={**tp.rates, "2.1": Rate(9, 10), "3.3": Rate(3, 10), "4.2": Rate(6, 10, 4)})
    row = unit(report(week(tp)))
    parts = {part.number: part for part in row.scores}
    assert parts["2.1"].points == 18
    assert (parts["3.3"].share, parts["3.3"].points) == (Fraction(3, 5), None)
    assert (parts["4.2"].share, parts["4.2"].points) == (Fraction(3, 4), 3)
    assert (parts["3.6"].share, parts["4.1"].share) == (None, None)
    assert row.score == Fraction(18 + 3, 20 + 4)
    assert "4 hồ sơ chưa rõ" in parts["4.2"].missing
    assert any("đồng bộ" in text for text in parts["3.3"].missing)


# --- accountability ---------------------------------------------------------------------------------------------------


def overdue(code, code_unit="TP"):
    return OverdueDossier(code, "", code_unit, "", None, at("10/06 16:00"), None, None, 2.0)


def test_a_head_explains_overdue_dossiers_or_low_rates_with_the_evidence_and_what_was_said():
    late = LateFinish("MAU-2", "", "TP", "", None, at("09/06 16:00"), at("10/06 08:00"), 0.1)
    moved = EndedSpell(
        "MAU-3", "", "TP", "", at("09/06 16:05"), at("09/06 16:00"), at("10/06 08:00"), None, "due_moved"
    )
    said = [Explanation("MAU-1", "TP", "Cán bộ mẫu", at("11/06 08:00"), "Chờ xác minh"),
            Explanation("MAU-9", "TNMT", "Cán bộ mẫu", at("11/06 08:00"), "…")]  # fmt: skip
    made = report(
        week(figures(late=1, overdue=1, ever=3), figures(online=(1, 20), digitised=(1, 10)), overdue=(overdue("MAU-1"),),
             finished_late=(late,), ended=(moved,)),
        goals=[goal(), goal("80%", Indicator.DIGITISED)], explanations=said,
    )  # fmt: skip
    first, second = made.explanations_due
    assert (first.unit, first.head, first.breaches) == ("TP", ("Trưởng phòng Tư pháp",), (Breach.OVERDUE,))
    assert first.overdue == ("MAU-1", "MAU-2", "MAU-3")
    assert [one.code for one in first.received] == ["MAU-1"]
    assert (second.unit, second.head, second.breaches) == ("TNMT", (), (Breach.DIGITISED, Breach.ONLINE))


def test_an_overdue_dossier_that_was_made_to_look_on_time_is_explained_all_the_same():
    made = report(week(figures(ever=1)))
    assert [one.breaches for one in made.explanations_due] == [(Breach.OVERDUE,)]


def test_units_are_commended_for_enough_work_without_a_fault_and_criticised_for_each_fault():
    made = report(week(figures(), figures(late=2, overdue=1, online=(1, 20))), goals=[goal()])
    (good,), (bad,) = made.commend, made.criticise
    assert (good.unit, good.reasons) == (
        "TP",
        (
            "giải quyết 10 hồ sơ, không để hồ sơ nào quá hạn",
            "nộp hồ sơ trực tuyến 60%, đạt chỉ tiêu 60%",
        ),
    )
    assert (bad.unit, bad.reasons) == (
        "TNMT",
        (
            "đang có 1 hồ sơ quá hạn",
            "2 hồ sơ giải quyết trễ hạn",
            "nộp hồ sơ trực tuyến 5%, chưa đạt chỉ tiêu 60%",
        ),
    )


def test_nine_dossiers_are_too_few_to_be_commended_for():
    assert report(week(figures(8), figures(9))).commend == ()


# --- trend ------------------------------------------------------------------------------------------------------------


def test_the_trend_and_the_heat_map_show_twelve_weeks_and_what_a_week_does_not_have():
    weeks = [week(figures(overdue=n % 3), back=13 - n) for n in range(14)]
    without = replace(weeks[5], units=weeks[5].units[:1])
    made = report(*weeks[:5], without, *weeks[6:])
    assert len(made.trend) == 12
    assert made.trend[-1].week == made.edition.week
    row = next(row for row in made.heat if row.unit == "TP")
    assert len(row.overdue) == 12
    assert row.overdue[3] is None
    assert row.overdue[-1] == unit(made).counts.overdue


# --- as JSON ----------------------------------------------------------------------------------------------------------


@given(st.fractions(0, 1))
def test_percent_has_two_decimals_at_most_and_never_rounds_to_more_than_all(value):
    text = words.percent(value)
    shown = float(text.removesuffix("%").replace(",", "."))
    assert abs(shown - float(value) * 100) <= 0.005 + 1e-9
    assert 0 <= shown <= 100


def test_halves_are_rounded_up_and_nothing_is_a_dash():
    assert words.percent(Fraction(1, 3)) == "33,33%"
    assert words.percent(Fraction(66665, 100000)) == "66,67%"
    assert words.percent(Fraction(1)) == "100%"
    assert words.percent(None) == "–"


def test_the_whole_report_goes_into_json_with_instants_on_the_clock_of_the_office():
    made = report(week(back=1), week(figures(overdue=1), overdue=(overdue("MAU-1"),)), goals=[goal()])
    back = json.loads(json.dumps(plain(made, ZONE)))
    assert back["edition"]["cutoff"] == "2026-06-15T00:00:00+07:00"
    cell = next(row for row in back["units"] if row["unit"] == "TP")["rates"]["R1"]
    assert (cell["rate"]["value"], cell["goal"]["value"], cell["verdict"]) == (0.6, 0.6, "met")
    assert cell["goal"]["span"] == {"from": "2026-01-01", "until": "2026-12-31"}
    assert back["overdue"][0]["code"] == "MAU-1"
