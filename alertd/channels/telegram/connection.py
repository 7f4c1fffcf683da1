"""How the library's requests reach a Bot API server, and what of the answers they believe (delivery reference, 3)."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from alertd.core.errors import InputError
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

log = get("telegram")
BASE_URL = "https://api.telegram.org/bot"
POOL_TIMEOUT = 5.0
MAX_ANSWER_BYTES = 8_000_000  # a hundred updates are a tenth of it
NOT_JSON = "Invalid server response"  # the text that classify knows

# Without it the library warns about the type of retry_after at each 429, even before anyone reads it.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class Request(HTTPXRequest):
    """The library's own, but it takes only the Bot API's answers for such, and is silent about others.

    The library would log them, and an error page may quote the URL with the token; a firewall may well answer in JSON.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises TelegramError with the text that classify knows."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or "ok" not in answer:
            raise TelegramError(NOT_JSON)
        return answer


class PollRequest(Request):
    """For getUpdates only: an update that the library cannot read becomes an empty one.

    Else the library would log what people wrote, and fetch the same update again at once, for ever.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer, as above; a refusal as it is."""
        answer = Request.parse_json_payload(payload)
        if answer["ok"] is not True:
            return answer
        updates = answer.get("result")
        if not isinstance(updates, list) or not all(_has_id(update) for update in updates):
            raise TelegramError(NOT_JSON)
        return {**answer, "result": [_readable(update) for update in updates]}


def _has_id(update: object) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def _readable(update: Mapping[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(dict(update), None)
    except Exception as error:  # noqa: BLE001 - whatever it stumbles over
        log.warning("an update cannot be read and is passed over", code="tg:unclassified:update", kinds=sorted(update),
                    error=type(error).__name__)  # fmt: skip
        return {"update_id": update["update_id"]}
    return dict(update)


class Bounded(httpx.AsyncByteStream):
    """A body that ends in an error where it grows beyond what any answer can be."""

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body's pieces. Raises httpx.ReadError."""
        read = 0
        async for piece in self._body:
            read += len(piece)
            if read > MAX_ANSWER_BYTES:
                raise httpx.ReadError("the answer is longer than any can be")
            yield piece

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._body.aclose()


async def bound(response: httpx.Response) -> None:
    """See to it that an answer is read up to a limit; one that is packed, which nobody asked for, is not unpacked."""
    response.headers.pop("Content-Encoding", None)
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = Bounded(response.stream)


R = TypeVar("R", bound=Request)


def make_request(kind: type[R], proxy: str | None, read_timeout: float, pool_size: int) -> R:
    """A request of this kind. Raises InputError if the proxy cannot be used: unquoted, for it may hold a password."""
    try:
        return kind(
            connection_pool_size=pool_size,
            read_timeout=read_timeout,
            pool_timeout=POOL_TIMEOUT,
            proxy=proxy,
            httpx_kwargs={"headers": {"Accept-Encoding": "identity"}, "event_hooks": {"response": [bound]}},
        )
    except (ValueError, RuntimeError, TypeError):  # not an address, or socks:// without its package
        raise InputError("channels.telegram.proxy must be the address of an http:// or https:// proxy") from None


def checked_token(token: str) -> str:
    """The token, if it can be one. Raises InputError, which does not quote it."""
    if not re.fullmatch(r"[\w.:-]+", token, re.ASCII):
        raise InputError("channels.telegram.token is empty or has characters that no bot token has")
    return token


def bot_url(base_url: str) -> str:
    """The address to which the library appends the token. Raises InputError if it is none."""
    url = base_url.rstrip("/")
    if not re.match(r"https?://[^/]", url):
        raise InputError("channels.telegram.base_url must begin with http:// or https:// and name a host")
    return url if url.endswith("/bot") or "{token}" in url else f"{url}/bot"


def redacted(text: str, token: str) -> str:
    """The text without the token, however it is written."""
    return text.replace(token, "<token>").replace(quote(token), "<token>")
