"""The tables, the same on SQLite and PostgreSQL. Instants are UTC with microseconds; `migrations/` makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL; on SQLite text of one width in UTC, ordered as time is.

    SQLAlchemy's own type drops the offset on SQLite without a word.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database; a naive value is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is not UTC:
            if value.tzinfo is None:
                raise ValueError("a naive datetime cannot be stored")
            value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """From the database, in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


#: SQLite gives out row ids only for a column of type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


dossiers = Table(
    "dossiers",
    metadata,
    _id(),
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
    Column("hash", Text, nullable=False),
    # what alertd makes of it
    Column("unit", Text),
    Column("clock", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("due_original_at", Instant),
    Column("paused_since", Instant),
    Column("pause_count", Integer, nullable=False),
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
    Index("dossiers_open", "unit", "clock", "due_at", postgresql_where=text("clock <> 'ended'"),
          sqlite_where=text("clock <> 'ended'")),
)  # fmt: skip

observations = Table(
    "observations",
    metadata,
    _id(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("poll_id", Id, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("hash", Text, nullable=False),
    Column("changed", JSON, nullable=False),
    Index("observations_dossier", "dossier_id", "seen_at"),
)

due_changes = Table(
    "due_changes",
    metadata,
    _id(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("old_due_at", Instant),
    Column("new_due_at", Instant),
    Column("kind", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Index("due_changes_dossier", "dossier_id", "seen_at"),
)

phase_changes = Table(
    "phase_changes",
    metadata,
    _id(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("old_phase", Text),
    Column("new_phase", Text, nullable=False),
    Index("phase_changes_dossier", "dossier_id", "seen_at"),
)

overdue_spells = Table(
    "overdue_spells",
    metadata,
    _id(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("ended_seen_at", Instant),
    Column("end_kind", Text),
    Index("overdue_spells_dossier", "dossier_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    Column("feed", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("poll_id", Id, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    UniqueConstraint("feed", "code", "reason", name="quarantine_identity"),
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
    Column("told_at", Instant),
)

polls = Table(
    "polls",
    metadata,
    _id(),
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
    Index("polls_feed", "feed", "started_at"),
    Index("polls_source", "feed", "source", "id"),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
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
    UniqueConstraint(
        "dossier_id", "subject", "episode", "step", "occurrence", "person", name="alerts_once"
    ),
    Index("alerts_pending", "person", "at", postgresql_where=text("state = 'pending'"),
          sqlite_where=text("state = 'pending'")),
    Index("alerts_person", "person", "dossier_id"),
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
    Index("outbox_message", "message", "part"),
    Index("outbox_due", "priority", "not_before", postgresql_where=text("not_before IS NOT NULL"),
          sqlite_where=text("not_before IS NOT NULL")),
    Index("outbox_claimed", "claim_deadline", postgresql_where=text("claimed_by IS NOT NULL"),
          sqlite_where=text("claimed_by IS NOT NULL")),
    Index("outbox_person", "person", "created_at"),
)  # fmt: skip

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

configurations = Table(
    "configurations",
    metadata,
    _id(),
    Column("digest", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("files", JSON, nullable=False),
)

daemons = Table(
    "daemons",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("renewed_at", Instant, nullable=False),
)
