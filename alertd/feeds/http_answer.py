"""What a portal answered: read up to a limit, taken for JSON or refused with what it is instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from alertd.core.errors import FeedError

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 50_000_000  # of one page; 200 dossiers are half a megabyte
#: Why a token is not given (RFC 6749, 5.2); nothing else of such an answer is shown.
OAUTH = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)


async def limited(response: httpx.Response, where: str) -> bytes:
    """The unpacked body. Raises FeedError as soon as it is larger than any page can be."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise FeedError(f"{where} answers more than {MAX_BYTES // 1_000_000} MB for one page; lower `page_size:`")
    return bytes(body)


def parsed(response: httpx.Response, body: bytes, where: str) -> Any:
    """The body as JSON. Raises FeedError for a web page, XML, half a body or anything else."""
    start, kind = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower(), response.headers.get("Content-Type", "").lower()
    if start == b"<?xml" or ("xml" in kind and "html" not in kind):
        raise FeedError(
            f"{where} answers XML instead of JSON, which was asked for;"
            f" let the portal's operator allow JSON, or give the address of the interface that has it"
        )
    if start[:1] == b"<" or "html" in kind:
        raise FeedError(
            f"{where} answers a web page (HTML) instead of JSON; the login may have expired,"
            f" or the address is not that of the REST interface"
        )
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise FeedError(
            f"{where} answers damaged JSON ({len(body)} bytes, perhaps only half of it);"
            f" it is asked again at the next poll"
        ) from None


def oauth_error(body: bytes) -> str:
    """The code by which a token endpoint refuses; empty when the body is anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = answer.get("error") if isinstance(answer, dict) else None
    return code if isinstance(code, str) and code in OAUTH else ""


def retry_after(response: httpx.Response) -> float:
    """The wait that a portal asks for, in seconds; 0 when it asks for none or writes a date."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.0


def reason(error: BaseException) -> str:
    """What the system said, from under the layers that wrap it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return str(error)
