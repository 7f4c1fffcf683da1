"""What one new observation changes: phase, clock, episode, due date, spell, pauses, flags (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.dated import Dated, after_due, before_due
from alertd.core.dossier import Clock, Observation, Phase, clock_of, plain
from alertd.core.flags import Flag, Raised, conflicting, contradictions
from alertd.core.pausing import Pause, paused, requests
from alertd.core.planning import LADDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from alertd.core.planning import Resolved


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


#: The due date put off; a date that grew by a pause is none of these.
EXTENSIONS = frozenset({DueKind.EXTENDED_BEFORE, DueKind.EXTENDED_AFTER})
#: How often a due date may be put off (reference 2.2).
MOST_EXTENSIONS = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a dossier before the observation; the due value in `dates` is its resolved instant.

    `supplements` is the number of requests that the portal declared, `extensions` how often the due date was put off,
    `conflict` whether its finish is not believed, `was_overdue` whether it had an overdue spell. `ladder` is the clock
    of the present episode, due or accept, `submitted` what its deadline to accept is counted from (`submitted_value`).
    """

    dates: Dated
    clock: Clock
    episode: int
    overdue: bool
    ladder: Clock = Clock.DUE
    submitted: datetime | None = None
    pause: Pause = field(default_factory=Pause)
    supplements: int | None = None
    extensions: int = 0
    conflict: bool = False
    was_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """What follows; `plan_reason` is set when the dossier's plan must be set anew.

    `ladder` is the clock that the steps of the episode are for: the one that runs, or ran last. `dated_back` is set
    when an end that was late, and known to be, looks timely now.
    """

    clock: Clock
    ladder: Clock
    episode: int
    due_kind: DueKind | None
    spell_end: SpellEnd | None
    pause: Pause
    extensions: int
    conflict: bool
    raised: tuple[Raised, ...]
    plan_reason: PlanReason | None
    alternating: bool = False
    dated_back: bool = False


def first(observation: Observation, resolved: Resolved, now: datetime, zone: ZoneInfo) -> Transition:
    """The transition of a dossier never seen before; arguments as of `observe`."""
    clock = clock_of(observation.phase, untimed=observation.untimed)
    dates = Dated.of(observation, resolved)
    conflict = conflicting(observation.phase, observation.finished_at, now)
    pause = paused(Pause(), None, observation, clock, now)
    raised = [*contradictions(None, dates, zone, conflict=conflict, was_conflict=False)]
    raised += _asked_again(None, Pause(), observation, pause)
    ladder = clock if clock in LADDERS else Clock.DUE
    return Transition(clock, ladder, 1, None, None, pause, 0, conflict, tuple(raised), PlanReason.FIRST_SEEN)


def submitted_value(seen: Observation) -> datetime | None:
    """What a feed shows of the deadline to accept; a date without a time is its local 00:00, whatever the calendar."""
    return seen.accept_due_at or seen.submitted_at


def same_due(before: Dated, due_at: datetime | None, due_on: date | None) -> bool:
    """Whether the feed shows the same due value; a date without a time is compared as a date, whatever the calendar."""
    if due_on is not None or before.due_on is not None:
        return due_on == before.due_on
    return due_at == before.due_at


