"""Which chat belongs to whom: invitations, connected chats, wrong codes (delivery reference 7.10).

One chat belongs to one person, and a person has one chat on a channel. Of a token only its hash is ever stored; the
chat's address is the provider's own id, for Zalo without the form (`cs:`, `uid:`) that an outgoing address carries.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, not_, select, update
from sqlalchemy.exc import IntegrityError

from alertd.core.ways import ZALO, Connected
from alertd.store.addresses import MOVED, alive, mark_dead
from alertd.store.database import insert_new, upsert
from alertd.store.tables import addresses, connections, invitations, wrong_codes

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

#: After so many wrong codes a sender is not heard for so long.
MOST_TRIES, SILENCE = 5, timedelta(minutes=15)
#: A person's last word is written down at most so often.
SPOKE_EVERY = timedelta(hours=1)
#: How long used and expired invitations and old wrong codes are kept.
KEPT = timedelta(days=30)
DISCONNECTED = "disconnected"


def token_hash(channel: str, token: str) -> str:
    """What is stored of a token; the same digits on another channel are another token."""
    return hashlib.sha256(f"{channel}|{token}".encode()).hexdigest()


def invite(connection: Connection, person: str, channel: str, token: str, now: datetime, expires_at: datetime) -> bool:
    """Put an invitation on record in place of the person's open ones on that channel; False when the token is taken."""
    connection.execute(delete(invitations).where(invitations.c.expires_at < now - KEPT))
    hashed = token_hash(channel, token)
    if connection.execute(select(invitations.c.person).where(invitations.c.token_hash == hashed)).first():
        return False
    revoke(connection, person, channel)
    connection.execute(
        insert(invitations).values(
            token_hash=hashed, person=person, channel=channel, made_at=now, expires_at=expires_at, used_at=None
        )
    )
    return True


def revoke(connection: Connection, person: str, channel: str) -> int:
    """Make the person's open invitations on a channel worthless; gives how many there were."""
    mine = (invitations.c.person == person, invitations.c.channel == channel, invitations.c.used_at.is_(None))
    return connection.execute(delete(invitations).where(*mine)).rowcount


def invitation(connection: Connection, channel: str, token: str) -> Row[Any] | None:
    """The invitation that a token belongs to, used or expired ones too."""
    query = select(invitations).where(invitations.c.token_hash == token_hash(channel, token))
    return connection.execute(query).first()


def use(connection: Connection, hashed: str, now: datetime) -> bool:
    """Use up an invitation; of two chats at the same time exactly one gets True."""
    taken = connection.execute(
        update(invitations)
        .where(invitations.c.token_hash == hashed, invitations.c.used_at.is_(None), invitations.c.expires_at > now)
        .values(used_at=now)
    )
    return taken.rowcount == 1


def give_back(connection: Connection, hashed: str) -> None:
    """What was used up in this transaction is good again: it has connected nobody."""
    connection.execute(update(invitations).where(invitations.c.token_hash == hashed).values(used_at=None))


def connected(connection: Connection) -> dict[str, dict[str, Connected]]:
    """Every connected chat, by person and channel."""
    found: dict[str, dict[str, Connected]] = {}
    for row in connection.execute(select(connections)):
        found.setdefault(row.person, {})[row.channel] = Connected(row.address, row.spoke_at)
    return found


def person_at(connection: Connection, channel: str, address: str) -> str | None:
    """Whose chat it is; None for an unknown one."""
    query = select(connections.c.person).where(connections.c.channel == channel, connections.c.address == address)
    return connection.scalar(query)


def connected_at(connection: Connection, channel: str, address: str) -> datetime | None:
    """Since when a chat is connected; None for an unknown one."""
    query = select(connections.c.connected_at).where(connections.c.channel == channel, connections.c.address == address)
    return connection.scalar(query)


def connect(connection: Connection, person: str, channel: str, address: str, now: datetime) -> bool:
    """Make a chat the person's one chat on a channel, and alive; False when it belongs to somebody else."""
    try:
        # the unique key decides, beside another transaction that connects the same chat too
        with connection.begin_nested():
            upsert(connection, connections, ["person", "channel"], {
                "person": person, "channel": channel, "address": address, "connected_at": now, "spoke_at": now,
            })  # fmt: skip
    except IntegrityError:
        return False
    _forget_marks(connection, person, channel)
    return True


