"""What one chunk of a poll writes, gathered so that each table gets few, large statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Update, bindparam, insert, select, update

from alertd.core.firing import AlertState
from alertd.core.transition import PlanReason, SpellEnd
from alertd.store import reserved, spells
from alertd.store.tables import alerts, dossiers, due_changes, observations, phase_changes

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.dossier import Observation
    from alertd.core.rules import Rules


@dataclass
class Batch:
    """The rows of one chunk. `poll_id` and `now` stand in every piece of history."""

    feed: str
    poll_id: int
    now: datetime
    new: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Observation] = field(default_factory=list)
    updates: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    observed: list[dict[str, Any]] = field(default_factory=list)
    phases: list[dict[str, Any]] = field(default_factory=list)
    dues: list[dict[str, Any]] = field(default_factory=list)
    spells: list[tuple[int, str | None, SpellEnd]] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)

    def set(self, dossier_id: int, values: dict[str, Any]) -> None:
        """Change some columns of a dossier; rows with the same columns share a statement."""
        self.updates.setdefault(tuple(values), []).append({f"new_{k}": v for k, v in values.items()} | {"id_": dossier_id})

    def observe(self, dossier_id: int, digest: str, changed: dict[str, Any]) -> None:
        """Append an observation."""
        self.observed.append({
            "dossier_id": dossier_id, "poll_id": self.poll_id, "seen_at": self.now, "hash": digest, "changed": changed,
        })  # fmt: skip

    def write(self, connection: Connection, rules: Rules) -> None:
        """Everything, in the caller's transaction."""
        if self.new:
            self._insert(connection)
        for columns, rows in self.updates.items():
            connection.execute(_set(columns), rows)
        for table, rows in ((observations, self.observed), (phase_changes, self.phases), (due_changes, self.dues)):
            if rows:
                connection.execute(insert(table), rows)
        if self.overtaken:
            connection.execute(_OVERTAKE, [{"id_": dossier_id} for dossier_id in self.overtaken])
        for dossier_id, unit, kind in self.spells:
            spells.end(connection, dossier_id, kind, self.now)
            if kind is not SpellEnd.FINISHED:
                reserved.vanished(connection, rules, dossier_id, unit, kind, self.now)

    def _insert(self, connection: Connection) -> None:
        connection.execute(insert(dossiers), self.new)
        query = select(dossiers.c.key, dossiers.c.id).where(
            dossiers.c.feed == self.feed, dossiers.c.key.in_([row["key"] for row in self.new])
        )
        ids = {row.key: row.id for row in connection.execute(query)}
        for row, shown in zip(self.new, self.shown, strict=True):
            self.observe(ids[row["key"]], row["hash"], shown.values())


@lru_cache(maxsize=256)
def _set(columns: tuple[str, ...]) -> Update:
    return (
        update(dossiers)
        .where(dossiers.c.id == bindparam("id_"))
        .values({name: bindparam(f"new_{name}", type_=dossiers.c[name].type) for name in columns})
    )


#: An alert not yet in a message, of a dossier that ended or got another due date: a stale alert is worse than none.
_OVERTAKE = (
    update(alerts)
    .where(alerts.c.dossier_id == bindparam("id_"), alerts.c.state == AlertState.PENDING.value, alerts.c.policy != "")
    .values(state=AlertState.SUPERSEDED.value)
)
#: What a dossier seen again after it was missing gets, beside its plan.
BACK: dict[str, Any] = {"missing_since": None, "missing_polls": 0, "plan_reason": PlanReason.REAPPEARED.value}
