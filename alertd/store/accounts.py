"""Accounts of admins: a name and a hashed password. People of the organisation come by their messages and need none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from alertd.store.database import upsert
from alertd.store.tables import accounts, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

#: scrypt's cost: 16 MiB and some 50 ms a try. It stands in each hash, so that it can be raised later.
COST, BLOCK, PARALLEL = 2**14, 8, 1
_SALT_BYTES = 16
#: Compared with where there is no such account, so that both take the same time.
_NOBODY = (
    f"scrypt${COST}${BLOCK}${PARALLEL}${base64.b64encode(b'0' * 16).decode()}${base64.b64encode(b'0' * 64).decode()}"
)


def hashed(password: str) -> str:
    """What is stored of a password."""
    salt = os.urandom(_SALT_BYTES)
    return "$".join(["scrypt", str(COST), str(BLOCK), str(PARALLEL), _text(salt), _text(_derive(password, salt))])


def is_right(password: str, stored: str) -> bool:
    """Whether a password is the one that was hashed; a stored text of another form is never right."""
    try:
        kind, cost, block, parallel, salt, expected = stored.split("$")
        derived = _derive(password, base64.b64decode(salt), int(cost), int(block), int(parallel))
        return kind == "scrypt" and hmac.compare_digest(derived, base64.b64decode(expected))
    except ValueError:
        return False


def save(connection: Connection, name: str, password: str, now: datetime) -> None:
    """Make an account, or give it another password; either ends its open sessions."""
    upsert(connection, accounts, ["name"], {"name": name, "password": hashed(password), "made_at": now}, ["password"])
    connection.execute(delete(sessions).where(sessions.c.account == name))


def remove(connection: Connection, name: str) -> bool:
    """Take an account and its open sessions away; whether there was one."""
    connection.execute(delete(sessions).where(sessions.c.account == name))
    return connection.execute(delete(accounts).where(accounts.c.name == name)).rowcount == 1


def names(connection: Connection) -> Sequence[str]:
    """The accounts there are."""
    return connection.scalars(select(accounts.c.name).order_by(accounts.c.name)).all()


def stored(connection: Connection, name: str) -> str:
    """The hash of an account's password; of an unknown account one that nothing is right for, and as slow to try."""
    return connection.scalar(select(accounts.c.password).where(accounts.c.name == name)) or _NOBODY


def _derive(password: str, salt: bytes, cost: int = COST, block: int = BLOCK, parallel: int = PARALLEL) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, dklen=64)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
