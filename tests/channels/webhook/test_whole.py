"""A request leaves in one piece, also through TLS, and the connection serves the next one."""

from __future__ import annotations

import asyncio

import httpcore
import pytest

from alertd.channels.webhook import WebhookChannel
from alertd.channels.webhook.whole import Held
from alertd.core.outcome import Outcome
from tests.channels.samples import now, outgoing


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_head_and_body_come_together_and_two_messages_by_one_connection(certificate, monkeypatch, scheme):
    pem, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    came, connections = [], []

    async def take(reader, writer):
        connections.append(asyncio.current_task())
        while piece := await reader.read(65536):
            came.append(piece)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context if scheme == "https" else None)
    channel = WebhookChannel(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/", None, now=now, timeout=5.0)
    try:
        results = [await channel.send(outgoing(id=f"m-{n}.1")) for n in range(2)]
    finally:
        await channel.close()
        await asyncio.gather(*connections)
        server.close()
        await server.wait_closed()

    assert [each.outcome for each in results] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert len(connections) == 1
    assert [(piece.startswith(b"POST / HTTP/1.1\r\n"), piece.endswith(b"}")) for piece in came] == [(True, True)] * 2


class Refusing:
    """A stream to a receiver that has answered and takes no more."""

    async def write(self, _buffer, _timeout):
        raise httpcore.WriteError("broken pipe")

    async def read(self, _max_bytes, _timeout):
        return b"HTTP/1.1 413 -"


async def test_an_answer_that_came_before_the_whole_request_was_taken_is_heard():
    held = Held(Refusing())
    await held.write(b"POST")
    await held.write(b"body")

    assert await held.read(64) == b"HTTP/1.1 413 -"
