"""Intake: observations into dossiers with their history, in chunks of one transaction each.

What a poll shows unchanged is known by its hash and writes nothing. Whatever changed appends an observation and, where
they apply, a phase change, a due change, the end of an overdue spell; the plan is set anew in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from alertd.core.dossier import FIELDS, Clock, Observation, Phase, plain
from alertd.core.firing import AlertState
from alertd.core.planning import Running, next_step_at, subject_of
from alertd.core.text import normal_code
from alertd.core.transition import PlanReason, SpellEnd, Standing, Transition, first, observe
from alertd.store import reserved, spells
from alertd.store.tables import alerts, dossiers, due_changes, observations, phase_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.rules import Rules

ALTERNATING_WITHIN = timedelta(hours=24)
#: Observation fields that stand in the dossier's row under another name.
_RENAMED = {"unit": "unit_text"}
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


@dataclass
class Intake:
    """The taking of one source of one feed.

    `now` is the instant of reading, `as_of` the instant the data are from, both UTC. `seen` gathers the keys that the
    source showed, to know afterwards what is missing.
    """

    feed: str
    poll_id: int
    rules: Rules
    now: datetime
    as_of: datetime
    counts: Counts = field(default_factory=Counts)
    seen: set[str] = field(default_factory=set)

    def take(self, connection: Connection, chunk: Sequence[Observation]) -> None:
        """Store one chunk, in the caller's transaction. The last of several rows with one key counts."""
        shown = {observation.key: observation for observation in chunk}
        digests = {key: observation.digest() for key, observation in shown.items()}
        self.counts.rows += len(shown.keys() - self.seen)
        self.seen.update(shown)
        stored = _stored(connection, self.feed, digests)
        batch = _Batch()
        changed: list[tuple[Row[Any], Observation, str]] = []
        for key, observation in shown.items():
            row = stored.get(key)
            digest = digests[key]
            if row is None:
                self._new(batch, observation, digest)
            elif row.hash != digest or row.missing_since is not None:
                changed.append((row, observation, digest))
            else:
                self.counts.unchanged += 1
        self._changed(connection, batch, changed)
        batch.write(connection, self)

    def _new(self, batch: _Batch, observation: Observation, digest: str) -> None:
        unit, due_at = self._resolved(observation)
        transition = first(observation, self.now)
        row = self._row(observation, digest, unit, due_at, transition)
        row |= {
            "feed": self.feed,
            "due_original_at": due_at,
            "overdue_since": None,
            "missing_since": None,
            "missing_polls": 0,
            "planned_at": self.now,
            "plan_reason": PlanReason.FIRST_SEEN.value,
            "first_seen_at": self.now,
            "next_step_at": self._next(observation, unit, due_at, transition.clock, {}),
            "waiting_at": None,
            "ended_seen_at": self.now if transition.clock is Clock.ENDED else None,
        }
        batch.new.append(row)
        batch.shown.append(observation)
        self.counts.new += 1

    def _changed(
        self, connection: Connection, batch: _Batch, changed: Sequence[tuple[Row[Any], Observation, str]]
    ) -> None:
        if not changed:
            return
        ids = [row.id for row, _, _ in changed]
        fired = fired_steps(connection, ids)
        recent = _recent_dues(connection, ids, self.now - ALTERNATING_WITHIN)
        for row, observation, digest in changed:
            if row.hash == digest:
                self._reappeared(batch, row, observation, fired.get(row.id, {}))
                continue
            self._moved(batch, row, observation, digest, fired.get(row.id, {}), recent.get(row.id, ()))
            self.counts.changed += 1

    def _moved(
        self,
        batch: _Batch,
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
        values = self._row(observation, digest, unit, due_at, after)
        reason = after.plan_reason or (PlanReason.REAPPEARED if row.missing_since else None)
        replanned = reason is not None or after.clock is not before.clock or any(
            values[name] != getattr(row, name) for name in _PLANNED_BY
        )
        ended = after.clock is Clock.ENDED
        values |= {
            "id_": row.id,
            "due_original_at": row.due_original_at or due_at,
            "overdue_since": None if after.spell_end else row.overdue_since,
            "planned_at": self.now if reason else row.planned_at,
            "plan_reason": reason.value if reason else row.plan_reason,
            "next_step_at": row.next_step_at,
            "waiting_at": row.waiting_at,
            "ended_seen_at": (row.ended_seen_at or self.now) if ended else None,
        }
        if replanned:
            on_record = fired if after.episode == before.episode else {}
            values["next_step_at"] = self._next(observation, unit, due_at, after.clock, on_record)
            values["waiting_at"] = None
        batch.updates.append(values)
        batch.observed.append(_observation(row.id, self, digest, _differences(row, observation)))
        if before.phase is not observation.phase:
            batch.phases.append(
                {"dossier_id": row.id, "seen_at": self.now, "old_phase": before.phase, "new_phase": observation.phase}
            )
        if after.due_kind:
            batch.dues.append({
                "dossier_id": row.id, "seen_at": self.now, "old_due_at": row.due_at, "new_due_at": due_at,
                "kind": after.due_kind.value, "episode": after.episode,
            })  # fmt: skip
        if after.episode != before.episode or ended:
            batch.overtaken.append(row.id)
        if after.spell_end:
            batch.spells.append((row.id, unit, after.spell_end))
        if after.alternating:
            self.counts.alternating.append(observation.code)

    def _reappeared(
        self, batch: _Batch, row: Row[Any], observation: Observation, fired: dict[str, int]
    ) -> None:
        """Seen again, unchanged, after it was missing: the hold ends and what fell due meanwhile fires late."""
        unit, due_at = self._resolved(observation)
        batch.back.append({
            "id_": row.id,
            "planned_at": self.now,
            "next_step_at": self._next(observation, unit, due_at, Clock(row.clock), fired),
        })  # fmt: skip
        self.counts.unchanged += 1

    def _resolved(self, observation: Observation) -> tuple[str | None, datetime | None]:
        unit = self.rules.organisation.on(self.rules.local_date(self.now)).unit(observation.unit)
        return unit, self.rules.due_instant(unit, observation.due_at, observation.due_on)

    def _next(
        self,
        observation: Observation,
        unit: str | None,
        due_at: datetime | None,
        clock: Clock,
        fired: dict[str, int],
    ) -> datetime | None:
        running = Running(
            subject_of(observation, unit), clock, observation.received_at, due_at, observation.finished_at
        )
        return next_step_at(running, self.rules, self.rules.local_date(self.now), fired)

    def _row(
        self, seen: Observation, digest: str, unit: str | None, due_at: datetime | None, after: Transition
    ) -> dict[str, Any]:
        return {
            "key": seen.key,
            "code": seen.code,
            "code_norm": normal_code(seen.code),
            "phase": seen.phase.value,
            "status": seen.status,
            "unit_text": seen.unit,
            "received_unit": seen.received_unit,
            "officers": seen.officers,
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
            "hash": digest,
            "unit": unit,
            "clock": after.clock.value,
            "episode": after.episode,
            "paused_since": after.paused_since,
            "pause_count": after.pause_count,
            "changed_at": self.now,
        }


@dataclass
class _Batch:
    """What one chunk writes, gathered so that each table gets one executemany."""

    new: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Observation] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    back: list[dict[str, Any]] = field(default_factory=list)
    observed: list[dict[str, Any]] = field(default_factory=list)
    phases: list[dict[str, Any]] = field(default_factory=list)
    dues: list[dict[str, Any]] = field(default_factory=list)
    spells: list[tuple[int, str | None, SpellEnd]] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)

    def write(self, connection: Connection, intake: Intake) -> None:
        if self.new:
            connection.execute(insert(dossiers), self.new)
            ids = dict(
                connection.execute(
                    select(dossiers.c.key, dossiers.c.id).where(
                        dossiers.c.feed == intake.feed, dossiers.c.key.in_([row["key"] for row in self.new])
                    )
                ).all()  # type: ignore[arg-type]
            )
            for row, shown in zip(self.new, self.shown, strict=True):
                dossier_id = ids[row["key"]]
                self.observed.append(_observation(dossier_id, intake, row["hash"], shown.values()))
                self.phases.append(
                    {"dossier_id": dossier_id, "seen_at": intake.now, "old_phase": None, "new_phase": row["phase"]}
                )
        if self.updates:
            connection.execute(_UPDATE, self.updates)
        if self.back:
            connection.execute(_BACK, self.back)
        for table, rows in ((observations, self.observed), (phase_changes, self.phases), (due_changes, self.dues)):
            if rows:
                connection.execute(insert(table), rows)
        if self.overtaken:
            connection.execute(_OVERTAKE, [{"id_": dossier_id} for dossier_id in self.overtaken])
        for dossier_id, unit, kind in self.spells:
            spells.end(connection, dossier_id, kind, intake.now)
            if kind is not SpellEnd.FINISHED:
                reserved.vanished(connection, intake.rules, dossier_id, unit, kind, intake.now)


