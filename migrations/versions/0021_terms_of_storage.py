"""Terms of storage: what is past its term can go, and nothing younger; the database itself sees to it.

History goes by an erasure of its dossier, as before, and from now on only once the dossier has ended. Lines of the
access log and frozen weeks go where they lie before a floor, which only rises and lies a year in the past, of weeks
five years.

SQLite forgets triggers when a table is made anew (`batch_alter_table`): a later migration that does so to one of these
tables must put them back.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Days that a floor lies in the past at least, by the database's own clock.
YOUNGEST = {"access": 365, "weeks": 5 * 365}
#: Tables of which rows go before a floor, and when one stays.
STAYS = {
    "audit": "NOT EXISTS (SELECT 1 FROM floors WHERE name = 'access' AND OLD.at < floors.at)",
    "snapshots": "NOT EXISTS (SELECT 1 FROM floors WHERE name = 'weeks' AND OLD.cutoff_at < floors.at)",
    "snapshot_units": "NOT EXISTS (SELECT 1 FROM floors, snapshots WHERE name = 'weeks'"
    " AND snapshots.id = OLD.snapshot_id AND snapshots.cutoff_at < floors.at)",
    "snapshot_configurations": "EXISTS (SELECT 1 FROM snapshots WHERE configuration = OLD.digest)",
}
REFUSALS = {
    "audit": "audit is append-only",
    "snapshots": "a frozen week is never changed; a correction is a new edition",
    "floors": "a floor only rises, and lies far enough in the past",
    "erasures": "a dossier under way cannot be erased",
}
FROZEN = ("snapshots", "snapshot_units", "snapshot_configurations")
UNDER_WAY = "NEW.done_at IS NULL AND EXISTS (SELECT 1 FROM dossiers WHERE id = NEW.dossier_id AND clock <> 'ended')"


def upgrade() -> None:
    op.create_table(
        "floors",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "prunings",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
    op.add_column("erasures", sa.Column("shown_as", sa.Text(), nullable=True))
    known = sa.text("shown_as IS NOT NULL")
    op.create_index("erasures_shown_as", "erasures", ["shown_as"], postgresql_where=known, sqlite_where=known)
    op.create_index("quarantine_seen", "quarantine", ["last_seen_at"])
    op.create_index("polls_started", "polls", ["started_at"])
    idle = sa.text('"new" = 0 AND changed = 0')
    op.create_index("polls_idle", "polls", ["started_at"], postgresql_where=idle, sqlite_where=idle)
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    for table, stays in STAYS.items():
        refusal = REFUSALS["audit" if table == "audit" else "snapshots"]
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {stays} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
    young = " OR ".join(
        f"(NEW.name = '{name}' AND NEW.at > strftime('%Y-%m-%dT%H:%M:%S', 'now', '-{days} days'))"
        for name, days in YOUNGEST.items()
    )
    for verb, when in (
        ("INSERT", young),
        ("UPDATE", f"NEW.name <> OLD.name OR NEW.at < OLD.at OR {young}"),
        ("DELETE", "1"),
    ):
        op.execute(
            f"CREATE TRIGGER floors_on_{verb.lower()} BEFORE {verb} ON floors WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSALS['floors']}'); END"
        )
    op.execute(
        f"CREATE TRIGGER erasures_of_ended BEFORE INSERT ON erasures WHEN {UNDER_WAY} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSALS['erasures']}'); END"
    )


def _on_postgresql() -> None:
    op.execute("DROP TRIGGER audit_append_only ON audit")
    for table in FROZEN:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
    for table, stays in STAYS.items():
        refuse = "audit_append_only()" if table == "audit" else "refuse_change_of_frozen()"
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {refuse}"
        )
        # a trigger's WHEN may not look into tables: a function does
        refusal = REFUSALS["audit" if table == "audit" else "snapshots"]
        op.execute(
            f"CREATE FUNCTION {table}_past_its_term() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {stays} THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN OLD; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_past_its_term()"
        )
    young = " OR ".join(
        f"(NEW.name = '{name}' AND NEW.at > now() - interval '{days} days')" for name, days in YOUNGEST.items()
    )
    op.execute(
        "CREATE FUNCTION floors_rise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN IF NOT ({young}) THEN RETURN NEW; END IF;"
        f" ELSIF TG_OP = 'UPDATE' THEN IF NEW.name = OLD.name AND NEW.at >= OLD.at AND NOT ({young})"
        " THEN RETURN NEW; END IF; END IF;"
        f" RAISE EXCEPTION '{REFUSALS['floors']}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER floors_rise BEFORE INSERT OR UPDATE OR DELETE ON floors"
        " FOR EACH ROW EXECUTE FUNCTION floors_rise()"
    )
    op.execute(
        "CREATE TRIGGER floors_not_emptied BEFORE TRUNCATE ON floors FOR EACH STATEMENT EXECUTE FUNCTION floors_rise()"
    )
    op.execute(
        "CREATE FUNCTION erasures_of_ended() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {UNDER_WAY} THEN RAISE EXCEPTION '{REFUSALS['erasures']}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER erasures_of_ended BEFORE INSERT ON erasures FOR EACH ROW EXECUTE FUNCTION erasures_of_ended()"
    )
