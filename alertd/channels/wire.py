"""One bounded HTTP call: its status, headers and body, or the exception of httpx that says what went wrong."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from alertd.channels import transport

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ANSWER_BYTES = 64 * 1024
MAX_CONNECTIONS = 50


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object, None if it is anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def client(timeout: float, connect: float | None = None) -> httpx.AsyncClient:
    """A client that follows no redirect and logs no address.

    `timeout` is in seconds of silence; `connect` bounds the connecting (default: half of it).
    """
    transport.keep_urls_out_of_logs()
    return httpx.AsyncClient(
        follow_redirects=False,
        timeout=httpx.Timeout(timeout, connect=connect or timeout / 2, pool=timeout / 2),
        limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
        headers={"User-Agent": "alertd", "Accept": "application/json", "Accept-Encoding": "identity"},
    )


async def call(http: httpx.AsyncClient, method: str, url: str, longest: float, **rest: Any) -> Heard:
    """Make one call of at most `longest` seconds; the body is read up to 64 KiB. Raises what httpx raises."""
    async with asyncio.timeout(longest), http.stream(method, url, **rest) as response:
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                break
        return Heard(response.status_code, response.headers, body[:MAX_ANSWER_BYTES])


def number(value: Any) -> int | None:
    """A whole number that came as a number or as a quoted string (delivery reference 1a); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = value.strip() if isinstance(value, str) else ""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 12 else None  # noqa: PLR2004
