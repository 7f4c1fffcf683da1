"""The acceptance of online submissions as a clock of its own: its deadline, its episodes, its alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    # Plain ADD COLUMN, which neither engine answers by rewriting the table.
    op.add_column("dossiers", sa.Column("ladder", sa.Text(), nullable=False, server_default="due"))
    op.add_column("dossiers", sa.Column("accept_by", INSTANT, nullable=True))
    op.add_column("alerts", sa.Column("clock", sa.Text(), nullable=False, server_default="due"))
    op.execute("UPDATE dossiers SET ladder = 'accept' WHERE clock = 'accept'")