def disconnect(connection: Connection, person: str, channel: str, now: datetime) -> str | None:
    """Cut the person's chat on a channel and never write to it again; gives its address."""
    mine = (connections.c.person == person, connections.c.channel == channel)
    address: str | None = connection.scalar(select(connections.c.address).where(*mine))
    if address is None:
        return None
    connection.execute(delete(connections).where(*mine))
    _mark(connection, person, channel, address, DISCONNECTED, now)
    return address


def gone(connection: Connection, person: str, channel: str, address: str, now: datetime) -> None:
    """The person blocked the bot or left the account: the chat stays theirs, but is dead from now on."""
    _mark(connection, person, channel, address, "blocked", now)


def back(connection: Connection, person: str, channel: str, address: str, now: datetime) -> None:
    """The person unblocked the bot or follows again: the chat is alive, and what failed meanwhile is due again."""
    for form in forms(channel, address):
        alive(connection, person, channel, form, now)


def has_written(connection: Connection, person: str, channel: str, address: str, now: datetime) -> bool:
    """Whoever writes to us has not blocked us: a chat that was refused is alive again. Whether it was marked dead.

    One that its person has disconnected stays so until it is connected anew.
    """
    a = addresses.c
    dead = select(a.address).where(
        a.person == person, a.channel == channel, a.address.in_(forms(channel, address)),
        a.reason != DISCONNECTED, not_(a.reason.startswith(MOVED)),
    )  # fmt: skip
    if connection.execute(dead).first() is None:
        return False
    back(connection, person, channel, address, now)
    return True


def spoke(connection: Connection, channel: str, address: str, at: datetime) -> None:
    """Note that the person wrote from this chat: at most one write an hour."""
    connection.execute(
        update(connections)
        .where(connections.c.channel == channel, connections.c.address == address,
               connections.c.spoke_at <= at - SPOKE_EVERY)
        .values(spoke_at=at)
    )  # fmt: skip


def may_try(connection: Connection, channel: str, address: str, now: datetime) -> bool:
    """Whether a code from this sender is looked at; the sender's other codes wait until this transaction ends."""
    connection.execute(delete(wrong_codes).where(wrong_codes.c.last_at < now - KEPT))
    insert_new(connection, wrong_codes, [{"channel": channel, "address": address, "count": 0, "last_at": now}])
    query = select(wrong_codes.c.count, wrong_codes.c.last_at).where(
        wrong_codes.c.channel == channel, wrong_codes.c.address == address
    )
    tries, last_at = connection.execute(query.with_for_update()).one()
    return bool(tries < MOST_TRIES or now - last_at >= SILENCE)


def wrong(connection: Connection, channel: str, address: str, now: datetime) -> int:
    """Count a wrong code of a sender; those of more than 15 minutes ago are forgotten. Gives the count."""
    here = (wrong_codes.c.channel == channel, wrong_codes.c.address == address)
    recent = select(wrong_codes.c.count).where(*here, wrong_codes.c.last_at > now - SILENCE)
    count = (connection.scalar(recent) or 0) + 1
    upsert(connection, wrong_codes, ["channel", "address"], {
        "channel": channel, "address": address, "count": count, "last_at": now,
    })  # fmt: skip
    return count


def forgive(connection: Connection, channel: str, address: str) -> None:
    """A right code wipes out the wrong ones before it."""
    connection.execute(delete(wrong_codes).where(wrong_codes.c.channel == channel, wrong_codes.c.address == address))


def _mark(connection: Connection, person: str, channel: str, address: str, reason: str, now: datetime) -> None:
    for form in forms(channel, address):
        mark_dead(connection, person, channel, form, reason, now)


def _forget_marks(connection: Connection, person: str, channel: str) -> None:
    """A chat connected anew is alive, whatever became of the one before; phone numbers and groups are no chats."""
    other = addresses.c.address.startswith("phone:") | addresses.c.address.startswith("group:")
    connection.execute(
        delete(addresses).where(addresses.c.person == person, addresses.c.channel == channel, not_(other))
    )


def forms(channel: str, address: str) -> tuple[str, ...]:
    """How outgoing messages write a chat's address (`core.ways`)."""
    return (f"cs:{address}", f"uid:{address}") if channel == ZALO else (address,)
