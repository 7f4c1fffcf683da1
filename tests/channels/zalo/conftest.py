from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.channels.zalo import Endpoint, Forms, Tokens, ZaloChannel
from alertd.store.credentials import Credentials
from alertd.store.database import Database
from alertd.store.tables import credentials
from tests.peers.zalo_server import ZaloServer

KEY = b"k" * 32
#: 16:00 on a Tuesday in Vietnam.
START = datetime(2024, 6, 4, 9, 0, 30, tzinfo=UTC)
TEMPLATES = {"default": "7895417a7d3f9461cd2e"}


class Clock:
    """A clock that stands still until it is moved; the server has the same."""

    def __init__(self, at=START):
        self.at = at

    def __call__(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()

    def move(self, **amount):
        self.at += timedelta(**amount)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def server(clock):
    async with ZaloServer(clock=clock.seconds) as made:
        yield made


@pytest.fixture
def stored(tmp_path):
    """A database with nothing but the table of tokens."""
    made = Database(f"sqlite:///{tmp_path / 'alertd.db'}")
    credentials.create(made.engine)
    yield made
    made.close()


@pytest.fixture
def vault(stored, tmp_path):
    return Credentials(stored, KEY, "zalo", "42", tmp_path / "zalo.journal")


@pytest.fixture
async def make_tokens(server, vault, clock):
    """Tokens of this account, as one process after another would have them."""
    made = []

    def make(**options):
        given = {"access_token": server.access, "refresh_token": server.refresh, "vault": vault, **options}
        endpoint = Endpoint(
            given.pop("url", server.url),
            server.app_id,
            given.pop("secret_key", server.secret_key),
            timeout=given.pop("timeout", 5.0),
            pause=0.01,
        )
        tokens = Tokens(given.pop("vault"), endpoint, now=clock, **given)
        made.append(tokens)
        return tokens

    yield make
    for tokens in made:
        await tokens.close()


@pytest.fixture
async def make_channel(server, make_tokens, clock):
    made = []

    def make(*, tokens=None, timeout=5.0, base_url=None, phone_url=None, **options):
        forms = Forms(**{"templates": TEMPLATES, "pages": True, **options})
        channel = ZaloChannel(
            tokens or make_tokens(),
            forms,
            now=clock,
            base_url=base_url or server.url,
            phone_url=phone_url or server.url,
            timeout=timeout,
        )
        made.append(channel)
        return channel

    yield make
    for channel in made:
        await channel.close()
