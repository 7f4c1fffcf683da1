"""One configuration's desk and pages take the place of another's: what has not changed goes on without a break."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from alertd.answering import Answering
from alertd.config.load import load
from tests.commands.ground import write_config
from tests.config.editing import edit


@pytest.fixture
def folder(tmp_path, database, url):
    made = write_config(
        tmp_path / "config", url, channels='  telegram: {token: "42:x", base_url: "http://127.0.0.1:9"}\n'
    )
    with (made / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write('web: {listen: "127.0.0.1:0"}\nkey: "%s"\n' % ("k" * 32))
    return made


def made(folder, database):
    return Answering(load(folder), database, lambda: datetime.now(UTC), {}, lambda: None)


@asynccontextmanager
async def in_turn(first, then):
    """The second in the place of the first."""
    await first.start()
    await then.start(first)
    try:
        yield
    finally:
        await then.stop()


async def alive(port):
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200


async def test_an_address_and_a_bot_that_stay_go_on(folder, database):
    first = made(folder, database)
    edit(folder, "escalation.yaml", ("at: +3d", "at: +2d"))
    then = made(folder, database)
    mine = then.web.app
    async with in_turn(first, then):
        assert then.web is first.web
        assert then.web.app is mine, "answered by the new one"
        assert await alive(then.web.port)
        assert then.updates is first.updates
        assert then.updates.answer == then._answer
        assert then.listening is first.listening
    with pytest.raises(httpx.TransportError):
        await alive(then.web.port)
    assert first.listening.done()


async def test_another_address_is_served_and_the_old_one_given_back(folder, database):
    first = made(folder, database)
    edit(folder, "alertd.yaml", ('listen: "127.0.0.1:0"', 'listen: "localhost:0"'))
    then = made(folder, database)
    async with in_turn(first, then):
        assert then.web is not first.web
        assert await alive(then.web.port)
        with pytest.raises(httpx.TransportError):
            await alive(first.web.port)


async def test_another_bot_is_heard_and_the_old_one_left(folder, database):
    first = made(folder, database)
    edit(folder, "alertd.yaml", ('token: "42:x"', 'token: "43:y"'))
    then = made(folder, database)
    async with in_turn(first, then):
        assert first.listening.done()
        assert then.listening is not first.listening
        assert not then.listening.done()


async def test_what_is_off_now_ends(folder, database):
    first = made(folder, database)
    edit(folder, "alertd.yaml", ('web: {listen: "127.0.0.1:0"}', "web: off"), ("base_url", "answers: false, base_url"))
    then = made(folder, database)
    async with in_turn(first, then):
        assert first.listening.done()
        assert (then.web, then.listening) == (None, None)
        with pytest.raises(httpx.TransportError):
            await alive(first.web.port)
