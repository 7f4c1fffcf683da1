"""One call to a dead-man's switch: taken, or a reason that holds nothing of the address; never longer than allowed."""

from __future__ import annotations

import logging
import socket
import time
from datetime import timedelta

import pytest

from alertd.heartbeat import Switch
from tests.peers.loopback import Answer, Loopback

SECRET = "s3cr3t-Mau-0a1B2c"


class Receiver:
    """Counts the calls, and answers as told."""

    def __init__(self, answer=None):
        self.answer = answer or Answer()
        self.calls = []
        self.server = Loopback(self._respond)

    async def _respond(self, request):
        self.calls.append((request.method, request.target))
        return self.answer

    @property
    def url(self):
        return f"{self.server.url}/ping/{SECRET}?token={SECRET}"


async def pinged(url, method="GET", seconds=0.5):
    switch = Switch(url, method, timedelta(seconds=seconds))
    try:
        return await switch.ping()
    finally:
        await switch.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_success_is_taken(method, status):
    receiver = Receiver(Answer(status))
    async with receiver.server:
        assert await pinged(receiver.url, method) == ""
    assert receiver.calls == [(method, f"/ping/{SECRET}?token={SECRET}")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(500), "heartbeat:500: "),
        (Answer(404, b"no such check"), "heartbeat:404: "),
        (Answer(429, headers={"Retry-After": "3600"}), "heartbeat:429: "),
        (Answer(fault="hang"), "heartbeat:"),
        (Answer(fault="drip"), "heartbeat:"),
        (Answer(fault="reset"), "heartbeat:read: "),
        (Answer(fault="drop"), "heartbeat:protocol_error: "),
        (Answer(200, b"x" * 100, fault="half"), "heartbeat:protocol_error: "),
    ],
)
async def test_a_receiver_that_fails_in_any_way_is_a_reason_without_the_address_and_in_time(answer, code, caplog):
    caplog.set_level(logging.DEBUG)
    receiver = Receiver(answer)
    async with receiver.server:
        begin = time.monotonic()
        failure = await pinged(receiver.url)
        # the bound of a call, with room for a busy machine
        assert time.monotonic() - begin < 5
    assert failure.startswith(code)
    assert len(receiver.calls) == 1
    assert SECRET not in failure + caplog.text


async def test_a_redirect_is_not_followed_neither_to_another_host_nor_to_its_own(caplog):
    other, receiver = Receiver(), Receiver()
    async with other.server, receiver.server:
        for target in (other.url.replace("127.0.0.1", "localhost"), other.url, receiver.url):
            receiver.answer = Answer(302, headers={"Location": target})
            failure = await pinged(receiver.url)
            assert failure == "heartbeat:302: a redirect, which is not followed; write the address it leads to"
    assert (other.calls, len(receiver.calls)) == ([], 3)
    assert SECRET not in caplog.text


async def test_an_answer_without_end_is_read_no_further_than_allowed():
    receiver = Receiver(Answer(200, b"x" * (1 << 20)))
    async with receiver.server:
        assert await pinged(receiver.url) == ""


async def test_nobody_there_and_no_name_are_reasons():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        failure = await pinged(f"http://127.0.0.1:{taken.getsockname()[1]}/{SECRET}")
    assert failure.startswith("heartbeat:connect: no connection, nothing was sent")
    assert SECRET not in failure
    # .invalid is found nowhere (RFC 6761)
    failure = await pinged(f"http://switch.invalid/{SECRET}", seconds=5)
    assert failure.startswith("heartbeat:connect")
    assert SECRET not in failure
