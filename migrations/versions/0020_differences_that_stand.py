"""Differences that audits found and that still stand; overdue spells that are open, for the audit to look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_findings",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("fault", "code", "step", "person")),
        sa.Column("since_at", INSTANT, nullable=False),
    )
    still_open = sa.text("ended_seen_at IS NULL")
    op.create_index(
        "overdue_spells_open", "overdue_spells", ["dossier_id"], postgresql_where=still_open, sqlite_where=still_open
    )
