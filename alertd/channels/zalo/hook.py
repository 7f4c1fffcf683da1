"""What Zalo posts to us: is it genuine, and what does it say (delivery reference 1a, "Inbound webhook").

An event may come again for hours: its `key` is the same each time, and whoever stores it takes it once.
"""

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

CHANNEL = "zalo"
MAX_TEXT, MAX_ID = 4000, 200
#: What an event's own time may differ from ours; beyond it, ours counts.
LONGEST_AGE, LONGEST_AHEAD = timedelta(days=7), timedelta(hours=1)
NOTICES = frozenset(
    {"change_oa_daily_quota", "change_template_status", "change_template_quota", "change_oa_template_tags"}
)
#: Echoes of what alertd itself sends, and reading marks.
IGNORED = ("oa_send_", "user_seen_message")


def verify(headers: Mapping[str, str], body: bytes, app_id: str, secret: str) -> str | None:
    """Tell which timestamp a genuine request was signed with, `header` or `body`; None if it is not genuine.

    The signature is a plain SHA-256 over app id, body, timestamp and secret. Sources differ on the timestamp: both are
    compared, always, and in constant time. `headers` may be in any case.
    """
    given = _header(headers, "x-zevent-signature").removeprefix("mac=").strip().lower().encode()
    stamps = {"header": _header(headers, "x-zevent-timestamp"), "body": _stamp(body)}
    if not secret:
        return None
    matched = None
    for name, stamp in stamps.items():
        signed = app_id.encode() + body + stamp.encode() + secret.encode()
        expected = hashlib.sha256(signed).hexdigest().encode()
        if hmac.compare_digest(expected, given) and stamp and matched is None:
            matched = name
    return matched


def is_check(body: bytes) -> bool:
    """Whether this is the unsigned `{}` by which Zalo looks whether a new address answers 200."""
    return body.strip() in {b"", b"{}"}


def read(headers: Mapping[str, str], body: bytes, now: datetime) -> list[Inbound]:
    """The events of a genuine request, none for a check or an echo; `now` is the time of arrival.

    An event that is not known becomes a NOTICE that names it, so that it is seen. Personal data that a person may hand
    in with `user_submit_info` are not taken.
    """
    event = _object(body)
    name = one_line(str(event.get("event_name") or ""), 60)
    if not name or name.startswith(IGNORED):
        return []
    at = _instant(event.get("timestamp"), now)
    sender, message = _part(event, "sender"), _part(event, "message")
    if name == "follow":
        return _person(name, _id(_part(event, "follower")), Kind.BACK, at, event)
    if name == "unfollow":
        return _person(name, _id(_part(event, "follower")), Kind.GONE, at, event)
    if name == "user_received_message":
        return _receipt(headers, message, at)
    if name.startswith("user_send_group_"):
        group = _id(_part(event, "recipient")) or _name(event.get("group_id"))
        return _said(message, f"group:{group}" if group else "", at, private=False)
    if name.startswith("user_send_"):
        return _said(message, _id(sender), at, private=True)
    key = f"{name}:{_digest(body)}"
    said = name if name in NOTICES else f"unknown:{name}"
    return [Inbound(CHANNEL, key, Kind.NOTICE, "", at, said)]


def _person(name: str, address: str, kind: Kind, at: datetime, event: Mapping[str, Any]) -> list[Inbound]:
    key = f"{name}:{address}:{_name(event.get('timestamp'))}"
    return [Inbound(CHANNEL, key, kind, address, at)] if address else []


def _said(message: Mapping[str, Any], address: str, at: datetime, *, private: bool) -> list[Inbound]:
    """What a person wrote; a picture or a sticker is an empty text, and a sign of life all the same."""
    key, text = _name(message.get("msg_id")), plain(_text(message.get("text")))[:MAX_TEXT]
    return [Inbound(CHANNEL, key, Kind.TEXT, address, at, text, private)] if key and address else []


def _receipt(headers: Mapping[str, str], message: Mapping[str, Any], at: datetime) -> list[Inbound]:
    """A template has reached the phone; only those sent by phone carry the id of a part."""
    tracking_id = _name(message.get("tracking_id"))
    if not tracking_id or _header(headers, "x-zevent-server") not in {"", "ZNS"}:
        return []
    key = f"received:{_text(message.get('msg_id')) or tracking_id}"
    return [Inbound(CHANNEL, key, Kind.RECEIPT, "", at, tracking_id)]


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _id(person: Mapping[str, Any]) -> str:
    return _name(person.get("id"))


def _name(value: object) -> str:
    """An id, as it can be stored: one line without control characters, of a bounded length."""
    return one_line(_text(value), MAX_ID)


def _text(value: object) -> str:
    """A string, or a number where a client wrote one; ids are longer than what a float holds."""
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _stamp(body: bytes) -> str:
    return _text(_object(body).get("timestamp"))


def _instant(value: object, now: datetime) -> datetime:
    """Milliseconds since 1970, as a string or a number."""
    try:
        at = datetime.fromtimestamp(int(_text(value)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return at if now - LONGEST_AGE < at < now + LONGEST_AHEAD else now


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]
