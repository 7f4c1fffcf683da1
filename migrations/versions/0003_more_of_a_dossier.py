"""What feeds show beside the dates: other codes, the step, the acceptance deadline, fees, digitised results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    # Plain ADD COLUMN, which neither engine answers by rewriting the table.
    for column in (
        sa.Column("aliases", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("parent", sa.Text(), nullable=False, server_default=""),
        sa.Column("step", sa.Text(), nullable=False, server_default=""),
        sa.Column("step_due_at", INSTANT, nullable=True),
        sa.Column("accept_due_at", INSTANT, nullable=True),
        sa.Column("due_before_at", INSTANT, nullable=True),
        sa.Column("supplements", sa.Integer(), nullable=True),
        sa.Column("service_level", sa.Text(), nullable=False, server_default=""),
        sa.Column("fee", sa.Boolean(), nullable=True),
        sa.Column("fee_total", sa.BigInteger(), nullable=True),
        sa.Column("paid_online", sa.Boolean(), nullable=True),
        sa.Column("result_required", sa.Boolean(), nullable=True),
        sa.Column("result_digital", sa.Boolean(), nullable=True),
        sa.Column("components_digital", sa.Boolean(), nullable=True),
    ):
        op.add_column("dossiers", column)
