"""A provider's leave to act for an account: an access token, and the single-use token that fetches the next one.

Delivery reference 7.7. What may be done with a grant, and when, is decided here; the calls are made in the channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class GrantState(StrEnum):
    """Where the exchange of the refresh token stands."""

    IDLE = "idle"
    IN_FLIGHT = "in_flight"
    #: The provider certainly did not take the refresh token: no connection, or a wrong secret.
    REFUSED = "refused"
    #: An exchange was lost on its way; the same token is tried once more soon.
    UNCERTAIN = "uncertain"
    #: That one was lost too.
    LASTING = "lasting"
    #: Used up or revoked: a human has to consent again.
    DEAD = "dead"


#: How long after entering a state the refresh token may be tried (again). A dead one never.
PAUSES = {
    GrantState.IDLE: timedelta(),
    # The call ends within 15 s: what is older belongs to a process that died, and its outcome is not known.
    GrantState.IN_FLIGHT: timedelta(seconds=60),
    GrantState.REFUSED: timedelta(seconds=60),
    GrantState.UNCERTAIN: timedelta(seconds=30),
    GrantState.LASTING: timedelta(minutes=10),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One pair of tokens; instants are aware, and no token is in its repr.

    `seed` tells which configured refresh token it began with, as a fingerprint; `imported` is set until the first
    exchange, as the true age of a configured access token is not known. `version` grows by one with each exchange.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_issued_at: datetime
    access_expires_at: datetime
    refresh_issued_at: datetime
    version: int
    state: GrantState
    state_since: datetime
    detail: str = ""
    seed: str = ""
    imported: bool = False

    def is_usable(self, now: datetime) -> bool:
        """Whether the access token can be tried."""
        return bool(self.access) and now < self.access_expires_at

    def is_due(self, now: datetime) -> bool:
        """Whether half its life is over: a failure then leaves the other half for a human (reference 7.7, point 5)."""
        half = (self.access_expires_at - self.access_issued_at) / 2
        return self.imported or not self.access or now >= self.access_issued_at + half

    def may_refresh(self, now: datetime) -> bool:
        """Whether the refresh token may be tried at `now`."""
        pause = PAUSES.get(self.state)
        if not self.refresh or pause is None:
            return False
        # Another process may have entered the state after `now` was read, or its clock may be a little ahead; but a
        # clock that was set back must not put it off until it has caught up.
        return not -pause < now - self.state_since < pause
