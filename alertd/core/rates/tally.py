"""All figures of a period, per unit, from the facts of its dossiers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.dossier import ENDED, Phase
from alertd.core.rates.counts import NAMES, Counts
from alertd.core.rates.fact import HERE, When, came, is_running, late, late_day, left, overdue, overdue_by_day
from alertd.core.rates.rate import Indicator, Rate, Side
from alertd.core.rates.variants import DEFAULTS, SIDES, VARIANTS, Answer, Case, Variant
from alertd.core.transition import DueKind, SpellEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from alertd.core.rates.fact import Fact, Period

#: The parts of the QĐ 766/QĐ-TTg score that dossiers allow, as variants of the indicators (reference 2.3).
SCORED: Mapping[str, tuple[Indicator, str]] = {
    "2.1": (Indicator.ON_TIME, "qd766"),
    "3.3": (Indicator.ONLINE, "qd766"),
    "3.6": (Indicator.ONLINE_PAYMENT, "qd766"),
    "4.1": (Indicator.DIGITISED, "result"),
    "4.2": (Indicator.DIGITISED, "qd766"),
}
#: Moves of a due date that take it away from what was promised.
MOVES = frozenset({DueKind.EXTENDED_BEFORE, DueKind.EXTENDED_AFTER, DueKind.SHORTENED, DueKind.REMOVED})


@dataclass(frozen=True, slots=True)
class Move:
    """A due date that moved."""

    dossier_id: int
    seen_at: datetime
    old_due_at: datetime | None
    new_due_at: datetime | None
    kind: DueKind


@dataclass(frozen=True, slots=True)
class Spell:
    """A time for which a dossier was seen overdue; open as long as it has no end."""

    dossier_id: int
    first_seen_at: datetime
    due_at: datetime
    ended_seen_at: datetime | None = None
    kind: SpellEnd | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """Which variant of each indicator is counted, and for which unit."""

    variants: Mapping[Indicator, str] = field(default_factory=lambda: dict(DEFAULTS))
    sides: Mapping[Indicator, Side] = field(default_factory=lambda: dict(SIDES))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted for one unit; `rates` by indicator ("R1") and by part of the score ("2.1")."""

    counts: Counts = field(default_factory=Counts)
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def __add__(self, other: Figures) -> Figures:
        keys = dict.fromkeys([*self.rates, *other.rates])
        none = Rate()
        return Figures(
            self.counts + other.counts, {key: self.rates.get(key, none) + other.rates.get(key, none) for key in keys}
        )


@dataclass
class _Sum:
    """A rate under way."""

    yes: int = 0
    known: int = 0
    unknown: int = 0
    cases: int = 0


