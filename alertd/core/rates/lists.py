"""The dossiers that a report names: overdue at the cut-off, moved due dates, overdue spells that ended doubtfully."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.named import EndedSpell, LateFinish, MovedDue, OverdueDossier
from alertd.core.rates.fact import late, overdue
from alertd.core.rates.tally import MOVES, is_finished, is_open
from alertd.core.transition import SpellEnd
from alertd.core.worktime import MICROSECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from alertd.core.directory import Directory
    from alertd.core.rates.fact import Fact, Period
    from alertd.core.rates.tally import Move, Spell
    from alertd.core.rules import Rules

#: Working time is shown in days of so many parts.
_PARTS = 100


class Lists:
    """What is named of one period; `facts` by id. Everything is ordered by unit (none last), then worst first."""

    def __init__(self, facts: Mapping[int, Fact], period: Period, rules: Rules, directory: Directory) -> None:
        self._facts = facts
        self._period = period
        self._rules = rules
        self._directory = directory

    def overdue(self, moves: Iterable[Move], spells: Iterable[Spell]) -> tuple[OverdueDossier, ...]:
        """Open and past their due instant; `moves` counts what moved of each in the period."""
        first_seen = {spell.dossier_id: spell.first_seen_at for spell in spells if spell.ended_seen_at is None}
        moved: dict[int, int] = {}
        for move in moves:
            if move.kind in MOVES:
                moved[move.dossier_id] = moved.get(move.dossier_id, 0) + 1
        found = []
        for fact in self._facts.values():
            if fact.due_at is None or not overdue(fact, self._period.cutoff) or not is_open(fact, self._period):
                continue
            found.append(
                OverdueDossier(
                    code=fact.code, procedure=fact.procedure, unit=fact.unit, officers=self._officers(fact),
                    received_at=fact.received_at, due_at=fact.due_at, first_due_at=fact.first_due_at,
                    first_seen_overdue_at=first_seen.get(fact.id),
                    working_days=self._days_late(fact, fact.due_at, self._period.cutoff), moves=moved.get(fact.id, 0),
                )
            )  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.unit is None, one.unit or "", one.due_at, one.code)))

    def finished_late(self) -> tuple[LateFinish, ...]:
        """Finished in the period, after their due instant."""
        found = [
            LateFinish(
                code=fact.code, procedure=fact.procedure, unit=fact.unit, officers=self._officers(fact),
                received_at=fact.received_at, due_at=fact.due_at, finished_at=fact.ended_at,
                working_days=self._days_late(fact, fact.due_at, fact.ended_at),
            )
            for fact in self._facts.values()
            if fact.due_at is not None and fact.ended_at is not None and late(fact) and is_finished(fact, self._period)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.unit is None, one.unit or "", -one.working_days, one.code)))

    def moved(self, moves: Iterable[Move]) -> tuple[MovedDue, ...]:
        """Due dates that moved away from what was promised."""
        found = [
            MovedDue(
                code=fact.code, procedure=fact.procedure, unit=fact.unit, officers=self._officers(fact),
                seen_at=move.seen_at, old_due_at=move.old_due_at, new_due_at=move.new_due_at, kind=move.kind.value,
            )
            for move in moves
            if move.kind in MOVES and (fact := self._facts.get(move.dossier_id)) is not None
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.unit is None, one.unit or "", one.seen_at, one.code)))

    def ended(self, spells: Iterable[Spell]) -> tuple[EndedSpell, ...]:
        """Seen overdue, and so no more by anything but a plausible finish."""
        found = [
            EndedSpell(
                code=fact.code, procedure=fact.procedure, unit=fact.unit, officers=self._officers(fact),
                first_seen_overdue_at=spell.first_seen_at, due_at=spell.due_at, ended_seen_at=spell.ended_seen_at,
                finished_at=fact.ended_at, kind=spell.kind.value,
            )
            for spell in spells
            if spell.ended_seen_at is not None
            and spell.kind not in (None, SpellEnd.FINISHED)
            and (fact := self._facts.get(spell.dossier_id)) is not None
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.unit is None, one.unit or "", one.kind, one.due_at, one.code)))

    def _officers(self, fact: Fact) -> str:
        found = self._directory.officers(fact.unit, fact.officers, fact.handed_to)
        people = self._rules.organisation.people
        return ", ".join([*(people[person].name for person in found.people), *found.unmatched])

    def _days_late(self, fact: Fact, due_at: datetime, until: datetime) -> float:
        calendar = self._rules.calendar_of(fact.unit)
        return round(calendar.between(due_at, until) // MICROSECOND * _PARTS / calendar.day_us) / _PARTS
