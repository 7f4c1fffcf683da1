"""What python-telegram-bot raises, as results (delivery reference, section 2).

The class of the error counts first, its text second, since Telegram may change texts; a text not known here is
TRANSIENT under the code `tg:unclassified:…`, so that it is tried again and can be counted.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from alertd.channels import transport
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from datetime import datetime

CHANNEL = "tg"


class Text(NamedTuple):
    """One known text of a 400: a part of it, in lower case, and what it means."""

    fragment: str
    outcome: Outcome
    scope: Scope


BAD_REQUESTS = (
    Text("chat not found", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("peer_id_invalid", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("chat_id_invalid", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("chat_id is empty", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("user not found", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("user is deactivated", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("input_user_deactivated", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
    Text("group is deactivated", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("group chat was deactivated", Outcome.PERM_RECIPIENT, Scope.GROUP),
    # without the new address, which would have made it ChatMigrated
    Text("group chat was upgraded", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("not enough rights to send", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("have no rights to send", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("need administrator rights", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("chat_write_forbidden", Outcome.PERM_RECIPIENT, Scope.GROUP),
    Text("message is too long", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("message_too_long", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("can't parse entities", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("button_data_invalid", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("message text is empty", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("text must be non-empty", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    Text("must be encoded in utf-8", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
)


def classify(error: BaseException, now: datetime) -> SendResult:
    """Turn what a call raised into a result. `detail` may quote Telegram: the caller takes the token out of it."""
    if isinstance(error, RetryAfter):
        return _retry_after(error, now)
    if isinstance(error, ChatMigrated):
        return SendResult(
            Outcome.TRANSIENT,
            code=f"{CHANNEL}:migrated",
            detail="the group has a new address",
            scope=Scope.GROUP,
            new_address=str(error.new_chat_id),
        )
    if isinstance(error, Forbidden | BadRequest | InvalidToken | Conflict):
        return _refused(error)
    if isinstance(error, NetworkError):
        return _network(error)
    if not isinstance(error, TelegramError):
        # A time limit of our own, or an answer of a shape that the library could not read: it may have been taken.
        return transport.classify(error, CHANNEL)
    if error.message == "Invalid server response":
        return SendResult(Outcome.UNKNOWN, code=f"{CHANNEL}:not_json", detail="answered 200 with what is not JSON")
    return _unclassified(error)


def _retry_after(error: RetryAfter, now: datetime) -> SendResult:
    # int or timedelta, as PTB_TIMEDELTA and the library's major version will have it
    wait = error.retry_after
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
    return SendResult(
        Outcome.RATE_LIMITED,
        code=f"{CHANNEL}:429",
        detail=f"asks for a pause of {seconds:g} s",
        retry_at=transport.wait_until(seconds, now),
        scope=Scope.CHANNEL,  # Telegram does not say whether it means the chat or the bot
    )


def _refused(error: Forbidden | BadRequest | InvalidToken | Conflict) -> SendResult:
    if isinstance(error.__cause__, TelegramError):
        return _intercepted()
    said = error.message
    if isinstance(error, Forbidden):
        return SendResult(Outcome.PERM_RECIPIENT, code=f"{CHANNEL}:403", detail=said, scope=Scope.RECIPIENT)
    if isinstance(error, InvalidToken):
        detail = f"the token or base_url is wrong: {said}"
        return SendResult(Outcome.CHANNEL_DOWN, code=f"{CHANNEL}:401", detail=detail, scope=Scope.CHANNEL)
    if isinstance(error, Conflict):
        return SendResult(Outcome.TRANSIENT, code=f"{CHANNEL}:409", detail=said, scope=Scope.CHANNEL)
    for text in BAD_REQUESTS:
        if text.fragment in said.lower():
            return SendResult(text.outcome, code=f"{CHANNEL}:400", detail=said, scope=text.scope)
    return _unclassified(error)


def _intercepted() -> SendResult:
    # Refused or redirected, but not in JSON: a firewall or proxy speaks. It must not end every person's address.
    detail = "something between alertd and Telegram refused the request; is Telegram blocked here? set a proxy"
    return SendResult(Outcome.CHANNEL_DOWN, code=f"{CHANNEL}:intercepted", detail=detail, scope=Scope.CHANNEL)


def _network(error: NetworkError) -> SendResult:
    if isinstance(error.__cause__, httpx.HTTPError):
        return transport.classify(error.__cause__, CHANNEL)
    if error.message.lower().startswith("too many requests"):  # a 429 that names no time
        return SendResult(Outcome.RATE_LIMITED, code=f"{CHANNEL}:429", detail="asks for a pause", scope=Scope.CHANNEL)
    if error.__cause__ is None:  # JSON: Telegram itself has a fault
        return SendResult(Outcome.UNKNOWN, code=f"{CHANNEL}:server_error", detail=error.message)
    # Not JSON, or a fault within the library. The text quotes the whole body, so only the status is taken from it.
    status = re.search(r"\(([0-9]{3})\)", error.message[:60])
    if status is None:
        return SendResult(Outcome.UNKNOWN, code=f"{CHANNEL}:call_failed", detail="the call failed")
    if status[1][0] in "34" and status[1] != "408":
        return _intercepted()
    return SendResult(
        Outcome.UNKNOWN, code=f"{CHANNEL}:{status[1]}", detail=f"answered {status[1]} with what is not JSON"
    )


def _unclassified(error: TelegramError) -> SendResult:
    name = type(error).__name__
    return SendResult(Outcome.TRANSIENT, code=f"{CHANNEL}:unclassified:{name}", detail=error.message)
