"""A portal that answers JSON in any of the usual ways, keeps what it was asked, and misbehaves as told.

In a test:  async with JsonPortal(rows, paging="page") as portal: … portal.url, portal.calls, portal.violations

The list stands at `/api/ho-so` as `{"data": {"items": […], "total": n, "last": bool}, "next": …, "cursor": …}`; a token
endpoint at `/sso/token`. A violation is what no client of a real portal may do: a call without login, a page that was not
announced, a question after the last page.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.peers.loopback import Answer, Loopback, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "/api/ho-so"
TOKEN = "/sso/token"


@dataclass(frozen=True)
class Call:
    """One question for a page."""

    method: str
    params: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Faults:
    """What to do wrong, from the next answer on."""

    #: The answer instead of the list, on the call of this number (0-based), once; "*" for every call.
    instead: dict[int | str, Answer] = field(default_factory=dict)
    #: Called before each page is cut out of the rows: the list changes while it is read.
    before_page: Callable[[int], None] = lambda _number: None
    #: What `total` says more than there is; None leaves it out, as does `last` and `next` None.
    more: int = 0
    no_total: bool = False
    no_last: bool = True
    #: The link or mark after the first page instead of the right one.
    next: str | None = None


class JsonPortal:
    """`login`: None, "basic", "bearer", "header", "oauth2"; `paging`: "none", "page", "offset", "link", "cursor"."""

    def __init__(
        self,
        rows: list[Any],
        *,
        paging: str = "page",
        login: str | None = None,
        secret: str = "bi-mat-s3cret",
        cap: int = 1000,
        first: int = 0,
        token_calls: int = 10**6,
    ) -> None:
        self.rows = rows
        self.paging = paging
        self.login = login
        self.secret = secret
        self.cap = cap
        self.first = first
        self.token_calls = token_calls  # how many calls a token is good for
        self.faults = Faults()
        self.calls: list[Call] = []
        self.grants: list[dict[str, str]] = []
        self.violations: list[str] = []
        self._good_for = 0
        self._loopback = Loopback(self._respond)

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self._loopback.__aexit__(*ended)

    @property
    def url(self) -> str:
        """The address of the list."""
        return self._loopback.url + LIST

    @property
    def token_url(self) -> str:
        """The address that gives tokens."""
        return self._loopback.url + TOKEN

    async def _respond(self, request: Request) -> Answer:
        if request.path == TOKEN:
            return self._token(request)
        if request.path != LIST:
            self.violations.append(f"asked for {request.path}")
            return json_answer({"error": "not found"}, 404)
        number = len(self.calls)
        self.calls.append(_call(request))
        if not self._is_known(request):
            return json_answer({"error_code": -3}, 401)
        fault = self.faults.instead.pop(number, None) or self.faults.instead.get("*")
        return fault or self._page(self.calls[-1], number)

    def _token(self, request: Request) -> Answer:
        form = {name: found[0] for name, found in parse_qs(request.body.decode()).items()}
        self.grants.append(form)
        if self.secret not in (form.get("client_secret"), form.get("password")):
            return json_answer({"error": "invalid_client", "error_description": form.get("client_secret")}, 401)
        self._good_for = self.token_calls
        return json_answer({"access_token": f"token-{len(self.grants)}", "expires_in": 300, "token_type": "Bearer"})

    def _is_known(self, request: Request) -> bool:
        sent = request.headers.get("authorization", "")
        if self.login == "basic":
            return sent.startswith("Basic ") and b64decode(sent[6:]).decode() == f"alertd:{self.secret}"
        if self.login == "bearer":
            return sent == f"Bearer {self.secret}"
        if self.login == "header":
            return request.headers.get("x-khoa") == self.secret
        if self.login == "oauth2":
            self._good_for -= 1
            return self._good_for >= 0 and sent == f"Bearer token-{len(self.grants)}"
        return True

    def _page(self, call: Call, number: int) -> Answer:
        self.faults.before_page(number)
        asked = {**call.params, **(call.body if isinstance(call.body, dict) else {})}
        size = min(int(asked.get("size", self.cap)), self.cap)
        if self.paging == "none":
            start, size = 0, len(self.rows)
        elif self.paging == "page":
            start = (int(asked["page"]) - self.first) * size
        elif self.paging == "offset":
            start = int(asked["offset"])
        else:
            start = self._marked(asked)
        rows = self.rows[start : start + size]
        if start >= len(self.rows) + size:
            self.violations.append(f"asked for rows from {start} of {len(self.rows)}")
        return json_answer(self._envelope(rows, start, size))

    def _marked(self, asked: dict[str, Any]) -> int:
        mark = asked.get("sau")
        if mark is None:
            return 0
        if not str(mark).startswith("m"):
            self.violations.append(f"asked with the mark {mark}, which was never given")
            return 0
        return int(str(mark)[1:])

    def _envelope(self, rows: list[Any], start: int, size: int) -> dict[str, Any]:
        ends = start + size >= len(self.rows)
        made: dict[str, Any] = {"data": {"items": rows}}
        if not self.faults.no_total:
            made["data"]["total"] = len(self.rows) + self.faults.more
        if not self.faults.no_last:
            made["data"]["last"] = ends
        mark = None if ends else f"m{start + size}"
        if self.faults.next is not None and start == 0:
            mark = self.faults.next
        if self.paging == "cursor":
            made["cursor"] = mark
        if self.paging == "link":
            is_address = mark is not None and ("/" in mark or "?" in mark)
            made["next"] = mark if mark is None or is_address else f"{LIST}?sau={mark}&size={size}"
        return made


def _call(request: Request) -> Call:
    params = {
        name: found[-1] for name, found in parse_qs(urlsplit(request.target).query, keep_blank_values=True).items()
    }
    body: Any = None
    if request.body and "json" in request.headers.get("content-type", ""):
        body = json.loads(request.body)
    elif request.body:
        body = {name: found[0] for name, found in parse_qs(request.body.decode()).items()}
    return Call(request.method, params, body, request.headers)
