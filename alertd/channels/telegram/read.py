"""What the library fetched, as events (delivery reference, 7.10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import ChatMember, ChatMemberRestricted
from telegram.constants import ChatType

from alertd.core.conversation import Inbound, Kind

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update

NAME = "telegram"
_ADDRESSED = re.compile(r"(/\w+)@(\w+)(.*)", re.DOTALL)


def read(update: Update, bot: str | None, now: datetime) -> Inbound | None:
    """Give the event that an update is at `now`; None if it is none for alertd. `bot` is the bot's user name."""
    key = str(update.update_id)
    if update.callback_query is not None:
        return _pressed(update.callback_query, key, now)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, key, now)
    if update.message is not None:
        return _written(update.message, bot, key, now)
    return None


def _pressed(query: CallbackQuery, key: str, now: datetime) -> Inbound:
    # Without its message (it is too old, or not the bot's) a press counts as one in the presser's own chat.
    chat = query.message.chat if query.message is not None else None
    private = chat is None or _private(chat)
    address = query.from_user.id if chat is None else chat.id
    return Inbound(NAME, key, Kind.BUTTON, str(address), now, query.data or "", private)


def _membership(change: ChatMemberUpdated, key: str, now: datetime) -> Inbound | None:
    before, after = _present(change.old_chat_member), _present(change.new_chat_member)
    if after and before:
        return None
    kind = Kind.BACK if after else Kind.GONE
    return Inbound(NAME, key, kind, str(change.chat.id), now, private=_private(change.chat))


def _present(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def _written(message: Message, bot: str | None, key: str, now: datetime) -> Inbound | None:
    text = message.text or message.caption
    if text is None or message.from_user is None or message.from_user.is_bot:
        return None
    addressed = _ADDRESSED.fullmatch(text)
    if addressed is not None:
        if bot is None or addressed[2].casefold() != bot.casefold():
            return None  # in a group, for another bot
        text = addressed[1] + addressed[3]
    return Inbound(NAME, key, Kind.TEXT, str(message.chat.id), now, text, _private(message.chat))


def _private(chat: Chat) -> bool:
    return chat.type == ChatType.PRIVATE
