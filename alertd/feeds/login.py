"""Who asks a portal: what goes with every call of a `JsonClient`."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Auth(Protocol):
    """Who asks; a JsonClient asks this before each call."""

    async def headers(self) -> Mapping[str, str]:
        """The headers of the next call. Raises FeedError when there are none to be had."""
        ...

    async def renew(self) -> bool:
        """After a 401: whether it is worth asking once more, with other headers."""
        ...


class Basic:
    """A user and a password with every call."""

    def __init__(self, username: str, password: str) -> None:
        self._header = "Basic " + b64encode(f"{username}:{password}".encode()).decode()

    async def headers(self) -> Mapping[str, str]:
        """The one header, always the same."""
        return {"Authorization": self._header}

    async def renew(self) -> bool:
        """A password that was refused stays so."""
        return False
