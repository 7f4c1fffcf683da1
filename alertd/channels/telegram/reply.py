"""The calls of an answer. None of them raises: an answer that cannot be sent is logged, and the person asks again.

`at` is the instant of the event that is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from telegram import CallbackQuery, LinkPreviewOptions, Message
from telegram.error import BadRequest

from alertd.channels.telegram.classify import classify
from alertd.channels.telegram.connection import redacted
from alertd.channels.telegram.keyboard import keyboard
from alertd.channels.telegram.pieces import pieces
from alertd.core.outcome import Outcome
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from telegram import Bot

    from alertd.core.conversation import Reply
    from alertd.core.outcome import SendResult

log = get("telegram")
Turn = Callable[[str], AbstractAsyncContextManager[None]]
#: What the word beside a button may hold (delivery reference, section 2).
MAX_TOAST = 200
#: An answer is not worth a longer wait: it stands in no queue.
AGAIN, LONGEST_WAIT = 1.0, 30.0
#: Texts of a 400 that say only that the person was faster, or came late.
HARMLESS = ("message is not modified", "message to edit not found", "message can't be edited", "query is too old")


async def send(bot: Bot, chat: str, reply: Reply, at: datetime, turn: Turn) -> None:
    """Send a reply's text in pieces, its buttons under the last one. What was certainly not sent is tried once more.

    `turn` is the chat's turn for one message.
    """
    texts = pieces(reply.text)
    for number, text in enumerate(texts, 1):
        markup = keyboard(reply.buttons) if number == len(texts) else None
        if not await _sent(bot, chat, text, markup, at, turn):
            return


async def toast(bot: Bot, query: str, words: str, at: datetime) -> None:
    """Let a pressed button come to rest, with a word beside it if there is one."""
    short = words if len(words) <= MAX_TOAST else words[: MAX_TOAST - 1] + "…"
    await _called(bot, bot.answer_callback_query(query, short or None), at)


async def settle(bot: Bot, query: CallbackQuery, at: datetime) -> None:
    """Take the buttons away from under the message that was pressed."""
    if isinstance(query.message, Message):  # else it is too old to be touched
        message = query.message
        await _called(bot, bot.edit_message_reply_markup(message.chat.id, message.message_id), at)


async def _sent(bot: Bot, chat: str, text: str, markup: Any, at: datetime, turn: Turn) -> bool:
    for last in (False, True):
        async with turn(chat):
            send = bot.send_message(
                chat, text, link_preview_options=LinkPreviewOptions(is_disabled=True), reply_markup=markup
            )
            result = await _called(bot, send, at)
        if result is None:
            return True
        if last or result.outcome not in {Outcome.RATE_LIMITED, Outcome.TRANSIENT}:
            break
        asked = (result.retry_at - at).total_seconds() if result.retry_at else AGAIN
        if asked > LONGEST_WAIT:
            break
        await asyncio.sleep(asked)
    return False


async def _called(bot: Bot, call: Coroutine[Any, Any, Any], at: datetime) -> SendResult | None:
    """Make one call; None if it succeeded."""
    try:
        await call
    except Exception as error:  # noqa: BLE001 - classified and logged
        if isinstance(error, BadRequest) and any(text in error.message.lower() for text in HARMLESS):
            return None
        result = classify(error, at)
        log.warning("an answer was not sent", code=result.code, detail=redacted(result.detail, bot.token)[:200])
        return result
    return None
