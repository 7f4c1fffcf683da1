"""JSON over HTTP from a portal that may be slow, broken or logged out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential

from alertd.core.errors import FeedError, FeedInputError
from alertd.feeds.clock import ClockCheck
from alertd.feeds.http_address import base_of, followed, linked, shown
from alertd.feeds.http_answer import limited, oauth_error, parsed, reason, retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from alertd.feeds.login import Auth

TRIES = 3
REDIRECTS = 3
LONGEST_WAIT = 10.0  # seconds; a portal that asks for more is tried again at the next poll
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
LOGIN = "wrong user or password; check `username:` and `password:`, and that this account may list dossiers"
REPEATED = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})  # these keep a body
BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class BusyError(FeedError):
    """A failure that may be over in a second; `wait` is the pause that the portal asks for, in seconds."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


class RefusedError(FeedError):
    """The portal says no to who asks: a wrong password, a token that it does not take, an account without the right."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `form` and `body` (JSON) may hold a secret, as headers may: they are shown nowhere."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    body: object = field(default=None, repr=False)


class JsonClient:
    """Reads JSON from one host, as an asynchronous context manager.

    `name` is the feed's, for errors. `timeout` is in seconds and bounds each try as a whole, not only each read.
    `pause` is the first wait between tries in seconds, doubled after each. `login` is what an answer of 401 or 403
    tells the admin to check. A password or token, and whatever stands in the address before an `@` or after a `?`,
    appears in no error. `where` begins one; `clock` compares the host's clock with ours. Raises FeedInputError for an
    address that is none.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        auth: Auth | None = None,
        timeout: float = 30.0,
        pause: float = 0.5,
        login: str = LOGIN,
    ) -> None:
        self.clock = ClockCheck()
        self._name = name
        self._base = base_of(name, url)
        self.where = f"feed {name}: {self._base}"
        self._auth = auth
        self._login = login
        self._timeout = timeout
        self._wait = wait_exponential(multiplier=pause, max=LONGEST_WAIT)
        self._client = httpx.AsyncClient(
            headers={"Accept": "application/json", "User-Agent": "alertd"},
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,  # neither a proxy nor a netrc password that the configuration does not name
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str, params: Mapping[str, str | int], headers: Mapping[str, str]) -> Any:
        """The JSON that a path answers, tried three times while the portal is busy. Raises FeedError."""
        return await self._tried(Call("GET", self._at(path, params), headers))

    async def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        body: object = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The same for a question with a form or a JSON body: one that can be asked twice without harm."""
        return await self._tried(Call("POST", self._at(path, params or {}), headers or {}, form, body))

    async def call(
        self,
        method: str,
        link: str = "",
        *,
        params: Mapping[str, str | int | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Any:
        """The same for the address itself, or for a `link` that an answer held. Raises FeedError for a foreign one."""
        url = linked(self._base, link, self.where) if link else self._base
        url = url.copy_merge_params(params) if params else url
        return await self._tried(Call(method, url, headers or {}, form, body))

    def _at(self, path: str, params: Mapping[str, str | int]) -> httpx.URL:
        return self._base.copy_with(path=self._base.path.rstrip("/") + path).copy_merge_params(params)

    async def _tried(self, call: Call) -> Any:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=self._pause,
            retry=retry_if_exception_type(BusyError),
            reraise=True,
        ):
            with attempt:
                return await self._once(call)
        raise AssertionError  # tenacity returns or raises

    def _pause(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait if isinstance(failure, BusyError) else 0.0
        return max(self._wait(state), asked)

    async def _once(self, call: Call) -> Any:
        where = f"feed {self._name}: {shown(call.url)}"
        response, body = await self._asked(call, where)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._auth and await self._auth.renew():
            response, body = await self._asked(call, where)
        self._judge(response, body, where)
        return parsed(response, body, where)

    async def _asked(self, call: Call, where: str) -> tuple[httpx.Response, bytes]:
        """One answer, whatever its status. Who asks is found out first: what that takes is not this host's time."""
        known = await self._auth.headers() if self._auth else {}
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(call, {**call.headers, **known}, where)
        except (TimeoutError, httpx.TimeoutException):
            raise FeedError(
                f"{where} has not answered within {self._timeout:g} s; the portal is slow or stuck,"
                f" look at it in a browser"
            ) from None
        except httpx.UnsupportedProtocol:
            raise FeedInputError(f"{where} is no address; write `url:` with http:// or https://") from None
        except httpx.ConnectError as error:
            raise BusyError(
                f"{where} cannot be reached ({reason(error)}); check the address, the network and the portal"
            ) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise BusyError(
                f"{where} broke the connection off in the middle of its answer ({type(error).__name__});"
                f" if it stays so, ask the portal's operator"
            ) from None

    async def _fetch(self, call: Call, headers: Mapping[str, str], where: str) -> tuple[httpx.Response, bytes]:
        url = call.url
        sent = {name.encode(): value.encode() for name, value in headers.items()}  # a group may have a Vietnamese name
        for _ in range(REDIRECTS):
            asked = datetime.now(UTC)
            async with self._client.stream(call.method, url, headers=sent, data=call.form, json=call.body) as response:
                if "Age" not in response.headers:  # a cache gives the date of long ago
                    self.clock.hear(response.headers.get("Date", ""), asked, datetime.now(UTC))
                if not response.has_redirect_location:
                    return response, await limited(response, where)
                target = followed(url, response.headers["Location"], where)
            if call.method != "GET" and response.status_code not in REPEATED:
                raise FeedError(f"{where} redirects to {shown(target)}; write that address into the feed")
            url = target
        raise FeedError(f"{where} redirects in a circle; check the address of the feed")

    def _judge(self, response: httpx.Response, body: bytes, where: str) -> None:
        """Raises for every answer that is not a success."""
        status = response.status_code
        why = oauth_error(body) if status in REFUSED or status == HTTPStatus.BAD_REQUEST else ""
        if status in REFUSED or why:
            raise RefusedError(f"{where} answers {status}{f' ({why})' if why else ''}: {self._login}")
        if status in BUSY:
            wait = retry_after(response)
            text = f"{where} answers {status}: it is busy or down; it is asked again at the next poll"
            raise BusyError(text, wait) if wait <= LONGEST_WAIT else FeedError(text)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise FeedError(f"{where} answers {status}: the portal has failed; tell its operator if it stays so")
        if not response.is_success:
            raise FeedError(f"{where} answers {status}; check the address of the feed")
