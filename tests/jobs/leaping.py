"""A loop of asyncio whose time leaps to the next thing that is due, so that minutes of waiting pass in no time.

Work in threads takes no time of this clock: while any is under way, the clock stands. Whoever keeps the loop busy
without ever waiting for anything is told so.
"""

from __future__ import annotations

import asyncio

#: So many looks at one instant are work; more are a loop that waits for nothing.
MOST_LOOKS = 20_000


class LeapingLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and is in seconds."""

    def __init__(self):
        self._at, self._threads, self._looks = 0.0, 0, 0
        super().__init__()
        self._waits = self._selector.select
        self._selector.select = self._select

    def time(self):
        return self._at

    def run_in_executor(self, executor, func, *args):
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_ended)
        return future

    def _thread_ended(self, _):
        self._threads -= 1

    def _select(self, timeout=None):
        self._looks += 1
        assert self._looks < MOST_LOOKS, f"busy without end at {self._at} s"
        if self._threads or timeout is None or timeout <= 0:
            return self._waits(None if self._threads and timeout != 0 else timeout)
        found = self._waits(0)
        if not found:
            self._at, self._looks = self._at + timeout, 0
        return found
