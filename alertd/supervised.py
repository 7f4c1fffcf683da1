"""What systemd is told: that the daemon works, that it stops, that it is alive (sd_notify(3): one datagram each).

Without NOTIFY_SOCKET nothing is told to anybody.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import TYPE_CHECKING

from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Mapping

log = get("daemon")
#: Seconds without an escalation tick after which the process does not count as alive: a change of the configuration
#: re-plans everything that is open, and no tick runs meanwhile.
ALIVE_SECONDS = 300.0


class Supervised:
    """Tells whoever started the daemon; `environment` is what it was started with."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        asked = environment.get("WATCHDOG_USEC", "") if mine else ""
        #: Seconds between two signs of life; None where nobody waits for them.
        self.every = int(asked) / 2_000_000 if asked.isdecimal() and int(asked) else None
        self._ticked = time.monotonic()

    def ready(self, status: str) -> None:
        """Everything runs; `status` is a line for `systemctl status`."""
        self._tell(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        """The end has begun, and is not to be taken for a failure."""
        self._tell("STOPPING=1")

    def ticked(self) -> None:
        """The escalation clock has ticked: the work is done, not only the loop alive."""
        self._ticked = time.monotonic()

    async def run(self) -> None:
        """Give signs of life until cancelled, as long as the escalation clock ticks."""
        while self.every is not None:
            if time.monotonic() - self._ticked < ALIVE_SECONDS:
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self.every)

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        path = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)
                sender.sendto(text.encode(), path)
        except OSError as error:
            log.warning("systemd cannot be told", reason=error.strerror)
