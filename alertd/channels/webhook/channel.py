"""One POST for one part of a message (DESIGN section 7)."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpcore
import httpx

from alertd.channels import transport
from alertd.channels.webhook.lanes import Lanes
from alertd.channels.webhook.road import road
from alertd.channels.webhook.signing import signature
from alertd.channels.webhook.status import classify
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.channels import Outgoing
    from alertd.core.outcome import SendResult

MAX_ANSWER_BYTES = 64 * 1024
#: In JSON a third more.
LARGEST_FILE = 10 * 1024 * 1024


class WebhookChannel:
    """Posts to one address, signed if there is a `secret`.

    `timeout` is in seconds of silence; connecting gets half of it, and the whole call at most twice as long, so that a
    receiver that answers byte by byte comes to an end too. `now` returns an aware instant. Raises InputError if the
    address or the secret cannot be used.
    """

    name = "webhook"
    largest_file = LARGEST_FILE

    def __init__(self, url: str, secret: str | None, *, now: Callable[[], datetime], timeout: float = 10.0) -> None:
        address = _address(url)
        if secret is not None and not secret.strip():
            raise InputError("channels.webhook.secret is empty: give it a value, or leave it out to send unsigned")
        self._secret = secret
        self._now = now
        self._longest = 2 * timeout
        self._bounds = {"timeout": {"connect": timeout / 2, "pool": timeout / 2, "read": timeout, "write": timeout}}
        transport.keep_urls_out_of_logs()
        self._url = httpcore.URL(
            scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path
        )
        self._always = _headers(address)
        self._lanes = Lanes(road(address))

    async def send(self, part: Outgoing) -> SendResult:
        """Post one part."""
        body = encode(part)
        answer = None
        try:
            async with (
                self._lanes.lane() as road,
                asyncio.timeout(self._longest),
                road.stream(
                    "POST", self._url, content=body, headers=self._headers(part.id, body), extensions=self._bounds
                ) as response,
            ):
                answer = classify(response.status, _header(response, b"retry-after"), self._now())
                if answer.outcome is Outcome.ACCEPTED:
                    answer = replace(answer, provider_id=await _provider_id(response))
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            # An answer that was heard stands, whatever became of its body.
            return answer or transport.classify(error, self.name)
        return answer

    async def probe(self) -> None:
        """Nothing to ask: a gateway promises no address but the one that takes messages."""

    async def close(self) -> None:
        """Close the connections."""
        await self._lanes.close()

    def _headers(self, key: str, body: bytes) -> list[tuple[bytes, bytes]]:
        timestamp = str(int(self._now().timestamp()))
        own = [
            (b"Content-Length", str(len(body)).encode()),
            (b"Idempotency-Key", key.encode()),
            (b"X-Alertd-Timestamp", timestamp.encode()),
        ]
        if self._secret is not None:
            own.append((b"X-Alertd-Signature", signature(self._secret, timestamp, body).encode()))
        return [*self._always, *own]


def _headers(address: httpx.URL) -> list[tuple[bytes, bytes]]:
    """What is the same in every request; a name and a password in the address become basic authentication."""
    same = [
        (b"Host", address.netloc),
        (b"User-Agent", b"alertd"),
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", b"identity"),
        (b"Content-Type", b"application/json; charset=utf-8"),
    ]
    if address.username or address.password:
        told = base64.b64encode(f"{address.username}:{address.password}".encode())
        same.append((b"Authorization", b"Basic " + told))
    return same


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


def encode(part: Outgoing) -> bytes:
    """Write one part as the JSON that a receiver gets, in UTF-8; a lone surrogate becomes a question mark."""
    payload: dict[str, object] = {
        "id": part.id,
        "person": part.person,
        "person_name": part.person_name,
        "phone": part.phone,
        "unit": part.unit,
        "kind": part.kind,
        "urgency": part.urgency,
        "late": part.late,
        "text": part.text,
        "part": part.part,
        "parts": part.parts,
        # Named one by one: nothing else about a dossier may leave.
        "dossiers": [{key: dossier.get(key) for key in ("code", "step", "due_at", "url")} for dossier in part.dossiers],
    }
    if part.file is not None:
        payload["file"] = {
            "name": part.file.name,
            "media_type": part.file.media_type,
            "size": len(part.file.content),
            "content": base64.b64encode(part.file.content).decode(),
        }
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def _address(url: str) -> httpx.URL:
    # The address is never quoted in an error: it may hold a password.
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise InputError("channels.webhook.url cannot be read as an address") from None
    if address.scheme not in {"http", "https"} or not address.host:
        raise InputError("channels.webhook.url must begin with http:// or https:// and name a host")
    return address


async def _provider_id(response: httpcore.Response) -> str | None:
    """Read the receiver's own id from a JSON answer, if it gives one within the first 64 KiB."""
    body = b""
    async for chunk in response.aiter_stream():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return None
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    given = answer.get("id") if isinstance(answer, dict) else None
    return given[:200] if isinstance(given, str) else str(given) if type(given) is int else None
