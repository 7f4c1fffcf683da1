"""One sendMessage for one part of a message: no retry, no pacing, no formatting."""

from __future__ import annotations

import asyncio
import json
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from telegram import Bot, LinkPreviewOptions
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from alertd.channels import transport
from alertd.channels.telegram.classify import CHANNEL, classify
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels import Outgoing

BASE_URL = "https://api.telegram.org/bot"
POOL_SIZE = 32
POOL_TIMEOUT = 5.0
MAX_DETAIL = 200

# Without it the library warns about the type of retry_after at each 429, even before anyone reads it.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class _Request(HTTPXRequest):
    """The library's own, but it takes only the Bot API's answers for such, and is silent about others.

    The library would log them, and an error page may quote the URL with the token; a firewall may well answer in JSON.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or "ok" not in answer:
            raise TelegramError("Invalid server response")  # the text that classify knows
        return answer


class TelegramChannel:
    """Sends plain text through one bot.

    Nothing is called at construction, so that alertd starts while Telegram is out of reach. `base_url` is that of a
    Bot API server, with or without `/bot` at its end; `proxy` an http:// or https:// proxy; `read_timeout` is in
    seconds of silence, and the whole call takes at most twice as long. `now` returns an aware instant. Raises
    InputError if token, address or proxy cannot be used.
    """

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        now: Callable[[], datetime],
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_timeout: float = 20.0,
    ) -> None:
        if not re.fullmatch(r"[\w.:-]+", token, re.ASCII):
            raise InputError("channels.telegram.token is empty or has characters that no bot token has")
        transport.keep_urls_out_of_logs("telegram")
        self._token = token
        self._now = now
        self._longest = 2 * read_timeout
        self._request = _make_request(proxy, read_timeout)
        self._bot = Bot(token, _bot_url(base_url), request=self._request, get_updates_request=self._request)

    async def send(self, part: Outgoing) -> SendResult:
        """Send one part to the chat in `address`."""
        chat = (part.address or "").strip()
        if not chat:
            return SendResult(
                Outcome.PERM_RECIPIENT,
                code=f"{CHANNEL}:no_address",
                detail="this person has no Telegram chat yet",
                scope=Scope.RECIPIENT,
            )
        try:
            async with asyncio.timeout(self._longest):
                message = await self._bot.send_message(
                    chat, part.text, link_preview_options=LinkPreviewOptions(is_disabled=True)
                )
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            result = classify(error, self._now())
            return replace(result, detail=self._redacted(result.detail)[:MAX_DETAIL])
        return SendResult(Outcome.ACCEPTED, provider_id=str(message.message_id))

    async def close(self) -> None:
        """Close the connections. Bot.shutdown would do nothing, as Bot.initialize (which calls getMe) never ran."""
        await self._request.shutdown()

    def _redacted(self, text: str) -> str:
        return text.replace(self._token, "<token>").replace(quote(self._token), "<token>")


def _bot_url(base_url: str) -> str:
    url = base_url.rstrip("/")
    if not re.match(r"https?://[^/]", url):
        raise InputError("channels.telegram.base_url must begin with http:// or https:// and name a host")
    return url if url.endswith("/bot") or "{token}" in url else f"{url}/bot"


def _make_request(proxy: str | None, read_timeout: float) -> HTTPXRequest:
    try:
        return _Request(
            connection_pool_size=POOL_SIZE, read_timeout=read_timeout, pool_timeout=POOL_TIMEOUT, proxy=proxy
        )
    except (ValueError, RuntimeError, TypeError):  # not an address, or socks:// without its package
        # The proxy is never quoted: it may hold a password.
        raise InputError("channels.telegram.proxy must be the address of an http:// or https:// proxy") from None
