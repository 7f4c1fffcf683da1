"""Open sessions on the board. Of a cookie, and of a code that raises a session's level, only hashes are stored.

A `link` session begins with the link of a message and is short; a code sent to the chat of that message makes it
`confirmed` and long; an `account` session begins with a password.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from alertd.store.tables import sessions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


class Level(StrEnum):
    """How sure it is who looks."""

    LINK = "link"
    CONFIRMED = "confirmed"
    ACCOUNT = "account"


#: Elapsed time for which a session is good.
GOOD_FOR = {
    Level.LINK: timedelta(hours=2),
    Level.CONFIRMED: timedelta(days=30),
    Level.ACCOUNT: timedelta(hours=12),
}
#: A code has six digits: five tries within ten minutes leave one chance in two hundred thousand.
CODE_DIGITS, CODE_FOR, MOST_TRIES = 6, timedelta(minutes=10), 5
#: The next code goes out at the earliest so long after the last one.
NEXT_CODE_AFTER = timedelta(minutes=1)


def begin(
    connection: Connection,
    level: Level,
    now: datetime,
    *,
    person: str | None = None,
    account: str | None = None,
    channel: str = "",
    good_for: timedelta | None = None,
) -> str:
    """Begin a session of a person or an account; gives the cookie's value. What has expired is cleared away.

    `good_for` is elapsed time in place of the level's own, for a token that a program uses.
    """
    connection.execute(delete(sessions).where(sessions.c.expires_at < now))
    token = secrets.token_urlsafe(32)
    connection.execute(insert(sessions).values(
        token_hash=_hash(token), person=person, account=account, level=level.value, channel=channel, made_at=now,
        expires_at=now + (good_for or GOOD_FOR[level]), code_hash=None, code_until=None, code_tries=0,
    ))  # fmt: skip
    return token


def found(connection: Connection, token: str, now: datetime) -> Row[Any] | None:
    """The open session of a cookie."""
    query = select(sessions).where(sessions.c.token_hash == _hash(token), sessions.c.expires_at > now)
    return connection.execute(query).first()


def end(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def ask_code(connection: Connection, token: str, now: datetime) -> str | None:
    """Make the code that raises this session's level, in place of an earlier one; None while the last one is young."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    young = now + CODE_FOR - NEXT_CODE_AFTER
    asked = connection.execute(
        update(sessions)
        .where(
            sessions.c.token_hash == _hash(token), sessions.c.level == Level.LINK.value, sessions.c.expires_at > now,
            sessions.c.code_until.is_(None) | (sessions.c.code_until <= young),
        )
        .values(code_hash=_code_hash(token, code), code_until=now + CODE_FOR, code_tries=0)
    )  # fmt: skip
    return code if asked.rowcount == 1 else None


def confirm(connection: Connection, token: str, code: str, now: datetime) -> str | None:
    """Raise the level by a code; gives the new cookie's value, None for a wrong, old or worn-out code.

    The cookie changes with the level, so that one that was seen before is worth nothing more.
    """
    mine = sessions.c.token_hash == _hash(token)
    tried = connection.execute(
        update(sessions)
        .where(mine, sessions.c.code_until > now, sessions.c.code_tries < MOST_TRIES)
        .values(code_tries=sessions.c.code_tries + 1)
    )
    row = found(connection, token, now)
    if tried.rowcount != 1 or row is None or not secrets.compare_digest(row.code_hash, _code_hash(token, code)):
        return None
    connection.execute(delete(sessions).where(mine))
    return begin(connection, Level.CONFIRMED, now, person=row.person, channel=row.channel)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_hash(token: str, code: str) -> str:
    # a code is short: bound to its session, it cannot be looked up in a table
    return hashlib.sha256(f"{token}|{code}".encode()).hexdigest()
