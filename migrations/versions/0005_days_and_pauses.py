"""What a pause is for, and which dates of a dossier were given without a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("pause", sa.Text(), nullable=True))
    op.add_column("dossiers", sa.Column("day_only", sa.JSON(), nullable=False, server_default="[]"))
