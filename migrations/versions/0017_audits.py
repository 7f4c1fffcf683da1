"""What each audit of the ledger found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
#: SQLite numbers rows by itself only where the key is an INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
    )