def observe(
    before: Standing,
    observation: Observation,
    resolved: Resolved,
    now: datetime,
    zone: ZoneInfo,
    recent_dues: Iterable[datetime | None] = (),
) -> Transition:
    """Compare what is stored with what a poll showed.

    `resolved` is what the observation means under the rules, `now` the instant of the data, `zone` the one whose dates
    people mean, `recent_dues` the due instants that this dossier left within the last 24 h: a value that returns is the
    same episode (DESIGN section 5). Acceptance has episodes of its own: one begins with each turn from one clock to the
    other, and with a moved value of the deadline that the running clock is for.
    """
    due_at = resolved.due_at
    clock = clock_of(observation.phase, before.clock, untimed=observation.untimed)
    dates = Dated.of(observation, resolved)
    moved = not same_due(before.dates, due_at, observation.due_on)
    alternating = moved and due_at in tuple(recent_dues)
    resumed = before.clock is Clock.STOPPED and clock in (Clock.DUE, Clock.ACCEPT)
    reopened = before.clock is Clock.ENDED and clock is not Clock.ENDED
    ladder = clock if clock in LADDERS else before.ladder
    put_on = ladder is Clock.ACCEPT and submitted_value(observation) != before.submitted
    again = put_on if ladder is Clock.ACCEPT else moved and not alternating
    due_kind = _due_kind(before.dates.due_at, due_at, now, resumed=resumed) if moved else None
    pause = paused(before.pause, before.clock, observation, clock, now)
    conflict = conflicting(observation.phase, observation.finished_at, now)
    put_off = due_kind in EXTENSIONS and not alternating
    spell_end = _spell_end(before, dates, clock, now, zone) if before.overdue else None
    dated_back = _dated_back(before, dates, clock, zone)
    raised = [*contradictions(before.dates, dates, zone, conflict=conflict, was_conflict=before.conflict)]
    raised += _asked_again(before.supplements, before.pause, observation, pause)
    raised += _put_off(before, dates, due_kind) if put_off else ()
    if reopened:
        raised.append(Raised(Flag.REOPENED, {"from": before.dates.phase.value, "to": observation.phase.value}))
    if dated_back or spell_end is SpellEnd.BACKDATED:
        raised.append(Raised(Flag.BACKDATED_FINISH, _finishes(before.dates, dates)))
    return Transition(
        clock=clock,
        ladder=ladder,
        episode=before.episode + (1 if reopened or again or ladder is not before.ladder else 0),
        due_kind=due_kind,
        spell_end=spell_end,
        pause=pause,
        extensions=before.extensions + put_off,
        conflict=conflict,
        raised=tuple(raised),
        plan_reason=_plan_reason(moved=moved and ladder is Clock.DUE, resumed=resumed or reopened, put_on=put_on),
        alternating=alternating,
        dated_back=dated_back,
    )


def _plan_reason(*, moved: bool, resumed: bool, put_on: bool) -> PlanReason | None:
    if resumed:
        return PlanReason.RESUMED
    if put_on:
        return PlanReason.CHANGED
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


def _spell_end(before: Standing, dates: Dated, clock: Clock, now: datetime, zone: ZoneInfo) -> SpellEnd | None:
    if dates.phase in (Phase.CANCELLED, Phase.REJECTED):
        return SpellEnd.CANCELLED
    if clock is Clock.ENDED:
        if before_due(dates, before.dates, zone):
            return SpellEnd.BACKDATED
        # finished late, but by a due date moved in the same poll it no longer looks so
        late = dates.finish() is None or dates.due_at is None or after_due(dates, dates, zone)
        return SpellEnd.FINISHED if late or same_due(before.dates, dates.due_at, dates.due_on) else SpellEnd.DUE_MOVED
    if clock is not Clock.DUE:
        return SpellEnd.PAUSED
    return SpellEnd.DUE_MOVED if dates.due_at is None or dates.due_at >= now else None


def _dated_back(before: Standing, dates: Dated, clock: Clock, zone: ZoneInfo) -> bool:
    """Whether an end is dated before the due instant that the dossier is known to have missed, with no spell open.

    It had ended late, or its spell had ended by a pause or by its disappearing.
    """
    if clock is not Clock.ENDED or before.overdue or before.dates.due_at is None:
        return False
    if before.clock is Clock.ENDED:
        missed = after_due(before.dates, before.dates, zone) or (before.was_overdue and before.dates.finish() is None)
    else:
        missed = before.was_overdue
    return missed and before_due(dates, before.dates, zone)


def _asked_again(declared: int | None, before: Pause, seen: Observation, pause: Pause) -> Iterator[Raised]:
    """The citizen was asked for a supplement once more; QĐ 766 counts such a dossier as overdue (reference 2.3)."""
    count = requests(seen.supplements, pause.supplements)
    if count > max(requests(declared, before.supplements), 1):
        evidence = {"count": count, "declared": seen.supplements, "seen": pause.supplements}
        yield Raised(Flag.SUPPLEMENT_REPEAT, evidence)


def _put_off(before: Standing, dates: Dated, kind: DueKind | None) -> Iterator[Raised]:
    """The due date was put off, which is allowed once and before it has passed (reference 2.2)."""
    evidence: dict[str, object] = {"from": plain(before.dates.due_at), "to": plain(dates.due_at)}
    if kind is DueKind.EXTENDED_AFTER:
        yield Raised(Flag.EXTENDED_AFTER_DUE, {**evidence, "phase": dates.phase.value})
    if before.extensions >= MOST_EXTENSIONS:
        yield Raised(Flag.SECOND_EXTENSION, {**evidence, "count": before.extensions + 1})


def _finishes(before: Dated, dates: Dated) -> dict[str, object]:
    def shown(of: Dated) -> object:
        name = of.finish()
        return plain(getattr(of, name)) if name else None

    return {"from": shown(before), "to": shown(dates), "due_at": plain(before.due_at)}
