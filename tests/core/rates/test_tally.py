"""What is counted: sums agree, unknown is never no, units add up to the whole; and each rule by one dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.core.dossier import Filing, Phase
from alertd.core.rates.counts import Counts
from alertd.core.rates.fact import When, came, left
from alertd.core.rates.rate import Indicator, Side
from alertd.core.rates.tally import Counting, Figures, Move, Spell, tally
from alertd.core.rates.variants import DEFAULTS, SIDES, VARIANTS
from alertd.core.transition import DueKind, SpellEnd
from tests.core.rates.facts import CUTOFF, START, WEEK, at, fact, finished, period, some_facts

COUNTINGS = st.fixed_dictionaries({i: st.sampled_from(list(VARIANTS[i])) for i in Indicator}).map(
    lambda chosen: Counting(chosen, dict(SIDES))
)
#: The fields that a feed may leave open, with an answer for yes and one for no.
OPEN = {
    "channel": (Filing.UNKNOWN, Filing.ONLINE, Filing.DIRECT),
    "paid_online": (None, True, False),
    "result_digital": (None, True, False),
    "components_digital": (None, True, False),
}


def counted(*facts, moves=(), spells=(), over=WEEK, counting=None):
    return sum(tally(facts, moves, spells, over, counting).values(), Figures())


def rate(indicator, variant, *facts, **more):
    counting = Counting({**DEFAULTS, indicator: variant}, dict(SIDES))
    made = counted(*facts, counting=counting, **more).rates.get(indicator.value)
    return made and (made.numerator, made.denominator, made.unknown)


# --- what always holds ------------------------------------------------------------------------------------------------


@given(some_facts(), COUNTINGS)
def test_a_rate_is_never_less_than_nothing_or_more_than_all(facts, counting):
    spells = [Spell(f.id, START, f.due_at or START) for f in facts[::2]]
    for figures in tally(facts, (), spells, WEEK, counting).values():
        for made in figures.rates.values():
            assert 0 <= made.numerator <= made.denominator
            assert made.value is None or 0 <= made.value <= 1
            assert made.unknown >= 0


@given(some_facts())
def test_counts_balance(facts):
    for figures in tally(facts, (), (), WEEK).values():
        c = figures.counts
        assert c.carried_over + c.received == c.finished + c.withdrawn + c.open
        assert c.finished == c.early + c.on_time + c.late + c.finished_no_due
        assert c.open == c.running + c.paused
        assert c.running == c.in_time + c.due_soon + c.due_today + c.overdue + c.no_due
        assert c.received_belated <= c.received
        assert c.finished_belated <= c.finished
        assert c.overdue <= c.ever_overdue
        assert c.overdue_hidden <= c.ever_overdue


@given(some_facts(), COUNTINGS)
def test_units_add_up_to_the_whole(facts, counting):
    by_unit = tally(facts, (), (), WEEK, counting)
    everywhere = [replace(f, unit="TP", received_unit="TP") for f in facts]
    whole = tally(everywhere, (), (), WEEK, counting).get("TP", Figures())
    total = sum(by_unit.values(), Figures())
    assert total.counts == whole.counts
    assert {k: r for k, r in total.rates.items() if r.dossiers or r.unknown} == dict(whole.rates)


@given(some_facts(), COUNTINGS, st.sampled_from(sorted(OPEN)))
@settings(max_examples=200)
def test_unknown_is_never_counted_as_no(facts, counting, name):
    unknown, yes, no = OPEN[name]
    hidden = [replace(f, **{name: unknown}) for f in facts]
    as_no = [replace(f, **{name: no}) for f in facts]
    as_yes = [replace(f, **{name: yes}) for f in facts]
    rates = [counted(*each, counting=counting).rates for each in (hidden, as_no, as_yes)]
    for key in set().union(*rates):
        asked, refused, agreed = (each.get(key) for each in rates)
        assert asked is not None
        assert refused is not None
        assert agreed is not None
        # an answer moves a dossier out of the unknown, and adds it where it was not counted before
        assert asked.dossiers + asked.unknown == refused.dossiers + refused.unknown == agreed.dossiers + agreed.unknown
        assert asked.dossiers <= min(refused.dossiers, agreed.dossiers)
        assert asked.numerator <= agreed.numerator
        assert refused.numerator == asked.numerator


@given(some_facts())
def test_each_dossier_counts_in_one_week_only(facts):
    """Whatever is belated or dated ahead: over consecutive weeks, no receipt and no end is counted twice."""
    weeks = [period(START + timedelta(days=7 * n), CUTOFF + timedelta(days=7 * n)) for n in range(-6, 3)]
    for one in facts:
        if one.history_since >= weeks[0].start:
            continue
        # what is not yet seen at a cut-off is in no fact of that week
        known = [w for w in weeks if one.accepted_seen_at < w.cutoff]
        assert sum(came(one, w) in (When.WITHIN, When.BELATED) for w in known) <= 1
        ended = [w for w in weeks if one.ended_seen_at is not None and one.ended_seen_at < w.cutoff]
        assert sum(left(one, w) in (When.WITHIN, When.BELATED) for w in ended) <= 1


# --- in and out -------------------------------------------------------------------------------------------------------


def test_received_in_the_week_and_before_it():
    assert counted(fact(received_at=START)).counts.received == 1
    before = fact(received_at=START - timedelta(microseconds=1), accepted_seen_at=START - timedelta(days=1))
    assert counted(before).counts.carried_over == 1
    assert counted(fact(received_at=CUTOFF, accepted_seen_at=CUTOFF)).counts == Counts()


def test_a_receipt_that_becomes_known_a_week_late_is_received_now_and_said_to_be_belated():
    counts = counted(fact(received_at=at("03/06 08:00"), accepted_seen_at=at("09/06 08:00"))).counts
    assert (counts.received, counts.received_belated, counts.carried_over) == (1, 1, 0)


def test_what_the_first_poll_shows_is_counted_by_its_own_dates():
    first = at("09/06 08:00")
    old = fact(received_at=at("03/06 08:00"), accepted_seen_at=first, history_since=first)
    assert counted(old).counts.carried_over == 1


def test_a_finish_entered_with_an_earlier_date_is_counted_and_not_lost_between_two_weeks():
    backdated = finished("05/06 10:00", received_at=at("01/06 08:00"), accepted_seen_at=at("01/06 09:00"),
                         ended_seen_at=at("09/06 09:00"), due_at=at("05/06 17:00"))  # fmt: skip
    spell = Spell(1, at("05/06 17:05"), at("05/06 17:00"), at("09/06 09:00"), SpellEnd.BACKDATED)
    counts = counted(backdated, spells=[spell]).counts
    assert (counts.finished, counts.finished_belated, counts.on_time) == (1, 1, 1)
    assert (counts.backdated, counts.ever_overdue, counts.overdue_hidden) == (1, 1, 1)


def test_a_withdrawn_dossier_is_neither_finished_nor_open():
    counts = counted(fact(phase=Phase.CANCELLED, ended_at=at("10/06 08:00"))).counts
    assert (counts.received, counts.withdrawn, counts.finished, counts.open) == (1, 1, 0, 0)


def test_a_dossier_not_accepted_is_in_no_count_of_work():
    counts = counted(fact(phase=Phase.REJECTED, ended_at=at("10/06 08:00"))).counts
    assert (counts.received, counts.open, counts.rejected) == (0, 0, 1)


def test_an_overdue_dossier_does_not_disappear_by_being_rejected():
    spell = Spell(1, at("09/06 08:00"), at("08/06 17:00"), at("10/06 08:00"), SpellEnd.CANCELLED)
    made = counted(fact(phase=Phase.REJECTED, ended_at=at("10/06 08:00")), spells=[spell])
    assert (made.counts.ever_overdue, made.counts.overdue_hidden) == (1, 1)
    assert made.rates["R6"].value == 1


# --- early, on time, late; by the instant and by the day ------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "early", "on_time", "late", "late_day"),
    [
        ("09/06 17:00", 1, 0, 0, 0),
        ("10/06 08:00", 0, 1, 0, 0),
        ("10/06 09:00", 0, 1, 0, 0),
        ("10/06 09:01", 0, 0, 1, 0),
        ("11/06 00:00", 0, 0, 1, 1),
    ],
)
def test_a_finish_due_on_10_06_at_09_00(when, early, on_time, late, late_day):
    counts = counted(finished(when, due_at=at("10/06 09:00"))).counts
    assert (counts.early, counts.on_time, counts.late, counts.late_day) == (early, on_time, late, late_day)


@pytest.mark.parametrize(
    ("due", "class_", "overdue_day"),
    [
        ("14/06 17:00", "overdue", 0),
        ("13/06 17:00", "overdue", 1),
        ("15/06 17:00", "due_today", 0),
        ("17/06 17:00", "due_soon", 0),
        ("19/06 17:00", "in_time", 0),
        (None, "no_due", 0),
    ],
)
def test_the_class_of_a_running_dossier_at_sunday_midnight(due, class_, overdue_day):
    counts = counted(fact(due_at=at(due) if due else None)).counts
    assert getattr(counts, class_) == 1
    assert counts.overdue_day == overdue_day


def test_paused_dossiers_have_an_age_and_are_not_overdue():
    paused = fact(phase=Phase.PAUSED, due_at=at("09/06 08:00"), paused_since=at("08/06 12:00"), pauses=2)
    counts = counted(paused).counts
    assert (counts.paused, counts.paused_oldest_days, counts.paused_again, counts.overdue) == (1, 6, 1, 0)


# --- the indicators ---------------------------------------------------------------------------------------------------

ONLINE = {"channel": Filing.ONLINE}
DIRECT = {"channel": Filing.DIRECT}


@pytest.mark.parametrize(
    ("variant", "fields", "expected"),
    [
        ("received", ONLINE, (1, 1, 0)),
        ("received", DIRECT, (0, 1, 0)),
        ("received", {"channel": Filing.POSTAL}, (0, 1, 0)),
        ("received", {}, (0, 0, 1)),
        ("qd766", ONLINE | {"result_required": False}, (1, 1, 0)),
        ("qd766", ONLINE | {"result_required": True}, (0, 1, 0)),
        ("qd766", ONLINE, (0, 0, 1)),
        ("qd766", DIRECT, (0, 1, 0)),
        ("offered", ONLINE | {"service_level": "partial"}, (1, 1, 0)),
        ("offered", DIRECT | {"service_level": "info"}, None),
        ("offered", ONLINE, (0, 0, 1)),
        ("full", DIRECT | {"service_level": "full"}, (0, 1, 0)),
        ("full", ONLINE | {"service_level": "partial"}, None),
    ],
)
def test_r1_filed_online(variant, fields, expected):
    assert rate(Indicator.ONLINE, variant, fact(**fields)) == expected


def test_r1_of_qd766_wants_the_result_that_was_issued():
    done = {"result_required": True, "result_digital": True, **ONLINE}
    assert rate(Indicator.ONLINE, "qd766", finished("10/06 08:00", **done)) == (1, 1, 0)
    assert rate(Indicator.ONLINE, "qd766", finished("10/06 08:00", **done | {"result_digital": None})) == (0, 0, 1)


@pytest.mark.parametrize(
    ("variant", "fields", "expected"),
    [
        ("dossiers", {"fee_total": 50_000, "paid_online": True}, (1, 1, 0)),
        ("dossiers", {"fee_total": 50_000, "paid_online": False}, (0, 1, 0)),
        ("dossiers", {"fee_total": 50_000}, (0, 0, 1)),
        ("dossiers", {"fee_total": 0, "fee": True, "paid_online": False}, None),
        ("dossiers", {"fee": False}, None),
        ("dossiers", {"fee": True, "paid_online": True}, (1, 1, 0)),
        ("dossiers", {}, (0, 0, 1)),
        ("amount", {"fee_total": 50_000, "paid_online": True}, (50_000, 50_000, 0)),
        ("amount", {"fee": True, "paid_online": True}, (0, 0, 1)),
    ],
)
def test_r2_paid_online(variant, fields, expected):
    assert rate(Indicator.ONLINE_PAYMENT, variant, fact(**fields)) == expected


def test_r2_of_qd766_takes_the_fee_from_the_procedure():
    silent = fact(id=1, procedure_code="1.001", paid_online=True)
    other = fact(id=2, procedure_code="1.001", fee_total=20_000, paid_online=False)
    assert rate(Indicator.ONLINE_PAYMENT, "dossiers", silent, other) == (0, 1, 1)
    assert rate(Indicator.ONLINE_PAYMENT, "qd766", silent, other) == (1, 2, 0)


def test_r2_by_amount_is_ranked_by_its_dossiers():
    rich = [fact(id=n, fee_total=1_000_000, paid_online=True) for n in range(9)]
    counting = Counting({**DEFAULTS, Indicator.ONLINE_PAYMENT: "amount"}, dict(SIDES))
    made = counted(*rich, counting=counting).rates["R2"]
    assert (made.denominator, made.dossiers, made.ranked) == (9_000_000, 9, False)


@pytest.mark.parametrize(
    ("variant", "fields", "expected"),
    [
        ("result", {"result_required": True, "result_digital": True}, (1, 1, 0)),
        ("result", {"result_required": True, "result_digital": False}, (0, 1, 0)),
        ("result", {"result_required": True}, (0, 0, 1)),
        ("result", {"result_required": False, "result_digital": False}, None),
        ("result", {"result_digital": False}, (0, 0, 1)),
        ("all-finished", {"result_digital": False}, (0, 1, 0)),
        ("qd766", {"components_digital": True, "result_required": False}, (1, 1, 0)),
        ("qd766", {"components_digital": True, "result_required": True, "result_digital": True}, (1, 1, 0)),
        ("qd766", {"components_digital": True}, (0, 0, 1)),
        ("qd766", {"components_digital": False}, (0, 1, 0)),
    ],
)
def test_r3_digital_results(variant, fields, expected):
    assert rate(Indicator.DIGITISED, variant, finished("10/06 08:00", **fields)) == expected


@pytest.mark.parametrize(
    ("variant", "one", "expected"),
    [
        ("instant", finished("10/06 16:00", due_at=at("10/06 08:00")), (0, 1, 0)),
        ("day", finished("10/06 16:00", due_at=at("10/06 08:00")), (1, 1, 0)),
        ("instant", finished("10/06 16:00", due_at=None), (0, 0, 1)),
        ("instant", fact(), None),
        ("qd766", fact(), (1, 1, 0)),
        ("qd766", fact(due_at=at("12/06 08:00")), (0, 1, 0)),
        ("qd766", fact(supplements=2), (0, 1, 0)),
        ("qd766", fact(supplements=1), (1, 1, 0)),
        ("qd766", fact(phase=Phase.PAUSED, paused_since=at("09/06 08:00"), due_at=at("12/06 08:00")), (1, 1, 0)),
        ("qd766", fact(due_at=None), (0, 0, 1)),
        ("late-ratio", fact(due_at=at("12/06 08:00")), (1, 1, 0)),
        ("late-ratio", finished("10/06 16:00", due_at=at("10/06 08:00")), (1, 1, 0)),
        ("late-ratio", fact(), (0, 1, 0)),
    ],
)
def test_r4_on_time(variant, one, expected):
    assert rate(Indicator.ON_TIME, variant, one) == expected


def test_r5_to_r7():
    late = fact(due_at=at("14/06 17:00"))
    assert rate(Indicator.OVERDUE, "instant", late) == (1, 1, 0)
    assert rate(Indicator.OVERDUE, "day", late) == (0, 1, 0)
    assert rate(Indicator.OVERDUE, "instant", fact(due_at=None)) == (0, 0, 1)
    assert rate(Indicator.EVER_OVERDUE, "seen", late) == (1, 1, 0)
    assert rate(Indicator.EVER_OVERDUE, "seen", fact()) == (0, 1, 0)
    assert rate(Indicator.PAUSED, "open", fact(phase=Phase.PAUSED, paused_since=START)) == (1, 1, 0)


def test_an_overdue_dossier_whose_due_date_was_moved_was_overdue_all_the_same():
    spell = Spell(1, at("09/06 08:00"), at("08/06 17:00"), at("10/06 08:00"), SpellEnd.DUE_MOVED)
    move = Move(1, at("10/06 08:00"), at("08/06 17:00"), at("17/06 17:00"), DueKind.EXTENDED_AFTER)
    made = counted(fact(), spells=[spell], moves=[move])
    assert made.rates["R6"].value == 1
    assert (made.counts.overdue, made.counts.overdue_hidden) == (0, 1)
    assert (made.counts.due_moved, made.counts.due_moved_late) == (1, 1)


def test_a_due_date_that_came_back_after_a_pause_has_not_moved():
    move = Move(1, at("10/06 08:00"), at("08/06 17:00"), at("17/06 17:00"), DueKind.RESUMED)
    assert counted(fact(), moves=[move]).counts.due_moved == 0


def test_receiving_and_processing_unit():
    one = fact(unit="TNMT", received_unit="TP", **ONLINE)
    made = tally([one], (), (), WEEK)
    assert made["TP"].rates["R1"].value == Fraction(1)
    assert made["TP"].counts == Counts()
    assert made["TNMT"].counts.received == 1
    assert "R1" not in made["TNMT"].rates
    other = Counting(dict(DEFAULTS), {**SIDES, Indicator.ONLINE: Side.PROCESSING})
    assert tally([one], (), (), WEEK, other)["TNMT"].rates["R1"].value == 1
