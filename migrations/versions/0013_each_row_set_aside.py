"""Each row that is set aside is on the list, those without a code too."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.drop_constraint("quarantine_identity", type_="unique")
        quarantine.create_unique_constraint("quarantine_identity", ["feed", "code", "reason", "row"])
