"""The judges are judged: what they report must be what happened, and by hand they must run."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.peers.webhook_receiver import WebhookReceiver
from tests.peers.zalo_bot_server import ZaloBotServer
from tests.peers.zalo_server import ZaloServer

ROOT = Path(__file__).parents[2]


@contextmanager
def process(module, *options):
    command = [sys.executable, "-m", f"tests.peers.{module}", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running, running.stdout.readline().strip()
        finally:
            running.terminate()


async def test_it_names_everything_that_a_good_caller_never_does():
    async with ZaloServer(per_minute=12) as server, httpx.AsyncClient(base_url=server.url) as client:
        headers = {"access_token": server.access}

        async def post(path, body, given=headers):
            return (await client.post(path, json=body, headers=given)).json()["error"]

        text = {"recipient": {"user_id": "1"}, "message": {"text": "x" * 2001}}
        assert await post("/v3.0/oa/message/cs", text) == -210
        marked = {"recipient": {"group_id": "1"}, "message": {"text": "e\u0302\u0300 [@all]"}}
        assert await post("/v3.0/oa/group/message", marked) == 0
        assert await post("/v3.0/oa/message/promotion", text) == -240
        by_phone = {"phone": "0912345678", "template_id": "t", "template_data": {}, "tracking_id": "m"}
        assert await post("/message/template", by_phone) == -108
        good = {**by_phone, "phone": "84912345678"}
        assert await post("/message/template", {**good, "tracking_id": "m" * 49}) == -122
        assert await post("/message/template", {**good, "template_data": {"ten": "x" * 31}}) == -1122
        assert await post("/message/template", {**good, "template_data": {"name": "x"}}) == -112
        assert await post("/message/template/hashphone", good) == -108
        assert await post("/v3.0/oa/message/template", {"user_id": "1", "tracking_id": "m"}) == -201
        assert await post("/v3.0/oa/message/voice", {}) == -212
        assert await post("/message/template", good, {"access_token": "other"}) == -124
        assert await post("/message/template", good, {"Authorization": f"Bearer {server.access}"}) == -124
        assert await post("/message/template", good) == 0
        assert await post("/message/template", good) == -32

    assert server.violations == [
        "2001 characters",
        "a mention in a group's text",
        "a text that is not NFC",
        "/v3.0/oa/message/promotion was shut down",
        "a phone number of another form",
        "tracking_id is missing or longer than 48",
        "parameter ten of 31 characters",
        "unknown parameters: ['name']",
        "a phone number that is not hashed",
        "tracking_id is not accepted by user id",
        "POST /v3.0/oa/message/voice is no endpoint",
        "Authorization header instead of access_token",
        "13 requests in a minute",
    ]


async def test_its_tokens_rotate_and_it_remembers_the_void_ones():
    async with ZaloServer() as server, httpx.AsyncClient(base_url=server.url) as client:
        old = server.access, server.refresh
        form = {"refresh_token": old[1], "app_id": server.app_id, "grant_type": "refresh_token"}
        headers = {"secret_key": server.secret_key}
        first = await client.post("/v4/oa/access_token", data=form, headers=headers)
        again = await client.post("/v4/oa/access_token", data=form, headers=headers)
        unknown = await client.post("/v4/oa/access_token", data={**form, "refresh_token": "x"}, headers=headers)
        stale = await client.get("/v2.0/oa/getoa", headers={"access_token": old[0]})

    assert first.json() == {"access_token": server.access, "refresh_token": server.refresh, "expires_in": "90000"}
    assert (again.status_code, again.content) == (200, b"")
    assert unknown.json()["error"] == -14014
    assert stale.json()["error"] == -216
    assert server.violations == [
        "a refresh token was used twice",
        "a token was used after its successor was handed out",
    ]


async def test_its_events_are_sent_again_as_zalo_numbers_them():
    async with ZaloServer() as server, WebhookReceiver() as receiver:
        headers, body = server.event("follow", follower={"id": "1"})
        statuses = await server.post(receiver.url, headers, body, times=3)

    assert statuses == [200] * 3
    assert [seen.headers.get("num_retry") for seen in receiver.seen] == [None, "1", "2"]
    assert receiver.raw == [body] * 3


async def test_the_bots_judge_names_what_a_good_caller_never_does():
    async with ZaloBotServer() as server, httpx.AsyncClient(base_url=f"{server.url}/bot{server.token}/") as client:
        for text in ("x" * 2001, "e\u0302\u0300", ""):
            await client.post("sendMessage", json={"chat_id": "1", "text": text})
        await client.post("editMessage", json={})

    assert server.violations == [
        "2001 characters",
        "a text that is not NFC",
        "0 characters",
        "editMessage is no method",
    ]
    assert [taken.text for taken in server.taken] == ["e\u0302\u0300"]


@pytest.mark.process
def test_by_hand_zalo_prints_its_first_grant_and_what_arrives():
    with process("zalo_server", "--lifetime", "60") as (running, url):
        access = running.stdout.readline().split()[1]
        running.stdout.readline()
        body = {"recipient": {"user_id": "1"}, "message": {"text": "chào"}}
        answer = httpx.post(f"{url}/v3.0/oa/message/cs", json=body, headers={"access_token": access})
        printed = running.stdout.readline()

    assert answer.json()["error"] == 0
    assert '"form": "cs"' in printed
    assert "chào" in printed
    assert running.wait(10) == 0


@pytest.mark.process
def test_by_hand_the_bot_prints_what_arrives():
    with process("zalo_bot_server", "--token", "1:a", "--lifetime", "60") as (running, url):
        httpx.post(f"{url}/bot1:a/sendMessage", json={"chat_id": "c", "text": "chào"})
        printed = [running.stdout.readline() for _ in range(2)]

    assert printed == ["to c:\n", "chào\n"]
