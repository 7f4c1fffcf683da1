"""Everything by which people answer: the desk, Telegram's updates, the pages and hooks that are served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alertd import assembly
from alertd.core.signing import Signer
from alertd.jobs.hear import Hear
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

    def __init__(self, loaded: Loaded, database: Database, clock: Callable[[], datetime]) -> None:
        """Nothing is opened before `start`."""
        self._loaded, self._database, self._clock = loaded, database, clock
        key = assembly.key(loaded)
        signer = Signer(key) if key else None
        web = loaded.settings.web
        made = links(signer, web.public_url if web else None)
        #: The page and the buttons of a message.
        self.links: Links = made
        self._signer = signer
        self._desk = Desk(database, loaded.rules, signer, lambda message, person, now: made(message, person, now).page)
        self._hear: Hear | None = None
        self._updates: Updates | None = None
        self._web: WebServer | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self, channels: Mapping[str, Channel], heard: Callable[[], None]) -> None:
        """Serve, and listen. A provider that is out of reach, or an address in use, holds up nothing."""
        hooked = {name: channel for name, channel in channels.items() if name in HOOKED}
        self._hear = Hear(self._database, self._desk.answer, hooked)  # type: ignore[arg-type]
        self._updates = self._telegram()
        if self._updates is not None:
            self._listening = asyncio.create_task(self._updates.run(), name="telegram-updates")
        self._web = self._server(heard)
        if self._web is not None:
            await self._web.start()

    async def stop(self) -> None:
        """Serve no more, listen no more."""
        if self._web is not None:
            await self._web.stop()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def tick(self, now: datetime) -> None:
        """Handle what hooks have stored."""
        if self._hear is not None:
            await self._hear.tick(now)

    def _telegram(self) -> Updates | None:
        settings = self._loaded.settings.channels.telegram
        if settings is None or not settings.answers:
            return None
        # imported only where it is used: the library is large
        from alertd.channels.telegram import Updates  # noqa: PLC0415

        return Updates(
            settings.token.reveal(), self._answer, now=self._clock, alarm=self._alarm, base_url=settings.base_url,
            proxy=settings.proxy,
        )  # fmt: skip

    def _server(self, heard: Callable[[], None]) -> WebServer | None:
        web = self._loaded.settings.web
        if web is None:
            return None
        from alertd.web.app import create  # noqa: PLC0415 - as above
        from alertd.web.providers import hooks  # noqa: PLC0415
        from alertd.web.server import WebServer  # noqa: PLC0415

        app = create(
            database=self._database, rules=self._loaded.rules, signer=self._signer, clock=self._clock,
            hooks=hooks(self._loaded.settings.channels), heard=heard, ages=assembly.ages(self._loaded),
            channels=self._loaded.settings.channels.names,
        )  # fmt: skip
        return WebServer(app, web.listen.host, web.listen.port)

    async def _answer(self, event: Inbound) -> Reply | None:
        return await asyncio.to_thread(self._desk.answer, event, self._clock())

    async def _alarm(self, _trouble: Trouble, text: str) -> None:
        await asyncio.to_thread(self._note, text)

    def _note(self, text: str) -> None:
        with self._database.write() as connection:
            reserved.channel_alarm(connection, self._loaded.rules, "telegram", reserved.NEWS + text, self._clock())
