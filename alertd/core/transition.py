"""What one new observation changes: phase, clock, episode, due date, overdue spell, pauses (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.dossier import Clock, Observation, Phase, clock_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


class DueKind(StrEnum):
    """How a due date moved (reference 4.2)."""

    EXTENDED_BEFORE = "extended_before_due"
    EXTENDED_AFTER = "extended_after_due"
    SHORTENED = "shortened"
    REMOVED = "removed"
    ADDED = "added"
    RESUMED = "resumed"


class SpellEnd(StrEnum):
    """How an overdue spell ended; only FINISHED is beyond doubt."""

    FINISHED = "finished"
    DUE_MOVED = "due_moved"
    BACKDATED = "backdated_finish"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DISAPPEARED = "disappeared"


class PlanReason(StrEnum):
    """Why the plan of a dossier was last set; explains an alert that comes late."""

    FIRST_SEEN = "first_seen"
    DUE_MOVED = "due_moved"
    RESUMED = "resumed"
    REAPPEARED = "reappeared"
    STALE = "stale"
    RULES = "rules"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a dossier before the observation; `due_at` is its resolved instant."""

    phase: Phase
    clock: Clock
    episode: int
    due_at: datetime | None
    due_on: date | None
    overdue: bool
    pause_count: int
    paused_since: datetime | None


@dataclass(frozen=True, slots=True)
class Transition:
    """What follows; `plan_reason` is set when the dossier's plan must be set anew."""

    clock: Clock
    episode: int
    due_kind: DueKind | None
    spell_end: SpellEnd | None
    paused_since: datetime | None
    pause_count: int
    plan_reason: PlanReason | None
    alternating: bool = False


def first(observation: Observation, now: datetime) -> Transition:
    """The transition of a dossier never seen before."""
    clock = clock_of(observation.phase, untimed=observation.untimed)
    stopped = clock is Clock.STOPPED
    return Transition(clock, 1, None, None, now if stopped else None, int(stopped), PlanReason.FIRST_SEEN)


def same_due(before: Standing, due_at: datetime | None, due_on: date | None) -> bool:
    """Whether the feed shows the same due value; a date without a time is compared as a date, whatever the calendar."""
    if due_on is not None or before.due_on is not None:
        return due_on == before.due_on
    return due_at == before.due_at


def observe(
    before: Standing,
    observation: Observation,
    due_at: datetime | None,
    now: datetime,
    recent_dues: Iterable[datetime | None] = (),
) -> Transition:
    """Compare what is stored with what a poll showed.

    `due_at` is the observation's due value as an instant, `now` the instant of the data, `recent_dues` the due instants
    that this dossier left within the last 24 h: a value that returns is the same episode (DESIGN section 5).
    """
    clock = clock_of(observation.phase, before.clock, untimed=observation.untimed)
    moved = not same_due(before, due_at, observation.due_on)
    alternating = moved and due_at in tuple(recent_dues)
    resumed = before.clock is Clock.STOPPED and clock in (Clock.DUE, Clock.ACCEPT)
    reopened = before.clock is Clock.ENDED and clock is not Clock.ENDED
    paused = clock is Clock.STOPPED and before.clock is not Clock.STOPPED
    return Transition(
        clock=clock,
        episode=before.episode + (1 if reopened or (moved and not alternating) else 0),
        due_kind=_due_kind(before.due_at, due_at, now, resumed=resumed) if moved else None,
        spell_end=_spell_end(before, observation, clock, due_at, now) if before.overdue else None,
        paused_since=now if paused else (before.paused_since if clock is Clock.STOPPED else None),
        pause_count=before.pause_count + (1 if paused else 0),
        plan_reason=_plan_reason(moved=moved, resumed=resumed or reopened),
        alternating=alternating,
    )


def _plan_reason(*, moved: bool, resumed: bool) -> PlanReason | None:
    if resumed:
        return PlanReason.RESUMED
    return PlanReason.DUE_MOVED if moved else None


def _due_kind(old: datetime | None, new: datetime | None, now: datetime, *, resumed: bool) -> DueKind:
    if new is None:
        return DueKind.REMOVED
    if old is None:
        return DueKind.ADDED
    if new < old:
        return DueKind.SHORTENED
    if resumed:
        return DueKind.RESUMED
    return DueKind.EXTENDED_AFTER if now > old else DueKind.EXTENDED_BEFORE


def _spell_end(
    before: Standing, observation: Observation, clock: Clock, due_at: datetime | None, now: datetime
) -> SpellEnd | None:
    if observation.phase in (Phase.CANCELLED, Phase.REJECTED):
        return SpellEnd.CANCELLED
    if clock is Clock.ENDED:
        finished = observation.finished_at or observation.returned_at
        if finished is not None and before.due_at is not None and finished <= before.due_at:
            return SpellEnd.BACKDATED
        # finished late, but by a due date moved in the same poll it no longer looks so
        hidden = finished is not None and due_at is not None and finished <= due_at
        return SpellEnd.DUE_MOVED if hidden else SpellEnd.FINISHED
    if clock is not Clock.DUE:
        return SpellEnd.PAUSED
    return SpellEnd.DUE_MOVED if due_at is None or due_at >= now else None
