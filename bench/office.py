"""What the benchmarks of delivery stand on: officers reached over a real channel that talks to a fake provider, and a
clock that goes on as clocks do and can be moved ahead.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from alertd.channels.email import EmailChannel
from alertd.channels.telegram import TelegramChannel
from alertd.channels.webhook import WebhookChannel
from alertd.channels.zalo import Endpoint, Forms, Tokens, ZaloChannel
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.store import people
from alertd.store.credentials import Credentials
from tests.peers.loopback import Loopback
from tests.peers.mail_server import MailServer
from tests.peers.telegram_server import TelegramServer
from tests.peers.webhook_receiver import WebhookReceiver
from tests.peers.zalo_server import ZaloServer
from tests.store.ground import World, at, dossier, organisation, person, rules

START = at("05/06 16:00")
#: The parts that no turn of anything can change any more.
SETTLED = {"accepted", "superseded", "failed"}
_CODE = re.compile(r"^\d+\. (MAU-\d+)\b", re.MULTILINE)


@dataclass
class Clock:
    """From 16:00 on a Wednesday; what is added to `ahead` is passed over at once."""

    began: float = field(default_factory=time.monotonic)
    ahead: timedelta = timedelta()

    def __call__(self):
        return START + self.ahead + timedelta(seconds=time.monotonic() - self.began)

    def move(self, amount):
        self.ahead += amount

    def seconds(self):
        return self().timestamp()


# --- providers --------------------------------------------------------------------------------------------------------


class Provider:
    """A fake provider and the channel that talks to it: what was taken, by whom, and how to take it away."""

    def __init__(self, server, channel):
        self.server, self.channel = server, channel
        self._down = False

    @property
    def taken(self):
        """(address or person, text) of every message that a person now sees."""
        raise NotImplementedError

    async def down(self):
        """Out of reach: nobody listens, open connections end."""
        loop = self.server._loopback
        self._port = loop.port
        await loop.__aexit__()
        self._down = True

    async def up(self):
        """In reach again at the same address."""
        self.server._loopback = Loopback(self.server._respond, self._port)
        await self.server._loopback.__aenter__()
        self._down = False

    async def tick(self, now):
        """What a daemon does for the channel besides sending."""

    async def end(self):
        await self.channel.close()
        if not self._down:
            await self.server.__aexit__(None, None, None)


class Telegram(Provider):
    @classmethod
    async def make(cls, _, clock):
        server = await TelegramServer(enforce=True, clock=clock.seconds).__aenter__()
        return cls(server, TelegramChannel(server.token, now=clock, base_url=server.base_url))

    @staticmethod
    def contact(number):
        return Contact("telegram", str(1000 + number))

    @property
    def taken(self):
        return [(each.chat_id, each.text) for each in self.server.taken]


class Webhook(Provider):
    @classmethod
    async def make(cls, _, clock):
        server = await WebhookReceiver("bench-secret", strict=True, now=clock.seconds).__aenter__()
        return cls(server, WebhookChannel(server.url, "bench-secret", now=clock))

    @staticmethod
    def contact(_):
        return Contact("webhook")

    @property
    def taken(self):
        return [(each.body["person"], each.body["text"]) for each in self.server.seen if not each.refused]


class Zalo(Provider):
    @classmethod
    async def make(cls, database, clock):
        server = await ZaloServer(clock=clock.seconds).__aenter__()
        folder = tempfile.mkdtemp(prefix="alertd-bench-")
        vault = Credentials(database, b"k" * 32, "zalo", "42", Path(folder) / "journal")
        endpoint = Endpoint(server.url, server.app_id, server.secret_key, pause=0.01)
        tokens = Tokens(vault, endpoint, now=clock, access_token=server.access, refresh_token=server.refresh)
        channel = ZaloChannel(tokens, Forms({"default": "1"}), now=clock, base_url=server.url, phone_url=server.url)
        return cls(server, channel)

    @staticmethod
    def contact(number):
        return Contact("zalo", str(7000 + number))

    @property
    def taken(self):
        return [(each.to, each.body["message"]["text"]) for each in self.server.taken]

    async def tick(self, now):
        await self.channel.tokens.tick(now)


class Mail(Provider):
    @classmethod
    async def make(cls, _, clock):
        server = await MailServer().__aenter__()
        channel = EmailChannel(
            "127.0.0.1", "alertd@office.example", port=server.port, security="none", now=clock, timeout=5.0
        )
        return cls(server, channel)

    @staticmethod
    def contact(number):
        return Contact("email", f"post-{number}@office.example")

    @property
    def taken(self):
        return [(each.recipient, each.text) for each in self.server.mails]

    async def down(self):
        await self.server.__aexit__(None, None, None)
        self._down = True

    async def up(self):
        await self.server.__aenter__()
        self._down = False


PROVIDERS = {"telegram": Telegram, "zalo": Zalo, "webhook": Webhook, "email": Mail}


# --- the office -------------------------------------------------------------------------------------------------------


class Office:
    """So many officers and a head of whom nothing is told here, and the jobs that reach them."""

    def __init__(self, database, clock, providers, contacts, limits, ladder):
        crowd = [person(f"p{n}", "staff@TP", ids=(f"tp.p{n}",), contacts=each) for n, each in enumerate(contacts)]
        self.database, self.clock, self.providers = database, clock, providers
        self.world = World(
            database, rules(*ladder, org=organisation(*crowd)), max_age=MaxAge(working_days=9), limits=limits,
            channels={each.channel.name: each.channel for each in providers},
        )  # fmt: skip
        self.size = len(crowd)
        for deliver in self.world.deliver.each.values():
            deliver.clock = clock
        # whoever is in a chat with the account has written to it
        with database.write() as connection:
            for n, each in enumerate(contacts):
                for contact in each:
                    if contact.channel == "zalo":
                        people.connect(connection, f"p{n}", "zalo", contact.address, START)

    def shown(self, first=0, due="10/06 16:00"):
        """One dossier a person."""
        return [
            dossier(f"MAU-{first + n:05d}", due=due, officers=(f"tp.p{n}",), procedure="Thủ tục mẫu")
            for n in range(self.size)
        ]

    def read(self, *shown):
        """A poll, and what falls due in it."""
        self.world.run(self.clock(), *shown)

    async def turn(self):
        """One turn of everything; gives the number of calls."""
        now = self.clock()
        await asyncio.to_thread(self.world.compose, now)
        await asyncio.to_thread(self.world.deliver.route.tick, now)
        for each in self.providers:
            await each.tick(now)
        return sum(await asyncio.gather(*(each.tick(now) for each in self.world.deliver.each.values())))

    def left(self):
        """How many parts are not settled."""
        return sum(row.state not in SETTLED for row in self.world.rows("outbox"))

    async def send_all(self, *, seconds, leap=timedelta()):
        """Turn after turn until all is settled, at most so many seconds of the clock; `leap` between turns."""
        end = self.clock() + timedelta(seconds=seconds)
        while True:
            await self.turn()
            if not self.left() or self.clock() > end:
                return
            self.clock.move(leap)
            await asyncio.sleep(0.01)

    def outcomes(self):
        return Counter(row.outcome for row in self.world.rows("attempts"))


def codes(text):
    """The dossiers that a message names."""
    return _CODE.findall(text)


@contextlib.asynccontextmanager
async def office(database, providers, contacts, limits, *, ladder=()):
    """An office over these kinds of providers, each kept to its limits; `ladder` is in place of the standard policy."""
    clock = Clock()
    made = [await PROVIDERS[name].make(database, clock) for name in providers]
    try:
        yield Office(database, clock, made, contacts, limits, ladder)
    finally:
        for each in made:
            await each.end()
