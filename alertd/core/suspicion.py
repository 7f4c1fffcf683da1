"""Dates that can be read and are hardly right: in the wrong order, far away, all the same (reference 4.3, rule 3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Observation

#: A portal's clock, or a bare date, may be ahead by so much.
AHEAD: Final = timedelta(days=1)
LONG_AGO: Final = timedelta(days=3653)
FAR_OFF: Final = timedelta(days=1827)
#: What all rows have in common is looked at from so many rows on.
ENOUGH: Final = 10
EXAMPLES: Final = 3


class Suspicion(StrEnum):
    """What is odd about a dossier's dates, or about those of all of them."""

    DUE_BEFORE_RECEIPT = "due_before_receipt"
    FINISHED_BEFORE_RECEIPT = "finished_before_receipt"
    RETURNED_BEFORE_FINISH = "returned_before_finish"
    RECEIVED_IN_FUTURE = "received_in_future"
    FINISHED_IN_FUTURE = "finished_in_future"
    RECEIVED_LONG_AGO = "received_long_ago"
    DUE_FAR_OFF = "due_far_off"
    DUE_ON_DAY_OFF = "due_on_day_off"
    DUE_AT_MIDNIGHT = "due_at_midnight"
    RECEIVED_AT_MIDNIGHT = "received_at_midnight"
    DUE_ALL_THE_SAME = "due_all_the_same"
    RECEIVED_ALL_THE_SAME = "received_all_the_same"


@dataclass
class Suspicions:
    """Gathers what is odd while dossiers pass; `now` is the instant of the data, `zone` that of local dates.

    Midnight alone is no fault: it is told where every receipt has it, and where it counts as an exact due instant.
    """

    now: datetime
    zone: ZoneInfo
    counts: Counter[Suspicion] = field(default_factory=Counter)
    examples: dict[Suspicion, list[str]] = field(default_factory=dict)
    _rows: Counter[str] = field(default_factory=Counter)
    _same: dict[str, date | None] = field(default_factory=dict)

    def add(self, seen: Observation, due_at: datetime | None, *, works: bool) -> None:
        """One dossier, its due instant, and whether its unit works on the date of it."""
        for kind in self._of(seen, due_at, works=works):
            self.counts[kind] += 1
            codes = self.examples.setdefault(kind, [])
            if len(codes) < EXAMPLES:
                codes.append(seen.code)
        self._gather("due", seen.due_at or seen.due_on)
        self._gather("received", seen.received_at)
        if self._is_midnight(seen.received_at) and "received_at" not in seen.day_only:
            self._rows["midnight"] += 1

    def found(self) -> dict[Suspicion, int]:
        """How many dossiers are odd in each way, in the order of the list above."""
        rows = self._rows
        every = {
            Suspicion.RECEIVED_AT_MIDNIGHT: rows["midnight"] if rows["midnight"] == rows["received"] else 0,
            Suspicion.DUE_ALL_THE_SAME: rows["due"] if self._same.get("due") else 0,
            Suspicion.RECEIVED_ALL_THE_SAME: rows["received"] if self._same.get("received") else 0,
        }
        counts = self.counts + Counter({kind: count for kind, count in every.items() if count >= ENOUGH})
        return {kind: counts[kind] for kind in Suspicion if counts[kind]}

    def _of(self, seen: Observation, due_at: datetime | None, *, works: bool) -> Iterator[Suspicion]:
        if due_at is not None:
            yield from self._of_due(seen, due_at, works=works)
        received, finished = seen.received_at, seen.finished_at
        if received is not None and received - self.now > AHEAD:
            yield Suspicion.RECEIVED_IN_FUTURE
        if received is not None and self.now - received > LONG_AGO:
            yield Suspicion.RECEIVED_LONG_AGO
        if finished is not None and self._is_before(seen, finished, "received_at", "finished_at"):
            yield Suspicion.FINISHED_BEFORE_RECEIPT
        if finished is not None and finished - self.now > AHEAD:
            yield Suspicion.FINISHED_IN_FUTURE
        if seen.returned_at is not None and self._is_before(seen, seen.returned_at, "finished_at", "returned_at"):
            yield Suspicion.RETURNED_BEFORE_FINISH

    def _of_due(self, seen: Observation, due_at: datetime, *, works: bool) -> Iterator[Suspicion]:
        if self._is_before(seen, due_at, "received_at"):
            yield Suspicion.DUE_BEFORE_RECEIPT
        if due_at - self.now > FAR_OFF:
            yield Suspicion.DUE_FAR_OFF
        if not works:
            yield Suspicion.DUE_ON_DAY_OFF
        if self._is_midnight(seen.due_at):
            yield Suspicion.DUE_AT_MIDNIGHT

    def _is_before(self, seen: Observation, at: datetime, other: str, name: str = "") -> bool:
        """Whether an instant lies before another field's; where one of them is a date only, the days are compared."""
        begin: datetime | None = getattr(seen, other)
        if begin is None or at >= begin:
            return False
        if not {name, other}.intersection(seen.day_only):
            return True
        return at.astimezone(self.zone).date() < begin.astimezone(self.zone).date()

    def _gather(self, name: str, value: datetime | date | None) -> None:
        if value is not None:
            self._rows[name] += 1
            same = self._same.setdefault(name, value)
            self._same[name] = value if same == value else None

    def _is_midnight(self, at: datetime | None) -> bool:
        return at is not None and at.astimezone(self.zone).time() == time()
