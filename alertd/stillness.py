"""Stillness: ticks run side by side, until something needs that none runs; what begins meanwhile waits for its end."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class Stillness:
    """Ticks by kind, so that those that may last long can be waited for while the others still run.

    For one event loop. A tick must not begin another one within itself.
    """

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._moved = asyncio.Event()

    @asynccontextmanager
    async def tick(self, kind: str) -> AsyncIterator[None]:
        """Begin a tick, once its kind is not held."""
        await self._until(lambda: not self._held[kind])
        self._under_way[kind] += 1
        try:
            yield
        finally:
            self._under_way[kind] -= 1
            self._move()

    @asynccontextmanager
    async def still(self, *kinds: str) -> AsyncIterator[None]:
        """Let no tick of these kinds begin, wait until none is under way, and keep it so."""
        self._held.update(kinds)
        try:
            await self._until(lambda: not any(self._under_way[kind] for kind in kinds))
            yield
        finally:
            self._held.subtract(kinds)
            self._move()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
