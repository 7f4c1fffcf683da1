"""Every code that a dossier was ever known by, so that it is found under any of them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from alertd.core.text import normal_code

revision = "0004"
down_revision = "0003"

#: Row ids: SQLite gives them out only for INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: Instants: `timestamptz` on PostgreSQL, text of one width in UTC on SQLite.
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    aliases = op.create_table(
        "aliases",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossiers.id"), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_norm", sa.Text(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.UniqueConstraint("dossier_id", "code_norm", name="aliases_once"),
    )
    op.create_index("aliases_code", "aliases", ["code_norm", "feed"])
    # What feeds have shown since 0003. The normal form must be the one that this program looks up.
    shown = op.get_bind().execute(
        sa.text("SELECT id, feed, code_norm, aliases, changed_at FROM dossiers WHERE CAST(aliases AS TEXT) <> '[]'")
    )
    rows = {}
    for id_, feed, own, texts, changed_at in shown:
        for code in json.loads(texts) if isinstance(texts, str) else texts:
            norm = normal_code(code)
            if norm not in ("", own):
                rows[id_, norm] = {
                    "dossier_id": id_, "feed": feed, "code": code, "code_norm": norm, "first_seen_at": changed_at
                }  # fmt: skip
    if rows:
        op.bulk_insert(aliases, list(rows.values()))
