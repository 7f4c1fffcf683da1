"""The judge is judged: what it reports must be what happened."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.peers.webhook_receiver import WebhookReceiver

ROOT = Path(__file__).parents[2]


@contextmanager
def process(log, *options):
    command = [sys.executable, "-m", "tests.peers.webhook_receiver", "--log", str(log), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running, f"http://127.0.0.1:{int(running.stdout.readline())}/hook"
        finally:
            running.terminate()


async def test_it_names_everything_that_is_wrong_with_a_request():
    async with WebhookReceiver("secret") as receiver, httpx.AsyncClient() as client:
        await client.put(receiver.url, json={"id": "a", "dossiers": [{"code": "A", "name": "somebody"}]})

    assert receiver.violations == [
        "PUT instead of POST",
        "Content-Type is application/json",
        "X-Alertd-Timestamp is not Unix seconds",
        "the signature is wrong or missing",
        "fields differ: ['kind', 'late', 'part', 'parts', 'person', 'person_name', 'phone', 'text', 'unit', 'urgency']",
        "Idempotency-Key is not the id",
        "a dossier's fields differ: ['due_at', 'name', 'step', 'url']",
    ]


def signed(body, when, secret="secret"):
    """Headers as alertd makes them, written out anew."""
    digest = hmac.new(secret.encode(), str(when).encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8", "Idempotency-Key": "a", "X-Alertd-Timestamp": str(when),
        "X-Alertd-Signature": f"sha256={digest}",
    }  # fmt: skip


async def test_a_strict_one_refuses_what_is_unsigned_wrong_old_or_replayed():
    body = json.dumps({"id": "a"}).encode()
    async with WebhookReceiver("secret", strict=True, now=lambda: 1000.0) as receiver, httpx.AsyncClient() as client:

        async def post(headers):
            answer = await client.post(receiver.url, content=body, headers=headers)
            return answer.status_code, answer.json().get("error"), answer.json().get("id")

        assert await post({"Idempotency-Key": "a", "X-Alertd-Timestamp": "1000"}) == (401, "unsigned", None)
        assert await post(signed(body, 1000, "another")) == (401, "wrong signature", None)
        assert await post(signed(body + b" ", 1000)) == (401, "wrong signature", None)
        assert await post(signed(body, 699)) == (401, "too old", None)
        assert await post(signed(body, 1301)) == (401, "too old", None)
        assert await post(signed(body, 1000)) == (200, None, "gateway-1")
        assert await post(signed(body, 1000)) == (401, "replayed", None)
        # a repeat by alertd itself has a time of its own, and gets the answer of the first
        assert await post(signed(body, 1001)) == (200, None, "gateway-1")


async def test_an_id_that_comes_again_for_another_message_is_a_violation():
    async with WebhookReceiver() as receiver, httpx.AsyncClient() as client:
        for changes in ({"text": "x"}, {"text": "(gửi lại) x"}, {"text": "x", "person": "another"}):
            await client.post(receiver.url, json={"id": "a"} | changes, headers={"Idempotency-Key": "a"})
    told = [("the id of another message" in seen.violations) for seen in receiver.seen]
    assert told == [False, False, True]


@pytest.mark.process
def test_as_a_process_it_tells_its_port_logs_each_request_and_ends_on_sigterm(tmp_path):
    log = tmp_path / "seen.jsonl"
    with process(log) as (running, url):
        answers = [httpx.post(url, json={"id": "a"}, headers={"Idempotency-Key": "a"}) for _ in range(2)]

    assert [answer.json()["id"] for answer in answers] == ["gateway-1", "gateway-1"]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["repeat"], line["body"]) for line in lines] == [
        ("a", 0, {"id": "a"}),
        ("a", 1, {"id": "a"}),
    ]
    assert running.wait(10) == 0


@pytest.mark.process
def test_as_a_process_it_logs_before_it_answers(tmp_path):
    log = tmp_path / "seen.jsonl"
    with process(log, "--delay-ms", "600000") as (running, url):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(url, json={"id": "a"}, timeout=httpx.Timeout(10, read=1))
        logged = log.read_text(encoding="utf-8")

    assert json.loads(logged)["body"] == {"id": "a"}
    assert running.wait(10) == 0


@pytest.mark.process
def test_as_a_process_it_ends_by_itself(tmp_path):
    with process(tmp_path / "seen.jsonl", "--lifetime", "0.1", "--status", "503") as (running, url):
        assert running.wait(10) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.post(url)
        with socket.socket() as free:
            free.bind(("127.0.0.1", int(httpx.URL(url).port)))
