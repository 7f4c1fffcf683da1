"""A rate: what it counts, out of what, and how much of that is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

#: Fewer than so many are shown, but not ranked (reference 2.4).
RANKED_FROM = 10


class Indicator(StrEnum):
    """The indicators of the weekly report (reference 2.4)."""

    ONLINE = "R1"
    ONLINE_PAYMENT = "R2"
    DIGITISED = "R3"
    ON_TIME = "R4"
    OVERDUE = "R5"
    EVER_OVERDUE = "R6"
    PAUSED = "R7"


class Side(StrEnum):
    """The unit whose rate it is: the one that received the dossier, or the one that processes it."""

    RECEIVING = "receiving"
    PROCESSING = "processing"


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator`; both hold only what is known.

    `unknown` is how many more would belong to the denominator, or might, but for an answer that no feed gave: they are
    neither yes nor no. `cases` is how many dossiers make the denominator, where it counts something else. Additive
    over units and weeks.
    """

    numerator: int = 0
    denominator: int = 0
    unknown: int = 0
    cases: int | None = None

    def __add__(self, other: Rate) -> Rate:
        cases = None if self.cases is None and other.cases is None else self.dossiers + other.dossiers
        return Rate(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.unknown + other.unknown,
            cases,
        )

    @property
    def dossiers(self) -> int:
        """How many dossiers the denominator stands for."""
        return self.denominator if self.cases is None else self.cases

    @property
    def value(self) -> Fraction | None:
        """Between 0 and 1; None (N/A) without anything to count."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def coverage(self) -> Fraction | None:
        """The share that is known; None when there was nothing to know."""
        whole = self.denominator + self.unknown
        return Fraction(self.denominator, whole) if whole else None

    @property
    def ranked(self) -> bool:
        """Whether there is enough of it to compare units by."""
        return self.dossiers >= RANKED_FROM
