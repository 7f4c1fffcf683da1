"""Composing looks through no history: alerts know when their dossier ended, and what is not settled has an index.

What a person was told of and is overdue now, and what was finished since their last message, was looked for among all
that they were ever told of. The database itself carries `dossiers.ended_seen_at` over, whoever writes it.

SQLite forgets triggers when a table is made anew (`batch_alter_table`): a later migration that does so to `dossiers`
must put this one back; one that does so to `alerts` must take it away before, and put it back.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
#: What the engine's own steps tell is no part of these counts.
OF_A_POLICY = sa.text("policy <> ''")
UNSETTLED = sa.text("settled_at IS NULL")
CARRY_OVER = "UPDATE alerts SET ended_seen_at = NEW.ended_seen_at WHERE dossier_id = NEW.id AND policy <> ''"
TRIGGER = "CREATE TRIGGER dossiers_end_in_alerts AFTER UPDATE OF ended_seen_at ON dossiers FOR EACH ROW"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("ended_seen_at", INSTANT, nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{TRIGGER} WHEN OLD.ended_seen_at IS NOT NEW.ended_seen_at BEGIN {CARRY_OVER}; END")
    else:
        op.execute(
            "CREATE FUNCTION dossiers_end_in_alerts() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {CARRY_OVER}; RETURN NULL; END $$"
        )
        op.execute(
            f"{TRIGGER} WHEN (OLD.ended_seen_at IS DISTINCT FROM NEW.ended_seen_at)"
            " EXECUTE FUNCTION dossiers_end_in_alerts()"
        )
    op.execute(
        "UPDATE alerts SET ended_seen_at = (SELECT ended_seen_at FROM dossiers WHERE id = alerts.dossier_id)"
        " WHERE policy <> '' AND dossier_id IN (SELECT id FROM dossiers WHERE ended_seen_at IS NOT NULL)"
    )
    op.drop_index("alerts_person", "alerts")
    op.create_index(
        "alerts_of_person",
        "alerts",
        ["person", "ended_seen_at"],
        postgresql_where=OF_A_POLICY,
        sqlite_where=OF_A_POLICY,
    )
    op.create_index(
        "outbox_unsettled", "outbox", ["person", "slot_at"], postgresql_where=UNSETTLED, sqlite_where=UNSETTLED
    )
