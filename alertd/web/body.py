"""A request's body, read up to a limit: what is larger is refused before it is in memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from fastapi import Request

#: What a provider may post, in bytes (delivery reference 7.10).
HOOK_LIMIT = 256 * 1024
#: What a form may hold: 2,000 letters with marks, percent-encoded, and room for a browser's own.
FORM_LIMIT = 64 * 1024
#: What is too large is read to its end up to here and thrown away, so that the sender hears why it is refused: a
#: connection that is closed before breaks while it still writes.
DISCARDED = 16 * 1024 * 1024
#: How long a body may take, in seconds.
PATIENCE = 10.0
_CLOSE = {"Connection": "close"}
_FORM_TYPE = "application/x-www-form-urlencoded"


async def read(request: Request, limit: int) -> bytes:
    """The whole body. Raises HTTPException 413 when it is over `limit` bytes, 408 when it does not come in time."""
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= limit:
                    body += chunk
                    continue
                body.clear()
                if size > DISCARDED:
                    break
    except TimeoutError:
        raise HTTPException(408, "the body did not come in time", _CLOSE) from None
    if size > limit:
        raise HTTPException(413, f"the body is larger than {limit} bytes", _CLOSE)
    return bytes(body)


async def form(request: Request) -> dict[str, str]:
    """The fields of a posted form, the last of each name. Raises HTTPException when it is none."""
    raw = await read(request, FORM_LIMIT)
    if not raw:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        raise HTTPException(415)
    text = raw.decode("utf-8", "replace")
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=20, errors="replace")
    except ValueError:
        raise HTTPException(400) from None
    return {name: values[-1] for name, values in fields.items()}
