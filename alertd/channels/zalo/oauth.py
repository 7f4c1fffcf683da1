"""One exchange of a refresh token, and everything that may come of it (delivery reference 1a and 7.7)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from alertd.channels import transport, wire
from alertd.channels.plain import redacted
from alertd.core.outcome import Outcome

if TYPE_CHECKING:
    from alertd.channels.wire import Heard

PATH = "/v4/oa/access_token"
DEAD_TOKEN = -14014
LIFE_SECONDS = 90_000  # 25 hours, where the answer does not say
LONGEST_LIFE_SECONDS = 90 * 86_400
#: Failures after which the request certainly never left, so that it may be made again at once.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
TRIES = 3


class Came(StrEnum):
    """What came of an exchange."""

    FRESH = "fresh"
    #: The refresh token is used up or unknown: only a human can help.
    DEAD = "dead"
    #: It may or may not have been used up.
    UNCERTAIN = "uncertain"
    #: It certainly was not.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The outcome; `refresh` is empty where the answer named none: then the old one stays valid."""

    came: Came
    code: str = ""
    detail: str = ""
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    seconds: int = LIFE_SECONDS


class Endpoint:
    """The token endpoint of one application. `timeout` bounds a whole exchange, in seconds; `pause` is between tries.

    Only a request that certainly never left is repeated here.
    """

    def __init__(
        self, base_url: str, app_id: str, secret_key: str, *, timeout: float = 15.0, pause: float = 1.0
    ) -> None:
        self._url = base_url.rstrip("/") + PATH
        self._app_id = app_id
        self._secret_key = secret_key
        self._longest = timeout
        self._pause = pause
        # silence is bounded by the whole exchange alone; connecting leaves time for the other tries
        self._http = wire.client(timeout, connect=timeout / (TRIES + 1))

    async def exchange(self, refresh_token: str) -> Exchange:
        """Give the refresh token away for new tokens. Never raises but CancelledError."""
        form = {"refresh_token": refresh_token, "app_id": self._app_id, "grant_type": "refresh_token"}
        try:
            async with asyncio.timeout(self._longest):
                heard = await self._post(form)
        except Exception as error:  # noqa: BLE001 - whatever happens, the token's fate has a name
            failed = transport.classify(error, "zoauth")
            came = Came.REFUSED if failed.outcome in {Outcome.TRANSIENT, Outcome.CHANNEL_DOWN} else Came.UNCERTAIN
            return Exchange(came, failed.code, failed.detail)
        return read(heard, refresh_token, self._secret_key)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _post(self, form: dict[str, str]) -> Heard:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=wait_fixed(self._pause),
            retry=retry_if_exception_type(NEVER_LEFT),
            reraise=True,
        ):
            with attempt:
                headers = {"secret_key": self._secret_key}
                return await wire.call(self._http, "POST", self._url, self._longest, data=form, headers=headers)
        raise AssertionError  # tenacity returns or raises


def read(heard: Heard, *secrets: str) -> Exchange:
    """Read an answer defensively; `secrets` never stand in its detail."""
    if heard.status == HTTPStatus.OK and not heard.body.strip():
        return Exchange(Came.DEAD, "zoauth:empty", "the refresh token was used before")
    answer = heard.json()
    if answer is None:
        # A gateway's page, or an answer cut short: whether Zalo itself took the token is not known.
        return Exchange(Came.UNCERTAIN, f"zoauth:http:{heard.status}", f"answered {heard.status}, not in JSON")
    access = answer.get("access_token")
    if isinstance(access, str) and access.strip():
        refresh = answer.get("refresh_token")
        kept = refresh.strip() if isinstance(refresh, str) else ""
        return Exchange(Came.FRESH, access=access.strip(), refresh=kept, seconds=_seconds(answer.get("expires_in")))
    code = wire.number(answer.get("error"))
    said = redacted(f"{answer.get('error_name') or answer.get('message') or ''}", *secrets)
    if code == DEAD_TOKEN:
        return Exchange(Came.DEAD, f"zoauth:{code}", said)
    if code:
        # A wrong secret or application; no list of these codes is published.
        return Exchange(Came.REFUSED, f"zoauth:unclassified:{code}", said)
    return Exchange(Came.UNCERTAIN, f"zoauth:http:{heard.status}", f"answered {heard.status} without a token")


def _seconds(value: object) -> int:
    """`expires_in`, a number or a string; 25 hours if it is neither, or no life for a token."""
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    try:
        seconds = int(float(text))
    except (ValueError, OverflowError):
        return LIFE_SECONDS
    return seconds if 0 < seconds <= LONGEST_LIFE_SECONDS else LIFE_SECONDS
