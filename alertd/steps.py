"""Steps of the machine's clock, as a time server makes them: the scheduler's instants are of that clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: Seconds: less is a clock that is being slewed, or a busy machine.
SMALLEST = 5.0


def _ahead() -> float:
    """Seconds by which the machine's clock is ahead of the one that only goes on."""
    return datetime.now(UTC).timestamp() - time.monotonic()


@dataclass
class Steps:
    """Tells of each step once. A machine that slept has stepped forward."""

    _before: float = field(default_factory=_ahead)

    def since(self) -> float:
        """Seconds by which the clock was stepped since the last look, negative when back; 0 when it was not."""
        now = _ahead()
        by = now - self._before
        if abs(by) >= SMALLEST:
            self._before = now
            return by
        return 0.0
