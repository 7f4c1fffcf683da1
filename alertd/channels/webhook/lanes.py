"""Roads of one connection each, as many as there are calls under way.

One pool of many connections looks through all of them, several times, at every call: with sixteen under way that costs
more than the calls themselves (`./do bench peers`).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from alertd.channels.webhook.road import Road


class Lanes:
    """`make` makes a road; the one that was free last is taken first, so that few connections are kept warm."""

    def __init__(self, make: Callable[[], Road]) -> None:
        self._make = make
        self._free: list[Road] = []
        self._all: list[Road] = []
        self._closed = False

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[Road]:
        """A road for one call, which nobody else uses meanwhile. Raises RuntimeError once they are closed."""
        if self._closed:
            raise RuntimeError("the connections are closed")
        road = self._free.pop() if self._free else self._made()
        try:
            yield road
        finally:
            self._free.append(road)

    def _made(self) -> Road:
        road = self._make()
        self._all.append(road)
        return road

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        for road in self._all:
            await road.aclose()
