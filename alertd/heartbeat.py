"""The outgoing heartbeat: one bounded call to a dead-man's switch outside, which raises an alarm when none comes.

A room of its own: it is no channel, and no message or person ever comes by here. The address may hold a secret: it
stands in no error and no log.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from alertd.channels import transport, wire

if TYPE_CHECKING:
    from datetime import timedelta


class Switch:
    """Calls one address. `timeout` bounds a call as a whole; no redirect is followed, no answer is kept."""

    def __init__(self, url: str, method: str, timeout: timedelta) -> None:
        self._url, self._method = url, method
        self._longest = timeout.total_seconds()
        self._http = wire.client(self._longest)

    async def ping(self) -> str:
        """Give a sign of life; why it was not taken, '' when it was."""
        try:
            heard = await wire.call(self._http, self._method, self._url, self._longest)
        except Exception as error:  # noqa: BLE001 - whatever it is, the receiver did not get it
            result = transport.classify(error, "heartbeat")
            return f"{result.code}: {result.detail}"
        status = heard.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return ""
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return f"heartbeat:{status}: a redirect, which is not followed; write the address it leads to"
        return f"heartbeat:{status}: the receiver refuses it"

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()
