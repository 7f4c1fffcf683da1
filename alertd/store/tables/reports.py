"""What the weekly report rests on: the weeks as they were frozen."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from alertd.store.tables.columns import Id, Instant, identity, metadata

#: Frozen: triggers (migrations 0008, 0012) refuse every change and deletion.
snapshots = Table(
    "snapshots",
    metadata,
    identity(),
    # the ISO week of its last day; each correction is an edition more
    Column("week", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("cutoff_at", Instant, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("frozen_at", Instant, nullable=False),
    Column("configuration", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # who corrected it and why; empty for the first edition
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # everything but the units, as one text: JSON columns come back in another order on PostgreSQL
    Column("head", Text, nullable=False),
    UniqueConstraint("week", "edition", name="snapshots_edition"),
    Index("snapshots_cutoff", "cutoff_at"),
)

#: The rules by which weeks were counted, by their digest.
snapshot_configurations = Table(
    "snapshot_configurations",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("files", JSON, nullable=False),
)

snapshot_units = Table(
    "snapshot_units",
    metadata,
    Column("snapshot_id", Id, ForeignKey("snapshots.id"), primary_key=True),
    # the place in organisation.yaml; the last is what fits no unit
    Column("place", Integer, primary_key=True),
    Column("unit", Text),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("figures", Text, nullable=False),
)
