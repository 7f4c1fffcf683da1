"""What people do: connect a chat, acknowledge, explain, hand over; and what providers told of them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from alertd.store.tables.columns import Id, Instant, identity, metadata

connections = Table(
    "connections",
    metadata,
    # one chat belongs to one person, and a person has one chat on a channel
    Column("person", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("connected_at", Instant, nullable=False),
    # when the person last wrote: Zalo allows free text for seven days from then
    Column("spoke_at", Instant, nullable=False),
    UniqueConstraint("channel", "address", name="connections_chat"),
)

invitations = Table(
    "invitations",
    metadata,
    # never the token itself
    Column("token_hash", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("invitations_person", "person", "channel"),
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("via", Text, nullable=False),
    Index("acknowledgements_dossier", "dossier_id", "person"),
)

explanations = Table(
    "explanations",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("via", Text, nullable=False),
    Index("explanations_dossier", "dossier_id", "at"),
)

handovers = Table(
    "handovers",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossiers.id"), nullable=False),
    Column("giver", Text, nullable=False),
    Column("taker", Text, nullable=False),
    Column("at", Instant, nullable=False),
    # it ends when the feed itself names another officer, or by the next one
    Column("ended_at", Instant),
    Column("via", Text, nullable=False),
    Index("handovers_dossier", "dossier_id", "at"),
)

inbound = Table(
    "inbound",
    metadata,
    identity(),
    Column("channel", Text, nullable=False),
    # the provider's id of the event: it may be told several times
    Column("key", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("handled_at", Instant),
    # as understood, until it is handled
    Column("event", JSON),
    UniqueConstraint("channel", "key", name="inbound_once"),
    Index("inbound_waiting", "handled_at", "id"),
)
