"""No floor sinks: on SQLite `INSERT OR REPLACE` asks no trigger of updates."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER floors_not_replaced_by_lower BEFORE INSERT ON floors"
            " WHEN EXISTS (SELECT 1 FROM floors WHERE name = NEW.name AND at > NEW.at)"
            " BEGIN SELECT RAISE(ABORT, 'a floor only rises, and lies far enough in the past'); END"
        )
