"""The server in the daemon's loop: it takes its address, gives it back, and without one alerts go on."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket

import httpx
import pytest
from structlog.testing import capture_logs

from alertd.core.errors import StoreError
from alertd.web.server import WebServer
from tests.web.ground import Site, serving


@pytest.fixture
def app(database):
    return Site(database).app()


async def test_it_gives_its_address_back_and_can_take_it_again(app):
    first = WebServer(app, "127.0.0.1", 0)
    assert await first.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{first.port}") as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        await first.stop()  # with a connection that is kept alive
        with pytest.raises(httpx.TransportError):
            await client.get("/health")
    second = WebServer(app, "127.0.0.1", first.port)
    assert await second.start()
    await second.stop()
    await second.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
async def test_a_port_in_use_is_one_line_and_no_failure(app, host):
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as logs:
        port = taken.getsockname()[1]
        server = WebServer(app, host, port)
        assert not await server.start()
        await server.stop()
    (line,) = logs
    assert (line["log_level"], line["listen"], line["reason"]) == ("error", f"{host}:{port}", "Address already in use")


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid", "x" * 300, "\udcff"])
async def test_an_address_that_is_not_ours_is_one_line_and_no_failure(app, host):
    with capture_logs() as logs:
        server = WebServer(app, host, 8080)
        assert not await server.start()
        await server.stop()
    (line,) = logs
    assert line["log_level"] == "error"
    assert line["reason"]


async def test_signals_stay_the_daemons(app):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    server = WebServer(app, "127.0.0.1", 0)
    await server.start()
    await asyncio.sleep(0)
    assert {number: signal.getsignal(number) for number in before} == before
    await server.stop()
    assert {number: signal.getsignal(number) for number in before} == before


async def test_no_reference_no_query_and_no_address_reaches_a_log(database, caplog, monkeypatch):
    site = Site(database).seed()
    token = site.token()
    for quiet in ("httpx", "httpcore", "asyncio"):  # the client's own, and the loop's
        caplog.set_level(logging.WARNING, quiet)
    caplog.set_level(logging.DEBUG)  # last: it is the level of what is caught, too

    def away():
        raise StoreError("the database is away")

    with capture_logs() as logs:
        async with site.served() as client:
            for path in ("", "?done=bi-mat", "/nothing?x=bi-mat"):
                await client.get(f"/m/{token}{path}")
                await client.post(f"/m/{token}{path}", content=b"bi-mat")
            await client.get(f"/m/{token}x")
            monkeypatch.setattr(site.database, "read", away)
            assert (await client.get(f"/m/{token}")).status_code == 503
            monkeypatch.setattr(site.database, "read", lambda: 1 / 0)
            assert (await client.get(f"/m/{token}?q=bi-mat")).status_code == 503
            reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            writer.write(f"GET /m/{token} bi-mat\r\n\r\n".encode())  # no HTTP
            await reader.read()
            writer.close()
    errors = [(line["page"], line["reason"]) for line in logs if line["log_level"] == "error"]
    assert errors == [("/m/{token}", "the database is away"), ("/m/{token}", "ZeroDivisionError")]
    for word in (token, token[:25], "bi-mat"):
        assert word not in str(logs)
        assert word not in caplog.text


async def test_a_page_that_is_slow_holds_up_no_other(app, database):
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        with database.write():  # a writer holds the database; a sign of life does not ask it
            assert (await client.get("/health")).status_code == 200


async def test_the_bare_address_leads_to_the_board(app):
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "b/")
