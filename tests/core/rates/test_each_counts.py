"""Each dossier counts, and two of a kind count twice; bounds of the classes, and variants outside their week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.dossier import Filing, Phase
from alertd.core.rates.counts import NAMES
from alertd.core.rates.rate import Indicator
from alertd.core.rates.tally import Move, Spell, tally
from alertd.core.transition import DueKind, SpellEnd
from tests.core.rates.facts import CUTOFF, START, WEEK, at, fact, finished
from tests.core.rates.test_tally import counted, rate

US = timedelta(microseconds=1)
LATE = {"due_at": at("10/06 16:00")}
BEFORE = {"received_at": at("01/06 08:00"), "accepted_seen_at": at("01/06 08:00")}
#: One of each kind that a week counts, by what it is counted as.
KINDS = {
    "early": finished("10/06 10:00"),
    "on_time": finished("10/06 15:00", **LATE),
    "late": finished("10/06 17:00", **LATE),
    "late_day": finished("11/06 17:00", **LATE),
    "finished_no_due": finished("10/06 10:00", due_at=None),
    "finished_belated": finished("05/06 10:00", ended_seen_at=at("09/06 10:00"), **BEFORE),
    "received_belated": fact(received_at=at("05/06 08:00"), accepted_seen_at=at("09/06 08:00")),
    "carried_over": fact(**BEFORE),
    "withdrawn": fact(phase=Phase.CANCELLED, ended_at=at("10/06 10:00")),
    "rejected": fact(phase=Phase.REJECTED, ended_at=at("10/06 10:00")),
    "overdue": fact(**LATE),
    "overdue_day": fact(due_at=at("12/06 16:00")),
    "due_today": fact(due_at=WEEK.tomorrow - US),
    "due_soon": fact(due_at=WEEK.soon - US),
    "in_time": fact(due_at=WEEK.soon),
    "no_due": fact(due_at=None),
    "paused": fact(phase=Phase.PAUSED, paused_since=at("10/06 08:00"), pauses=1),
    "paused_again": fact(phase=Phase.PAUSED, paused_since=at("10/06 08:00"), pauses=2),
    "missing": fact(missing=True),
    "unknown_status": fact(unknown_status=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_a_kind_counts_once_and_two_count_twice(kind):
    one = KINDS[kind]
    once = counted(one).counts
    assert getattr(once, kind) == 1
    twice = counted(one, replace(one, id=2)).counts
    for name in NAMES:
        assert getattr(twice, name) == (1 if name == "paused_oldest_days" else 2) * getattr(once, name), name


def test_what_is_seen_overdue_and_not_accepted_counts_each_time():
    gone = [fact(id=n, phase=Phase.REJECTED, ended_at=at("10/06 10:00")) for n in (1, 2)]
    spells = [Spell(n, START, START) for n in (1, 2)]
    made = counted(*gone, spells=spells)
    assert (made.counts.rejected, made.counts.ever_overdue, made.counts.overdue_hidden) == (2, 2, 2)
    ever = made.rates[Indicator.EVER_OVERDUE.value]
    assert (ever.numerator, ever.denominator, ever.dossiers) == (2, 2, 2)


def test_moves_and_finishes_dated_back_count_each_time():
    two = [finished("10/06 10:00", id=n) for n in (1, 2)]
    moves = [Move(n, START, None, None, kind) for n in (1, 2) for kind in (DueKind.EXTENDED_AFTER, DueKind.SHORTENED)]
    spells = [Spell(n, START, START, CUTOFF, SpellEnd.BACKDATED) for n in (1, 2)]
    counts = counted(*two, moves=moves, spells=spells).counts
    assert (counts.due_moved, counts.due_moved_late, counts.backdated) == (4, 2, 2)


@pytest.mark.parametrize(
    ("due_at", "kind"),
    [
        (CUTOFF - US, "overdue"), (CUTOFF, "due_today"), (WEEK.tomorrow - US, "due_today"), (WEEK.tomorrow, "due_soon"),
        (WEEK.soon - US, "due_soon"), (WEEK.soon, "in_time"),
    ],
)  # fmt: skip
def test_the_bounds_of_the_classes(due_at, kind):
    assert getattr(counted(fact(due_at=due_at)).counts, kind) == 1


def test_a_pause_since_nobody_knows_when_has_no_age():
    assert counted(fact(phase=Phase.PAUSED)).counts.paused_oldest_days == 0
    assert counted(KINDS["paused"]).counts.paused_oldest_days == 4


def test_a_finish_in_time_was_overdue_at_no_time_and_a_late_one_was():
    assert counted(finished("10/06 10:00", **LATE)).counts.ever_overdue == 0
    assert counted(finished("10/06 17:00", **LATE)).counts.ever_overdue == 1
    assert counted(fact(**LATE)).counts.ever_overdue == 1


# --- variants ---------------------------------------------------------------------------------------------------------

EARLIER = fact(**BEFORE, channel=Filing.ONLINE, service_level="full", fee_total=5, paid_online=True,
               result_required=True, result_digital=True, components_digital=True)  # fmt: skip


@pytest.mark.parametrize(
    ("indicator", "variant"),
    [
        (Indicator.ONLINE, "received"), (Indicator.ONLINE, "qd766"), (Indicator.ONLINE, "offered"),
        (Indicator.ONLINE_PAYMENT, "dossiers"), (Indicator.ONLINE_PAYMENT, "qd766"), (Indicator.ONLINE_PAYMENT, "amount"),
        (Indicator.DIGITISED, "result"), (Indicator.DIGITISED, "all-finished"), (Indicator.DIGITISED, "qd766"),
        (Indicator.ON_TIME, "instant"), (Indicator.ON_TIME, "day"),
    ],
)  # fmt: skip
def test_what_came_before_the_week_and_is_open_is_out_of_the_rates_of_what_came_or_ended_in_it(indicator, variant):
    assert rate(indicator, variant, EARLIER) is None
    assert rate(indicator, variant, replace(EARLIER, fee_total=None, fee=None)) is None


@pytest.mark.parametrize(("level", "offered", "full"), [("full", (1, 1, 0), (1, 1, 0)), ("partial", (1, 1, 0), None)])
def test_services_that_are_offered_online_in_part_or_in_full(level, offered, full):
    one = fact(channel=Filing.ONLINE, service_level=level)
    assert rate(Indicator.ONLINE, "offered", one) == offered
    assert rate(Indicator.ONLINE, "full", one) == full


@pytest.mark.parametrize(
    ("required", "digital", "ended", "expected"),
    [
        (False, None, False, (1, 1, 0)),
        (True, None, False, (0, 1, 0)),  # open: not yet
        (None, None, False, (0, 0, 1)),
        (True, True, True, (1, 1, 0)),
        (None, True, True, (1, 1, 0)),
        (True, False, True, (0, 1, 0)),
        (None, False, True, (0, 0, 1)),  # nobody says whether one is due
        (True, None, True, (0, 0, 1)),
    ],
)
def test_a_digital_result_is_issued_where_it_is_due(required, digital, ended, expected):
    answers = {"channel": Filing.ONLINE, "result_required": required, "result_digital": digital}
    one = finished("10/06 10:00", **answers) if ended else fact(**answers)
    assert rate(Indicator.ONLINE, "qd766", one) == expected


def test_a_fee_of_one_dong_is_a_fee_and_without_an_amount_nothing_can_be_weighed():
    paid = fact(fee_total=1, paid_online=True)
    assert rate(Indicator.ONLINE_PAYMENT, "dossiers", paid) == (1, 1, 0)
    assert rate(Indicator.ONLINE_PAYMENT, "amount", paid, fact(id=2, fee_total=3, paid_online=False)) == (1, 4, 0)
    assert rate(Indicator.ONLINE_PAYMENT, "amount", fact(fee=True, paid_online=True)) == (0, 0, 1)
    assert rate(Indicator.ONLINE_PAYMENT, "dossiers", fact(fee_total=0, paid_online=True)) is None


def test_a_procedure_with_fees_makes_those_count_that_say_nothing():
    says = fact(procedure_code="1.001", fee_total=5, paid_online=True)
    silent = fact(id=2, procedure_code="1.001", paid_online=False)
    other = fact(id=3, procedure_code="1.002", paid_online=False)
    free = fact(id=4, procedure_code="1.001", fee=False, paid_online=False)
    assert rate(Indicator.ONLINE_PAYMENT, "qd766", says, silent, other, free) == (1, 2, 1)
    assert rate(Indicator.ONLINE_PAYMENT, "dossiers", says, silent, other, free) == (1, 1, 2)


def test_units_are_counted_apart():
    made = tally([fact(), fact(id=2, unit="TNMT", received_unit="TNMT"), fact(id=3)], (), (), WEEK)
    assert {unit: figures.counts.received for unit, figures in made.items()} == {"TP": 2, "TNMT": 1}
