"""Pauses and flags as history, and a history that the database itself keeps from being changed.

SQLite forgets triggers when a table is made anew (`batch_alter_table`): a later migration that does so to one of these
tables must put them back.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")

#: Rows of these are never changed but to fill in an end, and deleted only while their dossier is being erased.
KEPT = ("aliases", "observations", "due_changes", "phase_changes", "flags", "overdue_spells", "pauses", "absences")
#: The end that can be filled in once, and what of the row must stay as it was then.
BEGUN = {
    "overdue_spells": ("ended_seen_at", "id", "dossier_id", "first_seen_at", "due_at"),
    "pauses": ("ended_seen_at", "id", "dossier_id", "first_seen_at", "status", "kind"),
    "absences": ("until", "id", "dossier_id", "since"),
    "erasures": ("done_at", "id", "dossier_id", "began_at", "reason"),
}
BEING_ERASED = "SELECT 1 FROM erasures WHERE dossier_id = OLD.dossier_id AND done_at IS NULL"


def upgrade() -> None:
    for column in (
        sa.Column("pause_kind", sa.Text(), nullable=True),
        sa.Column("supplement_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("extension_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("conflict", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("dossiers", column)
    op.create_table(
        "pauses",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("ended_seen_at", INSTANT, nullable=True),
    )
    op.create_index("pauses_dossier", "pauses", ["dossier_id"])
    still_open = sa.text("ended_seen_at IS NULL")
    op.create_index("pauses_open", "pauses", ["first_seen_at"], postgresql_where=still_open, sqlite_where=still_open)
    op.create_table(
        "flags",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
    )
    op.create_index("flags_dossier", "flags", ["dossier_id", "seen_at"])
    op.create_index("flags_kind", "flags", ["flag", "seen_at"])
    op.create_table(
        "erasures",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
    )
    op.create_index("erasures_dossier", "erasures", ["dossier_id"])
    # Pauses of before are counted in `pause_count`; those that go on get their row.
    op.execute(
        "INSERT INTO pauses (dossier_id, first_seen_at, status)"
        " SELECT id, paused_since, status FROM dossiers WHERE paused_since IS NOT NULL ORDER BY id"
    )
    op.execute(
        "UPDATE dossiers SET extension_count = (SELECT count(*) FROM due_changes WHERE dossier_id = dossiers.id"
        " AND kind IN ('extended_before_due', 'extended_after_due'))"
        " WHERE id IN (SELECT dossier_id FROM due_changes)"
    )
    for table in (*KEPT, "erasures"):
        if op.get_bind().dialect.name == "sqlite":
            _keep_on_sqlite(table)
        else:
            _keep_on_postgresql(table)


def _changed(table: str, differs: str) -> str:
    """When a change of a row is refused; empty for always."""
    if table not in BEGUN:
        return ""
    end, *begun = BEGUN[table]
    return " OR ".join([f"OLD.{end} IS NOT NULL", *(f"NEW.{name} {differs} OLD.{name}" for name in begun)])


def _keep_on_sqlite(table: str) -> None:
    changed = _changed(table, "IS NOT")
    op.execute(
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {changed and f'WHEN {changed} '}"
        f"BEGIN SELECT RAISE(ABORT, 'the history in {table} cannot be changed'); END"
    )
    being_erased = "" if table == "erasures" else f"WHEN NOT EXISTS ({BEING_ERASED}) "
    op.execute(
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {being_erased}"
        f"BEGIN SELECT RAISE(ABORT, 'the history in {table} cannot be deleted'); END"
    )


def _keep_on_postgresql(table: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION history_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the history in % cannot be changed', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION history_not_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'erasures' THEN"
        f" IF EXISTS ({BEING_ERASED}) THEN RETURN OLD; END IF; END IF;"
        " RAISE EXCEPTION 'the history in % cannot be deleted', TG_TABLE_NAME; END $$"
    )
    changed = _changed(table, "IS DISTINCT FROM")
    op.execute(
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} FOR EACH ROW"
        f" {changed and f'WHEN ({changed}) '}EXECUTE FUNCTION history_not_changed()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION history_not_deleted()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        " EXECUTE FUNCTION history_not_deleted()"
    )
