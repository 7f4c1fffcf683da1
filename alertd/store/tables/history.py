"""The history of dossiers, which the database itself keeps from being changed (migration 0011).

Rows are only added, and the end of what lasts is filled in once. `store.erasing` is the only way to take a
dossier's history away.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from alertd.store.tables.columns import Id, Instant, identity, metadata

aliases = Table(
    "aliases",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("feed", Text, nullable=False),
    # as the feed wrote it, and as it is matched
    Column("code", Text, nullable=False),
    Column("code_norm", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    UniqueConstraint("dossier_id", "code_norm", name="aliases_once"),
    Index("aliases_code", "code_norm", "feed"),
)

observations = Table(
    "observations",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("poll_id", Id, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("hash", Text, nullable=False),
    Column("changed", JSON, nullable=False),
    Index("observations_dossier", "dossier_id", "seen_at"),
)

due_changes = Table(
    "due_changes",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("old_due_at", Instant),
    Column("new_due_at", Instant),
    Column("kind", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Index("due_changes_dossier", "dossier_id", "seen_at"),
)

phase_changes = Table(
    "phase_changes",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("old_phase", Text),
    Column("new_phase", Text, nullable=False),
    Index("phase_changes_dossier", "dossier_id", "seen_at"),
)

overdue_spells = Table(
    "overdue_spells",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("ended_seen_at", Instant),
    Column("end_kind", Text),
    Index("overdue_spells_dossier", "dossier_id"),
    Index("overdue_spells_open", "dossier_id", postgresql_where=text("ended_seen_at IS NULL"),
          sqlite_where=text("ended_seen_at IS NULL")),
)  # fmt: skip

pauses = Table(
    "pauses",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    # what the portal called it, and what it waited for where that is known
    Column("status", Text, nullable=False),
    Column("kind", Text),
    Column("ended_seen_at", Instant),
    Index("pauses_dossier", "dossier_id"),
    Index("pauses_open", "first_seen_at", postgresql_where=text("ended_seen_at IS NULL"),
          sqlite_where=text("ended_seen_at IS NULL")),
)  # fmt: skip

absences = Table(
    "absences",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    # complete polls of its feed did not show it
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Index("absences_dossier", "dossier_id"),
)

flags = Table(
    "flags",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("flag", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("evidence", JSON, nullable=False),
    Index("flags_dossier", "dossier_id", "seen_at"),
    Index("flags_kind", "flag", "seen_at"),
)

erasures = Table(
    "erasures",
    metadata,
    identity(),
    # the dossier is no more: no foreign key
    Column("dossier_id", Id, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    # while it is null, the history of this dossier may be deleted
    Column("done_at", Instant),
    # what a feed shows it as, hashed; null for erasures of before schema 0021
    Column("shown_as", Text),
    Index("erasures_dossier", "dossier_id"),
    Index("erasures_shown_as", "shown_as", postgresql_where=text("shown_as IS NOT NULL"),
          sqlite_where=text("shown_as IS NOT NULL")),
)  # fmt: skip

#: What nobody can change or delete; of spells, pauses and absences the end can be filled in once.
APPEND_ONLY = (aliases, observations, due_changes, phase_changes, overdue_spells, pauses, absences, flags)
