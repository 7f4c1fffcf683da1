"""Dossiers as they stand, and the polls that showed them; their history is in `tables.history`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from alertd.store.tables.columns import Id, Instant, identity, metadata

dossiers = Table(
    "dossiers",
    metadata,
    identity(),
    Column("feed", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("code_norm", Text, nullable=False),
    # as the feed shows it
    Column("phase", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("unit_text", Text, nullable=False),
    Column("received_unit", Text, nullable=False),
    Column("officers", JSON, nullable=False),
    Column("procedure_code", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("submitted_at", Instant),
    Column("received_at", Instant),
    Column("due_at", Instant),
    Column("due_on", Date),
    Column("finished_at", Instant),
    Column("returned_at", Instant),
    Column("url", Text, nullable=False),
    Column("aliases", JSON, nullable=False, server_default="[]"),
    Column("parent", Text, nullable=False, server_default=""),
    Column("step", Text, nullable=False, server_default=""),
    Column("step_due_at", Instant),
    Column("accept_due_at", Instant),
    Column("due_before_at", Instant),
    Column("supplements", Integer),
    Column("service_level", Text, nullable=False, server_default=""),
    Column("fee", Boolean),
    Column("fee_total", BigInteger),
    Column("paid_online", Boolean),
    Column("result_required", Boolean),
    Column("result_digital", Boolean),
    Column("components_digital", Boolean),
    Column("pause", Text),
    Column("day_only", JSON, nullable=False, server_default="[]"),
    Column("untimed", Boolean),
    # as the setting lets it be kept; no news, and never in the history
    Column("applicant", Text, nullable=False, server_default=""),
    Column("applicant_phone", Text, nullable=False, server_default=""),
    Column("hash", Text, nullable=False),
    # what alertd makes of it
    Column("unit", Text),
    Column("clock", Text, nullable=False),
    # the clock that the steps of this episode are for: due or accept
    Column("ladder", Text, nullable=False, server_default="due"),
    # the deadline to accept a submission
    Column("accept_by", Instant),
    Column("episode", Integer, nullable=False),
    Column("due_original_at", Instant),
    Column("paused_since", Instant),
    Column("pause_count", Integer, nullable=False),
    # what it waits for, which an unknown status does not change
    Column("pause_kind", Text),
    # requests for a supplement that were seen, and how often the due date was put off
    Column("supplement_count", Integer, nullable=False, server_default="0"),
    Column("extension_count", Integer, nullable=False, server_default="0"),
    # open, with a finish that has come: the status is believed
    Column("conflict", Boolean, nullable=False, server_default=false()),
    Column("overdue_since", Instant),
    Column("missing_since", Instant),
    Column("missing_polls", Integer, nullable=False),
    Column("ended_seen_at", Instant),
    Column("next_step_at", Instant),
    Column("waiting_at", Instant),
    Column("planned_at", Instant, nullable=False),
    Column("plan_reason", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    # the person to whom the handler handed it over, until the feed names another handler
    Column("handed_to", Text),
    UniqueConstraint("feed", "key", name="dossiers_identity"),
    Index("dossiers_code", "code_norm"),
    # the escalation tick reads only these
    Index("dossiers_next_step", "next_step_at", postgresql_where=text("next_step_at IS NOT NULL"),
          sqlite_where=text("next_step_at IS NOT NULL")),
    Index("dossiers_waiting", "feed", postgresql_where=text("waiting_at IS NOT NULL"),
          sqlite_where=text("waiting_at IS NOT NULL")),
    Index("dossiers_missing", "feed", postgresql_where=text("missing_since IS NOT NULL"),
          sqlite_where=text("missing_since IS NOT NULL")),
    Index("dossiers_ended", "ended_seen_at", postgresql_where=text("ended_seen_at IS NOT NULL"),
          sqlite_where=text("ended_seen_at IS NOT NULL")),
    # newly overdue: running, past due, no spell yet
    Index("dossiers_not_yet_overdue", "feed", "due_at",
          postgresql_where=text("clock = 'due' AND overdue_since IS NULL AND due_at IS NOT NULL"),
          sqlite_where=text("clock = 'due' AND overdue_since IS NULL AND due_at IS NOT NULL")),
    # the board's list of all that is open, in the order in which it was first seen
    Index("dossiers_first_seen", "first_seen_at", "id", postgresql_where=text("clock <> 'ended'"),
          sqlite_where=text("clock <> 'ended'")),
    # what of a feed is open: what a complete poll must show, and codes that are there twice
    Index("dossiers_open_of_feed", "feed", "code_norm", postgresql_where=text("clock <> 'ended'"),
          sqlite_where=text("clock <> 'ended'")),
    # the board's lists of a unit, each in its order
    Index("dossiers_open_seen", "unit", "first_seen_at", "id", postgresql_where=text("clock <> 'ended'"),
          sqlite_where=text("clock <> 'ended'")),
    Index("dossiers_open_missing", "unit", "missing_since", "id",
          postgresql_where=text("missing_since IS NOT NULL AND clock <> 'ended'"),
          sqlite_where=text("missing_since IS NOT NULL AND clock <> 'ended'")),
    Index("dossiers_open", "unit", "clock", "due_at", postgresql_where=text("clock <> 'ended'"),
          sqlite_where=text("clock <> 'ended'")),
)  # fmt: skip

quarantine = Table(
    "quarantine",
    metadata,
    identity(),
    Column("feed", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("poll_id", Id, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    UniqueConstraint("feed", "code", "reason", "row", name="quarantine_identity"),
    Index("quarantine_seen", "last_seen_at"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("polled_at", Instant),
    Column("complete_at", Instant),
    Column("as_of", Instant),
    Column("rows", Integer, nullable=False),
    # since the last good poll
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    # seconds by which the portal's clock is ahead of ours; null where none is known
    Column("skew", Integer),
    # what the last complete poll that was right looked like (core/shape)
    Column("profile", JSON),
)

feed_troubles = Table(
    "feed_troubles",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

polls = Table(
    "polls",
    metadata,
    identity(),
    Column("feed", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("rows", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    Column("skew", Integer),
    Index("polls_feed", "feed", "started_at"),
    Index("polls_source", "feed", "source", "id"),
    Index("polls_started", "started_at"),
    # those that brought no news
    Index("polls_idle", "started_at", postgresql_where=text('"new" = 0 AND changed = 0'),
          sqlite_where=text('"new" = 0 AND changed = 0')),
)  # fmt: skip
