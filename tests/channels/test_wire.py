"""One bounded call: whatever the other side does, it ends, in a bounded memory, at the address that was asked."""

from __future__ import annotations

import pytest

from alertd.channels import wire
from tests.peers.loopback import Answer, Loopback


async def heard(answer, longest=5.0):
    """What a call hears of this answer, and the paths that were asked."""
    asked = []

    async def respond(request):
        asked.append(request.path)
        return answer

    async with Loopback(respond) as server, wire.client(5.0) as http:
        return await wire.call(http, "GET", f"{server.url}/a", longest), asked


async def test_an_answer_without_end_is_read_up_to_its_limit():
    found, _ = await heard(Answer(200, b"x" * (10 * wire.MAX_ANSWER_BYTES)))
    assert len(found.body) == wire.MAX_ANSWER_BYTES


async def test_what_is_packed_is_not_unpacked():
    found, _ = await heard(Answer(200, b"\x1f\x8b\x08packed", {"Content-Encoding": "gzip"}))
    assert (found.body, found.json()) == (b"\x1f\x8b\x08packed", None)


@pytest.mark.parametrize("fault", ["drip", "hang"])
async def test_an_answer_that_drips_ends_with_the_call(fault):
    with pytest.raises(TimeoutError):
        await heard(Answer(200, b"{}", fault=fault), longest=0.2)


async def test_a_redirect_is_an_answer_and_followed_nowhere():
    found, asked = await heard(Answer(302, b"", {"Location": "/b"}))
    assert (found.status, asked) == (302, ["/a"])
