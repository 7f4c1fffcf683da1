"""Slowing down: what a provider's answer asks of the pace, and when the part may be tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.pace import Pace

#: Instants named by a provider are passed by at most so much, so that not all come back at once.
JITTER = {Outcome.RATE_LIMITED: timedelta(seconds=1), Outcome.DEFER: timedelta(minutes=10)}


def slow_down(pace: Pace, result: SendResult, address: str, part: str, now: datetime) -> SendResult:
    """Slow down as the answer to a part asks for; gives it with the instant from which the part may be tried again."""
    if result.outcome is Outcome.RATE_LIMITED and result.retry_at is None:
        result = replace(result, retry_at=now + pace.pause_after_refusal(now))
    if result.retry_at is not None and result.outcome in JITTER:
        share = int.from_bytes(sha256(part.encode()).digest()[:2]) / 0xFFFF
        result = replace(result, retry_at=result.retry_at + JITTER[result.outcome] * share)
    if result.outcome is Outcome.RATE_LIMITED and result.retry_at is not None:
        pace.refused(address, result.retry_at, now, whole=result.scope is not Scope.RECIPIENT)
    spent = result.outcome is Outcome.QUOTA and result.scope is Scope.CHANNEL
    if calm := result.resume_at or (result.retry_at if spent else None):
        pace.pause(calm)
    return result
