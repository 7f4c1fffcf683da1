"""The daemon's clock: real time, or the demo's fast one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Real time, or for the demo a clock that starts at `begin` and runs `speed` times as fast."""

    begin: datetime | None = None
    speed: float = 1.0
    started: float = field(default_factory=time.monotonic)

    def restart(self) -> None:
        """Begin anew at `begin`."""
        self.started = time.monotonic()

    def now(self) -> datetime:
        """The present instant, UTC."""
        if self.begin is None:
            return datetime.now(UTC)
        return self.begin.astimezone(UTC) + timedelta(seconds=(time.monotonic() - self.started) * self.speed)
