"""Who wrote each configuration that ran, and what it changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("configurations", sa.Column("author", sa.Text(), nullable=False, server_default=""))
    op.add_column("configurations", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    # of those that ran before this there is none: it can be made from the files
    op.add_column("configurations", sa.Column("diff", sa.Text(), nullable=True))
    op.create_table(
        "announcements",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
