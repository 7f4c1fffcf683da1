"""What one chunk of a poll writes, gathered so that each table gets few, large statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, or_, select, update

from alertd.core.digest import RESOLVED
from alertd.core.firing import AlertState
from alertd.core.text import normal_code
from alertd.core.transition import PlanReason, SpellEnd
from alertd.store import absences, answers, reserved, spells
from alertd.store.bulk import among, insert_rows, update_rows
from alertd.store.locks import lock_alerts
from alertd.store.tables import alerts, aliases, dossiers, due_changes, flags, observations, pauses, phase_changes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.dossier import Observation
    from alertd.core.rules import Rules
    from alertd.core.transition import Transition


@dataclass
class Batch:
    """The rows of one chunk. `poll_id` and `now` stand in every piece of history."""

    feed: str
    poll_id: int
    now: datetime
    new: list[dict[str, Any]] = field(default_factory=list)
    shown: list[tuple[Observation, Transition]] = field(default_factory=list)
    updates: dict[tuple[str, ...], list[list[Any]]] = field(default_factory=dict)
    observed: list[list[Any]] = field(default_factory=list)
    phases: list[list[Any]] = field(default_factory=list)
    dues: list[list[Any]] = field(default_factory=list)
    codes: list[list[Any]] = field(default_factory=list)
    flags: list[list[Any]] = field(default_factory=list)
    pauses: list[list[Any]] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    spells: dict[SpellEnd, list[tuple[int, str | None]]] = field(default_factory=dict)
    dated_back: list[tuple[int, str | None]] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    seen_again: list[int] = field(default_factory=list)

    def set(self, dossier_id: int, values: dict[str, Any]) -> None:
        """Change some columns of a dossier; rows with the same columns share a statement."""
        self.updates.setdefault(tuple(values), []).append([*values.values(), dossier_id])

    def observe(self, dossier_id: int, digest: str, changed: dict[str, Any]) -> None:
        """Append an observation; `changed` as JSON can hold it."""
        self.observed.append([dossier_id, self.poll_id, self.now, digest, changed])

    def phase(self, dossier_id: int, old: str, new: str) -> None:
        """Append a phase change."""
        self.phases.append([dossier_id, self.now, old, new])

    def due(self, dossier_id: int, old: datetime | None, new: datetime | None, kind: str, episode: int) -> None:
        """Append a change of the due instant, with the episode that it begins."""
        self.dues.append([dossier_id, self.now, old, new, kind, episode])

    def follow(self, dossier_id: int, seen: Observation, after: Transition) -> None:
        """Append what a transition says of pauses and flags."""
        if after.pause.ended:
            self.resumed.append(dossier_id)
        if after.pause.began:
            self.pauses.append([dossier_id, self.now, seen.status, after.pause.kind])
        for raised in after.raised:
            self.flags.append([dossier_id, raised.flag.value, self.now, raised.evidence])

    def known_as(self, dossier_id: int, code: str, others: Iterable[str]) -> None:
        """Keep the `others` as ways to find a dossier beside its own code."""
        norms = {normal_code(other): other for other in others}
        own = ("", normal_code(code))
        self.codes += [[dossier_id, self.feed, text, norm, self.now] for norm, text in norms.items() if norm not in own]

    def write(self, connection: Connection, rules: Rules) -> None:
        """Everything, in the caller's transaction."""
        if self.new:
            self._insert(connection)
        self._lock_alerts(connection)
        for columns, rows in self.updates.items():
            update_rows(connection, dossiers, columns, rows)
        insert_rows(connection, observations, _OBSERVED, self.observed)
        insert_rows(connection, phase_changes, _PHASES, self.phases)
        insert_rows(connection, due_changes, _DUES, self.dues)
        insert_rows(connection, aliases, _CODES, self.codes, pass_over=True)
        insert_rows(connection, flags, _FLAGS, self.flags)
        if self.resumed:
            connection.execute(_RESUME, [{"id_": dossier_id, "now": self.now} for dossier_id in self.resumed])
        insert_rows(connection, pauses, _PAUSES, self.pauses)
        if self.overtaken:
            connection.execute(_OVERTAKE, [{"id_": dossier_id} for dossier_id in self.overtaken])
        if self.taken_back:
            answers.end_handovers(connection, self.taken_back, self.now)
        if self.seen_again:
            absences.end(connection, self.seen_again, self.now)
        for kind, ended in self.spells.items():
            ids = [dossier_id for dossier_id, _ in ended]
            spells.end(connection, ids, kind, self.now)
            if kind is SpellEnd.FINISHED:
                reserved.resolved(connection, ids, self.now)
            else:
                reserved.vanished(connection, rules, ended, kind, self.now)
        if self.dated_back:
            reserved.vanished(connection, rules, self.dated_back, SpellEnd.BACKDATED, self.now)

    def _lock_alerts(self, connection: Connection) -> None:
        """Of what ends or runs again: the database writes that into them, dossier by dossier.

        What is told of an end itself is not among them: composing passes over what is locked, and it would be late.
        """
        ids = [row[-1] for columns, rows in self.updates.items() if "ended_seen_at" in columns for row in rows]
        if ids:
            lock_alerts(connection, among(connection, alerts.c.dossier_id, ids), alerts.c.policy != "")

    def _insert(self, connection: Connection) -> None:
        insert_rows(connection, dossiers, tuple(self.new[0]), [list(row.values()) for row in self.new])
        query = select(dossiers.c.key, dossiers.c.id).where(
            dossiers.c.feed == self.feed, among(connection, dossiers.c.key, [row["key"] for row in self.new])
        )
        ids = {row.key: row.id for row in connection.execute(query)}
        for row, (seen, after) in zip(self.new, self.shown, strict=True):
            dossier_id = ids[row["key"]]
            self.observe(dossier_id, row["hash"], seen.values())
            self.follow(dossier_id, seen, after)
            if seen.aliases:
                self.known_as(dossier_id, seen.code, seen.aliases)


