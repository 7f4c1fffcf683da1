"""Tell what people send, and send back what they are answered (delivery reference, 7.10)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from alertd.channels.telegram import reply as replies
from alertd.channels.telegram.read import read
from alertd.core.conversation import Inbound, Kind, Reply
from alertd.log import get

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Update
    from telegram.ext import ExtBot

    from alertd.channels.telegram.timings import Timings

log = get("telegram")
Answer = Callable[[Inbound], Awaitable[Reply | None]]

FAILED = "Hệ thống chưa ghi nhận được, xin thử lại sau ít phút."
BUSY = "Hệ thống đang bận, xin thử lại sau ít phút."
WORKING = "Đang xử lý, xin chờ…"
#: So many updates are remembered, so that one that Telegram tells twice is heard once.
REMEMBERED = 10_000


@dataclass(slots=True, eq=False)
class Turn:
    """One event in its chat, behind the one `before` it; `decided` once the desk has said what to answer."""

    event: Inbound
    query: Any
    decided: asyncio.Event
    before: Turn | None
    task: asyncio.Task[None] | None = None


class Responder:
    """Answers each update in a task of its own, in turn within a chat; a failure is a polite word, never an end."""

    def __init__(
        self,
        bot: ExtBot[None],
        answer: Answer,
        *,
        now: Callable[[], datetime],
        timings: Timings,
        told: dict[int, None],
    ) -> None:
        self._bot = bot
        self._answer = answer
        self._now = now
        self._timings = timings
        self._told = told
        self._turns: dict[str, list[Turn]] = {}
        self._sent_at: dict[str, float] = {}

    def hear(self, update: Update) -> None:
        """Take one update; returns at once."""
        if update.update_id in self._told:
            return
        self._told[update.update_id] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        event = read(update, self._bot.username, self._now())
        if event is None:
            return
        queue = self._turns.setdefault(event.address, [])
        turn = Turn(event, update.callback_query, asyncio.Event(), queue[-1] if queue else None)
        queue.append(turn)
        turn.task = asyncio.create_task(self._take(turn))
        turn.task.add_done_callback(lambda _: self._done(turn))

    async def settled(self) -> None:
        """Wait until everything heard so far has been decided; the answers may still be on their way."""
        for turn in self._all():
            await turn.decided.wait()

    async def finish(self) -> None:
        """Wait for the answers that are on their way; cancelled, it ends them."""
        tasks = [turn.task for turn in self._all() if turn.task is not None]
        try:
            if tasks:
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _all(self) -> list[Turn]:
        return [turn for queue in self._turns.values() for turn in queue]

    def _done(self, turn: Turn) -> None:
        turn.decided.set()
        turn.before = None
        queue = self._turns[turn.event.address]
        queue.remove(turn)
        if not queue:
            del self._turns[turn.event.address]

    async def _take(self, turn: Turn) -> None:
        event, before = turn.event, turn.before
        reply = await (self._pressed(turn) if event.kind is Kind.BUTTON else self._decide(turn))
        if reply is None or not reply.text or event.kind is Kind.GONE:
            return
        if before is not None and before.task is not None:
            await asyncio.wait({before.task})
        await replies.send(self._bot, event.address, reply, event.at, self._turn)

    async def _pressed(self, turn: Turn) -> Reply | None:
        """Decide, and let the button come to rest in time; gives what is still to be said."""
        event = turn.event
        thinking = asyncio.create_task(self._decide(turn))
        try:
            await asyncio.wait({thinking}, timeout=self._timings.toast)
            in_time = thinking.done()
            reply = thinking.result() if in_time else Reply(toast=WORKING)
            await replies.toast(self._bot, turn.query.id, reply.toast if reply else "", event.at)
            reply = await thinking
        finally:
            thinking.cancel()
        if reply is not None and reply.settles:
            await replies.settle(self._bot, turn.query, event.at)
        if reply is None or in_time or reply.text or not event.private:
            return reply
        return Reply(text=reply.toast)  # too late for a word beside the button

    async def _decide(self, turn: Turn) -> Reply | None:
        event = turn.event
        try:
            if turn.before is not None:
                await turn.before.decided.wait()
            async with asyncio.timeout(self._timings.answer):
                return await self._answer(event)
        except Exception as error:  # noqa: BLE001 - one failure must not end the answers to everybody
            # Its text is not logged: it may quote what was written, or a dossier.
            log.error("an event could not be answered", kind=event.kind.value, error=type(error).__name__,
                      where=_where(error))  # fmt: skip
            return _apology(event, BUSY if isinstance(error, TimeoutError) else FAILED)
        finally:
            turn.decided.set()

    @asynccontextmanager
    async def _turn(self, chat: str) -> AsyncIterator[None]:
        """The chat's turn for one message, once it takes another.

        Counted from the answer: a message may be on its way for a while, and the next one must not catch up with it.
        """
        clock = asyncio.get_running_loop().time
        wait = self._sent_at.get(chat, 0.0) + self._timings.between - clock()
        if wait > 0:
            await asyncio.sleep(wait)
        over = clock() - self._timings.between
        self._sent_at = {other: at for other, at in self._sent_at.items() if at > over}
        self._sent_at[chat] = clock()
        try:
            yield
        finally:
            self._sent_at[chat] = clock()


def _apology(event: Inbound, words: str) -> Reply | None:
    if event.kind is Kind.BUTTON:
        return Reply(toast=words)
    return Reply(text=words) if event.kind is Kind.TEXT and event.private else None


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
