"""Clients with one connection each, as many as there are calls under way.

One client with a pool of connections looks through all of them, several times, at every call: with sixteen under way
that costs more than the calls themselves (`./do bench peers`).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx


class Lanes:
    """`make` makes a client; the one that was free last is taken first, so that few connections are kept warm."""

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        self._make = make
        self._free: list[httpx.AsyncClient] = []
        self._all: list[httpx.AsyncClient] = []
        self._closed = False

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client for one call, which nobody else uses meanwhile."""
        client = self._free.pop() if self._free else self._made()
        if self._closed:
            await client.aclose()  # a call that comes too late fails as on any closed client
        try:
            yield client
        finally:
            self._free.append(client)

    def _made(self) -> httpx.AsyncClient:
        client = self._make()
        self._all.append(client)
        return client

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        for client in self._all:
            await client.aclose()
