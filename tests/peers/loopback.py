"""A small HTTP/1.1 server on loopback that answers as told, and misbehaves as told: the ground of the fake providers.

It is bounded: requests larger than 1 MiB are refused, a hang ends with the server, and leaving the `async with` ends
every connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """What arrived; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path, also where a proxy is asked for a whole URL."""
        return urlsplit(self.target).path


@dataclass(frozen=True)
class Answer:
    """What to send back after `delay` seconds.

    `fault`, always after the request was read whole: `hang` never answers, `drop` closes, `reset` breaks the
    connection, `half` sends half the body, `drip` sends the head one byte at a time and never ends it.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: str | None = None


def json_answer(content: Any, status: int = 200, **rest: Any) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json"}, **rest)


class Loopback:
    """Serves while its `async with` lasts."""

    def __init__(self, respond: Callable[[Request], Awaitable[Answer]], port: int = 0) -> None:
        self._respond = respond
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, backlog=512)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            # a cancelled task would be reported as an unhandled error by asyncio's streams
            with contextlib.suppress(asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
                while (request := await _read(reader)) is not None:
                    if not await _write(writer, await self._respond(request)):
                        break
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    length = int(headers.get("content-length", "0"))
    if length > MAX_BYTES:
        return None
    return Request(method, target, headers, await reader.readexactly(length))


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Send an answer; False if the connection is over."""
    await asyncio.sleep(answer.delay)
    if answer.fault == "hang":
        await asyncio.Event().wait()
    if answer.fault == "reset":
        # no lingering: the kernel sends RST instead of FIN
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if answer.fault in {"drop", "reset"}:
        return False
    if answer.fault == "drip":
        writer.write(f"HTTP/1.1 {answer.status} -\r\nX-Slow: ".encode())
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    head = f"HTTP/1.1 {answer.status} -\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    body = answer.body[: len(answer.body) // 2] if answer.fault == "half" else answer.body
    writer.write(head.encode("latin-1") + b"\r\n" + body)
    await writer.drain()
    return answer.fault != "half"
