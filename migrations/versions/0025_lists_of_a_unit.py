"""Indexes for the board's lists of a unit, which sorted all that is open there for each page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

OPEN = sa.text("clock <> 'ended'")
MISSING = sa.text("missing_since IS NOT NULL AND clock <> 'ended'")


def upgrade() -> None:
    op.create_index(
        "dossiers_open_seen", "dossiers", ["unit", "first_seen_at", "id"], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index(
        "dossiers_open_missing", "dossiers", ["unit", "missing_since", "id"],
        postgresql_where=MISSING, sqlite_where=MISSING,
    )  # fmt: skip
