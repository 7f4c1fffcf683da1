"""Which hooks a configuration asks for: those of the channels that it names and that sign what they post."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alertd.channels.zalo import hook as zalo_hook
from alertd.channels.zalo_bot import hook as zalo_bot_hook
from alertd.web.hooks import Hook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.config.channels import Channels, Zalo, ZaloBot
    from alertd.core.conversation import Inbound


def hooks(channels: Channels) -> list[Hook]:
    """The hooks to serve. A Zalo bot without `webhook_secret` has none: nobody could tell who posts."""
    made = []
    if channels.zalo is not None:
        made.append(_zalo(channels.zalo))
    if channels.zalo_bot is not None and channels.zalo_bot.webhook_secret is not None:
        made.append(_zalo_bot(channels.zalo_bot))
    return made


def _zalo(settings: Zalo) -> Hook:
    secret = (settings.webhook_secret or settings.secret_key).reveal()

    def genuine(headers: Mapping[str, str], body: bytes) -> bool:
        return zalo_hook.verify(headers, body, settings.app_id, secret) is not None

    return Hook("zalo", genuine, zalo_hook.read, _zalo_said_at, zalo_hook.is_check)


def _zalo_bot(settings: ZaloBot) -> Hook:
    assert settings.webhook_secret is not None
    secret = settings.webhook_secret.reveal()

    def genuine(headers: Mapping[str, str], _body: bytes) -> bool:
        return zalo_bot_hook.verify(headers, secret)

    def read(_headers: Mapping[str, str], body: bytes, now: datetime) -> list[Inbound]:
        return zalo_bot_hook.read(body, now)

    # the secret says who posts, and signs no time: what comes again is known by its key
    return Hook("zalo-bot", genuine, read, lambda _headers, _body: None, lambda _body: False)


def _zalo_said_at(headers: Mapping[str, str], body: bytes) -> datetime | None:
    """The time in a signed body, else in the header that was signed with it; milliseconds since 1970."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    stamp = found.get("timestamp") if isinstance(found, dict) else None
    try:
        return datetime.fromtimestamp(int(stamp or headers.get("x-zevent-timestamp", "")) / 1000, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
