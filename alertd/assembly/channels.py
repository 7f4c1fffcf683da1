"""From the settings of the channels to the channels. Each library is loaded only where its channel is configured."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.assembly.base import key
from alertd.channels.console import ConsoleChannel
from alertd.channels.webhook import WebhookChannel
from alertd.core.errors import InputError
from alertd.store import reserved
from alertd.store.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels import Channel
    from alertd.channels.zalo import ZaloChannel
    from alertd.config.channels import Email, Telegram, Webhook, Zalo
    from alertd.config.load import Loaded
    from alertd.config.secrets import Secret
    from alertd.store.database import Database

    Clock = Callable[[], datetime]


def channels(loaded: Loaded, database: Database, clock: Clock) -> dict[str, Channel]:
    """The configured channels by name. `clock` tells the instant, for signatures and the console.

    Raises InputError when one of them cannot be used as it is written.
    """
    settings = loaded.settings.channels
    made: dict[str, Channel] = {}
    if settings.console is not None:
        made["console"] = ConsoleChannel(loaded.settings.zone, now=clock, folder=_beside(loaded) / "reports")
    if settings.webhook is not None:
        made["webhook"] = _webhook(settings.webhook, clock)
    if settings.telegram is not None:
        made["telegram"] = _telegram(settings.telegram, clock)
    if settings.zalo is not None:
        made["zalo"] = _zalo(loaded, settings.zalo, database, clock)
    if settings.zalo_bot is not None:
        from alertd.channels.zalo_bot import ZaloBotChannel  # noqa: PLC0415

        made["zalo_bot"] = ZaloBotChannel(settings.zalo_bot.token.reveal(), base_url=settings.zalo_bot.base_url)
    if settings.email is not None:
        made["email"] = _email(settings.email, clock)
    return made


def _webhook(settings: Webhook, clock: Clock) -> Channel:
    return WebhookChannel(settings.url, _shown(settings.secret), now=clock, timeout=settings.timeout.total_seconds())


def _telegram(settings: Telegram, clock: Clock) -> Channel:
    from alertd.channels.telegram import TelegramChannel  # noqa: PLC0415

    return TelegramChannel(settings.token.reveal(), now=clock, base_url=settings.base_url, proxy=settings.proxy)


def _email(settings: Email, clock: Clock) -> Channel:
    from alertd.channels.email import EmailChannel  # noqa: PLC0415

    return EmailChannel(
        settings.host,
        settings.sender,
        now=clock,
        port=settings.port,
        security=settings.security,
        username=settings.username,
        password=_shown(settings.password),
        timeout=settings.timeout.total_seconds(),
    )


def _zalo(loaded: Loaded, settings: Zalo, database: Database, clock: Clock) -> ZaloChannel:
    from alertd.channels.zalo import Endpoint, Forms, Tokens, ZaloChannel  # noqa: PLC0415

    secret = key(loaded)
    if secret is None:
        raise InputError('channels.zalo keeps its tokens encrypted: write `key: "${ALERTD_KEY}"` in alertd.yaml')

    def alarm(text: str) -> None:
        with database.write() as connection:
            reserved.channel_alarm(connection, loaded.rules, "zalo", text, clock())

    def trouble(text: str) -> None:
        """In a thread: whoever renews a token must not wait for the database."""
        asyncio.get_running_loop().run_in_executor(None, alarm, text)

    account = settings.oa_id or settings.app_id
    vault = Credentials(database, secret, "zalo", account, _journal(loaded))
    tokens = Tokens(
        vault,
        Endpoint(settings.oauth_url, settings.app_id, settings.secret_key.reveal()),
        now=clock,
        access_token=_shown(settings.access_token),
        refresh_token=_shown(settings.refresh_token),
        on_trouble=trouble,
    )
    web = loaded.settings.web
    forms = Forms(
        settings.templates,
        pages=bool(web and web.public_url),
        consultation=settings.consultation,
        hash_phones=settings.hash_phones,
        development=settings.development,
    )
    return ZaloChannel(tokens, forms, now=clock, base_url=settings.base_url, phone_url=settings.phone_url)


def _journal(loaded: Loaded) -> Path:
    """Where new tokens wait when the database cannot take them: beside it, or in `var/`."""
    url = loaded.settings.storage.url
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else Path("var", "alertd")
    return path.absolute().with_suffix(".zalo-tokens")


def _beside(loaded: Loaded) -> Path:
    """The folder of the database, or `var/`."""
    return _journal(loaded).parent


def _shown(secret: Secret | None) -> str | None:
    return secret.reveal() if secret else None
