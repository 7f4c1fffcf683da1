"""`/metrics`: what is stored, as Prometheus reads it. The only place that imports prometheus_client.

Every figure comes from the database, so that each replica says the same: take `max by (unit)` and not the sum over
replicas. Names are a contract (docs/metrics.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from alertd.core.due_classes import CLASSES, bounds
from alertd.core.freshness import is_fresh
from alertd.core.policy import Urgency
from alertd.core.vitality import Sign, unsound
from alertd.store import audits, circuits, heartbeats, marks, overview, polls, reachability, vitals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from alertd.core.freshness import MaxAge
    from alertd.core.rules import Rules
    from alertd.core.vitality import Jobs
    from alertd.store.database import Database

CONTENT_TYPE = CONTENT_TYPE_LATEST
#: Counting a million dossiers takes a second; whoever asks more often than that hears the same again.
SAME_FOR = timedelta(seconds=5)


@dataclass
class Metrics:
    """Measures at most once in five seconds. `clock` tells the instant (aware), `jobs` is as in `Vitals`."""

    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    clock: Callable[[], datetime]
    jobs: Jobs | None = None
    _lock: Lock = field(default_factory=Lock)
    _measured: tuple[datetime, bytes] | None = None

    def text(self) -> bytes:
        """All metrics in Prometheus' text form. Raises StoreError."""
        with self._lock:
            now = self.clock()
            if self._measured is None or not now - SAME_FOR < self._measured[0] <= now:
                registry = CollectorRegistry()
                ProcessCollector(registry=registry)
                registry.register(_Stored(self.database, self.rules, self.ages, self.jobs, now))
                self._measured = (now, generate_latest(registry))
            return self._measured[1]


