"""Weeks of one unit rolled up: what came and went is summed, what is open is as it stood at the end.

A dossier that stays open for many weeks is one dossier: `carried_over` is that of the first week, what is open that of
the last, and who was ever overdue is counted by the codes that the weeks' lists name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.rates.counts import NAMES, Counts
from alertd.core.rates.rate import Indicator, Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alertd.core.rates.tally import Figures

#: Counted at the end of a week, not over it.
STOCKS = frozenset({
    "open", "running", "in_time", "due_soon", "due_today", "overdue", "overdue_day", "no_due", "paused",
    "paused_oldest_days", "paused_again", "missing", "unknown_status",
})  # fmt: skip
#: Rates as they stand at the end.
STANDING = (Indicator.OVERDUE.value, Indicator.PAUSED.value)
#: The part of the score that holds all that there was to do.
ON_TIME_PART = "2.1"


@dataclass(frozen=True, slots=True)
class Rolled:
    """Several weeks as one period. `rates` by indicator ("R1") and by part of the score ("2.1"). Additive over units.

    `adjusted` is what moved to the unit from others or was re-opened (less what moved away): received and carried over
    with it are finished, withdrawn and open. `overdue` are the codes of all that were overdue at any time.
    """

    counts: Counts = field(default_factory=Counts)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    adjusted: int = 0
    overdue: frozenset[str] = frozenset()
    weeks: int = 0

    def __add__(self, other: Rolled) -> Rolled:
        keys = dict.fromkeys([*self.rates, *other.rates])
        return Rolled(
            self.counts + other.counts,
            {key: self.rates.get(key, Rate()) + other.rates.get(key, Rate()) for key in keys},
            self.adjusted + other.adjusted,
            self.overdue | other.overdue,
            self.weeks + other.weeks,
        )


def roll(weeks: Sequence[Figures], overdue: frozenset[str], left_out: Mapping[str, frozenset[int]]) -> Rolled:
    """One unit's weeks, oldest first, at least one.

    `left_out` names for a rate the places of weeks that were counted by another variant than the last one.
    """
    first, last = weeks[0].counts.values(), weeks[-1].counts.values()
    sums = sum((week.counts for week in weeks), Counts()).values()
    values = {name: last[name] if name in STOCKS else sums[name] for name in NAMES}
    values |= {"carried_over": first["carried_over"], "ever_overdue": len(overdue)}
    counts = Counts(**values)
    out = counts.finished + counts.withdrawn + counts.open
    keys = dict.fromkeys(key for week in weeks for key in week.rates)
    rates = {
        key: weeks[-1].rates.get(key, Rate())
        if key in STANDING
        else sum((w.rates.get(key, Rate()) for at, w in enumerate(weeks) if at not in left_out.get(key, ())), Rate())
        for key in keys
    }
    rates[Indicator.EVER_OVERDUE.value] = _ever(weeks, counts, overdue)
    rates[ON_TIME_PART] = _on_time(counts)
    return Rolled(counts, rates, out - counts.handled, overdue, len(weeks))


def _ever(weeks: Sequence[Figures], counts: Counts, overdue: frozenset[str]) -> Rate:
    """Dossiers that were overdue at any time, of all that there were to do and those not accepted after it."""
    key = Indicator.EVER_OVERDUE.value
    refused = sum(max(0, w.rates[key].denominator - w.counts.handled) for w in weeks if key in w.rates)
    return Rate(len(overdue), max(counts.handled + refused, len(overdue)))


def _on_time(counts: Counts) -> Rate:
    """On time or in term, of all that had a due date; what is paused is in term."""
    good = counts.early + counts.on_time + counts.in_time + counts.due_soon + counts.due_today + counts.paused
    return Rate(good, good + counts.late + counts.overdue, counts.finished_no_due + counts.no_due)
