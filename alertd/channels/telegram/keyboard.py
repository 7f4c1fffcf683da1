"""Buttons under a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.core.conversation import Button

log = get("telegram")
#: What `callback_data` may hold, in bytes of UTF-8 (delivery reference, section 2).
MAX_DATA = 64


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """One button a row; None where there is none.

    A button that Telegram would refuse is left off and logged: it would take the whole message with it.
    """
    fit = [button for button in buttons if button.label and 1 <= len(button.data.encode()) <= MAX_DATA]
    if len(fit) < len(buttons):
        log.error("buttons that Telegram does not take were left off", code="tg:button", count=len(buttons) - len(fit))
    rows = [[InlineKeyboardButton(button.label, callback_data=button.data)] for button in fit]
    return InlineKeyboardMarkup(rows) if rows else None
