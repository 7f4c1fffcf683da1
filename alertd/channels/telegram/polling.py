"""What becomes of each poll, which the library keeps to itself.

The library's own loop tries a poll that timed out again without a word to anybody, and its pauses are deaf to a stop
(delivery reference, section 3). So failures are noted and waited out here, where a stop can end the pause.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError
from telegram.ext import ExtBot

from alertd.channels.telegram.classify import CHANNEL, classify
from alertd.channels.telegram.connection import redacted
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram import Update

    from alertd.channels.telegram.connection import PollRequest, Request
    from alertd.channels.telegram.timings import Timings

log = get("telegram")
REFUSED, CONFLICT, POOL_FULL = f"{CHANNEL}:401", f"{CHANNEL}:409", f"{CHANNEL}:pool_timeout"
#: A pool that one poller finds full twice in a row is stuck.
FULL_TWICE = 2
LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class PollState:
    """How polling goes; the library allows no such attributes on a bot. To be made inside a running loop.

    `heard_at` is when a poll was last completed, on the loop's clock. `ended` holds why no poll is worth making any
    more. While `stopping`, the one poll by which the library confirms what it fetched is neither waited for nor
    repeated; while `mute`, no call is made at all: somebody else polls, or the connections are being replaced.
    """

    heard_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    ended: asyncio.Future[TelegramError] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    stopping: bool = False
    mute: bool = False
    failures: int = 0
    full: int = 0

    @property
    def stuck(self) -> bool:
        """Whether connections are no longer given back."""
        return self.full >= FULL_TWICE

    @property
    def silent(self) -> bool:
        """Whether the next poll is not to be made."""
        return self.mute or self.ended.done() or (self.stopping and self.failures > 0)

    def completed(self) -> None:
        """A poll was answered."""
        if self.failures:
            log.info("updates are fetched again", failures=self.failures)
        self.heard_at = asyncio.get_running_loop().time()
        self.failures = self.full = 0


class PollingBot(ExtBot[None]):
    """The library's bot; `before` is awaited before each poll, `completed` called after each that was answered."""

    def __init__(
        self,
        token: str,
        base_url: str,
        requests: tuple[Request, PollRequest],
        *,
        state: PollState,
        timings: Timings,
        now: Callable[[], datetime],
        before: Callable[[], Awaitable[None]],
        completed: Callable[[], None],
    ) -> None:
        super().__init__(token, base_url, request=requests[0], get_updates_request=requests[1])
        self._state = state
        self._timings = timings
        self._now = now
        self._before = before
        self._completed = completed

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:
        """Fetch updates; a failure that may pass is waited out and gives none."""
        if self._state.silent:
            return await self._nothing_more()
        await self._before()
        try:
            async with asyncio.timeout(2 * (self._timings.poll + self._timings.read)):
                updates = await super().get_updates(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next poll may succeed
            return await self._failed(error)
        self._state.completed()
        self._completed()
        return updates

    async def _failed(self, error: Exception) -> tuple[Update, ...]:
        state, now = self._state, self._now()
        result = classify(error, now)
        if result.code in {REFUSED, CONFLICT} and isinstance(error, TelegramError):
            state.ended.set_result(error)
            return await self._nothing_more()
        state.failures += 1
        state.full = state.full + 1 if result.code == POOL_FULL else 0
        tell = log.warning if state.failures == 1 else log.debug
        tell("updates cannot be fetched", code=result.code, detail=redacted(result.detail, self.token)[:200])
        if state.stopping:
            return ()
        asked = (result.retry_at - now).total_seconds() if result.retry_at else 0.0
        doubled = min(self._timings.again * 2.0 ** min(state.failures - 1, 10), LONGEST_PAUSE)
        await asyncio.sleep(max(asked, doubled))
        return ()

    async def _nothing_more(self) -> tuple[Update, ...]:
        if not self._state.stopping:
            await asyncio.Event().wait()  # until the session stops the library's loop, which cancels this
        return ()
