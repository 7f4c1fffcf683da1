"""The shape of what a feed shows: which fields its rows fill, and whether that has changed too much to be believed.

A portal that is rebuilt, or an export without one of its columns, is still read without an error: every dossier then
loses its due date, or its unit. A profile holds counts only; it is compared with the one before by a table of rules.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from alertd.core.dossier import ENDED, Filing, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from alertd.core.dossier import Observation

#: Fewer rows say nothing about a feed.
ENOUGH: Final = 10
#: A complete poll with so few rows of the last one's is not believed (DESIGN section 5, reference 5, problem 24).
SHRUNK_NUMERATOR, SHRUNK_DENOMINATOR = 2, 3
#: A measure that held for so many rows was there; one that holds for so few is gone.
USUAL, GONE = Fraction(1, 2), Fraction(1, 10)
#: A grave measure that falls by so much is told, and is refused where it falls below half of what it was.
FELL: Final = Fraction(1, 10)


class Measure(StrEnum):
    """What is counted of a source: a field that its rows fill, or what could be made of them."""

    READABLE = "readable"
    STATUS_KNOWN = "status_known"
    UNIT_MATCHED = "unit_matched"
    DUE = "due"
    RECEIVED = "received_at"
    STATUS = "status"
    UNIT = "unit"
    FINISHED = "finished_at"
    RETURNED = "returned_at"
    SUBMITTED = "submitted_at"
    OFFICERS = "officers"
    PROCEDURE = "procedure"
    PROCEDURE_CODE = "procedure_code"
    FIELD = "field"
    CHANNEL = "channel"
    RECEIVED_UNIT = "received_unit"


#: Without these nobody is told in time, or the wrong person is.
GRAVE: Final = frozenset(
    {Measure.DUE, Measure.RECEIVED, Measure.STATUS, Measure.UNIT, Measure.STATUS_KNOWN, Measure.UNIT_MATCHED}
)
#: Rows set aside stay as they were stored: told, never a reason to refuse the others.
TOLD: Final = frozenset({Measure.READABLE})
#: A list that begins anew, as on the first of January, holds few finished dossiers, and that is right.
ENDINGS: Final = frozenset({Measure.FINISHED, Measure.RETURNED})
#: Measures that are a field of an observation, filled when it is true.
_PLAIN: Final = tuple(
    measure for measure in Measure
    if measure not in (Measure.READABLE, Measure.STATUS_KNOWN, Measure.UNIT_MATCHED, Measure.DUE, Measure.CHANNEL,
                       Measure.OFFICERS)
)  # fmt: skip
_VALUES = attrgetter(
    *(measure.value for measure in _PLAIN), "due_at", "due_on", "untimed", "channel", "officers", "phase"
)


class Share(NamedTuple):
    """For how many of how many rows something holds."""

    good: int
    of: int

    @property
    def part(self) -> Fraction:
        """As a part of one, exactly; 0 of none."""
        return Fraction(self.good, self.of) if self.of else Fraction()


@dataclass(frozen=True, slots=True)
class Profile:
    """What one whole source looked like."""

    rows: int
    shares: Mapping[Measure, Share]

    def plain(self) -> dict[str, list[int]]:
        """As JSON can hold it."""
        return {measure.value: list(share) for measure, share in self.shares.items()}

    @classmethod
    def of(cls, plain: Mapping[str, Sequence[int]]) -> Profile:
        """From what `plain` gave; a measure that is not known any more is left out."""
        shares = {measure: Share(*plain[measure.value]) for measure in Measure if measure.value in plain}
        return cls(shares[Measure.READABLE].good, shares)


@dataclass(frozen=True, slots=True)
class Change:
    """A measure that fell, as parts of one; `refused`: too far to believe the rest."""

    measure: Measure
    before: float
    now: float
    refused: bool


@dataclass
class Tally:
    """Counts the rows of a source while its pages pass."""

    _rows: int = 0
    _rejected: int = 0
    _open: int = 0
    _good: Counter[Measure] = field(default_factory=Counter)

    def add(self, shown: Sequence[Observation], rejected: int, unit_of: Callable[[str], str | None]) -> None:
        """One page; `unit_of` gives the unit that a text means, or None."""
        self._rows += len(shown)
        self._rejected += rejected
        if not shown:
            return
        *plain, due_at, due_on, untimed, channel, officers, phase = zip(*map(_VALUES, shown), strict=True)
        good = self._good
        for measure, column in zip(_PLAIN, plain, strict=True):
            good[measure] += sum(map(bool, column))
        # a source from which no deadlines are taken misses none
        good[Measure.DUE] += 2 * len(shown) - due_at.count(None) - due_on.count(None) + untimed.count(True)
        good[Measure.CHANNEL] += len(shown) - channel.count(Filing.UNKNOWN)
        # some portals name nobody once a dossier has ended: many that end at once are no other shape
        handled = [bool(named) for named, one in zip(officers, phase, strict=True) if one not in ENDED]
        self._open += len(handled)
        good[Measure.OFFICERS] += sum(handled)
        statuses, units = plain[_PLAIN.index(Measure.STATUS)], plain[_PLAIN.index(Measure.UNIT)]
        good[Measure.STATUS_KNOWN] += sum(
            bool(status) and one is not Phase.UNKNOWN for status, one in zip(statuses, phase, strict=True)
        )
        good[Measure.UNIT_MATCHED] += sum(
            count for text, count in Counter(units).items() if text and unit_of(text) is not None
        )

    def profile(self) -> Profile:
        """Of all pages so far."""
        of = {
            Measure.READABLE: self._rows + self._rejected,
            Measure.STATUS_KNOWN: self._good[Measure.STATUS],
            Measure.UNIT_MATCHED: self._good[Measure.UNIT],
            Measure.OFFICERS: self._open,
        }
        good = self._good | Counter({Measure.READABLE: self._rows})
        return Profile(self._rows, {measure: Share(good[measure], of.get(measure, self._rows)) for measure in Measure})


def shrunk(before: int, rows: int) -> bool:
    """Whether a complete poll of `rows` after one of `before` looks like an outage and not like work done."""
    if rows == 0:
        return before > 0
    return before >= ENOUGH and rows * SHRUNK_DENOMINATOR <= before * SHRUNK_NUMERATOR


def compare(before: Profile, now: Profile, *, fewer: bool) -> tuple[Change, ...]:
    """What has fallen since the last profile that was right.

    The rules, each for at least ten rows:

    - a grave measure that fell below half of what it was is refused; one that fell by ten points is told;
    - unreadable rows that rose by ten points are told;
    - any other field that most rows had and hardly one has any more is told; where no status says what is finished,
      the finish is grave.

    `fewer`: the source holds a third fewer rows than before, so that finished dossiers are not compared.
    """
    has_status = now.shares[Measure.STATUS].part >= USUAL
    found = []
    for measure in Measure:
        if measure not in before.shares or (fewer and measure in ENDINGS):
            continue
        was, share = before.shares[measure], now.shares[measure]
        lost = was.part * share.of - share.good
        if min(was.of, share.of) < ENOUGH or lost < ENOUGH:
            continue
        grave = measure in GRAVE or (measure is Measure.FINISHED and not has_status)
        refused = grave and was.part >= USUAL and share.part * 2 < was.part
        told = (grave or measure in TOLD) and was.part - share.part >= FELL
        gone = was.part >= USUAL and share.part < GONE
        if refused or told or gone:
            found.append(Change(measure, float(was.part), float(share.part), refused))
    return tuple(found)


def refused(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those for which nothing of the source is taken."""
    return tuple(change for change in changes if change.refused)
