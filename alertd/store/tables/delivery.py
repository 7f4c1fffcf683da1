"""The ledger of alerts, the outbox, the attempts, and what stands in the way of a send."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from alertd.store.tables.columns import Id, Instant, identity, metadata

alerts = Table(
    "alerts",
    metadata,
    identity(),
    # 0 for alerts about no dossier, such as a broken feed: a null would not be unique
    Column("dossier_id", Id, nullable=False),
    Column("subject", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("folded", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("unit", Text),
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("late_reason", Text),
    Column("note", Text, nullable=False),
    Column("message", Text),
    # which deadline its step is counted from: due or accept
    Column("clock", Text, nullable=False, server_default="due"),
    # its dossier's, carried over by the database where a policy fired it: what has ended is not looked through again
    Column("ended_seen_at", Instant),
    UniqueConstraint(
        "dossier_id", "subject", "episode", "step", "occurrence", "person", name="alerts_once"
    ),
    Index("alerts_pending", "person", "at", postgresql_where=text("state = 'pending'"),
          sqlite_where=text("state = 'pending'")),
    Index("alerts_of_person", "person", "ended_seen_at", postgresql_where=text("policy <> ''"),
          sqlite_where=text("policy <> ''")),
    Index("alerts_message", "message"),
)  # fmt: skip

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("part", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("dossiers", JSON, nullable=False),
    Column("slot_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("contact", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("transients", Integer, nullable=False),
    Column("unknowns", Integer, nullable=False),
    Column("repeat", Boolean, nullable=False),
    Column("claimed_by", Text),
    Column("claim_deadline", Instant),
    Column("settled_at", Instant),
    # the channel of the next try; empty where the person has none
    Column("channel", Text, nullable=False),
    # bound to its first contact, without failover: a drill
    Column("pinned", Boolean, nullable=False),
    # the storm by which it is held
    Column("storm_id", Id),
    # the file that goes with it, by its digest; the file may be gone when its time is over
    Column("attachment", Text),
    Index("outbox_message", "message", "part"),
    Index("outbox_due", "channel", "priority", "not_before", postgresql_where=text("not_before IS NOT NULL"),
          sqlite_where=text("not_before IS NOT NULL")),
    Index("outbox_claimed", "claim_deadline", postgresql_where=text("claimed_by IS NOT NULL"),
          sqlite_where=text("claimed_by IS NOT NULL")),
    Index("outbox_person", "person", "created_at"),
    Index("outbox_unsettled", "person", "slot_at", postgresql_where=text("settled_at IS NULL"),
          sqlite_where=text("settled_at IS NULL")),
    Index("outbox_held", "storm_id", postgresql_where=text("storm_id IS NOT NULL"),
          sqlite_where=text("storm_id IS NOT NULL")),
    Index("outbox_slot", "slot_at"),
    # counted at each look of the metrics
    Index("outbox_state", "state"),
)  # fmt: skip

#: Files that go with messages, by the SHA-256 of what is in them: a row is never changed.
attachments = Table(
    "attachments",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("outbox_id", Text, ForeignKey("outbox.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("outcome", Text),
    Column("code", Text, nullable=False),
    Column("provider_id", Text),
    Column("detail", Text, nullable=False),
    UniqueConstraint("outbox_id", "number", name="attempts_number"),
    # what left in the last minute, so that the pace holds across a restart
    Index("attempts_started", "started_at"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("person", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("dead_since", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)


paces = Table(
    "paces",
    metadata,
    # a credential ("telegram") or one chat of it ("telegram 1234")
    Column("scope", Text, primary_key=True),
    Column("paused_until", Instant),
    # percent of the configured rate that is used since `slowed_at`; it recovers with time
    Column("percent", Integer, nullable=False),
    Column("slowed_at", Instant),
)

circuits = Table(
    "circuits",
    metadata,
    # only open circuits have a row
    Column("channel", Text, primary_key=True),
    Column("opened_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("probed_at", Instant),
)

storms = Table(
    "storms",
    metadata,
    identity(),
    Column("slot_at", Instant, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("usual", Integer, nullable=False),
    # held, released, discarded
    Column("state", Text, nullable=False),
    Column("decided_at", Instant),
    Column("reason", Text, nullable=False),
    Index("storms_state", "state"),
)

silences = Table(
    "silences",
    metadata,
    identity(),
    Column("unit", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, nullable=False),
    # encrypted
    Column("access", Text, nullable=False),
    Column("refresh", Text, nullable=False),
    Column("access_expires_at", Instant, nullable=False),
    Column("refresh_issued_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    # idle, in_flight, dead
    Column("state", Text, nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("detail", Text, nullable=False),
)
