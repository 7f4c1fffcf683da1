"""From a loaded configuration to the parts that do the work: the only place that knows both sides."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.channels.console import ConsoleChannel
from alertd.channels.webhook import WebhookChannel
from alertd.config.feeds import OpencpsFeed as OpencpsSettings
from alertd.config.feeds import SheetFeed as SheetSettings
from alertd.core.errors import InputError
from alertd.core.freshness import MaxAge
from alertd.core.slots import Slots
from alertd.feeds.opencps import OpencpsFeed
from alertd.feeds.sheet import SheetFeed
from alertd.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels import Channel
    from alertd.config.feeds import Feed as FeedSettings
    from alertd.config.load import Loaded
    from alertd.feeds import Feed

#: What an admin writes as `key` has at least so many characters; the key itself has 32 bytes.
SHORTEST_KEY, KEY_BYTES = 24, 32


def database(loaded: Loaded) -> Database:
    """The database that `storage.url` names. Raises InputError when part of the address is an unset secret."""
    url = loaded.settings.storage.url
    if "${" in url:
        missing = url.partition("${")[2].partition("}")[0]
        raise InputError(f"storage.url: the secret ${{{missing}}} is not set; set it in the environment")
    return Database(url)


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


def feed_settings(loaded: Loaded, name: str) -> FeedSettings:
    """One feed's settings by name. Raises InputError with the names there are."""
    found = loaded.settings.feed(name)
    if found is None:
        names = ", ".join(feed.name for feed in loaded.settings.feeds)
        raise InputError(f"no feed is called {name!r} in {loaded.folder / 'alertd.yaml'}; there is: {names}")
    return found


def feed(loaded: Loaded, settings: FeedSettings) -> Feed:
    """The adapter of one feed."""
    if isinstance(settings, SheetSettings):
        return sheet(loaded, settings)
    return _opencps(loaded, settings)


def sheet(loaded: Loaded, settings: SheetSettings) -> SheetFeed:
    """The adapter of a feed of files."""
    return SheetFeed(
        settings.name,
        settings.pattern(loaded.folder.absolute()),
        settings.zone or loaded.settings.zone,
        columns=settings.columns,
        channel_values=settings.channel_values,
        statuses=settings.statuses,
        due_midnight=settings.due_midnight,
        as_of=settings.as_of,
        encoding=settings.encoding,
        worksheet=settings.worksheet,
    )


def _opencps(loaded: Loaded, settings: OpencpsSettings) -> OpencpsFeed:
    return OpencpsFeed(
        settings.name,
        settings.url,
        settings.groups,
        settings.username or "",
        settings.password.reveal() if settings.password else "",
        zone=settings.zone or loaded.settings.zone,
        page_size=settings.page_size,
        timeout=settings.timeout.total_seconds(),
        channel_values=settings.channel_values,
        statuses=settings.statuses,
        due_midnight=settings.due_midnight,
    )


def ages(loaded: Loaded) -> dict[str, MaxAge]:
    """Each feed's `max_age`."""
    return {
        each.name: MaxAge(each.max_age.elapsed, None if each.max_age.elapsed else each.max_age.working_days)
        for each in loaded.settings.feeds
    }


def slots(loaded: Loaded) -> Slots:
    """When messages leave."""
    delivery = loaded.settings.delivery
    quiet = (delivery.quiet.start, delivery.quiet.end) if delivery.quiet else None
    return Slots(tuple(delivery.slots), quiet, delivery.slot_days == "working")


def channels(loaded: Loaded, clock: Callable[[], datetime]) -> dict[str, Channel]:
    """The configured channels by name. `clock` tells the instant, for signatures and the console."""
    settings = loaded.settings.channels
    made: dict[str, Channel] = {}
    if settings.console is not None:
        made["console"] = ConsoleChannel(loaded.settings.zone, now=clock)
    if settings.webhook is not None:
        secret = settings.webhook.secret.reveal() if settings.webhook.secret else None
        made["webhook"] = WebhookChannel(
            settings.webhook.url, secret, now=clock, timeout=settings.webhook.timeout.total_seconds()
        )
    if settings.telegram is not None:
        # imported only where it is used: the library is large, and most commands send nothing
        from alertd.channels.telegram import TelegramChannel  # noqa: PLC0415

        made["telegram"] = TelegramChannel(
            settings.telegram.token.reveal(),
            now=clock,
            base_url=settings.telegram.base_url,
            proxy=settings.telegram.proxy,
        )
    return made
