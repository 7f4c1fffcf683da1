"""What a feed's rows are understood as, counted: phases, and everything that fits nothing in the configuration."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.directory import PLACEHOLDERS
from alertd.core.dossier import Clock, Observation, Phase, clock_of
from alertd.core.suspicion import Suspicions
from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from alertd.core.rules import Rules


@dataclass(frozen=True, slots=True)
class Understood:
    """One row with what the configuration makes of it.

    `officers` are the names as shown, each with the person that it means or None. `left` is the working time from now
    to the due instant, negative when it has passed; None without one, or when the dossier does not run.
    """

    seen: Observation
    unit: str | None
    officers: tuple[tuple[str, str | None], ...]
    due_at: datetime | None
    left: timedelta | None


@dataclass
class Inspection:
    """Gathers what pages show, of any number of rows; `first` keeps the first `wanted` of them."""

    rules: Rules
    now: datetime
    wanted: int
    first: list[Understood] = field(default_factory=list)
    rows: int = 0
    phases: Counter[Phase] = field(default_factory=Counter)
    without_due: int = 0
    without_officer: int = 0
    units: Counter[str] = field(default_factory=Counter)
    officers: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Who is who is asked for one day: today."""
        self._directory = self.rules.organisation.on(self.rules.local_date(self.now))
        self.dates = Suspicions(self.now, self.rules.zone)

    def add(self, shown: Iterable[Observation]) -> None:
        """Some rows more; what fits nothing counts for dossiers that are open."""
        for seen in shown:
            self.rows += 1
            self.phases[seen.phase] += 1
            unit = self._directory.unit(seen.unit)
            due_at = self.rules.due_instant(unit, seen.due_at, seen.due_on)
            calendar = self.rules.calendar_of(unit)
            works = due_at is None or bool(calendar.sessions(due_at.astimezone(self.rules.zone).date()))
            self.dates.add(seen, due_at, works=works)
            clock = clock_of(seen.phase, untimed=seen.untimed)
            if clock is not Clock.ENDED:
                self._open(seen, unit, clock, due_at)
            if len(self.first) < self.wanted:
                left = calendar.between(self.now, due_at) if due_at is not None and clock is Clock.DUE else None
                self.first.append(Understood(seen, unit, self._people(unit, seen.officers), due_at, left))

    def _open(self, seen: Observation, unit: str | None, clock: Clock, due_at: datetime | None) -> None:
        if unit is None:
            self.units[seen.unit] += 1
        if seen.phase is Phase.UNKNOWN:
            self.statuses[seen.status] += 1
        if clock is Clock.DUE and due_at is None:
            self.without_due += 1
        named = [text for text in seen.officers if fold(text) not in PLACEHOLDERS]
        unmatched = self._directory.officers(unit, seen.officers).unmatched
        self.without_officer += not named
        self.officers.update((unit, text) for text in unmatched if text in named)

    def _people(self, unit: str | None, officers: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
        found = ((text, self._directory.officers(unit, (text,)).people) for text in officers)
        return tuple((text, people[0] if people else None) for text, people in found)
