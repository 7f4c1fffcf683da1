"""How each indicator may be counted: named variants, each an answer per dossier (reference 2.3 and 2.4).

Yes and no make the denominator, yes the numerator. UNKNOWN is neither: a feed gave no answer. OUT has nothing to do
with the rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from alertd.core.dossier import ENDED, Filing, Phase, ServiceLevel
from alertd.core.rates.fact import HERE, When, is_running, late, late_day, overdue, overdue_by_day
from alertd.core.rates.rate import Indicator, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alertd.core.rates.fact import Fact, Period


class Answer(Enum):
    """What one dossier says to a rate."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Case:
    """One accepted dossier in a period. `with_fees` are the procedures of which some dossier has a fee."""

    fact: Fact
    came: When
    left: When
    ever_overdue: bool
    period: Period
    with_fees: frozenset[str]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to count; `weight` is what a dossier counts for (default 1), in đồng for amounts."""

    answer: Callable[[Case], Answer]
    higher_is_better: bool = True
    weight: Callable[[Fact], int] | None = None


def tri(value: bool | None) -> Answer:
    """Yes, no, unknown as they are."""
    if value is None:
        return Answer.UNKNOWN
    return Answer.YES if value else Answer.NO


def _both(*values: bool | None) -> Answer:
    """Yes when all are, no when any is not, whatever is unknown beside it."""
    if any(value is False for value in values):
        return Answer.NO
    return Answer.UNKNOWN if None in values else Answer.YES


def _online(fact: Fact) -> bool | None:
    return None if fact.channel is Filing.UNKNOWN else fact.channel is Filing.ONLINE


def _issued(case: Case) -> bool | None:
    """Whether a digital result was issued: true where none is due, not yet where the dossier is open."""
    fact = case.fact
    if fact.result_required is False:
        return True
    if case.left is When.AFTER:
        return False if fact.result_required else None
    return True if fact.result_digital else None if fact.result_required is None else fact.result_digital


# --- R1: filed online -------------------------------------------------------------------------------------------------


def _r1_received(case: Case) -> Answer:
    return tri(_online(case.fact)) if case.came in HERE else Answer.OUT


def _r1_qd766(case: Case) -> Answer:
    """3.3: filed online, and with a digital result where one is due."""
    return _both(_online(case.fact), _issued(case)) if case.came in HERE else Answer.OUT


def _r1_offered(case: Case) -> Answer:
    return _r1_level(case, ServiceLevel.FULL, ServiceLevel.PARTIAL)


def _r1_full(case: Case) -> Answer:
    return _r1_level(case, ServiceLevel.FULL)


def _r1_level(case: Case, *levels: ServiceLevel) -> Answer:
    if case.came not in HERE:
        return Answer.OUT
    if not case.fact.service_level:
        return Answer.UNKNOWN
    return tri(_online(case.fact)) if case.fact.service_level in levels else Answer.OUT


# --- R2: paid online --------------------------------------------------------------------------------------------------


def _has_fee(fact: Fact) -> bool | None:
    if fact.fee_total is not None:
        return fact.fee_total > 0
    return fact.fee


def _r2(case: Case, has_fee: bool | None) -> Answer:
    if case.came not in HERE or has_fee is False:
        return Answer.OUT
    return Answer.UNKNOWN if has_fee is None else tri(case.fact.paid_online)


def _r2_dossiers(case: Case) -> Answer:
    return _r2(case, _has_fee(case.fact))


def _r2_qd766(case: Case) -> Answer:
    """A dossier that says nothing of fees has one when its procedure has."""
    has_fee = _has_fee(case.fact)
    return _r2(case, True if has_fee is None and case.fact.procedure_code in case.with_fees else has_fee)


def _r2_amount(case: Case) -> Answer:
    """Without an amount it cannot be weighed."""
    if case.fact.fee_total is None and _has_fee(case.fact) is not False:
        return Answer.UNKNOWN if case.came in HERE else Answer.OUT
    return _r2_dossiers(case)


def _amount(fact: Fact) -> int:
    return fact.fee_total or 0


# --- R3: digital results ----------------------------------------------------------------------------------------------


def _finished(case: Case) -> bool:
    return case.left in HERE and case.fact.phase in (Phase.DONE, Phase.RETURNED)


def _r3_result(case: Case) -> Answer:
    if not _finished(case) or case.fact.result_required is False:
        return Answer.OUT
    return tri(case.fact.result_digital) if case.fact.result_required else Answer.UNKNOWN


def _r3_all_finished(case: Case) -> Answer:
    return tri(case.fact.result_digital) if _finished(case) else Answer.OUT


def _r3_qd766(case: Case) -> Answer:
    """4.2: components and result, of all that was received."""
    return _both(case.fact.components_digital, _issued(case)) if case.came in HERE else Answer.OUT


# --- R4: on time ------------------------------------------------------------------------------------------------------


def _r4_instant(case: Case) -> Answer:
    return _not(late(case.fact)) if _finished(case) else Answer.OUT


def _r4_day(case: Case) -> Answer:
    return _not(late_day(case.fact, case.period)) if _finished(case) else Answer.OUT


def _not(value: bool | None) -> Answer:
    return tri(None if value is None else not value)


def _r4_qd766(case: Case) -> Answer:
    """2.1: on time or in term, of all that there was to do; a second request to add something counts as overdue."""
    fact, period = case.fact, case.period
    if fact.supplements is not None and fact.supplements > 1:
        return Answer.NO
    if fact.due_at is None:
        return Answer.UNKNOWN
    if fact.phase in ENDED:
        return _not(late(fact))
    until = fact.paused_since if fact.phase is Phase.PAUSED and fact.paused_since else period.cutoff
    return tri(until <= fact.due_at)


def _r4_late_ratio(case: Case) -> Answer:
    """Late, open or finished, of all that there was to do (Gia Lai, reference 2.2); less is better."""
    fact = case.fact
    if fact.due_at is None:
        return Answer.UNKNOWN
    return tri(late(fact) if fact.phase in ENDED else overdue(fact, case.period.cutoff))


# --- R5 to R7: what is open and late, was late, is paused -------------------------------------------------------------


def _running(case: Case) -> bool:
    return case.left is When.AFTER and is_running(case.fact)


def _r5_instant(case: Case) -> Answer:
    if not _running(case):
        return Answer.OUT
    return Answer.UNKNOWN if case.fact.due_at is None else tri(overdue(case.fact, case.period.cutoff))


def _r5_day(case: Case) -> Answer:
    if not _running(case):
        return Answer.OUT
    return Answer.UNKNOWN if case.fact.due_at is None else tri(overdue_by_day(case.fact, case.period))


def _r6_seen(case: Case) -> Answer:
    return tri(case.ever_overdue)


def _r7_open(case: Case) -> Answer:
    return tri(case.fact.phase is Phase.PAUSED) if case.left is When.AFTER else Answer.OUT


#: By indicator, the default first.
VARIANTS: Mapping[Indicator, Mapping[str, Variant]] = {
    Indicator.ONLINE: {
        "received": Variant(_r1_received),
        "qd766": Variant(_r1_qd766),
        "offered": Variant(_r1_offered),
        "full": Variant(_r1_full),
    },
    Indicator.ONLINE_PAYMENT: {
        "dossiers": Variant(_r2_dossiers),
        "qd766": Variant(_r2_qd766),
        "amount": Variant(_r2_amount, weight=_amount),
    },
    Indicator.DIGITISED: {
        "result": Variant(_r3_result),
        "all-finished": Variant(_r3_all_finished),
        "qd766": Variant(_r3_qd766),
    },
    Indicator.ON_TIME: {
        "instant": Variant(_r4_instant),
        "day": Variant(_r4_day),
        "qd766": Variant(_r4_qd766),
        "late-ratio": Variant(_r4_late_ratio, higher_is_better=False),
    },
    Indicator.OVERDUE: {
        "instant": Variant(_r5_instant, higher_is_better=False),
        "day": Variant(_r5_day, higher_is_better=False),
    },
    Indicator.EVER_OVERDUE: {"seen": Variant(_r6_seen, higher_is_better=False)},
    Indicator.PAUSED: {"open": Variant(_r7_open, higher_is_better=False)},
}
DEFAULTS: Mapping[Indicator, str] = {indicator: next(iter(each)) for indicator, each in VARIANTS.items()}
#: Whose rate it is unless `report.units` says otherwise (reference 2.4: filing does not depend on the territory).
SIDES: Mapping[Indicator, Side] = {
    indicator: Side.RECEIVING
    if indicator in (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED)
    else Side.PROCESSING
    for indicator in Indicator
}
