"""The Zalo Bot platform's error codes, as a table (delivery reference 1c)."""

from __future__ import annotations

from typing import NamedTuple

from alertd.core.outcome import Outcome, Scope

CHANNEL = "zbot"


class Row(NamedTuple):
    """One code: its class, what it speaks about, what it says."""

    code: int
    outcome: Outcome
    scope: Scope
    meaning: str


ROWS = (
    # Whether a chat or a text is meant is not said: the next contact takes over, and the address stays.
    Row(400, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the request was refused"),
    Row(401, Outcome.CHANNEL_DOWN, Scope.CHANNEL, "the token is wrong or was reset"),
    # The platform calls its own faults 403 "Internal server error": the message may have been taken.
    Row(403, Outcome.UNKNOWN, Scope.MESSAGE, "the platform has a fault"),
    Row(404, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "not found"),
    Row(408, Outcome.UNKNOWN, Scope.MESSAGE, "the platform gave up waiting"),
    # No pause is named: the queue's own back-off applies (reference 7.2).
    Row(429, Outcome.RATE_LIMITED, Scope.CHANNEL, "the quota is used up for now"),
)
_BY_CODE = {row.code: row for row in ROWS}


def row(code: int) -> Row | None:
    """What a code means; None for one that is not in the table."""
    return _BY_CODE.get(code)
