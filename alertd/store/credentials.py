"""Providers' tokens: encrypted at rest, changed by compare-and-set only (delivery reference 7.7).

What is encrypted is a small JSON each, so that what belongs to a token travels with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, update

from alertd.core.grant import Grant, GrantState
from alertd.store.database import upsert
from alertd.store.tables import credentials

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from alertd.store.database import Database

UNREADABLE = "cannot be read with this key"


class Cipher:
    """Encrypts with a key of its own, derived from alertd's 32 bytes: what signs pages does not open tokens."""

    def __init__(self, key: bytes) -> None:
        derived = hmac.new(key, b"alertd credentials", hashlib.sha256).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, values: dict[str, Any]) -> str:
        """Encrypt a small JSON object."""
        return self._fernet.encrypt(json.dumps(values).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any] | None:
        """Decrypt; None if it was sealed with another key, or damaged."""
        try:
            found: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            return None
        return found


def read(connection: Connection, cipher: Cipher, channel: str) -> Grant | None:
    """The stored grant; one that this key does not open is given as dead and empty, with its version."""
    row = connection.execute(select(credentials).where(credentials.c.channel == channel)).first()
    return None if row is None else _grant(row, cipher)


def adopt(connection: Connection, cipher: Cipher, channel: str, account: str, grant: Grant) -> Grant:
    """Put a grant from the configuration in the place of whatever is stored; gives it with its version."""
    version = connection.scalar(select(credentials.c.version).where(credentials.c.channel == channel)) or 0
    adopted = replace(grant, version=version + 1)
    upsert(connection, credentials, ["channel"], {"channel": channel, "account": account, **_values(adopted, cipher)})
    return adopted


def mark(
    connection: Connection, channel: str, seen: Grant, state: GrantState, detail: str, now: datetime
) -> Grant | None:
    """Enter a state, if the stored grant is still as it was seen; None if somebody was faster."""
    stored = credentials.c
    changed = connection.execute(
        update(credentials)
        .where(
            stored.channel == channel,
            stored.version == seen.version,
            stored.state == seen.state.value,
            stored.state_since == seen.state_since,
        )
        .values(state=state.value, state_since=now, detail=detail)
    )
    return replace(seen, state=state, state_since=now, detail=detail) if changed.rowcount else None


def save(connection: Connection, cipher: Cipher, channel: str, grant: Grant) -> bool:
    """Store what an exchange gave, if its predecessor is what is stored; False if somebody was faster."""
    changed = connection.execute(
        update(credentials)
        .where(credentials.c.channel == channel, credentials.c.version == grant.version - 1)
        .values(**_values(grant, cipher))
    )
    return bool(changed.rowcount)


def catch_up(connection: Connection, cipher: Cipher, channel: str, grant: Grant) -> bool:
    """Store what was kept elsewhere, over anything older: a restored database may be far behind."""
    changed = connection.execute(
        update(credentials)
        .where(credentials.c.channel == channel, credentials.c.version < grant.version)
        .values(**_values(grant, cipher))
    )
    return bool(changed.rowcount)


class Credentials:
    """One channel's grant in one database, each step a transaction of its own.

    `journal` is a file next to the database that takes a new grant when the database does not; it is imported, and
    goes, with the next `load` that succeeds. Methods raise StoreError while the database refuses.
    """

    def __init__(self, database: Database, key: bytes, channel: str, account: str, journal: Path) -> None:
        self._database = database
        self._cipher = Cipher(key)
        self._channel = channel
        self._account = account
        self._journal = journal

    def load(self) -> Grant | None:
        """The newest grant on disk, None if there never was one."""
        if self._journal.exists():
            self._import()
        with self._database.read() as connection:
            return read(connection, self._cipher, self._channel)

    def adopt(self, grant: Grant) -> Grant:
        """Begin with a grant from the configuration."""
        with self._database.write() as connection:
            return adopt(connection, self._cipher, self._channel, self._account, grant)

    def mark(self, seen: Grant, state: GrantState, detail: str, now: datetime) -> Grant | None:
        """Enter a state by compare-and-set; None if somebody was faster."""
        with self._database.write() as connection:
            return mark(connection, self._channel, seen, state, detail, now)

    def save(self, grant: Grant) -> bool:
        """Store what an exchange gave by compare-and-set; False if somebody was faster.

        Whoever made the exchange stores it, also when others hold the account by now: there is no other copy.
        """
        with self._database.write(late=True) as connection:
            return save(connection, self._cipher, self._channel, grant)

    def keep(self, grant: Grant) -> None:
        """Write a grant to the journal, encrypted, for its owner only, on disk when this returns. Raises OSError."""
        sealed = self._cipher.seal(_journalled(grant)).encode()
        fresh = self._journal.with_suffix(".new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._journal)
        folder = os.open(self._journal.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too outlives a power cut
        finally:
            os.close(folder)

    def _import(self) -> None:
        try:
            found = self._cipher.open(self._journal.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return  # left for a human to look at
        if found is not None:
            with self._database.write(late=True) as connection:
                catch_up(connection, self._cipher, self._channel, _from_journal(found))
            self._journal.unlink(missing_ok=True)


def _grant(row: Row[Any], cipher: Cipher) -> Grant:
    access, refresh = cipher.open(row.access), cipher.open(row.refresh)
    if access is None or refresh is None:
        return Grant("", "", row.state_since, row.access_expires_at, row.refresh_issued_at, row.version,
                     GrantState.DEAD, row.state_since, UNREADABLE)  # fmt: skip
    return Grant(
        access=access["token"],
        refresh=refresh["token"],
        access_issued_at=datetime.fromisoformat(access["issued_at"]),
        access_expires_at=row.access_expires_at,
        refresh_issued_at=row.refresh_issued_at,
        version=row.version,
        state=GrantState(row.state),
        state_since=row.state_since,
        detail=row.detail,
        seed=refresh["seed"],
        imported=refresh["imported"],
    )


def _values(grant: Grant, cipher: Cipher) -> dict[str, Any]:
    return {
        "access": cipher.seal({"token": grant.access, "issued_at": grant.access_issued_at.isoformat()}),
        "refresh": cipher.seal({"token": grant.refresh, "seed": grant.seed, "imported": grant.imported}),
        "access_expires_at": grant.access_expires_at,
        "refresh_issued_at": grant.refresh_issued_at,
        "version": grant.version,
        "state": grant.state.value,
        "state_since": grant.state_since,
        "detail": grant.detail,
    }


def _journalled(grant: Grant) -> dict[str, Any]:
    values = asdict(grant)
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _from_journal(found: dict[str, Any]) -> Grant:
    instants = ("access_issued_at", "access_expires_at", "refresh_issued_at", "state_since")
    read_back = {name: datetime.fromisoformat(found[name]) for name in instants}
    return Grant(**{**found, **read_back, "state": GrantState(found["state"])})
