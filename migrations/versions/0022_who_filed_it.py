"""What may be kept of who filed a dossier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    for name in ("applicant", "applicant_phone"):
        op.add_column("dossiers", sa.Column(name, sa.Text(), nullable=False, server_default=""))
