"""What delivery needs: connected chats, answers, storms and silences, pace, circuits, credentials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "circuits",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("probed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "connections",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("connected_at", INSTANT, nullable=False),
        sa.Column("spoke_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person", "channel"),
        sa.UniqueConstraint("channel", "address", name="connections_chat"),
    )
    op.create_table(
        "credentials",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("refresh", sa.Text(), nullable=False),
        sa.Column("access_expires_at", INSTANT, nullable=False),
        sa.Column("refresh_issued_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", INSTANT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("handled_at", INSTANT, nullable=True),
        sa.Column("event", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "key", name="inbound_once"),
    )
    op.create_index("inbound_waiting", "inbound", ["handled_at", "id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("invitations_person", "invitations", ["person", "channel"], unique=False)
    op.create_table(
        "paces",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("slowed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "silences",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "storms",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("slot_at", INSTANT, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("storms_state", "storms", ["state"], unique=False)
    op.create_table(
        "wrong_codes",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("acknowledgements_dossier", "acknowledgements", ["dossier_id", "person"], unique=False)
    op.create_table(
        "explanations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("explanations_dossier", "explanations", ["dossier_id", "at"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("via", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handovers_dossier", "handovers", ["dossier_id", "at"], unique=False)
    op.create_index("attempts_started", "attempts", ["started_at"], unique=False)
    op.add_column("dossiers", sa.Column("handed_to", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("channel", sa.Text(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("storm_id", ID, nullable=True))
    # a channel is served by itself, so the queue is looked up by it
    op.drop_index("outbox_due", table_name="outbox")
    op.create_index(
        "outbox_due",
        "outbox",
        ["channel", "priority", "not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
        sqlite_where=sa.text("not_before IS NOT NULL"),
    )
    op.create_index(
        "outbox_held",
        "outbox",
        ["storm_id"],
        unique=False,
        postgresql_where=sa.text("storm_id IS NOT NULL"),
        sqlite_where=sa.text("storm_id IS NOT NULL"),
    )
    op.create_index("outbox_slot", "outbox", ["slot_at"], unique=False)
