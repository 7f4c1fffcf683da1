"""What the report of a year says, before anybody lays it out: frozen weeks rolled up per unit and per head.

Instants are aware and in UTC, dates are local; `zone` names the one that people see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

    from alertd.core.rates.counts import Counts
    from alertd.core.rates.rate import Indicator, Rate
    from alertd.core.weekly import HeatRow, IndicatorNote, Mark, Remark, ScorePart, TrendPoint, UnitRow


@dataclass(frozen=True, slots=True)
class WeekUsed:
    """A frozen week that the year is made of, in its newest edition; `by` and `reason` are set for a correction."""

    week: str
    number: int
    snapshot: int
    cutoff: datetime
    digest: str
    marks: tuple[Mark, ...] = ()
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What there was to explain: in how many weeks, about how many dossiers, and of how many somebody did."""

    weeks: int = 0
    dossiers: int = 0
    explained: int = 0


@dataclass(frozen=True, slots=True)
class UnitYear:
    """One unit over the year: `row.counts` and `row.rates` are those of all its weeks.

    `adjusted` is what came from other units or was re-opened, less what went to others.
    """

    row: UnitRow
    weeks: int
    adjusted: int
    owed: Owed


@dataclass(frozen=True, slots=True)
class Tenure:
    """The weeks in which somebody headed a unit: from the first day of the first to the last day of the last."""

    unit: str
    name: str
    since: date
    until: date
    weeks: int


@dataclass(frozen=True, slots=True)
class HeadYear:
    """One head over the year: the weeks of their own tenures only. `person` is None for weeks with a vacant post."""

    person: str | None
    name: str
    tenures: tuple[Tenure, ...]
    counts: Counts
    adjusted: int
    rates: Mapping[Indicator, Rate]
    scores: tuple[ScorePart, ...]
    score: Fraction | None
    owed: Owed


@dataclass(frozen=True, slots=True)
class YearReport:
    """The whole report of one year, up to `cutoff` (exclusive).

    `missing` are the weeks that ended and have no snapshot, `empty` those without a dossier, `corrected` those of which
    a later edition is used.
    """

    year: int
    zone: str
    start: datetime
    cutoff: datetime
    indicators: tuple[IndicatorNote, ...]
    weeks: tuple[WeekUsed, ...]
    missing: tuple[str, ...]
    empty: tuple[str, ...]
    corrected: tuple[str, ...]
    whole: UnitYear
    units: tuple[UnitYear, ...]
    heads: tuple[HeadYear, ...]
    trend: tuple[TrendPoint, ...] = ()
    heat: tuple[HeatRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
