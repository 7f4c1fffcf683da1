"""The proxy that the environment names is used, for the addresses that it is for."""

from __future__ import annotations

import base64

import httpx
import pytest

from alertd.channels.webhook import WebhookChannel
from alertd.channels.webhook.road import road
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome
from tests.channels.samples import now, outgoing
from tests.peers.loopback import Answer, Loopback
from tests.peers.webhook_receiver import WebhookReceiver


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def send(url):
    channel = WebhookChannel(url, "geheim", now=now, timeout=2.0)
    try:
        return await channel.send(outgoing())
    finally:
        await channel.close()


async def test_a_proxy_is_asked_for_the_whole_address_and_told_its_own_password(no_proxy):
    asked = []

    async def respond(request):
        asked.append(request)
        return Answer(200)

    async with Loopback(respond) as proxy:
        no_proxy.setenv("HTTP_PROXY", f"http://user:word@127.0.0.1:{proxy.port}")
        result = await send("http://gateway.example/hook?key=1")

    assert result.outcome is Outcome.ACCEPTED
    (request,) = asked
    assert request.target == "http://gateway.example/hook?key=1"
    assert request.headers["host"] == "gateway.example"
    assert request.headers["proxy-authorization"] == "Basic " + base64.b64encode(b"user:word").decode()


async def test_a_tunnel_that_the_proxy_refuses_means_that_nothing_was_sent(no_proxy):
    async def respond(request):
        return Answer(407)

    async with Loopback(respond) as proxy:
        no_proxy.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        result = await send("https://gateway.example/hook")

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "webhook:proxy")


@pytest.mark.parametrize("port", [False, True])
async def test_what_the_environment_excludes_is_reached_straight(no_proxy, port):
    no_proxy.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with WebhookReceiver("geheim") as receiver:
        no_proxy.setenv("NO_PROXY", receiver.url.split("/")[2] if port else "127.0.0.1")
        result = await send(receiver.url)

    assert result.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("proxy", ["gopher://u:word@x:1", "socks5://u:word@x:1", "http://[::1"])
def test_a_proxy_that_is_none_is_a_clear_error_without_its_password(no_proxy, proxy):
    no_proxy.setenv("HTTP_PROXY", proxy)
    with pytest.raises(InputError, match="proxy") as told:
        road(httpx.URL("http://gateway/hook"))
    assert "word" not in str(told.value)
