"""Dossiers from which no deadline may be taken; the last comparison with the national evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("untimed", sa.Boolean(), nullable=True))
    op.create_table(
        "reconciliation",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("tried_at", INSTANT, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT),
        sa.Column("year", sa.Integer()),
        sa.Column("units", sa.JSON(), nullable=False),
    )
