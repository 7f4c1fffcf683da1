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
from alertd.feeds.http import JsonClient
from alertd.feeds.http_address import base_of
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
    params: Mapping[str, str | Sequence[str]] = field(default_factory=dict, repr=False)
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
        self._reader = reader
        self._auth = auth
        self._grant = grant
        asked = request or Request()
        in_address = parse_qs(urlsplit(url).query, keep_blank_values=True)
        self._walk = partial(_Walk, shape, paging, replace(asked, params={**in_address, **asked.params}), page_size)
        self._client = partial(JsonClient, name, timeout=timeout, pause=pause)

    def sources(self, now: datetime) -> list[Source]:
        """The portal as it is now."""
        return [Source(self._label, now, partial(self._pages, now))]

    async def _pages(self, now: datetime) -> AsyncIterator[Page]:
        async with AsyncExitStack() as stack:
            auth = self._auth
            if self._grant:
                sso = await stack.enter_async_context(self._client(self._grant.url, login=LOGIN))
                auth = Token(sso, "", self._grant.form)
            client = await stack.enter_async_context(self._client(self._label, auth=auth, login=REFUSED))
            lists = {"the list": self._walk(client).next}
            async for page in pages_of(client, lists, replace(self._reader, as_of=now)):
                yield page


@dataclass
class _Walk:
    """The way through one list: what the page before said of the next one, where it led, how many rows there are."""

    shape: Shape
    paging: Paging
    request: Request
    page_size: int
    client: JsonClient
    mark: str = ""
    followed: set[str] = field(default_factory=set)
    total: int | None = None

    async def next(self, series: Series) -> Answer:
        """The next page. Raises FeedError when the answer holds no list, or leads in a circle."""
        if not series.answers:
            self.mark, self.followed, self.total = "", set(), None
        answer = await self._called(self.paging.turn(series, self.page_size, self.mark))
        try:
            return self._answer(answer)
        except (FeedError, ValueError) as error:
            raise FeedError(f"{self.client.where}: {error}") from None

    async def _called(self, turn: Turn) -> Any:
        request = self.request
        params: dict[str, Any] = {} if turn.link else dict(request.params)
        body, form = request.body, request.form
        if not request.paged_body:
            params |= turn.params
        elif form is not None:
            form = {**form, **{name: str(value) for name, value in turn.params.items()}}
        else:
            body = {**(body or {}), **turn.params}
        return await self.client.call(
            request.method, turn.link, params=params, headers=request.headers, form=form, body=body
        )

    def _answer(self, answer: object) -> Answer:
        shape = self.shape
        told = whole(_said("total", shape.total, answer))
        self.total = self.total if told is None else told  # some portals say it on the first page only
        rows = self._rows(answer)
        if isinstance(self.paging, Whole) and self.total is None:
            self.total = len(rows)
        mark = self.paging.mark(answer)
        if mark and mark in self.followed:
            raise FeedError("its pages lead back to one that was read already; ask its operator")
        self.mark = mark or ""
        self.followed.add(self.mark)
        last = truth(_said("last", shape.last, answer))
        if mark is not None:
            last = bool(last) or not mark
        # a short page of a portal that says neither is no end: it may cap its pages
        knows = self.total is not None or last is not None
        return Answer(rows, self.page_size if knows else 0, self.total, last)

    def _rows(self, answer: object) -> list[Any]:
        found = self.shape.rows(answer)
        if len(found) == 1 and isinstance(found[0], list):
            return found[0]
        if self.total == 0 and found in ([], [None]):
            return []
        what = "nothing" if not found else f"{len(found)} values" if len(found) > 1 else "something else"
        raise FeedError(
            f"it answers JSON in which `rows: {self.shape.rows_path}` finds {what} instead of one list of dossiers;"
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