_OBSERVED = ("dossier_id", "poll_id", "seen_at", "hash", "changed")
_PHASES = ("dossier_id", "seen_at", "old_phase", "new_phase")
_FLAGS = ("dossier_id", "flag", "seen_at", "evidence")
_PAUSES = ("dossier_id", "first_seen_at", "status", "kind")
_RESUME = (
    update(pauses)
    .where(pauses.c.dossier_id == bindparam("id_"), pauses.c.ended_seen_at.is_(None))
    .values(ended_seen_at=bindparam("now"))
)
_CODES = ("dossier_id", "feed", "code", "code_norm", "first_seen_at")
_DUES = ("dossier_id", "seen_at", "old_due_at", "new_due_at", "kind", "episode")
_sendable = alerts.alias("sendable")
#: An alert not yet in a message, of a dossier that ended or got another due date: a stale alert is worse than none.
#: What was coalesced into it reached nobody either, so that it may fire anew in the next episode.
_OVERTAKE = (
    update(alerts)
    .where(
        alerts.c.dossier_id == bindparam("id_"),
        or_(alerts.c.policy != "", alerts.c.step == RESOLVED),
        or_(
            alerts.c.state == AlertState.PENDING.value,
            (alerts.c.state == AlertState.COALESCED.value)
            & exists().where(
                _sendable.c.dossier_id == alerts.c.dossier_id,
                _sendable.c.episode == alerts.c.episode,
                _sendable.c.person == alerts.c.person,
                _sendable.c.recorded_at == alerts.c.recorded_at,
                _sendable.c.state == AlertState.PENDING.value,
                _sendable.c.policy != "",
            ),
        ),
    )
    .values(state=AlertState.SUPERSEDED.value)
)
#: What a dossier seen again after it was missing gets, beside its plan.
BACK: dict[str, Any] = {"missing_since": None, "missing_polls": 0, "plan_reason": PlanReason.REAPPEARED.value}
