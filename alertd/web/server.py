"""The web server inside the daemon's loop: uvicorn on sockets of our own; signals stay the daemon's."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from fastapi import FastAPI

log = get("web")
#: How long a stop waits for answers under way, in seconds.
DRAIN_SECONDS = 5
#: Connections at once; one more is told 503. A district's officers do not come near it.
CONNECTIONS = 512
#: What a machine without that kind of address says; the others of the same name may still serve.
_NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the daemon's handlers end the whole process cleanly."""
        yield


class WebServer:
    """Serves an application on one address, in the running loop."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        """`port` 0 takes any free one; see `port` after `start`."""
        self._host, self._wanted = host, port
        #: What answers each new request; another one may take its place while this serves.
        self.app: Callable[..., Awaitable[None]] = app
        config = uvicorn.Config(
            self._answer, interface="asgi3", http="h11", ws="none", lifespan="off", log_config=None, log_level="error",
            access_log=False, server_header=False, limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )  # fmt: skip
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None
        self.port = port

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    async def start(self) -> bool:
        """Begin to serve. An address that cannot be used is one line in the log and False: alerts go on without."""
        try:
            sockets = await asyncio.to_thread(_bind, self._host, self._wanted)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            log.error("no pages are served; alerts go on. Change web.listen, or end what uses the address",
                      listen=f"{self._host}:{self._wanted}", reason=reason)  # fmt: skip
            return False
        self.port = sockets[0].getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets), name="web")
        self._task.add_done_callback(_ended)
        log.info("serving pages", listen=f"{self._host}:{self.port}")
        return True

    @property
    def serves(self) -> bool:
        """Whether it has its address."""
        return self._task is not None and not self._task.done()

    async def stop(self) -> None:
        """Take no more connections, let answers under way go out, give the address back."""
        if self._task is None:
            return
        self._server.should_exit = True
        await asyncio.wait({self._task}, timeout=DRAIN_SECONDS + 2)
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})
        self._task = None


def _bind(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address of a name. Raises OSError when the port is taken on one, or none is this machine's."""
    bound: list[socket.socket] = []
    absent: OSError | None = None
    with ExitStack() as undo:
        for family, _, _, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            at = bound[0].getsockname()[1] if bound else port  # one port for all, also where any free one will do
            try:
                made = _listening(family, (address[0], at, *address[2:]))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                absent = error
                continue
            bound.append(made)
            undo.callback(made.close)
        if absent and not bound:
            raise absent
        undo.pop_all()
    return bound


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.listen()
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _ended(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("the pages ended; alerts go on", reason=type(error).__name__)
