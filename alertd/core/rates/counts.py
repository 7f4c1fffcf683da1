"""How many dossiers of a unit came in, left and are open, as of a cut-off."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Counts:
    """The dossiers that a unit has to do with in one period. Additive, but for `paused_oldest_days`: the most.

    They balance: carried_over + received = finished + withdrawn + open;
    finished = early + on_time + late + finished_no_due; open = running + paused;
    running = in_time + due_soon + due_today + overdue + no_due.

    An end or a receipt counts once: in the week of its date, or, where it became known only after that week's cut-off,
    in the week in which it did (`received_belated`, `finished_belated` say how many these are). Not accepted dossiers
    (phase rejected) are in none of these, in `rejected` only.
    """

    carried_over: int = 0
    received: int = 0
    received_belated: int = 0
    finished: int = 0
    finished_belated: int = 0
    #: Before the day that was promised; by the instant that was promised; after it.
    early: int = 0
    on_time: int = 0
    late: int = 0
    #: After the day that was promised, as portals count.
    late_day: int = 0
    finished_no_due: int = 0
    withdrawn: int = 0
    rejected: int = 0
    open: int = 0
    running: int = 0
    in_time: int = 0
    due_soon: int = 0
    due_today: int = 0
    #: By the instant, and by the day as portals count.
    overdue: int = 0
    overdue_day: int = 0
    no_due: int = 0
    paused: int = 0
    paused_oldest_days: int = 0
    #: Of the open dossiers, those that were paused twice or more.
    paused_again: int = 0
    #: Of the open dossiers: not in the feed any more, though never seen to end; with a status that nobody knows.
    missing: int = 0
    unknown_status: int = 0
    #: Due dates moved in the period; those of them that had passed already.
    due_moved: int = 0
    due_moved_late: int = 0
    #: Seen open after the due instant, then given a finish before it.
    backdated: int = 0
    #: Seen overdue at any time in the period (R6); those of them that no list shows overdue any more, unfinished late.
    ever_overdue: int = 0
    overdue_hidden: int = 0

    def __add__(self, other: Counts) -> Counts:
        sums = [mine + its for mine, its in zip(_VALUES(self), _VALUES(other), strict=True)]
        sums[_OLDEST] = max(self.paused_oldest_days, other.paused_oldest_days)
        return Counts(*sums)

    @property
    def handled(self) -> int:
        """All that there was to do."""
        return self.carried_over + self.received

    def values(self) -> dict[str, int]:
        """By name."""
        return dict(zip(NAMES, _VALUES(self), strict=True))


NAMES = tuple(f.name for f in fields(Counts))
_VALUES = attrgetter(*NAMES)
_OLDEST = NAMES.index("paused_oldest_days")
