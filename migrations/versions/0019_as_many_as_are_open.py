"""Indexes by which a poll, `status` and the metrics cost what is open, however much has ended and been sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

OPEN = sa.text("clock <> 'ended'")


def upgrade() -> None:
    op.create_index(
        "dossiers_open_of_feed", "dossiers", ["feed", "code_norm"], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index("outbox_state", "outbox", ["state"])
