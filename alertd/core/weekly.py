"""What the weekly report says, before anybody lays it out: every document and page is made from these values.

Instants are aware and in UTC; the report's `zone` names the one that people see. Codes and names only: no field
identifies a citizen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from fractions import Fraction

    from alertd.core.named import EndedSpell, Explanation, LateFinish, MovedDue, OverdueDossier
    from alertd.core.rates.counts import Counts
    from alertd.core.rates.goals import Goal, Projection, Verdict
    from alertd.core.rates.rate import Indicator, Rate, Side


class Mark(StrEnum):
    """What a reader must know of the numbers as a whole."""

    #: Of a time before the first observation: made from the dates that the feed itself gives.
    RECONSTRUCTED = "reconstructed"
    #: The first observation lies within the week: what came before it is known from the feed's own dates.
    PARTLY_RECONSTRUCTED = "partly_reconstructed"
    #: A later edition of a week.
    CORRECTED = "corrected"
    #: Not frozen: the week is not over.
    PREVIEW = "preview"
    #: No dossier came in, left or was open.
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Edition:
    """Where the numbers are from.

    `snapshot` is None for a preview. `cutoff` is exclusive; `known_at` is the instant up to which history was read: the
    cut-off, or, for a week made later, when it was made. `by` and `reason` are set for a correction. `digest` is the
    hash of the frozen numbers, `configuration` that of the rules by which they were counted.
    """

    snapshot: int | None
    week: str
    number: int
    start: datetime
    cutoff: datetime
    known_at: datetime
    frozen_at: datetime | None
    digest: str
    configuration: str
    marks: tuple[Mark, ...] = ()
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorNote:
    """How an indicator is counted; stands under every table that shows it."""

    indicator: Indicator
    variant: str
    side: Side
    name: str
    formula: str
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class RateCell:
    """One indicator of one unit.

    `rate` is the week's and `previous` last week's; `to_date` sums the weeks since the goal's first day, this one
    included, and is what `verdict` judges where it is there. `weeks_missing` of them have no snapshot. `rank` is the
    place among the `ranked` units of the same kind, 1 the best; None where there is too little to rank.
    """

    indicator: Indicator
    rate: Rate
    previous: Rate | None = None
    to_date: Rate | None = None
    weeks_missing: int = 0
    goal: Goal | None = None
    verdict: Verdict | None = None
    projection: Projection | None = None
    rank: int | None = None
    ranked: int = 0

    @property
    def judged(self) -> Rate:
        """The rate that `verdict` is about."""
        return self.rate if self.to_date is None else self.to_date

    @property
    def change(self) -> Fraction | None:
        """Of the value since last week, in shares of 1."""
        if self.previous is None or self.rate.value is None or self.previous.value is None:
            return None
        return self.rate.value - self.previous.value


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A part of the QĐ 766/QĐ-TTg score as far as the data allow; `missing` says in words what they lack.

    `share` is how much of the part's full score the rate earns (None: N/A), `most` that score where it is known.
    """

    number: str
    name: str
    rate: Rate
    share: Fraction | None
    most: int | None
    missing: tuple[str, ...] = ()

    @property
    def points(self) -> Fraction | None:
        """What it earns; None where rate or score are not known."""
        return None if self.share is None or self.most is None else self.share * self.most


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit. `unit` is None for dossiers that fit no unit, "" for the whole.

    `counts` are those of the processing unit. `rank` is the place among the `ranked` units of the same kind by
    `score`, the share of the points that the data allow.
    """

    unit: str | None
    name: str
    kind: str
    counts: Counts
    previous: Counts | None
    rates: Mapping[Indicator, RateCell]
    scores: tuple[ScorePart, ...] = ()
    score: Fraction | None = None
    rank: int | None = None
    ranked: int = 0


class Breach(StrEnum):
    """Why a unit's head owes an explanation (reference 0.1)."""

    OVERDUE = "overdue"
    DIGITISED = "digitised"
    ONLINE = "online"
    ONLINE_PAYMENT = "online_payment"


@dataclass(frozen=True, slots=True)
class ExplanationDue:
    """A unit whose head explains to the chairman: any one breach is enough, all are listed.

    The evidence is in `overdue` (the codes of all that were overdue at any time in the week, as the lists of the report
    name them) and in the unit's row (`rates`). `head` names the post's holders at the cut-off, empty when it is vacant.
    `received` are explanations about these dossiers since they became overdue.
    """

    unit: str
    name: str
    head: tuple[str, ...]
    breaches: tuple[Breach, ...]
    overdue: tuple[str, ...]
    received: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit to commend or to criticise, with the reasons in words."""

    unit: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The whole in one past week, oldest first; the last is this week."""

    week: str
    cutoff: datetime
    counts: Counts
    rates: Mapping[Indicator, Rate]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A unit's overdue dossiers at the cut-off of each week of the trend; None: no snapshot has the unit."""

    unit: str | None
    name: str
    overdue: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence that held during the week."""

    unit: str
    name: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What keeps the report from saying more: no data, no goal, a vacant post. `text` is one line to print."""

    code: str
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """The whole report of one week.

    `units` stand in the order of organisation.yaml, the unmatched last, and sum up to `whole`. Lists are ordered for
    reading: by unit, then worst first.
    """

    edition: Edition
    zone: str
    indicators: tuple[IndicatorNote, ...]
    whole: UnitRow
    units: tuple[UnitRow, ...]
    overdue: tuple[OverdueDossier, ...] = ()
    finished_late: tuple[LateFinish, ...] = ()
    moved: tuple[MovedDue, ...] = ()
    ended: tuple[EndedSpell, ...] = ()
    explanations_due: tuple[ExplanationDue, ...] = ()
    commend: tuple[Mention, ...] = ()
    criticise: tuple[Mention, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    heat: tuple[HeatRow, ...] = ()
    silences: tuple[Quiet, ...] = ()
    remarks: tuple[Remark, ...] = ()
