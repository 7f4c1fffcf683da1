"""What is known of a feed's health: failures in a row, its clock, its shape, and the troubles that stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "feed_troubles",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "kind"),
    )
    # what the admin had been told of before is not told again
    op.execute(
        "INSERT INTO feed_troubles (feed, kind, since_at, note)"
        " SELECT name, CASE state WHEN 'shrunk' THEN 'refused' ELSE 'silent' END, told_at, detail"
        " FROM feeds WHERE told_at IS NOT NULL"
    )
    op.add_column("polls", sa.Column("skew", sa.Integer(), nullable=True))
    with op.batch_alter_table("feeds") as feeds:
        feeds.drop_column("told_at")
        feeds.add_column(sa.Column("failing_since", INSTANT, nullable=True))
        feeds.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        feeds.add_column(sa.Column("skew", sa.Integer(), nullable=True))
        feeds.add_column(sa.Column("profile", sa.JSON(), nullable=True))
