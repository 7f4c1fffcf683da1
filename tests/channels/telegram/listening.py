"""An Updates that runs while a test lasts, fast enough for one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from alertd.channels.telegram import Timings, Updates
from alertd.core.conversation import Inbound, Reply

TOKEN = "123456:TEST-token_of-nobody"
FAST = Timings(
    poll=0.2,
    read=0.2,
    call=2.0,
    check=0.02,
    again=0.01,
    again_longest=0.05,
    conflict=0.6,
    conflict_longest=1.2,
    refused=0.3,
    toast=0.2,
    answer=2.0,
    settle=1.0,
    between=1.05,
    stop=5.0,
)


@dataclass
class Desk:
    """Keeps what it heard; `replies` says what it answers, by text, after `slow` seconds."""

    replies: dict[str, Reply] = field(default_factory=dict)
    slow: float = 0.0
    heard: list[Inbound] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, event: Inbound) -> Reply | None:
        self.heard.append(event)
        await asyncio.sleep(self.slow)
        if event.text == "hỏng":
            raise RuntimeError(f"cannot read {event.text} of nobody")
        return self.replies.get(event.text)

    async def alarm(self, trouble, text):
        self.alarms.append((trouble, text))

    @property
    def texts(self):
        return [event.text for event in self.heard]


def make(base_url, desk, **options):
    timings = replace(FAST, **options)
    return Updates(
        TOKEN, desk.answer, now=lambda: datetime.now(UTC), alarm=desk.alarm, base_url=base_url, timings=timings
    )


@asynccontextmanager
async def listening(base_url, desk, **options):
    """Run until the block ends; then nothing of it may be left."""
    updates = make(base_url, desk, **options)
    task = asyncio.create_task(updates.run(), name="the run")
    try:
        yield updates
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert left_over() == []


def left_over():
    """Tasks that are neither the test nor the fake's connections."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return [task for task in tasks if "Loopback" not in repr(task.get_coro()) and not task.done()]


async def until(true, seconds=10.0):
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - fakes keep lists, no events
            await asyncio.sleep(0.01)
