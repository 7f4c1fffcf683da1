"""The parts that everything else stands on: the database, the key, the slots."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertd.config.times import Quiet
from alertd.core.errors import InputError
from alertd.core.slots import Slots
from alertd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.config.load import Loaded
    from alertd.config.settings import Settings

#: What an admin writes as `key` has at least so many characters; the key itself has 32 bytes.
SHORTEST_KEY, KEY_BYTES = 24, 32


def database(loaded: Loaded, options: Mapping[str, Any] | None = None) -> Database:
    """The database that `storage.url` names. Raises InputError when part of the address is an unset secret."""
    return storage(loaded.settings, options)


def storage(settings: Settings, options: Mapping[str, Any] | None = None) -> Database:
    """The same where the rest of the configuration may be faulty."""
    return Database(storage_url(settings), options)


def storage_url(settings: Settings) -> str:
    """Where the database is. Raises InputError when part of the address is an unset secret."""
    url = settings.storage.url
    if "${" in url:
        missing = url.partition("${")[2].partition("}")[0]
        raise InputError(f"storage.url: the secret ${{{missing}}} is not set; set it in the environment")
    return url


def key(loaded: Loaded) -> bytes | None:
    """The 32 bytes that sign buttons and pages and encrypt the providers' tokens.

    `key` in alertd.yaml; else, on SQLite, a file beside the database that is made once, for its owner only; else None.
    Raises InputError when `key` is not set or too short to be one, or the file cannot be used.
    """
    given = loaded.settings.key
    if given is not None:
        text = given.reveal()
        if len(text) < SHORTEST_KEY:
            raise InputError(f"key: write at least {SHORTEST_KEY} random characters; `openssl rand -hex 32` makes some")
        return hashlib.sha256(text.encode()).digest()
    url = loaded.settings.storage.url
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///")).absolute().with_suffix(".key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # for its owner only
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(KEY_BYTES))
        found = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the key cannot be read or made: {error.strerror}") from None
    if len(found) != KEY_BYTES:
        raise InputError(f"{path}: this is no key of alertd (32 bytes); put the right one back, or remove it")
    return found


def night(loaded: Loaded) -> Slots:
    """The quiet hours, in which what can wait is done; 22:00 to 05:00 where there are none."""
    quiet = loaded.settings.delivery.quiet or Quiet(time(22), time(5))
    return Slots(quiet=(quiet.start, quiet.end))


def slots(loaded: Loaded) -> Slots:
    """When messages leave."""
    delivery = loaded.settings.delivery
    quiet = (delivery.quiet.start, delivery.quiet.end) if delivery.quiet else None
    return Slots(tuple(delivery.slots), quiet, delivery.slot_days == "working")
