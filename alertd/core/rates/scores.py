"""The parts of the QĐ 766/QĐ-TTg score that dossiers allow: how much of each part's full score a rate earns."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.core.rates.rate import Rate


@dataclass(frozen=True, slots=True)
class Scale:
    """`full_at` is the rate from which a part has its full score, below it pro rata; `most` that score, if known."""

    full_at: Fraction
    most: int | None


#: Reference 2.3; of 3.3 only the score of its group is known.
SCALES: Mapping[str, Scale] = {
    "2.1": Scale(Fraction(1), 20),
    "3.3": Scale(Fraction(1, 2), None),
    "3.6": Scale(Fraction(1), 6),
    "4.1": Scale(Fraction(1), 6),
    "4.2": Scale(Fraction(4, 5), 4),
}
#: The part whose dossiers say whether there is enough to rank a unit by.
LEADING = "2.1"


def share(part: str, rate: Rate) -> Fraction | None:
    """How much of the part's full score a rate earns; None where it is N/A."""
    return None if rate.value is None else min(Fraction(1), rate.value / SCALES[part].full_at)


def total(rates: Mapping[str, Rate]) -> Fraction | None:
    """The points earned of the points that the known parts allow, between 0 and 1; None where none is known."""
    earned, most = Fraction(), 0
    for part, scale in SCALES.items():
        part_share = share(part, rates[part]) if part in rates else None
        if part_share is not None and scale.most is not None:
            earned += part_share * scale.most
            most += scale.most
    return earned / most if most else None