class _Ledger:
    """Sums per unit while the facts go by."""

    def __init__(self, counting: Counting) -> None:
        self.counts: defaultdict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NAMES, 0))
        self.rates: defaultdict[str | None, dict[str, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
        chosen = {str(indicator): (indicator, counting.variants[indicator]) for indicator in Indicator}
        wanted = {**chosen, **SCORED}
        self.wanted = [
            (key, VARIANTS[indicator][name], counting.sides[indicator] is Side.RECEIVING)
            for key, (indicator, name) in wanted.items()
        ]

    def rate(self, case: Case) -> None:
        """Ask every rate what this dossier is to it."""
        for key, variant, receiving in self.wanted:
            answer = variant.answer(case)
            if answer is not Answer.OUT:
                unit = case.fact.received_unit if receiving else case.fact.unit
                self.add(self.rates[unit][key], answer, variant, case.fact)

    @staticmethod
    def add(sum_: _Sum, answer: Answer, variant: Variant, fact: Fact) -> None:
        """One answer more."""
        if answer is Answer.UNKNOWN:
            sum_.unknown += 1
            return
        weight = variant.weight(fact) if variant.weight else 1
        sum_.cases += 1
        sum_.known += weight
        sum_.yes += weight if answer is Answer.YES else 0

    def figures(self) -> dict[str | None, Figures]:
        """What has been summed up."""
        weighted = {key for key, variant, _ in self.wanted if variant.weight}
        made: dict[str | None, Figures] = {}
        for unit in [*self.counts, *(unit for unit in self.rates if unit not in self.counts)]:
            sums = self.rates.get(unit, {})
            made[unit] = Figures(
                Counts(**self.counts[unit]) if unit in self.counts else Counts(),
                {
                    key: Rate(s.yes, s.known, s.unknown, s.cases if key in weighted else None)
                    for key, _, _ in self.wanted
                    if (s := sums.get(key)) is not None
                },
            )
        return made


def tally(
    facts: Sequence[Fact],
    moves: Iterable[Move],
    spells: Iterable[Spell],
    period: Period,
    counting: Counting | None = None,
) -> dict[str | None, Figures]:
    """Figures by unit, None for what fits no unit. `moves` and `spells` are those of the period."""
    ledger = _Ledger(counting or Counting())
    with_fees = frozenset(f.procedure_code for f in facts if f.procedure_code and (f.fee_total or f.fee))
    seen_overdue: set[int] = set()
    backdated: set[int] = set()
    for spell in spells:
        seen_overdue.add(spell.dossier_id)
        if spell.kind is SpellEnd.BACKDATED:
            backdated.add(spell.dossier_id)
    units = {}
    for fact in facts:
        units[fact.id] = fact.unit
        in_, out = came(fact, period), left(fact, period)
        if fact.phase is Phase.PRE or in_ is When.AFTER or out is When.BEFORE:
            continue
        counts = ledger.counts[fact.unit]
        hidden = fact.id in seen_overdue
        if fact.phase is Phase.REJECTED:
            _rejected(ledger, counts, fact, out, hidden=hidden)
            continue
        ever = hidden or _was_overdue(fact, out, period)
        _count(counts, fact, in_, out, period)
        counts["ever_overdue"] += ever
        counts["overdue_hidden"] += ever and not _was_overdue(fact, out, period)
        counts["backdated"] += fact.id in backdated
        ledger.rate(Case(fact, in_, out, ever, period, with_fees))
    for move in moves:
        if move.kind in MOVES and move.dossier_id in units:
            counts = ledger.counts[units[move.dossier_id]]
            counts["due_moved"] += 1
            counts["due_moved_late"] += move.kind is DueKind.EXTENDED_AFTER
    return ledger.figures()


def _was_overdue(fact: Fact, out: When, period: Period) -> bool:
    """Overdue at the cut-off, or ended late, by its dates as they are now."""
    return overdue(fact, period.cutoff) if out is When.AFTER else bool(late(fact))


def _rejected(ledger: _Ledger, counts: dict[str, int], fact: Fact, out: When, *, hidden: bool) -> None:
    """Not accepted: in no count of work, but once seen overdue it stays so."""
    counts["rejected"] += out in HERE
    if hidden:
        counts["ever_overdue"] += 1
        counts["overdue_hidden"] += 1
        sum_ = ledger.rates[fact.unit][str(Indicator.EVER_OVERDUE)]
        sum_.yes, sum_.known, sum_.cases = sum_.yes + 1, sum_.known + 1, sum_.cases + 1


def _count(counts: dict[str, int], fact: Fact, in_: When, out: When, period: Period) -> None:
    counts["received" if in_ in HERE else "carried_over"] += 1
    counts["received_belated"] += in_ is When.BELATED
    if out is When.AFTER:
        _count_open(counts, fact, period)
    elif fact.phase is Phase.CANCELLED:
        counts["withdrawn"] += 1
    else:
        _count_finished(counts, fact, out, period)


def _count_finished(counts: dict[str, int], fact: Fact, out: When, period: Period) -> None:
    counts["finished"] += 1
    counts["finished_belated"] += out is When.BELATED
    if fact.due_at is None or fact.ended_at is None:
        counts["finished_no_due"] += 1
        return
    counts["late_day"] += late_day(fact, period) or False
    if late(fact):
        counts["late"] += 1
    elif period.day(fact.ended_at) < period.day(fact.due_at):
        counts["early"] += 1
    else:
        counts["on_time"] += 1


def _count_open(counts: dict[str, int], fact: Fact, period: Period) -> None:
    counts["open"] += 1
    counts["missing"] += fact.missing
    counts["unknown_status"] += fact.unknown_status
    counts["paused_again"] += fact.pauses > 1
    if not is_running(fact):
        counts["paused"] += 1
        age = (period.cutoff - fact.paused_since).days if fact.paused_since else 0
        counts["paused_oldest_days"] = max(counts["paused_oldest_days"], age)
        return
    counts["running"] += 1
    counts["overdue_day"] += overdue_by_day(fact, period)
    counts[_class_of_running(fact, period)] += 1


def _class_of_running(fact: Fact, period: Period) -> str:
    if fact.due_at is None:
        return "no_due"
    if fact.due_at < period.cutoff:
        return "overdue"
    if fact.due_at < period.tomorrow:
        return "due_today"
    return "due_soon" if fact.due_at < period.soon else "in_time"


def is_finished(fact: Fact, period: Period) -> bool:
    """Whether a fact is one of the dossiers finished in the period."""
    return (
        fact.phase in (Phase.DONE, Phase.RETURNED)
        and came(fact, period) is not When.AFTER
        and left(fact, period) in HERE
    )


def is_open(fact: Fact, period: Period) -> bool:
    """Whether a fact is one of the open dossiers at the cut-off."""
    return (
        fact.phase not in ENDED
        and fact.phase is not Phase.PRE
        and came(fact, period) is not When.AFTER
        and left(fact, period) is When.AFTER
    )
