"""The circuit of a channel (delivery reference 7.6): open while the channel takes nothing, so that nobody waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alertd.core.delivery import PATIENCE
from alertd.core.outcome import Outcome, Scope

if TYPE_CHECKING:
    from alertd.core.outcome import SendResult

#: So many failures in a row, of so many people at least, open it.
FAILURES, PEOPLE = 10, 3
PROBE_EVERY = timedelta(seconds=60)
#: Answers that say nothing about the message: the channel as a whole is out of order.
DOWN = (Outcome.AUTH, Outcome.CHANNEL_DOWN)
FAILED = (*DOWN, Outcome.TRANSIENT, Outcome.UNKNOWN)
#: Notices to the admin have no patience: they may be about this very channel.
NOTICE = "notice"


def is_down(result: SendResult) -> bool:
    """Whether an answer speaks of the whole channel being out of order, and not of one group or person."""
    return result.outcome in DOWN and result.scope not in (Scope.RECIPIENT, Scope.GROUP)


@dataclass
class Circuit:
    """Closed until something opens it; `opened_at` and `probed_at` are aware instants, kept over a restart."""

    opened_at: datetime | None = None
    reason: str = ""
    probed_at: datetime | None = None
    _failures: int = 0
    _people: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether only probes may be sent."""
        return self.opened_at is not None

    def heard(self, result: SendResult, person: str, now: datetime) -> bool:
        """Take an answer into account; whether that opened or closed the circuit.

        Calls that a crash left without an answer are none: they never come here.
        """
        if result.outcome not in FAILED or (result.outcome in DOWN and not is_down(result)):
            self._failures = 0
            self._people.clear()
            return self.close()
        self._failures += 1
        if len(self._people) < PEOPLE:
            self._people.add(person)
        if self.is_open or not (is_down(result) or (self._failures >= FAILURES and len(self._people) >= PEOPLE)):
            return False
        self.opened_at, self.probed_at = now, now
        self.reason = f"{result.outcome.value} {result.code}".strip()
        return True

    def close(self) -> bool:
        """The channel works; whether the circuit had been open."""
        was_open = self.is_open
        self.opened_at, self.reason, self.probed_at = None, "", None
        return was_open

    def may_probe(self, now: datetime) -> bool:
        """Whether it is time to try whether the channel works again."""
        return self.is_open and (self.probed_at is None or now - self.probed_at >= PROBE_EVERY)

    def ranks_out_of_patience(self, now: datetime) -> list[int]:
        """The ranks of urgency that have waited long enough for this channel."""
        if self.opened_at is None:
            return []
        return [rank for rank, patience in PATIENCE.items() if now - self.opened_at >= patience]
