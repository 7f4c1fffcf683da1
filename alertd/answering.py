"""Everything by which people answer: the desk, Telegram's updates, the pages and hooks that are served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alertd import assembly
from alertd.config.places import Places
from alertd.config.reading import read_texts
from alertd.core.signing import Signer
from alertd.jobs.hear import Hear
from alertd.jobs.report import Reporter
from alertd.replies.desk import Desk
from alertd.replies.links import links
from alertd.store import reserved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from alertd.channels import Channel
    from alertd.channels.telegram import Trouble, Updates
    from alertd.config.load import Loaded
    from alertd.core.conversation import Inbound, Reply
    from alertd.jobs.outgoing import Links
    from alertd.store.database import Database
    from alertd.web.server import WebServer

#: Channels whose news comes through hooks and is handled by the `hear` job.
HOOKED = ("zalo", "zalo_bot")


class Answering:
    """Made from a configuration; `heard` is called when a hook has stored something to handle."""

    def __init__(
        self,
        loaded: Loaded,
        database: Database,
        clock: Callable[[], datetime],
        channels: Mapping[str, Channel],
        heard: Callable[[], None],
    ) -> None:
        """Nothing is opened before `start`. Raises InputError where a key or a token cannot be used."""
        self.loaded, self._database, self._clock = loaded, database, clock
        key = assembly.key(loaded)
        signer = Signer(key) if key else None
        web = loaded.settings.web
        made = links(signer, web.public_url if web else None)
        #: The page and the buttons of a message.
        self.links: Links = made
        self._signer = signer
        self._desk = Desk(database, loaded.rules, signer, lambda message, person, now: made(message, person, now).page)
        hooked = {name: channel for name, channel in channels.items() if name in HOOKED}
        self._hear = Hear(database, self._desk.answer, hooked)  # type: ignore[arg-type]
        self.updates = self._telegram()
        self.web = self._server(heard)
        self.listening: asyncio.Task[None] | None = None

    async def start(self, earlier: Answering | None = None, *, listen: bool = True) -> None:
        """Serve, and (`listen`) hear the bot. A provider out of reach, or an address in use, holds up nothing.

        In the place of an `earlier` one: an address that is served and a bot that is heard by the same settings go on
        without a break, and are answered by this one from now on.
        """
        if earlier is not None:
            await self._succeed(earlier)
        if listen:
            await self.listen()
        if self.web is not None and not self.web.serves:
            await self.web.start()

    async def stop(self) -> None:
        """Serve no more, listen no more."""
        await self.serve_no_more()
        await self.listen_no_more()

    async def tick(self, now: datetime) -> None:
        """Handle what hooks have stored."""
        await self._hear.tick(now)

    async def _succeed(self, earlier: Answering) -> None:
        before, after = earlier.loaded.settings, self.loaded.settings
        # the bot first, at once: a turn that begins meanwhile must find the one that hears it
        ours, theirs = self.updates, earlier.updates
        if ours and theirs and before.channels.telegram == after.channels.telegram:
            theirs.answer, theirs.alarm = self._answer, self._alarm
            self.updates, self.listening = theirs, earlier.listening
        else:
            await earlier.listen_no_more()
        here, there = self.web, earlier.web
        if here and there and before.web and after.web and before.web.listen == after.web.listen:
            there.app = here.app
            self.web = there
        else:
            await earlier.serve_no_more()

    async def serve_no_more(self) -> None:
        """Give the address back."""
        if self.web is not None:
            await self.web.stop()

    async def listen(self) -> None:
        """Hear the bot, unless that is done already."""
        if self.updates is not None and (self.listening is None or self.listening.done()):
            self.listening = asyncio.create_task(self.updates.run(), name="telegram-updates")

    async def listen_no_more(self) -> None:
        """Leave Telegram's updates to whoever comes next."""
        if self.listening is not None:
            self.listening.cancel()
            await asyncio.gather(self.listening, return_exceptions=True)

    def _telegram(self) -> Updates | None:
        settings = self.loaded.settings.channels.telegram
        if settings is None or not settings.answers:
            return None
        # imported only where it is used: the library is large
        from alertd.channels.telegram import Updates  # noqa: PLC0415

        return Updates(
            settings.token.reveal(), self._answer, now=self._clock, alarm=self._alarm, base_url=settings.base_url,
            proxy=settings.proxy,
        )  # fmt: skip

    def _server(self, heard: Callable[[], None]) -> WebServer | None:
        web = self.loaded.settings.web
        if web is None:
            return None
        from alertd.web.app import create  # noqa: PLC0415 - as above
        from alertd.web.board.weeks import Weeks  # noqa: PLC0415
        from alertd.web.providers import hooks  # noqa: PLC0415
        from alertd.web.server import WebServer  # noqa: PLC0415

        ages = assembly.ages(self.loaded)
        agency = assembly.agency(self.loaded.settings.report.agency)
        app = create(
            database=self._database, rules=self.loaded.rules, signer=self._signer, clock=self._clock,
            hooks=hooks(self.loaded.settings.channels), heard=heard, ages=ages,
            channels=self.loaded.settings.channels.names, agency=agency,
            weeks=Weeks(Reporter(self._database, self.loaded, ages), agency),
            places=Places(read_texts(self.loaded.text, self.loaded.folder)),
            jobs=assembly.working(self.loaded) if self.loaded.settings.heartbeat else None,
        )  # fmt: skip
        return WebServer(app, web.listen.host, web.listen.port)

    async def _answer(self, event: Inbound) -> Reply | None:
        return await asyncio.to_thread(self._desk.answer, event, self._clock())

    async def _alarm(self, _trouble: Trouble, text: str) -> None:
        await asyncio.to_thread(self._note, text)

    def _note(self, text: str) -> None:
        with self._database.write() as connection:
            reserved.channel_alarm(connection, self.loaded.rules, "telegram", reserved.NEWS + text, self._clock())