_SET = [
    c.name for c in dossiers.columns
    if c.name not in ("id", "feed", "key", "first_seen_at", "missing_since", "missing_polls")
]  # fmt: skip
_UPDATE = (
    update(dossiers)
    .where(dossiers.c.id == bindparam("id_"))
    .values({name: bindparam(name) for name in _SET} | {"missing_since": None, "missing_polls": 0})
)
_BACK = (
    update(dossiers)
    .where(dossiers.c.id == bindparam("id_"))
    .values(
        next_step_at=bindparam("next_step_at"),
        planned_at=bindparam("planned_at"),
        plan_reason=PlanReason.REAPPEARED.value,
        missing_since=None,
        missing_polls=0,
    )
)
#: An alert not yet in a message, of a dossier that ended or got another due date: a stale alert is worse than none.
_OVERTAKE = (
    update(alerts)
    .where(
        alerts.c.dossier_id == bindparam("id_"), alerts.c.state == AlertState.PENDING.value, alerts.c.policy != ""
    )
    .values(state=AlertState.SUPERSEDED.value)
)


def _stored(connection: Connection, feed: str, digests: dict[str, str]) -> dict[str, Row[Any]]:
    """What is stored of these keys: key and hash where nothing changed, the whole row where something did.

    Whole rows are locked on PostgreSQL, so that a tick beside us waits.
    """
    known = select(dossiers.c.key, dossiers.c.hash, dossiers.c.missing_since).where(
        dossiers.c.feed == feed, dossiers.c.key.in_(list(digests))
    )
    stored = {row.key: row for row in connection.execute(known)}
    wanted = [key for key, row in stored.items() if row.missing_since is not None or row.hash != digests[key]]
    if wanted:
        whole = select(dossiers).where(dossiers.c.feed == feed, dossiers.c.key.in_(wanted)).with_for_update()
        stored |= {row.key: row for row in connection.execute(whole)}
    return stored


