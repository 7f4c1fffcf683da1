"""No row takes the place of another in what is never changed: SQLite's `INSERT OR REPLACE` asks no trigger of deletion.

PostgreSQL knows no such statement: what its `ON CONFLICT` would change, triggers refuse. SQLite forgets triggers when a
table is made anew (`batch_alter_table`): a later migration that does so to one of these tables must put them back.
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

HISTORY = ("aliases", "observations", "due_changes", "phase_changes", "flags", "overdue_spells", "pauses", "absences",
           "erasures")  # fmt: skip
FROZEN = "a frozen week is never changed; a correction is a new edition"
#: By which columns a row would take the place of another, and what is said to that.
REFUSED = {
    **{(name, "id"): f"the history in {name} cannot be changed" for name in HISTORY},
    ("audit", "id"): "audit is append-only",
    ("snapshots", "id"): FROZEN,
    ("snapshots", "week", "edition"): FROZEN,
    ("snapshot_units", "snapshot_id", "place"): FROZEN,
}
#: What is shown again and again is passed over: the first stays.
PASSED_OVER = (("aliases", "dossier_id", "code_norm"), ("snapshot_configurations", "digest"))


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for (table, *columns), refusal in REFUSED.items():
        _before_insert(table, columns, f"ABORT, '{refusal}'")
    for table, *columns in PASSED_OVER:
        _before_insert(table, columns, "IGNORE")


def _before_insert(table: str, columns: list[str], what: str) -> None:
    same = " AND ".join(f"{name} = NEW.{name}" for name in columns)
    there = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 - names of our own tables
    op.execute(
        f"CREATE TRIGGER {table}_not_replaced_by_{'_'.join(columns)} BEFORE INSERT ON {table}"
        f" WHEN EXISTS ({there}) BEGIN SELECT RAISE({what}); END"
    )
