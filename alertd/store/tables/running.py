"""What runs: jobs, marks, the configurations, the one daemon."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, Table, Text

from alertd.store.tables.columns import Instant, identity, metadata

runs = Table(
    "runs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("scheduled_at", Instant, primary_key=True),
    Column("finished_at", Instant),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

reconciliation = Table(
    "reconciliation",
    metadata,
    # one row: the last try, and the last comparison that there is
    Column("name", Text, primary_key=True),
    Column("tried_at", Instant, nullable=False),
    Column("error", Text, nullable=False),
    Column("made_at", Instant),
    Column("year", Integer),
    Column("units", JSON, nullable=False),
)

audits = Table(
    "audits",
    metadata,
    identity(),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("dossiers", Integer, nullable=False),
    # which could not be decided, as the plans were being made anew or somebody has acknowledged
    Column("undecided", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    # the first of them in words
    Column("lines", JSON, nullable=False),
)

audit_findings = Table(
    "audit_findings",
    metadata,
    # those that the newest audit found; the admin has been told of each
    Column("fault", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("since_at", Instant, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    # one row: the last try, and when one was last taken
    Column("name", Text, primary_key=True),
    Column("tried_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failure", Text, nullable=False),
)

#: Nights in which what was past its term went: how many of each class (`core.keeping`).
prunings = Table(
    "prunings",
    metadata,
    identity(),
    Column("begun_at", Instant, nullable=False),
    # null while there is more to do
    Column("ended_at", Instant),
    Column("counts", JSON, nullable=False),
)

#: Up to where each class was deleted. A floor only rises; of the access log and of weeks nothing after it can go.
floors = Table(
    "floors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    identity(),
    Column("digest", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("files", JSON, nullable=False),
    # who wrote it; '' where nobody knows
    Column("author", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    # from the one before; null in rows older than this column
    Column("diff", Text),
)

announcements = Table(
    "announcements",
    metadata,
    # of a configuration that a command has written and no daemon has taken yet
    Column("digest", Text, primary_key=True),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

daemons = Table(
    "daemons",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("renewed_at", Instant, nullable=False),
)
