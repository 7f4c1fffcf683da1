"""The tables, the same on SQLite and PostgreSQL. Instants are UTC with microseconds; `migrations/` makes them."""

from __future__ import annotations

from alertd.store.tables.access import accounts, audit, sessions
from alertd.store.tables.columns import Id, Instant, metadata
from alertd.store.tables.delivery import (
    addresses,
    alerts,
    attachments,
    attempts,
    circuits,
    credentials,
    outbox,
    paces,
    silences,
    storms,
)
from alertd.store.tables.dossiers import dossiers, feed_troubles, feeds, polls, quarantine
from alertd.store.tables.history import (
    APPEND_ONLY,
    absences,
    aliases,
    due_changes,
    erasures,
    flags,
    observations,
    overdue_spells,
    pauses,
    phase_changes,
)
from alertd.store.tables.people import (
    acknowledgements,
    connections,
    explanations,
    handovers,
    inbound,
    invitations,
    wrong_codes,
)
from alertd.store.tables.reports import snapshot_configurations, snapshot_units, snapshots
from alertd.store.tables.running import announcements, audits, configurations, daemons, marks, reconciliation, runs

__all__ = [
    "APPEND_ONLY",
    "Id",
    "Instant",
    "absences",
    "accounts",
    "acknowledgements",
    "addresses",
    "alerts",
    "aliases",
    "announcements",
    "attachments",
    "attempts",
    "audit",
    "audits",
    "circuits",
    "configurations",
    "connections",
    "credentials",
    "daemons",
    "dossiers",
    "due_changes",
    "erasures",
    "explanations",
    "feed_troubles",
    "feeds",
    "flags",
    "handovers",
    "inbound",
    "invitations",
    "marks",
    "metadata",
    "observations",
    "outbox",
    "overdue_spells",
    "paces",
    "pauses",
    "phase_changes",
    "polls",
    "quarantine",
    "reconciliation",
    "runs",
    "sessions",
    "silences",
    "snapshot_configurations",
    "snapshot_units",
    "snapshots",
    "storms",
    "wrong_codes",
]
