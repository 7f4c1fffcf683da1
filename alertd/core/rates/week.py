"""A week as it is frozen: counted once, kept for good, and the same letter by letter when it is counted again."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from alertd.core.named import EndedSpell, LateFinish, MovedDue, OverdueDossier
from alertd.core.rates.counts import Counts
from alertd.core.rates.rate import Indicator, Rate, Side
from alertd.core.rates.tally import Counting, Figures
from alertd.core.weekly import Mark

if TYPE_CHECKING:
    from collections.abc import Mapping


#: What a week names dossier by dossier.
LISTS = ("overdue", "finished_late", "moved", "ended")


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """One unit's figures; `code` is None for what fits no unit. Name and kind are those of the week's last day."""

    code: str | None
    name: str
    kind: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Week:
    """Everything that is frozen of one week; see `core.weekly.Edition` for the instants.

    `configuration` is the digest of the rules, `observed_to` the last observation that was read: what came in later,
    though dated earlier, does not count.
    """

    label: str
    start: datetime
    cutoff: datetime
    counted_until: datetime
    known_at: datetime
    observed_to: int
    configuration: str
    counting: Counting
    marks: tuple[Mark, ...]
    units: tuple[UnitWeek, ...]
    overdue: tuple[OverdueDossier, ...] = ()
    finished_late: tuple[LateFinish, ...] = ()
    moved: tuple[MovedDue, ...] = ()
    ended: tuple[EndedSpell, ...] = ()

    @property
    def whole(self) -> Figures:
        """The sum of all units."""
        return sum((unit.figures for unit in self.units), Figures())

    def head(self) -> dict[str, Any]:
        """All but the units, as JSON can hold it."""
        return {
            "label": self.label,
            "start": _at(self.start),
            "cutoff": _at(self.cutoff),
            "counted_until": _at(self.counted_until),
            "known_at": _at(self.known_at),
            "observed_to": self.observed_to,
            "configuration": self.configuration,
            "variants": {i.value: name for i, name in self.counting.variants.items()},
            "sides": {i.value: side.value for i, side in self.counting.sides.items()},
            "marks": [mark.value for mark in self.marks],
            "overdue": [_packed(row) for row in self.overdue],
            "finished_late": [_packed(row) for row in self.finished_late],
            "moved": [_packed(row) for row in self.moved],
            "ended": [_packed(row) for row in self.ended],
        }

    def digest(self) -> str:
        """A hash of everything: equal means the same numbers and the same names."""
        made = blake2b(text(self.head()).encode(), digest_size=16)
        for unit in self.units:
            made.update(text([unit.code, unit.name, unit.kind, pack(unit.figures)]).encode())
        return made.hexdigest()


def text(value: Any) -> str:
    """JSON in one form only."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def pack(figures: Figures) -> dict[str, Any]:
    """A unit's figures as JSON can hold them; what is zero is left out."""
    counts = {name: value for name, value in figures.counts.values().items() if value}
    rates = {
        key: [rate.numerator, rate.denominator, rate.unknown, *([] if rate.cases is None else [rate.cases])]
        for key, rate in figures.rates.items()
    }
    return {"counts": counts, "rates": rates}


def unpack(packed: Mapping[str, Any]) -> Figures:
    """The figures again."""
    return Figures(Counts(**packed["counts"]), {key: Rate(*parts) for key, parts in packed["rates"].items()})


def unpack_week(head: Mapping[str, Any], units: tuple[UnitWeek, ...]) -> Week:
    """A frozen week again."""
    return Week(
        label=head["label"],
        start=datetime.fromisoformat(head["start"]),
        cutoff=datetime.fromisoformat(head["cutoff"]),
        counted_until=datetime.fromisoformat(head["counted_until"]),
        known_at=datetime.fromisoformat(head["known_at"]),
        observed_to=head["observed_to"],
        configuration=head["configuration"],
        counting=Counting(
            {Indicator(key): name for key, name in head["variants"].items()},
            {Indicator(key): Side(side) for key, side in head["sides"].items()},
        ),
        marks=tuple(Mark(mark) for mark in head["marks"]),
        units=units,
        overdue=tuple(_unpacked(OverdueDossier, row) for row in head["overdue"]),
        finished_late=tuple(_unpacked(LateFinish, row) for row in head["finished_late"]),
        moved=tuple(_unpacked(MovedDue, row) for row in head["moved"]),
        ended=tuple(_unpacked(EndedSpell, row) for row in head["ended"]),
    )


def _at(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _packed(row: Any) -> dict[str, Any]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: _at(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _unpacked(kind: Any, row: Mapping[str, Any]) -> Any:
    return kind(**{
        name: datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value
        for name, value in row.items()
    })  # fmt: skip
