"""Files that go with messages: kept whole in the database, so that every machine has them and a crash loses none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from alertd.core.errors import StoreError
from alertd.store.database import insert_new
from alertd.store.tables import attachments, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

#: A file can be sent and fetched for so long; the links to it are valid for two weeks.
KEPT = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file: its name, with the ending that says what it is, and its bytes."""

    name: str
    content: bytes = field(repr=False)


def keep(connection: Connection, file: Attachment, now: datetime) -> str:
    """Keep a file, once however often it is given; gives the digest by which messages name it."""
    digest = hashlib.sha256(file.content).hexdigest()
    row = {"digest": digest, "name": file.name, "content": file.content, "created_at": now}
    insert_new(connection, attachments, [row])
    return digest


def load(connection: Connection, digest: str) -> Attachment | None:
    """The file of a digest; None when its time is over. Raises StoreError when it is not what was kept."""
    c = attachments.c
    row = connection.execute(select(c.name, c.content).where(c.digest == digest)).first()
    if row is None:
        return None
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError(f"{row.name}: the stored file is damaged; restore the last backup")
    return Attachment(row.name, content)


def of_message(connection: Connection, message: str) -> Attachment | None:
    """The file that went with a message; None where none did, or its time is over."""
    query = select(outbox.c.attachment).where(outbox.c.message == message, outbox.c.attachment.is_not(None))
    digest = connection.scalar(query.limit(1))
    return load(connection, digest) if digest else None


def forget(connection: Connection, now: datetime) -> int:
    """Remove files whose time is over and that no message still has to bring; gives how many."""
    waits = exists().where(outbox.c.attachment == attachments.c.digest, outbox.c.settled_at.is_(None))
    old = delete(attachments).where(attachments.c.created_at < now - KEPT, ~waits)
    return connection.execute(old).rowcount
