"""The first schema: dossiers with their history, the ledger of alerts, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("dead_since", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel", "address"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("folded", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "subject", "episode", "step", "occurrence", "person", name="alerts_once"),
    )
    op.create_index("alerts_message", "alerts", ["message"], unique=False)
    op.create_index(
        "alerts_pending",
        "alerts",
        ["person", "at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index("alerts_person", "alerts", ["person", "dossier_id"], unique=False)
    op.create_table(
        "configurations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "daemons",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("renewed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_norm", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("unit_text", sa.Text(), nullable=False),
        sa.Column("received_unit", sa.Text(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("received_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("returned_at", INSTANT, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("due_original_at", INSTANT, nullable=True),
        sa.Column("paused_since", INSTANT, nullable=True),
        sa.Column("pause_count", sa.Integer(), nullable=False),
        sa.Column("overdue_since", INSTANT, nullable=True),
        sa.Column("missing_since", INSTANT, nullable=True),
        sa.Column("missing_polls", sa.Integer(), nullable=False),
        sa.Column("ended_seen_at", INSTANT, nullable=True),
        sa.Column("next_step_at", INSTANT, nullable=True),
        sa.Column("waiting_at", INSTANT, nullable=True),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("plan_reason", sa.Text(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed", "key", name="dossiers_identity"),
    )
    op.create_index("dossiers_code", "dossiers", ["code_norm"], unique=False)
    op.create_index(
        "dossiers_ended",
        "dossiers",
        ["ended_seen_at"],
        unique=False,
        postgresql_where=sa.text("ended_seen_at IS NOT NULL"),
        sqlite_where=sa.text("ended_seen_at IS NOT NULL"),
    )
    op.create_index(
        "dossiers_missing",
        "dossiers",
        ["feed"],
        unique=False,
        postgresql_where=sa.text("missing_since IS NOT NULL"),
        sqlite_where=sa.text("missing_since IS NOT NULL"),
    )
    op.create_index(
        "dossiers_next_step",
        "dossiers",
        ["next_step_at"],
        unique=False,
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
        sqlite_where=sa.text("next_step_at IS NOT NULL"),
    )
    op.create_index(
        "dossiers_not_yet_overdue",
        "dossiers",
        ["feed", "due_at"],
        unique=False,
        postgresql_where=sa.text("clock = 'due' AND overdue_since IS NULL AND due_at IS NOT NULL"),
        sqlite_where=sa.text("clock = 'due' AND overdue_since IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "dossiers_open",
        "dossiers",
        ["unit", "clock", "due_at"],
        unique=False,
        postgresql_where=sa.text("clock <> 'ended'"),
        sqlite_where=sa.text("clock <> 'ended'"),
    )
    op.create_index(
        "dossiers_waiting",
        "dossiers",
        ["feed"],
        unique=False,
        postgresql_where=sa.text("waiting_at IS NOT NULL"),
        sqlite_where=sa.text("waiting_at IS NOT NULL"),
    )
    op.create_table(
        "feeds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("polled_at", INSTANT, nullable=True),
        sa.Column("complete_at", INSTANT, nullable=True),
        sa.Column("as_of", INSTANT, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("dossiers", sa.JSON(), nullable=False),
        sa.Column("slot_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("transients", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claim_deadline", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index(
        "outbox_claimed",
        "outbox",
        ["claim_deadline"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
        sqlite_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(
        "outbox_due",
        "outbox",
        ["priority", "not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
        sqlite_where=sa.text("not_before IS NOT NULL"),
    )
    op.create_index("outbox_message", "outbox", ["message", "part"], unique=False)
    op.create_index("outbox_person", "outbox", ["person", "created_at"], unique=False)
    op.create_table(
        "polls",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("polls_source", "polls", ["feed", "source", "id"], unique=False)
    op.create_index("polls_feed", "polls", ["feed", "started_at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed", "code", "reason", name="quarantine_identity"),
    )
    op.create_table(
        "runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("scheduled_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("job", "scheduled_at"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("outbox_id", "number", name="attempts_number"),
    )
    op.create_table(
        "due_changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("old_due_at", INSTANT, nullable=True),
        sa.Column("new_due_at", INSTANT, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("due_changes_dossier", "due_changes", ["dossier_id", "seen_at"], unique=False)
    op.create_table(
        "observations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("poll_id", ID, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("observations_dossier", "observations", ["dossier_id", "seen_at"], unique=False)
    op.create_table(
        "overdue_spells",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("ended_seen_at", INSTANT, nullable=True),
        sa.Column("end_kind", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("overdue_spells_dossier", "overdue_spells", ["dossier_id"], unique=False)
    op.create_table(
        "phase_changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("old_phase", sa.Text(), nullable=True),
        sa.Column("new_phase", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("phase_changes_dossier", "phase_changes", ["dossier_id", "seen_at"], unique=False)
