"""The configurations by which weeks were counted, kept with the weeks: so that they can be counted again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

REFUSAL = "a frozen week is never changed; a correction is a new edition"


def upgrade() -> None:
    op.create_table(
        "snapshot_configurations",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("files", sa.JSON(), nullable=False),
    )
    op.execute(
        "INSERT INTO snapshot_configurations (digest, files) SELECT digest, files FROM configurations WHERE id IN"
        " (SELECT min(id) FROM configurations WHERE digest IN (SELECT configuration FROM snapshots) GROUP BY digest)"
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER snapshot_configurations_no_{change.lower()} BEFORE {change}"
                f" ON snapshot_configurations BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER snapshot_configurations_frozen BEFORE UPDATE OR DELETE OR TRUNCATE"
            " ON snapshot_configurations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_frozen()"
        )
