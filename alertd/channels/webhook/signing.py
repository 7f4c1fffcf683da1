"""How a receiver knows that a request comes from alertd: made here, checked by whoever receives it.

A receiver takes the body's bytes as they came, before any JSON parsing, and the two headers:

    if not verify(secret, headers["X-Alertd-Timestamp"], body, headers["X-Alertd-Signature"], now=time.time()):
        answer 401

and then looks up `Idempotency-Key`: a key seen before is the same message, repeated because an answer was lost.
"""

from __future__ import annotations

import hashlib
import hmac
import re

# Older requests are refused: someone who once listened cannot send them again.
TOLERANCE_SECONDS = 300.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign: `sha256=` and the hex HMAC-SHA256 of timestamp + "." + body (DESIGN section 7).

    `timestamp` is Unix seconds as written in the header; `body` the exact bytes sent; `secret` counts as UTF-8.
    """
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def verify(
    secret: str, timestamp: str, body: bytes, signed: str, *, now: float, tolerance: float = TOLERANCE_SECONDS
) -> bool:
    """Tell whether a request is genuine and its time at most `tolerance` seconds from `now` (Unix seconds)."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > tolerance:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), signed.encode())
