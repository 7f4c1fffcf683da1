"""One sendMessage, or sendDocument with a file, for one part of a message: no retry, no pacing, no formatting."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Bot, InputFile, LinkPreviewOptions, Message

from alertd.channels import transport
from alertd.channels.telegram.classify import CHANNEL, classify
from alertd.channels.telegram.connection import BASE_URL, Request, bot_url, checked_token, make_request, redacted
from alertd.channels.telegram.keyboard import keyboard
from alertd.channels.telegram.pieces import pieces
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels import Outgoing

POOL_SIZE = 32
#: What a bot may send (Bot API, sendDocument), and how long the text under it may be in UTF-16 units.
LARGEST_FILE, LONGEST_CAPTION = 50 * 1024 * 1024, 1024
MAX_DETAIL = 200


class TelegramChannel:
    """Sends plain text through one bot.

    Nothing is called at construction, so that alertd starts while Telegram is out of reach. `base_url` is that of a
    Bot API server, with or without `/bot` at its end; `proxy` an http:// or https:// proxy; `read_timeout` is in
    seconds of silence, and the whole call takes at most twice as long. `now` returns an aware instant. Raises
    InputError if token, address or proxy cannot be used.
    """

    name = "telegram"
    largest_file = LARGEST_FILE

    def __init__(
        self,
        token: str,
        *,
        now: Callable[[], datetime],
        base_url: str = BASE_URL,
        proxy: str | None = None,
        read_timeout: float = 20.0,
    ) -> None:
        self._token = checked_token(token)
        transport.keep_urls_out_of_logs("telegram")
        self._now = now
        self._longest = 2 * read_timeout
        self._request = make_request(Request, proxy, read_timeout, POOL_SIZE)
        self._bot = Bot(token, bot_url(base_url), request=self._request, get_updates_request=self._request)

    async def send(self, part: Outgoing) -> SendResult:
        """Send one part, with its buttons, to the chat in `address`."""
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
                message = await self._sent(chat, part)
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            return self._failed(error)
        return SendResult(Outcome.ACCEPTED, provider_id=str(message.message_id))

    async def _sent(self, chat: str, part: Outgoing) -> Message:
        buttons = keyboard(part.buttons)
        if part.file is None:
            preview = LinkPreviewOptions(is_disabled=True)
            return await self._bot.send_message(chat, part.text, link_preview_options=preview, reply_markup=buttons)
        file = InputFile(part.file.content, filename=part.file.name)
        # the whole stands in the file: under it, what does not fit may go
        (caption, *_) = pieces(part.text, LONGEST_CAPTION)
        return await self._bot.send_document(chat, file, caption=caption, reply_markup=buttons)

    async def probe(self) -> SendResult:
        """Ask Telegram who the bot is: ACCEPTED if it answers, with the bot's user name in `detail`."""
        try:
            async with asyncio.timeout(self._longest):
                me = await self._bot.get_me()
        except Exception as error:  # noqa: BLE001 - as in send
            return self._failed(error)
        return SendResult(Outcome.ACCEPTED, detail=f"@{me.username}", scope=Scope.CHANNEL)

    async def close(self) -> None:
        """Close the connections. Bot.shutdown would do nothing, as Bot.initialize (which calls getMe) never ran."""
        await self._request.shutdown()

    def _failed(self, error: Exception) -> SendResult:
        result = classify(error, self._now())
        return replace(result, detail=redacted(result.detail, self._token)[:MAX_DETAIL])
