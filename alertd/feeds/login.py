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


class Fixed:
    """One header with every call, always the same: a token or a key that the portal's operator has given."""

    def __init__(self, name: str, value: str) -> None:
        self._headers = {name: value}

    async def headers(self) -> Mapping[str, str]:
        """The one header."""
        return self._headers

    async def renew(self) -> bool:
        """What was refused stays so."""
        return False


class Basic(Fixed):
    """A user and a password with every call."""

    def __init__(self, username: str, password: str) -> None:
        super().__init__("Authorization", "Basic " + b64encode(f"{username}:{password}".encode()).decode())