@dataclass(frozen=True, eq=False)
class _Stored(Collector):
    database: Database
    rules: Rules
    ages: Mapping[str, MaxAge]
    jobs: Jobs | None
    now: datetime

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: registering must not ask the database a first time."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self.database.read() as connection:
            yield self._dossiers(connection)
            yield from self._feeds(connection)
            yield from self._outbox(connection)
            yield from self._channels(connection)
            yield self._tick(connection)
            yield from self._ledger(connection)
            yield from self._heartbeat(connection)

    def _dossiers(self, connection: Connection) -> GaugeMetricFamily:
        made = GaugeMetricFamily(
            "alertd_dossiers", "Open dossiers by processing unit ('' unmatched) and class.", labels=["unit", "class"]
        )
        for row in overview.units(connection, *bounds(self.rules, self.now)):
            for name in ("open", *CLASSES):
                made.add_metric([row.unit or "", name], getattr(row, name))
        return made

    def _feeds(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        fresh = GaugeMetricFamily("alertd_feed_fresh", "1 while a feed's data may be acted upon.", labels=["feed"])
        age = GaugeMetricFamily("alertd_feed_age_seconds", "Age of the newest complete data.", labels=["feed"])
        rows = GaugeMetricFamily("alertd_feed_rows", "Dossiers in the last complete poll.", labels=["feed"])
        aside = GaugeMetricFamily("alertd_feed_quarantined_rows", "Rows set aside, with a reason.", labels=["feed"])
        states, quarantined = polls.states(connection), overview.quarantined(connection)
        for name, limit in self.ages.items():
            state = states.get(name)
            as_of = state.as_of if state is not None else None
            fresh.add_metric([name], is_fresh(as_of, limit, self.rules.calendar, self.now))
            if as_of is not None:
                age.add_metric([name], (self.now - as_of).total_seconds())
            rows.add_metric([name], state.rows if state is not None else 0)
            aside.add_metric([name], quarantined.get(name, 0))
        yield from (fresh, age, rows, aside)

    def _outbox(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        parts = GaugeMetricFamily("alertd_outbox_parts", "Parts of messages by state.", labels=["state"])
        for state, count in overview.outbox_states(connection).items():
            parts.add_metric([state], count)
        yield parts
        depth = GaugeMetricFamily("alertd_outbox_waiting_parts", "Parts that should have left.", labels=["urgency"])
        oldest = GaugeMetricFamily("alertd_outbox_oldest_seconds", "How long the oldest waits.", labels=["urgency"])
        waiting = vitals.waiting(connection, self.now)
        for urgency in Urgency:
            count, since = waiting.get(urgency.value, (0, self.now))
            depth.add_metric([urgency.value], count)
            oldest.add_metric([urgency.value], max((self.now - since).total_seconds(), 0))
        yield from (depth, oldest)
        pending = GaugeMetricFamily("alertd_alerts_waiting", "Alerts on record that are in no message yet.")
        pending.add_metric([], overview.waiting_alerts(connection))
        yield pending

    def _channels(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        calls = GaugeMetricFamily(
            "alertd_calls_last_hour", "Calls to providers by what they came to ('' not answered yet).",
            labels=["channel", "outcome", "code"],
        )  # fmt: skip
        for row in vitals.calls(connection, self.now):
            calls.add_metric([row.channel, row.outcome or "", row.code], row.calls)
        out = GaugeMetricFamily("alertd_channel_open_circuit", "1 while a channel is out of order.", labels=["channel"])
        for channel in circuits.open_circuits(connection):
            out.add_metric([channel], 1)
        pause = GaugeMetricFamily("alertd_channel_pause_seconds", "What is left of a pause that a provider asked for.",
                                  labels=["channel"])  # fmt: skip
        for channel, until in reachability.pauses(connection, self.now).items():
            pause.add_metric([channel], (until - self.now).total_seconds())
        token = GaugeMetricFamily("alertd_token_left_seconds", "Until a provider's token expires.", labels=["channel"])
        for grant in reachability.grants(connection):
            token.add_metric([grant.channel], (grant.access_expires_at - self.now).total_seconds())
        dead = GaugeMetricFamily("alertd_dead_addresses", "Addresses that a provider refused for good.",
                                 labels=["channel"])  # fmt: skip
        for channel, count in reachability.dead(connection).items():
            dead.add_metric([channel], count)
        yield from (calls, out, pause, token, dead)

    def _tick(self, connection: Connection) -> GaugeMetricFamily:
        made = GaugeMetricFamily("alertd_escalate_age_seconds", "Since the last escalation tick.")
        at = marks.mark(connection, "escalate")
        if at is not None:
            made.add_metric([], (self.now - at).total_seconds())
        return made

    def _ledger(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        findings = GaugeMetricFamily("alertd_audit_findings", "Differences that the last audit of the ledger found.")
        undecided = GaugeMetricFamily("alertd_audit_undecided_dossiers", "Open dossiers that it could not decide.")
        age = GaugeMetricFamily("alertd_audit_age_seconds", "Since the last audit of the ledger ended.")
        row = audits.last(connection)
        if row is not None:
            findings.add_metric([], row.findings)
            undecided.add_metric([], row.undecided)
            age.add_metric([], (self.now - row.ended_at).total_seconds())
        yield from (findings, undecided, age)

    def _heartbeat(self, connection: Connection) -> Iterator[GaugeMetricFamily]:
        age = GaugeMetricFamily("alertd_heartbeat_age_seconds", "Since a heartbeat was last taken by its receiver.")
        held = GaugeMetricFamily("alertd_heartbeat_withheld", "1 for each reason why none is sent.", labels=["reason"])
        if self.jobs is not None:
            row = heartbeats.last(connection)
            if row is not None and row.sent_at is not None:
                age.add_metric([], (self.now - row.sent_at).total_seconds())
            reasons = {
                p.sign.value for p in unsound(vitals.signs(connection, self.jobs, self.now), self.jobs, self.now)
            }
            if row is not None and row.failure:
                reasons.add("receiver")
            for reason in (*Sign, "receiver"):
                held.add_metric([str(reason)], reason in reasons)
        yield from (age, held)
