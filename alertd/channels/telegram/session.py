"""One life of the library's Application: started, watched, stopped (delivery reference, section 3)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import ApplicationBuilder, TypeHandler

from alertd.channels.telegram.connection import PollRequest, Request, make_request
from alertd.channels.telegram.polling import PollingBot, PollState
from alertd.channels.telegram.respond import Responder
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from alertd.channels.telegram.respond import Answer
    from alertd.channels.telegram.timings import Timings

log = get("telegram")
ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
POOL_SIZE, POLL_POOL_SIZE = 32, 4


class StalledError(Exception):
    """No poll was completed, though the connections were built anew several times."""


class Session:
    """Fetches updates and answers them until something ends it.

    `met` is called with the bot's user name once Telegram has told it, `completed` after each answered poll; `told`
    holds the ids of updates that an earlier session has told already.
    """

    def __init__(
        self,
        token: str,
        base_url: str,
        proxy: str | None,
        answer: Answer,
        *,
        now: Callable[[], datetime],
        timings: Timings,
        told: dict[int, None],
        met: Callable[[str], None],
        completed: Callable[[], None],
    ) -> None:
        self._timings = timings
        self._met = met
        self._request = make_request(Request, proxy, timings.call, POOL_SIZE)
        self._polls = make_request(PollRequest, proxy, timings.read, POLL_POOL_SIZE)
        self._state = PollState()
        self._bot = PollingBot(
            token,
            base_url,
            (self._request, self._polls),
            state=self._state,
            timings=timings,
            now=now,
            before=self._settled,
            completed=completed,
        )
        self._responder = Responder(self._bot, answer, now=now, timings=timings, told=told)
        # no job queue: the library would start a scheduler of its own
        self._app = ApplicationBuilder().bot(self._bot).job_queue(None).build()
        self._app.add_handler(TypeHandler(Update, self._hear))

    async def run(self) -> NoReturn:
        """Raise why it came to an end: what the library raised, or StalledError. Leaves no task behind."""
        try:
            await self._start()
            await self._watch()
        finally:
            await self._stop()

    async def _start(self) -> None:
        try:
            async with asyncio.timeout(2 * self._timings.call):
                await self._app.initialize()  # asks who the bot is
        except InvalidToken as error:
            raise error.__cause__ or error from None  # the outer one quotes the token
        self._met(self._bot.username)
        await self._app.start()
        await self._start_polling()

    async def _start_polling(self) -> None:
        # No retries here: the supervisor makes them, with a pause that grows and an alarm.
        async with asyncio.timeout(2 * self._timings.call):
            await self._updater.start_polling(
                timeout=timedelta(seconds=self._timings.poll), bootstrap_retries=0, allowed_updates=ALLOWED
            )

    async def _watch(self) -> NoReturn:
        """Build the polling anew when no poll has come to its end for too long."""
        since, rebuilds, limit = self._state.heard_at, 0, self._timings.stall
        while True:
            await asyncio.wait({self._state.ended}, timeout=self._timings.check)
            if self._state.ended.done():
                raise self._state.ended.result()
            if self._state.heard_at > since:
                since, rebuilds, limit = self._state.heard_at, 0, self._timings.stall
            now = asyncio.get_running_loop().time()
            if now - since <= limit and not self._state.stuck:
                continue
            if rebuilds == self._timings.rebuilds:
                raise StalledError
            rebuilds += 1
            log.warning("polling is stuck and is built anew", seconds=round(now - self._state.heard_at), time=rebuilds)
            await self._rebuild()
            # new connections have shown within one poll whether they work
            since, limit = asyncio.get_running_loop().time(), self._timings.poll + self._timings.read

    async def _rebuild(self) -> None:
        self._state.mute = self._state.stopping = True
        await self._within(self._updater.stop())
        await self._within(self._polls.shutdown())
        await self._polls.initialize()
        self._state.mute = self._state.stopping = False
        self._state.full = 0
        await self._start_polling()

    async def _stop(self) -> None:
        self._state.stopping = True
        if self._updater.running:
            await self._within(self._updater.stop())
        await self._within(self._responder.finish())
        if self._app.running:
            await self._within(self._app.stop())
        await self._within(self._app.shutdown())
        # the library closes them only after a start that succeeded
        await self._within(self._request.shutdown())
        await self._within(self._polls.shutdown())

    async def _hear(self, update: Update, _context: Any) -> None:
        self._responder.hear(update)

    async def _settled(self) -> None:
        """Wait until what was fetched is answered: the next poll tells Telegram to forget it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timings.settle):
                await self._app.update_queue.join()
                await self._responder.settled()

    async def _within(self, step: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(step, self._timings.stop)
        except Exception as error:  # noqa: BLE001 - the next step of the stop is due all the same
            log.debug("a step of the stop failed", error=type(error).__name__)

    @property
    def _updater(self) -> Any:
        assert self._app.updater is not None
        return self._app.updater
