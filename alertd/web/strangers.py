"""Who keeps trying page references that are wrong: counted per client address, in memory, bounded."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

#: So many wrong references from one address within a minute; then it waits for the minute to end.
ALLOWED = 20
WINDOW = timedelta(minutes=1)
#: Addresses remembered; the longest unseen goes first.
MOST = 10_000


@dataclass
class Strangers:
    """The wrong references of the last minute. A reference cannot be guessed: this only spares the work.

    The block is short because many phones share one address of their carrier.
    """

    _seen: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def wait(self, address: str, now: datetime) -> int:
        """Seconds until this client is listened to again; 0 when it is."""
        since, count = self._seen.get(network(address), (now, 0))
        left = since + WINDOW - now
        return ceil(left.total_seconds()) if count >= ALLOWED and left > timedelta() else 0

    def wrong(self, address: str, now: datetime) -> None:
        """Count one wrong reference."""
        key = network(address)
        since, count = self._seen.pop(key, (now, 0))
        self._seen[key] = (since, count + 1) if now - since < WINDOW else (now, 1)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)


def network(address: str) -> str:
    """The address by which a client is counted; of IPv6 the half that one customer has to themselves."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:  # noqa: PLR2004
        return address
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
