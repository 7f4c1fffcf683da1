"""What the plan wants: goals with their legal basis, whether they are met, and where a rate is heading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from alertd.core.organisation import Span
    from alertd.core.rates.rate import Indicator

#: The scope of a goal for the whole district, and how a scope names a kind of unit.
WHOLE, KIND = "all", "kind:"


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of the plan: `scope` is a unit's code, `kind:K` (each unit of that kind) or `all` (the whole district).

    `value` is between 0 and 1. `span` holds local dates, both inclusive; without a last day nothing is projected.
    """

    scope: str
    indicator: Indicator
    value: Fraction
    basis: str
    span: Span


class Verdict(StrEnum):
    """đạt · chưa đạt · chưa giao chỉ tiêu · không có số liệu."""

    MET = "met"
    MISSED = "missed"
    NO_GOAL = "no_goal"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a rate will stand at the end of its goal's period, at the pace so far.

    `to_come` is the volume still expected until `until` (exclusive); `needed` the rate that it would have to reach for
    the goal to be met (None: nothing is to come), which is out of reach when above 1. `misses`: on its way to miss it.
    """

    until: datetime
    to_come: int
    value: Fraction
    needed: Fraction | None
    misses: bool

    @property
    def reachable(self) -> bool:
        """Whether the goal can still be met."""
        return not self.misses if self.needed is None else self.needed <= 1
