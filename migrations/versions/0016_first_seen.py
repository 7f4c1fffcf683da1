"""An index for the board's list of all open dossiers, which sorted a million of them for each page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

OPEN = sa.text("clock <> 'ended'")


def upgrade() -> None:
    op.create_index(
        "dossiers_first_seen", "dossiers", ["first_seen_at", "id"], postgresql_where=OPEN, sqlite_where=OPEN
    )
