"""What a report names dossier by dossier, and what was explained of them: codes and posts, never a citizen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class OverdueDossier:
    """A dossier that is overdue at the cut-off. `working_days` and `first_due_at` say how late it really is.

    `officers` is as the report shows them: matched names first, then what the feed wrote.
    """

    code: str
    procedure: str
    unit: str | None
    officers: str
    received_at: datetime | None
    due_at: datetime
    first_due_at: datetime | None
    first_seen_overdue_at: datetime | None
    working_days: float
    moves: int = 0


@dataclass(frozen=True, slots=True)
class LateFinish:
    """A dossier that was finished in the week, after its due instant."""

    code: str
    procedure: str
    unit: str | None
    officers: str
    received_at: datetime | None
    due_at: datetime
    finished_at: datetime
    working_days: float


@dataclass(frozen=True, slots=True)
class MovedDue:
    """A due date that moved in the week; `kind` is one of `core.transition.DueKind`."""

    code: str
    procedure: str
    unit: str | None
    officers: str
    seen_at: datetime
    old_due_at: datetime | None
    new_due_at: datetime | None
    kind: str


@dataclass(frozen=True, slots=True)
class EndedSpell:
    """An overdue dossier that is so no more, in the week, by anything but a plausible finish.

    `kind` is one of `core.transition.SpellEnd`: due_moved, backdated_finish, paused, cancelled, disappeared.
    """

    code: str
    procedure: str
    unit: str | None
    officers: str
    first_seen_overdue_at: datetime
    due_at: datetime
    ended_seen_at: datetime
    finished_at: datetime | None
    kind: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What somebody answered about a dossier."""

    code: str
    unit: str | None
    person: str
    at: datetime
    text: str
