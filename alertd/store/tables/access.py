"""Who may look at the board: accounts, sessions, codes sent to a chat; and who has looked."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from alertd.store.tables.columns import Id, Instant, identity, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    # scrypt with its salt and cost, never the password
    Column("password", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # of the cookie only the hash
    Column("token_hash", Text, primary_key=True),
    # one of the two
    Column("person", Text),
    Column("account", Text),
    Column("level", Text, nullable=False),
    # the channel of the message whose link began it: a code goes to the same chat
    Column("channel", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # a code that was sent to raise the level, if any
    Column("code_hash", Text),
    Column("code_until", Instant),
    Column("code_tries", Integer, nullable=False),
    Index("sessions_expires", "expires_at"),
)

audit = Table(
    "audit",
    metadata,
    identity(),
    Column("at", Instant, nullable=False),
    # `person:ID` or `account:NAME`
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("dossier_id", Id),
    Column("subject", Text, nullable=False),
    Index("audit_at", "at"),
    Index("audit_dossier", "dossier_id"),
)
