"""Intake: observations into dossiers with their history, in chunks of one transaction each.

What a poll shows unchanged is known by its hash and writes nothing. Whatever changed appends an observation and, where
they apply, a phase change, a due change, the end of an overdue spell; the plan is set anew in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd import courtesy
from alertd.core.dossier import ENDED, Clock, Observation, plain
from alertd.core.errors import CalendarError
from alertd.core.flags import conflicting
from alertd.core.planning import next_step_at, resolve, stretch_of, subject_of
from alertd.core.text import normal_code
from alertd.core.transition import PlanReason, Transition, first, observe
from alertd.store import erasing, known, spells, state
from alertd.store.batch import BACK, Batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.planning import Resolved
    from alertd.core.rules import Rules

ALTERNATING_WITHIN = timedelta(hours=24)
#: A change in one of these asks for a new plan even when neither clock nor due date moved.
_PLANNED_BY = ("unit", "received_at", "due_at", "finished_at", "procedure_code", "procedure", "field", "channel",
               "conflict", "accept_by", "submitted_at")  # fmt: skip


@dataclass
class Counts:
    """What one poll brought."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    alternating: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Intake:
    """The taking of one source of one feed.

    `now` is the instant of reading, `as_of` the instant the data are from, both UTC. `seen` gathers the keys that the
    source showed and `unreadable` the codes of rows set aside, to know afterwards what is missing.
    """

    feed: str
    poll_id: int
    rules: Rules
    now: datetime
    as_of: datetime
    counts: Counts = field(default_factory=Counts)
    seen: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """The local date decides which units and policies there are."""
        self._day = self.rules.local_date(self.now)
        self._directory = self.rules.organisation.on(self._day)

    def take(self, connection: Connection, chunk: Sequence[Observation]) -> None:
        """Store one chunk, in the caller's transaction. The last of several rows with one key counts."""
        shown = {observation.key: observation for observation in chunk}
        digests = {key: observation.digest() for key, observation in courtesy.each(shown.items())}
        self.counts.rows += len(shown.keys() - self.seen)
        self.seen.update(shown)
        # an open dossier whose finish has come: the feed shows nothing new, and all the same it is not as it was
        come = {key for key, seen in shown.items() if conflicting(seen.phase, seen.finished_at, self.as_of)}
        stored = known.stored(connection, self.feed, digests, come)
        # what had ended and was deleted when its term was over does not begin anew because a feed still shows it
        gone = erasing.deleted(
            connection, self.feed, [key for key, seen in shown.items() if seen.phase in ENDED and key not in stored]
        )
        batch = Batch(self.feed, self.poll_id, self.now)
        changed: list[tuple[Row[Any], Observation, str]] = []
        for key, observation in courtesy.each(shown.items()):
            row, digest = stored.get(key), digests[key]
            if key in gone:
                self.counts.unchanged += 1
            elif row is None:
                self._new(batch, observation, digest)
            elif row.hash != digest or row.missing_since is not None or (key in come and not row.conflict):
                changed.append((row, observation, digest))
            else:
                self.counts.unchanged += 1
        if changed:
            self._changed(connection, batch, changed)
        batch.write(connection, self.rules)

    def _new(self, batch: Batch, observation: Observation, digest: str) -> None:
        resolved = resolve(observation, self.rules, self._directory)
        after = first(observation, resolved, self.as_of, self.rules.zone)
        upcoming = self._next(observation, resolved, {}, clock=after.clock, conflict=after.conflict)
        batch.new.append({
            "feed": self.feed, "key": observation.key,
            **state.shown(observation, resolved),
            **state.derived(after),
            "hash": digest, "due_original_at": resolved.due_at, "overdue_since": None, "missing_since": None,
            "missing_polls": 0, "ended_seen_at": self.now if after.clock is Clock.ENDED else None,
            "next_step_at": upcoming, "waiting_at": None, "planned_at": self.now,
            "plan_reason": PlanReason.FIRST_SEEN.value, "first_seen_at": self.now, "changed_at": self.now,
        })  # fmt: skip
        batch.shown.append((observation, after))
        self.counts.new += 1

    def _changed(
        self, connection: Connection, batch: Batch, changed: Sequence[tuple[Row[Any], Observation, str]]
    ) -> None:
        ids = [row.id for row, _, _ in changed]
        fired = known.fired_steps(connection, ids)
        recent = known.recent_dues(connection, ids, self.now - ALTERNATING_WITHIN)
        # an end may be dated back behind a spell that has ended before, by a pause or by not being seen
        past = [row.id for row, _, _ in changed if row.overdue_since is None]
        overdue = spells.had(connection, past) if past else set()
        for row, observation, digest in courtesy.each(changed):
            if row.missing_since is not None:
                batch.seen_again.append(row.id)
            come = conflicting(observation.phase, observation.finished_at, self.as_of) and not row.conflict
            if row.hash == digest and not come:
                self._reappeared(batch, row, observation, fired.get(row.id, {}))
                self.counts.unchanged += 1
            else:
                before = state.standing(row, was_overdue=row.id in overdue)
                resolved = resolve(observation, self.rules, self._directory)
                after = observe(before, observation, resolved, self.as_of, self.rules.zone, recent.get(row.id, ()))
                self._moved(batch, row, observation, resolved, digest, fired.get(row.id, {}), after)
                self.counts.changed += 1

    def _moved(
        self,
        batch: Batch,
        row: Row[Any],
        observation: Observation,
        resolved: Resolved,
        digest: str,
        fired: dict[str, int],
        after: Transition,
    ) -> None:
        changed = known.differences(row, observation)
        values = {known.COLUMN[name]: value for name, value in changed.items() if name != "due_at"}
        if "code" in values:
            values["code_norm"] = normal_code(observation.code)
        derived = {"due_at": resolved.due_at, "accept_by": resolved.accept_by, "unit": resolved.unit}
        derived |= state.derived(after) | state.filed_by(observation)
        values |= {name: value for name, value in derived.items() if value != getattr(row, name)}
        values |= {"hash": digest, "changed_at": self.now}
        if "officers" in changed and row.handed_to is not None:
            values["handed_to"] = None  # the portal has the last word on who handles it
            batch.taken_back.append(row.id)
        ended = after.clock is Clock.ENDED
        values |= self._consequences(row, after, ended=ended, due_at=resolved.due_at)
        reason = after.plan_reason or (PlanReason.REAPPEARED if row.missing_since else None)
        if reason or "clock" in values or any(name in values for name in _PLANNED_BY):
            on_record = fired if after.episode == row.episode else {}
            values["next_step_at"] = self._next(
                observation, resolved, on_record, clock=after.clock, conflict=after.conflict
            )
            values["waiting_at"] = None
            if reason is None and values["next_step_at"] and values["next_step_at"] <= self.now:
                reason = PlanReason.CHANGED  # another unit, say, has a policy by which a step is due already
            if reason:
                values |= {"planned_at": self.now, "plan_reason": reason.value}
        batch.set(row.id, values)
        if "code" in changed or "aliases" in changed:
            # the code of before, too: messages have named the dossier by it
            batch.known_as(row.id, observation.code, (row.code, *observation.aliases))
        if changed:
            batch.observe(row.id, digest, {name: plain(value) for name, value in changed.items()})
        self._history(batch, row, observation, after, resolved)
        if fired and (after.episode != row.episode or ended):
            batch.overtaken.append(row.id)
        if after.alternating:
            self.counts.alternating.append(observation.code)

    def _consequences(
        self, row: Row[Any], after: Transition, *, ended: bool, due_at: datetime | None
    ) -> dict[str, Any]:
        """What else changes with the transition, if anything."""
        values: dict[str, Any] = {}
        if row.missing_since is not None:
            values |= {"missing_since": None, "missing_polls": 0}
        if row.due_original_at is None and due_at is not None:
            values["due_original_at"] = due_at
        if after.spell_end:
            values["overdue_since"] = None
        if ended != (row.ended_seen_at is not None):
            values["ended_seen_at"] = self.now if ended else None
        return values

    def _history(
        self,
        batch: Batch,
        row: Row[Any],
        observation: Observation,
        after: Transition,
        resolved: Resolved,
    ) -> None:
        if row.phase != observation.phase.value:
            batch.phase(row.id, row.phase, observation.phase.value)
        if after.due_kind:
            batch.due(row.id, row.due_at, resolved.due_at, after.due_kind.value, after.episode)
        if after.spell_end:
            batch.spells.setdefault(after.spell_end, []).append((row.id, resolved.unit))
        if after.dated_back:
            batch.dated_back.append((row.id, resolved.unit))
        batch.follow(row.id, observation, after)

    def _reappeared(self, batch: Batch, row: Row[Any], observation: Observation, fired: dict[str, int]) -> None:
        """Seen again, unchanged, after it was missing: the hold ends and what fell due meanwhile fires late."""
        resolved = resolve(observation, self.rules, self._directory)
        upcoming = self._next(observation, resolved, fired, clock=Clock(row.clock), conflict=row.conflict)
        batch.set(row.id, {"next_step_at": upcoming, "planned_at": self.now, **BACK})

    def _next(
        self, observation: Observation, resolved: Resolved, fired: dict[str, int], *, clock: Clock, conflict: bool
    ) -> datetime | None:
        subject = subject_of(observation, resolved.unit)
        stretch = stretch_of(observation, resolved, clock, conflict=conflict)
        try:
            return next_step_at(subject, clock, stretch, self.rules, self._day, fired)
        except CalendarError:
            return self.now  # the tick says so and sets the dossier aside; the poll goes on