def fired_steps(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """The last occurrence on record of each step in each dossier's present episode."""
    query = (
        select(alerts.c.dossier_id, alerts.c.step, func.max(alerts.c.occurrence))
        .join(dossiers, dossiers.c.id == alerts.c.dossier_id)
        .where(alerts.c.dossier_id.in_(ids), alerts.c.episode == dossiers.c.episode, alerts.c.policy != "")
        .group_by(alerts.c.dossier_id, alerts.c.step)
    )
    fired: dict[int, dict[str, int]] = {}
    for dossier_id, step, last in connection.execute(query):
        fired.setdefault(dossier_id, {})[step] = last
    return fired


def _recent_dues(
    connection: Connection, ids: Sequence[int], since: datetime
) -> dict[int, list[datetime | None]]:
    query = select(due_changes.c.dossier_id, due_changes.c.old_due_at).where(
        due_changes.c.dossier_id.in_(ids), due_changes.c.seen_at >= since
    )
    recent: dict[int, list[datetime | None]] = {}
    for dossier_id, old in connection.execute(query):
        recent.setdefault(dossier_id, []).append(old)
    return recent


def _observation(dossier_id: int, intake: Intake, digest: str, changed: dict[str, Any]) -> dict[str, Any]:
    return {
        "dossier_id": dossier_id,
        "poll_id": intake.poll_id,
        "seen_at": intake.now,
        "hash": digest,
        "changed": changed,
    }


def _differences(row: Row[Any], observation: Observation) -> dict[str, Any]:
    """The fields that differ from what is stored, as the feed shows them now."""
    changed: dict[str, Any] = {}
    for name in FIELDS:
        new = plain(getattr(observation, name))
        if name == "due_at":
            if observation.due_on is None and row.due_at != observation.due_at:
                changed[name] = new
            continue
        if new != plain(getattr(row, _RENAMED.get(name, name))):
            changed[name] = new
    return changed
