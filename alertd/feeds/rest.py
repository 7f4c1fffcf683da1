"""The `rest` feed: any portal that answers JSON, by configuration."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from alertd.core.errors import FeedError
from alertd.feeds import Source
from alertd.feeds.found import one
from alertd.feeds.http import JsonClient, base_of
from alertd.feeds.keycloak import LOGIN, Token
from alertd.feeds.listing import pages_of
from alertd.feeds.paging import Whole
from alertd.feeds.series import Answer, whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from alertd.feeds import Page
    from alertd.feeds.found import Find
    from alertd.feeds.login import Auth
    from alertd.feeds.paging import Paging, Turn
    from alertd.feeds.rest_dossier import Dossiers
    from alertd.feeds.series import Series

REFUSED = "the login is refused; check `auth:` of the feed, and that this account may list dossiers"


@dataclass(frozen=True)
class Request:
    """What every call sends; `paged_body` says that the parameters of a page belong into the body."""

    method: str = "GET"
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    paged_body: bool = False


@dataclass(frozen=True)
class Shape:
    """Where in an answer stand the list of rows, their number in all, and whether this page is the last."""

    rows: Find
    rows_path: str
    total: Find | None = None
    last: Find | None = None


@dataclass(frozen=True)
class Grant:
    """A token to be asked for: where, and the form that asks."""

    url: str
    form: Mapping[str, str] = field(repr=False)


@dataclass
class _Reading:
    """How far one reading of the list has come: the mark of the next page, those that were followed, the total."""

    mark: str = ""
    followed: set[str] = field(default_factory=set)
    total: int | None = None


class RestFeed:
    """One list of one portal.

    `auth` goes with every call; a `grant` is exchanged for a token instead. `page_size` is what is asked for; `timeout`
    and `pause`, the first wait between tries, are in seconds. Raises FeedInputError for a wrong address.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        shape: Shape,
        reader: Dossiers,
        paging: Paging,
        request: Request | None = None,
        auth: Auth | None = None,
        grant: Grant | None = None,
        page_size: int = 200,
        timeout: float = 30.0,
        pause: float = 0.5,
    ) -> None:
        self.name = name
        self._label = str(base_of(name, url))
        self._request = request or Request()
        self._params: Mapping[str, str | Sequence[str]] = {
            **parse_qs(urlsplit(url).query, keep_blank_values=True),
            **self._request.params,
        }
        self._shape = shape
        self._reader = reader
        self._paging = paging
        self._auth = auth
        self._grant = grant
        self._page_size = page_size
        self._client = partial(JsonClient, name, timeout=timeout, pause=pause)

    def sources(self, now: datetime) -> list[Source]:
        """The portal as it is now."""
        return [Source(self._label, now, partial(self._pages, now))]

    async def _pages(self, now: datetime) -> AsyncIterator[Page]:
        async with AsyncExitStack() as stack:
            auth = self._auth
            if self._grant:
                sso = self._client(self._grant.url, login=LOGIN)
                auth = Token(await stack.enter_async_context(sso), "", self._grant.form)
            client = self._client(self._label, auth=auth, login=REFUSED)
            await stack.enter_async_context(client)
            lists = {"the list": partial(self._ask, client, [_Reading()])}
            async for page in pages_of(client, lists, replace(self._reader, as_of=now)):
                yield page

    async def _ask(self, client: JsonClient, at: list[_Reading], series: Series) -> Answer:
        """The next page. Raises FeedError when the answer holds no list, or leads in a circle."""
        if not series.answers:
            at[0] = _Reading()
        reading = at[0]
        answer = await self._called(client, self._paging.turn(series, self._page_size, reading.mark))
        try:
            return self._answer(answer, reading)
        except (FeedError, ValueError) as error:
            raise FeedError(f"{client.where}: {error}") from None

    async def _called(self, client: JsonClient, turn: Turn) -> Any:
        request = self._request
        headers = request.headers
        if turn.link:
            return await client.call(request.method, turn.link, headers=headers, form=request.form, body=request.body)
        if not request.paged_body:
            params = {**self._params, **turn.params}
            return await client.call(
                request.method, params=params, headers=headers, form=request.form, body=request.body
            )
        form = None if request.form is None else {**request.form, **{key: str(n) for key, n in turn.params.items()}}
        body = {**(request.body or {}), **turn.params} if form is None else None
        return await client.call(request.method, params=self._params, headers=headers, form=form, body=body)

    def _answer(self, answer: object, reading: _Reading) -> Answer:
        shape = self._shape
        told = whole(_said("total", shape.total, answer))
        reading.total = reading.total if told is None else told  # some portals say it on the first page only
        rows = self._rows(answer, reading.total)
        if isinstance(self._paging, Whole) and reading.total is None:
            reading.total = len(rows)
        mark = self._paging.mark(answer)
        if mark:
            if mark in reading.followed:
                raise FeedError("its pages lead back to one that was read already; ask its operator")
            reading.followed.add(mark)
        reading.mark = mark or ""
        last = truth(_said("last", shape.last, answer))
        if mark is not None:
            last = bool(last) or not mark
        # a short page of a portal that says neither is no end: it may cap its pages
        knows = reading.total is not None or last is not None
        return Answer(rows, self._page_size if knows else 0, reading.total, last)

    def _rows(self, answer: object, total: int | None) -> list[Any]:
        found = self._shape.rows(answer)
        if len(found) == 1 and isinstance(found[0], list):
            return found[0]
        if total == 0 and found in ([], [None]):
            return []
        what = "nothing" if not found else f"{len(found)} values" if len(found) > 1 else "something else"
        raise FeedError(
            f"it answers JSON in which `rows: {self._shape.rows_path}` finds {what} instead of one list of dossiers;"
            f" check the path, and whether the login has expired"
        )


def _said(name: str, path: Find | None, answer: object) -> object:
    """The one value that a path of the settings finds in an answer. Raises FeedError, which names the setting."""
    try:
        return one(path(answer)) if path else None
    except ValueError as error:
        raise FeedError(f"`{name}:` is of no use: {error}") from None


def truth(value: object) -> bool | None:
    """Whether something is said to be so, also as a text or a number; None when it is not said."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())
