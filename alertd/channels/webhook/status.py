"""What a receiver's status says (DESIGN section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.channels.transport import retry_after
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

# The first row that holds the status counts; what is in none is UNKNOWN, as are other 5xx.
ROWS: tuple[tuple[Container[int], Outcome, Scope, str], ...] = (
    (range(200, 300), Outcome.ACCEPTED, Scope.MESSAGE, ""),
    # A redirect may lead anywhere; what holds names and numbers goes only where the configuration says.
    (range(300, 400), Outcome.CHANNEL_DOWN, Scope.CHANNEL, "a redirect is not followed: write the final address"),
    ({408}, Outcome.UNKNOWN, Scope.MESSAGE, "the receiver gave up waiting"),  # a time-out, though it is a 4xx
    ({429, 503}, Outcome.RATE_LIMITED, Scope.CHANNEL, "the receiver asks for a pause"),
    # About this message, not about the person: a shared gateway that refuses one text must not end a phone number.
    (range(400, 500), Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the receiver refuses this message"),
)


def classify(status: int, retry_after_header: str | None, now: datetime) -> SendResult:
    """Turn a status into a result; `retry_at` is set where the receiver named an instant for its pause."""
    for statuses, outcome, scope, detail in ROWS:
        if status not in statuses:
            continue
        return SendResult(
            outcome,
            code=f"webhook:{status}",
            detail=f"answered {status}: {detail}" if detail else "",
            retry_at=retry_after(retry_after_header, now) if outcome is Outcome.RATE_LIMITED else None,
            scope=scope,
        )
    return SendResult(Outcome.UNKNOWN, code=f"webhook:{status}", detail=f"answered {status}: it may have been taken")
