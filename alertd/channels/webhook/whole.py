"""A request leaves in one piece: head and body by one call of the system, not by one each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


class Whole(httpcore.AsyncNetworkBackend):
    """The network as httpcore has it; what is written to a connection waits until an answer is asked for."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        """Connect, as httpcore does."""
        return Held(await self._network.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries to connect."""
        await self._network.sleep(seconds)


class Held(httpcore.AsyncNetworkStream):
    """A connection that holds back what is written to it; `timeout` is in seconds."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._held: list[bytes] = []
        self._patience: float | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's own
        """Hold it back."""
        if buffer:
            self._held.append(buffer)
            self._patience = timeout

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's own
        """Let go what is held back, then read. Raises what httpcore's own streams raise."""
        if self._held:
            whole, self._held = b"".join(self._held), []
            with suppress(httpcore.WriteError):  # as in httpcore: a receiver may answer before it closes
                await self._stream.write(whole, self._patience)
        return await self._stream.read(max_bytes, timeout)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same over TLS."""
        return Held(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    async def aclose(self) -> None:
        """Close it, whatever is held back."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        """What the connection itself says."""
        return self._stream.get_extra_info(info)
