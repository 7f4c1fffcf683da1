"""Connecting a chat with a person by the token or code they were given, and cutting it again (reference 7.10).

Nothing here writes a token or an address to the log.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from alertd.log import get
from alertd.replies import words
from alertd.replies.scope import in_office
from alertd.store import people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules

log = get("connect")

#: Whoever sees somebody else's name in the confirmation has so long to say so.
CANCEL_WITHIN = timedelta(hours=1)


def connect(
    connection: Connection, rules: Rules, channel: str, address: str, token: str, owner: str | None, now: datetime
) -> str | None:
    """Connect a chat by a token; gives what to say, None when a sender of too many wrong codes is not heard.

    `owner` is whose chat it is so far. A token is good once, for one person on one channel, until it expires; pressing
    again in the same chat only repeats the confirmation.
    """
    if not people.may_try(connection, channel, address, now):
        log.warning("not heard: too many wrong codes", channel=channel)
        return None
    invitation = people.invitation(connection, channel, token)
    invited = in_office(rules, invitation.person, now) if invitation is not None else None
    again = invited is not None and invitation is not None and invitation.used_at is not None and owner == invited.id
    open_ = invitation is not None and invitation.used_at is None and now < invitation.expires_at
    if invitation is None or invited is None or not (open_ or again):
        log.warning("wrong code", channel=channel, tries=people.wrong(connection, channel, address, now))
        return words.WRONG
    if not again:
        # the owner may have left office since; nobody is waited for who cannot be asked
        if owner is not None and owner != invited.id:
            if in_office(rules, owner, now) is not None:
                log.warning("the chat belongs to somebody else", channel=channel, invited=invited.id, owner=owner)
                return words.TAKEN
            people.disconnect(connection, owner, channel, now)
        if not people.use(connection, invitation.token_hash, now):
            log.warning("wrong code", channel=channel, tries=people.wrong(connection, channel, address, now))
            return words.WRONG
        if not people.connect(connection, invited.id, channel, address, now):
            people.give_back(connection, invitation.token_hash)
            return words.TAKEN
        log.info("connected", channel=channel, person=invited.id)
    people.forgive(connection, channel, address)
    who = words.name_and_unit(rules.organisation, invited, rules.local_date(now))
    return words.connected(who, channel)


def cancel(connection: Connection, channel: str, address: str, owner: str | None, now: datetime) -> str:
    """Cut the chat from its person, within an hour after it was connected."""
    since = people.connected_at(connection, channel, address)
    if owner is None or since is None:
        return words.NOT_CONNECTED
    if now - since > CANCEL_WITHIN:
        return words.TOO_LATE
    people.disconnect(connection, owner, channel, now)
    log.warning("disconnected by whoever has the chat", channel=channel, person=owner)
    return words.CANCELLED
