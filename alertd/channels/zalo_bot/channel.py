"""One sendMessage for one part, through a bot of the Zalo Bot platform (delivery reference 1c)."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from alertd.channels import transport, wire
from alertd.channels.plain import pieces, plain, redacted
from alertd.channels.zalo_bot import codes
from alertd.channels.zalo_bot.codes import CHANNEL
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from alertd.channels import Outgoing
    from alertd.channels.wire import Heard
    from alertd.core.conversation import Reply

LONGEST_TEXT = 2000
PIECE = 1900


class ZaloBotChannel:
    """Sends plain text to the chat in `address`. What people write comes by `hook`: polling is for development only.

    `timeout` is in seconds of silence, and a call takes at most twice as long. The token is part of each address that
    is called, and so in no log and no detail. Raises InputError if it cannot be a token.
    """

    name = "zalo_bot"
    #: The platform has no message with a file (delivery reference 1c).
    largest_file = 0

    def __init__(
        self, token: str, *, base_url: str = "https://bot-api.zaloplatforms.com", timeout: float = 10.0
    ) -> None:
        if not re.fullmatch(r"[\w.:-]+", token, re.ASCII):
            raise InputError("channels.zalo_bot.token is empty or has characters that no bot token has")
        self._token = token
        self._base = f"{base_url.rstrip('/')}/bot{token}"
        self._longest = 2 * timeout
        self._http = wire.client(timeout)

    async def send(self, part: Outgoing) -> SendResult:
        """Send one part, with the address of the person's page below it: there are no buttons."""
        text = plain(part.text)
        if part.page and part.part == part.parts and part.page not in text:
            longer = f"{text}\nXác nhận, giải trình: {part.page}"
            text = longer if len(longer) <= LONGEST_TEXT else text
        return await self._send((part.address or "").strip(), text)

    async def answer(self, address: str, reply: Reply) -> SendResult:
        """Answer a person, in as many messages as the text takes; the first that is not accepted is the last."""
        result = SendResult(Outcome.ACCEPTED)
        for piece in pieces(reply.text, PIECE):
            result = await self._send(address, piece)
            if result.outcome is not Outcome.ACCEPTED:
                break
        return result

    async def probe(self) -> SendResult:
        """Ask for the bot's own data: whether the token works and the platform answers."""
        result = await self._call("getMe", {})
        return replace(result, outcome=Outcome.TRANSIENT) if result.outcome is Outcome.UNKNOWN else result

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, chat: str, text: str) -> SendResult:
        if not chat:
            detail = "this person has no chat with the Zalo bot yet"
            return SendResult(
                Outcome.PERM_RECIPIENT, code=f"{CHANNEL}:no_address", detail=detail, scope=Scope.RECIPIENT
            )
        if not 1 <= len(text.strip()) <= len(text) <= LONGEST_TEXT:
            detail = f"{len(text)} characters, Zalo takes 1 to {LONGEST_TEXT}"
            return SendResult(Outcome.PERM_PAYLOAD, code=f"{CHANNEL}:length", detail=detail)
        return await self._call("sendMessage", {"chat_id": chat, "text": text})

    async def _call(self, method: str, body: dict[str, Any]) -> SendResult:
        try:
            heard = await wire.call(self._http, "POST", f"{self._base}/{method}", self._longest, json=body)
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            return transport.classify(error, CHANNEL)
        result = classify(heard)
        return replace(result, detail=redacted(result.detail, self._token, quote(self._token)))


def classify(heard: Heard) -> SendResult:
    """Turn an answer into a result: `ok: false` comes with HTTP 200. The caller takes the token out of the detail."""
    answer = heard.json()
    if answer is not None and answer.get("ok") is True and heard.status == HTTPStatus.OK:
        result = answer.get("result")
        given = result.get("message_id") if isinstance(result, dict) else None
        provider_id = str(given)[:200] if isinstance(given, str | int) and given else None
        return SendResult(Outcome.ACCEPTED, provider_id=provider_id)
    if answer is not None and answer.get("ok") is False:
        return _refused(wire.number(answer.get("error_code")) or heard.status, str(answer.get("description") or ""))
    return _by_status(heard.status)


def _refused(code: int, said: str) -> SendResult:
    known = codes.row(code)
    if known is not None:
        detail = f"{known.meaning}: {said}" if said else known.meaning
        return SendResult(known.outcome, code=f"{CHANNEL}:{code}", detail=detail, scope=known.scope)
    if HTTPStatus.INTERNAL_SERVER_ERROR <= code < 600:  # noqa: PLR2004 - a fault of the platform's own
        return SendResult(Outcome.UNKNOWN, code=f"{CHANNEL}:{code}", detail=said)
    return SendResult(Outcome.TRANSIENT, code=f"{CHANNEL}:unclassified:{code}", detail=said)


def _by_status(status: int) -> SendResult:
    """Not in the platform's form: a gateway or a firewall speaks."""
    code, detail = f"{CHANNEL}:http:{status}", f"answered {status} in another form"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendResult(Outcome.RATE_LIMITED, code=code, detail=detail, scope=Scope.CHANNEL)
    if 300 <= status < 500 and status not in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}:  # noqa: PLR2004
        return SendResult(Outcome.CHANNEL_DOWN, code=code, detail=detail, scope=Scope.CHANNEL)
    return SendResult(Outcome.UNKNOWN, code=code, detail=detail)
