"""What the Zalo Bot platform posts to us (delivery reference 1c)."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.channels.plain import one_line, plain
from alertd.core.conversation import Inbound, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL = "zalo_bot"
MAX_TEXT, MAX_ID = 4000, 200
LONGEST_AGE, LONGEST_AHEAD = timedelta(days=7), timedelta(hours=1)
#: Below it a date is in seconds, from it on in milliseconds (the year 5138, or 1973).
MILLISECONDS_FROM = 100_000_000_000


def verify(headers: Mapping[str, str], secret: str) -> bool:
    """Tell whether a request carries the secret that `setWebhook` was given; compared as bytes in constant time."""
    given = next((value for key, value in headers.items() if key.lower() == "x-bot-api-secret-token"), "")
    return bool(secret) and hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def read(body: bytes, now: datetime) -> list[Inbound]:
    """The events of a genuine request; `now` is the time of arrival.

    A picture or a sticker is an empty text: a sign of life all the same. An event that is not known becomes a NOTICE
    that names it.
    """
    update = _object(body)
    result = update.get("result")
    event = result if isinstance(result, dict) else update
    name = one_line(str(event.get("event_name") or ""), 60)
    message = event.get("message")
    if not name:
        return []
    if not name.startswith("message.") or not isinstance(message, dict):
        key = f"{name}:{hashlib.sha256(body).hexdigest()[:24]}"
        return [Inbound(CHANNEL, key, Kind.NOTICE, "", now, f"unknown:{name}")]
    return _said(message, now)


def _said(message: Mapping[str, Any], now: datetime) -> list[Inbound]:
    chat = message.get("chat")
    chat = chat if isinstance(chat, dict) else {}
    key, address = _name(message.get("message_id")), _name(chat.get("id"))
    if not key or not address:
        return []
    private = str(chat.get("chat_type") or "PRIVATE").upper() == "PRIVATE"
    text = plain(_text(message.get("text")))[:MAX_TEXT]
    return [Inbound(CHANNEL, key, Kind.TEXT, address, _instant(message.get("date"), now), text, private)]


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _name(value: object) -> str:
    """An id, as it can be stored: one line without control characters, of a bounded length."""
    return one_line(_text(value), MAX_ID)


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _instant(value: object, now: datetime) -> datetime:
    try:
        stamp = int(_text(value))
        at = datetime.fromtimestamp(stamp / 1000 if stamp >= MILLISECONDS_FROM else stamp, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return at if now - LONGEST_AGE < at < now + LONGEST_AHEAD else now
