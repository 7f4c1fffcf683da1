"""Intake: observations into dossiers with their history, in chunks of one transaction each.

What a poll shows unchanged is known by its hash and writes nothing. Whatever changed appends an observation and, where
they apply, a phase change, a due change, the end of an overdue spell; the plan is set anew in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock, Observation, Phase, plain
from alertd.core.errors import CalendarError
from alertd.core.planning import Running, next_step_at, subject_of
from alertd.core.text import normal_code
from alertd.core.transition import PlanReason, Standing, Transition, first, observe
from alertd.store import known
from alertd.store.batch import BACK, Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.rules import Rules

ALTERNATING_WITHIN = timedelta(hours=24)
#: A change in one of these asks for a new plan even when neither clock nor due date moved.
_PLANNED_BY = ("unit", "received_at", "due_at", "finished_at", "procedure_code", "procedure", "field", "channel")


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
        digests = {key: observation.digest() for key, observation in shown.items()}
        self.counts.rows += len(shown.keys() - self.seen)
        self.seen.update(shown)
        stored = known.stored(connection, self.feed, digests)
        batch = Batch(self.feed, self.poll_id, self.now)
        changed: list[tuple[Row[Any], Observation, str]] = []
        for key, observation in shown.items():
            row, digest = stored.get(key), digests[key]
            if row is None:
                self._new(batch, observation, digest)
            elif row.hash != digest or row.missing_since is not None:
                changed.append((row, observation, digest))
            else:
                self.counts.unchanged += 1
        if changed:
            self._changed(connection, batch, changed)
        batch.write(connection, self.rules)

    def _new(self, batch: Batch, observation: Observation, digest: str) -> None:
        unit, due_at = self._resolved(observation)
        transition = first(observation, self.now)
        batch.new.append(
            {"feed": self.feed, "key": observation.key}
            | self._values(observation, digest, unit, due_at, transition)
            | {
                "due_original_at": due_at, "overdue_since": None, "missing_since": None, "missing_polls": 0,
                "planned_at": self.now, "plan_reason": PlanReason.FIRST_SEEN.value, "first_seen_at": self.now,
                "next_step_at": self._next(observation, unit, due_at, transition.clock, {}), "waiting_at": None,
                "ended_seen_at": self.now if transition.clock is Clock.ENDED else None,
            }
        )  # fmt: skip
        batch.shown.append(observation)
        self.counts.new += 1

    def _changed(
        self, connection: Connection, batch: Batch, changed: Sequence[tuple[Row[Any], Observation, str]]
    ) -> None:
        ids = [row.id for row, _, _ in changed]
        fired = known.fired_steps(connection, ids)
        recent = known.recent_dues(connection, ids, self.now - ALTERNATING_WITHIN)
        for row, observation, digest in changed:
            if row.missing_since is not None:
                batch.seen_again.append(row.id)
            if row.hash == digest:
                self._reappeared(batch, row, observation, fired.get(row.id, {}))
                self.counts.unchanged += 1
            else:
                self._moved(batch, row, observation, digest, fired.get(row.id, {}), recent.get(row.id, ()))
                self.counts.changed += 1

    def _moved(
        self,
        batch: Batch,
        row: Row[Any],
        observation: Observation,
        digest: str,
        fired: dict[str, int],
        recent: Iterable[datetime | None],
    ) -> None:
        unit, due_at = self._resolved(observation)
        before = Standing(
            Phase(row.phase), Clock(row.clock), row.episode, row.due_at, row.due_on,
            row.overdue_since is not None, row.pause_count, row.paused_since,
        )  # fmt: skip
        after = observe(before, observation, due_at, self.as_of, recent)
        changed = known.differences(row, observation)
        values = {known.COLUMN[name]: value for name, value in changed.items() if name != "due_at"}
        if "code" in values:
            values["code_norm"] = normal_code(observation.code)
        derived = {"due_at": due_at, "unit": unit, **_transition(after)}
        values |= {name: value for name, value in derived.items() if value != getattr(row, name)}
        values |= {"hash": digest, "changed_at": self.now}
        if "officers" in changed and row.handed_to is not None:
            values["handed_to"] = None  # the portal has the last word on who handles it
            batch.taken_back.append(row.id)
        ended = after.clock is Clock.ENDED
        values |= self._consequences(row, after, ended=ended, due_at=due_at)
        reason = after.plan_reason or (PlanReason.REAPPEARED if row.missing_since else None)
        if reason or after.clock is not before.clock or any(name in values for name in _PLANNED_BY):
            on_record = fired if after.episode == before.episode else {}
            values["next_step_at"] = self._next(observation, unit, due_at, after.clock, on_record)
            values["waiting_at"] = None
            if reason is None and values["next_step_at"] and values["next_step_at"] <= self.now:
                reason = PlanReason.CHANGED  # another unit, say, has a policy by which a step is due already
            if reason:
                values |= {"planned_at": self.now, "plan_reason": reason.value}
        batch.set(row.id, values)
        if "code" in changed or "aliases" in changed:
            # the code of before, too: messages have named the dossier by it
            batch.known_as(row.id, observation.code, (row.code, *observation.aliases))
        batch.observe(row.id, digest, {name: plain(value) for name, value in changed.items()})
        self._history(batch, row, observation, after, unit, due_at)
        if fired and (after.episode != before.episode or ended):
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
        unit: str | None,
        due_at: datetime | None,
    ) -> None:
        if row.phase != observation.phase.value:
            batch.phase(row.id, row.phase, observation.phase.value)
        if after.due_kind:
            batch.due(row.id, row.due_at, due_at, after.due_kind.value, after.episode)
        if after.spell_end:
            batch.spells.append((row.id, unit, after.spell_end))

    def _reappeared(self, batch: Batch, row: Row[Any], observation: Observation, fired: dict[str, int]) -> None:
        """Seen again, unchanged, after it was missing: the hold ends and what fell due meanwhile fires late."""
        unit, due_at = self._resolved(observation)
        upcoming = self._next(observation, unit, due_at, Clock(row.clock), fired)
        batch.set(row.id, {"next_step_at": upcoming, "planned_at": self.now, **BACK})

    def _resolved(self, observation: Observation) -> tuple[str | None, datetime | None]:
        unit = self._directory.unit(observation.unit)
        return unit, self.rules.due_instant(unit, observation.due_at, observation.due_on)

    def _next(
        self,
        observation: Observation,
        unit: str | None,
        due_at: datetime | None,
        clock: Clock,
        fired: dict[str, int],
    ) -> datetime | None:
        subject = subject_of(observation, unit)
        running = Running(subject, clock, observation.received_at, due_at, observation.finished_at)
        try:
            return next_step_at(running, self.rules, self._day, fired)
        except CalendarError:
            return self.now  # the tick says so and sets the dossier aside; the poll goes on

    def _values(
        self, seen: Observation, digest: str, unit: str | None, due_at: datetime | None, after: Transition
    ) -> dict[str, Any]:
        """The columns that an observation and its transition decide."""
        return {
            "code": seen.code,
            "code_norm": normal_code(seen.code),
            "phase": seen.phase.value,
            "status": seen.status,
            "unit_text": seen.unit,
            "received_unit": seen.received_unit,
            "officers": list(seen.officers),
            "procedure_code": seen.procedure_code,
            "procedure": seen.procedure,
            "field": seen.field,
            "channel": seen.channel.value,
            "submitted_at": seen.submitted_at,
            "received_at": seen.received_at,
            "due_at": due_at,
            "due_on": seen.due_on,
            "finished_at": seen.finished_at,
            "returned_at": seen.returned_at,
            "url": seen.url,
            "aliases": list(seen.aliases),
            "parent": seen.parent,
            "step": seen.step,
            "step_due_at": seen.step_due_at,
            "accept_due_at": seen.accept_due_at,
            "due_before_at": seen.due_before_at,
            "supplements": seen.supplements,
            "service_level": seen.service_level,
            "fee": seen.fee,
            "fee_total": seen.fee_total,
            "paid_online": seen.paid_online,
            "result_required": seen.result_required,
            "result_digital": seen.result_digital,
            "components_digital": seen.components_digital,
            "pause": seen.pause,
            "day_only": list(seen.day_only),
            "untimed": seen.untimed,
            "hash": digest,
            "unit": unit,
            "changed_at": self.now,
            **_transition(after),
        }


def _transition(after: Transition) -> dict[str, Any]:
    """The columns that a transition alone decides."""
    return {
        "clock": after.clock.value,
        "episode": after.episode,
        "paused_since": after.paused_since,
        "pause_count": after.pause_count,
    }
