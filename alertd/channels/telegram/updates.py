"""What people send to the bot, for as long as alertd runs (delivery reference, sections 3, 7.10 and 7.11)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from alertd.channels import transport
from alertd.channels.telegram.classify import classify
from alertd.channels.telegram.connection import BASE_URL, PollRequest, bot_url, checked_token, make_request, redacted
from alertd.channels.telegram.polling import CONFLICT, REFUSED
from alertd.channels.telegram.session import Session, StalledError
from alertd.channels.telegram.timings import Timings
from alertd.channels.telegram.trouble import WORDS, Trouble
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from alertd.channels.telegram.respond import Answer
    from alertd.core.conversation import Inbound, Reply

log = get("telegram")


class Updates:
    """Hears people through one bot, and answers them.

    `answer` is given each event once and says what to answer; it may be slow, or fail. `now` returns an aware instant.
    `alarm` is called once for each trouble, with a text for the admin. Nothing is called at construction. Raises
    InputError if token, address or proxy cannot be used.
    """

    def __init__(
        self,
        token: str,
        answer: Answer,
        *,
        now: Callable[[], datetime],
        alarm: Callable[[Trouble, str], Awaitable[None]],
        base_url: str = BASE_URL,
        proxy: str | None = None,
        timings: Timings | None = None,
    ) -> None:
        self._token = checked_token(token)
        self._base_url = bot_url(base_url)
        self._proxy = proxy
        make_request(PollRequest, proxy, 1.0, 1)  # so that a proxy that cannot be used is known now
        transport.keep_urls_out_of_logs("telegram")
        # it tells with tracebacks, some of which quote the token, what is told here in one line
        logging.getLogger("telegram.ext").setLevel(logging.CRITICAL)
        #: Both may be replaced while it runs.
        self.answer, self.alarm = answer, alarm
        self._now = now
        self._timings = timings or Timings()
        self._told: dict[int, None] = {}
        self._alarmed: set[Trouble] = set()
        self._failures = 0
        self._conflicts = 0
        self._quiet_since = 0.0  # of the loop's clock
        self._conflict_at = 0.0
        self._heard_at: datetime | None = None
        #: The bot's user name, without @, as soon as Telegram has told it.
        self.name: str | None = None
        #: What is wrong at present.
        self.trouble: Trouble | None = None

    def age(self, now: datetime) -> float | None:
        """Seconds since a poll was last completed; None if none was since the start."""
        return None if self._heard_at is None else max((now - self._heard_at).total_seconds(), 0.0)

    async def run(self) -> None:
        """Hear and answer until cancelled; whatever happens in between is tried again, ever more slowly."""
        self._quiet_since = self._time()
        while True:
            try:
                await self._session().run()
            except Exception as error:  # noqa: BLE001 - nothing but a cancellation ends this
                pause = await self._failed(error)
            await asyncio.sleep(pause)

    def _session(self) -> Session:
        return Session(
            self._token,
            self._base_url,
            self._proxy,
            self._answered,
            now=self._now,
            timings=self._timings,
            told=self._told,
            met=self._met,
            completed=self._completed,
        )

    async def _answered(self, event: Inbound) -> Reply | None:
        return await self.answer(event)

    def _met(self, name: str) -> None:
        self.name = name

    def _completed(self) -> None:
        self._heard_at = self._now()
        self._quiet_since = self._time()
        self._failures = 0
        self.trouble = None
        self._alarmed &= {Trouble.CONFLICT}
        # a rival that comes and goes is one conflict until it has been away for long
        if self._time() - self._conflict_at > self._timings.conflict_longest:
            self._alarmed.clear()
            self._conflicts = 0

    async def _failed(self, error: Exception) -> float:
        """Tell what has to be told; gives the pause before the next try, in seconds."""
        times = self._timings
        result = classify(error, self._now())
        if result.code == CONFLICT:
            await self._tell(Trouble.CONFLICT)
            self._conflict_at = self._time()
            self._conflicts += 1
            return min(times.conflict * 2.0 ** min(self._conflicts - 1, 10), times.conflict_longest)
        if result.code == REFUSED:
            await self._tell(Trouble.REFUSED)
            return times.refused
        self._failures += 1
        if isinstance(error, StalledError) or self._time() - self._quiet_since > times.stall:
            await self._tell(Trouble.STALLED)
        elif self._failures == 1:
            detail = redacted(result.detail, self._token)[:200]
            log.warning("Telegram is out of reach, and tried again", code=result.code, detail=detail)
        return min(times.again * 2.0 ** min(self._failures - 1, 10), times.again_longest)

    async def _tell(self, trouble: Trouble) -> None:
        self.trouble = trouble
        if trouble in self._alarmed:
            return
        self._alarmed.add(trouble)
        words = WORDS[trouble]
        log.error("nothing is heard from people on Telegram", trouble=trouble.value, reason=words.reason)
        try:
            await self.alarm(trouble, words.notice)
        except Exception as error:  # noqa: BLE001 - hearing people goes on
            log.error("the alarm could not be raised", trouble=trouble.value, error=type(error).__name__)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
