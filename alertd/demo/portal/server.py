"""The simulated portal's server: who asks for what, which fault meets it, and the switches over HTTP."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from alertd.demo.portal import keycloak
from alertd.demo.portal.faults import SWITCHES, Faults
from alertd.demo.portal.igate import PATH as IGATE
from alertd.demo.portal.igate import Igate
from alertd.demo.portal.keycloak import Sso
from alertd.demo.portal.lists import announced, spoiled
from alertd.demo.portal.opencps import PATH as OPENCPS
from alertd.demo.portal.opencps import Opencps, span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from email.message import Message
    from types import TracebackType

    Rows = Sequence[Mapping[str, Any]]
    Groups = Mapping[str, Rows]

SWITCHBOARD = "/_faults"
LOGIN_PAGE = b"<!DOCTYPE html><html><body>\xc4\x90\xc4\x83ng nh\xe1\xba\xadp</body></html>"


@dataclass(frozen=True)
class Request:
    """One call for a list as it arrived; `group`, `start` and `end` are OpenCPS's."""

    group: str
    start: int
    end: int
    parameters: Mapping[str, str]
    user: str


@dataclass(frozen=True)
class Answer:
    """Status, body and the headers that are not the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, value: object) -> Answer:
        """A value as JSON."""
        return cls(status, json.dumps(value, ensure_ascii=False).encode())


HTML = Answer(200, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})


class Portal:
    """Answers OpenCPS's list of dossiers, iGate's and its SSO, as a context manager; `url` is its address.

    `groups` (OpenCPS) and `dossiers` (iGate) are called for every request, so that what they show may follow a clock;
    `clock` gives the instant at which faults look at due dates. `page_limit` is the most that one page gives, whatever
    was asked for. With a `username`, OpenCPS demands HTTP Basic; iGate demands a token of `sso`.
    """

    def __init__(
        self,
        groups: Callable[[], Groups] = dict,
        *,
        username: str = "",
        password: str = "",
        dossiers: Callable[[], Rows] = list,
        sso: Sso | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        page_limit: int = 1000,
        port: int = 0,
    ) -> None:
        self.faults = Faults()
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.sso = sso or Sso("alertd", "")
        self._groups = groups
        self._dossiers = dossiers
        self._clock = clock
        self._login = f"{username}:{password}" if username else ""
        self._page_limit = page_limit
        self._calls = 0  # for lists since the switches were last turned
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address, with the port that was free."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def token_url(self) -> str:
        """The SSO's token endpoint."""
        return self.url + keycloak.PATH

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, target: str, headers: Message, body: bytes) -> Answer:
        """What one request gets."""
        parts = urlsplit(target)
        if parts.path == SWITCHBOARD:
            with self._lock:
                return self._switched(method, body)
        if parts.path == keycloak.PATH:
            with self._lock:
                return HTML if self.faults.token_html else Answer.of(*self.sso.answer(read(body), self.faults))
        parameters = read(parts.query.encode())
        try:
            return self._asked(parts.path, parameters, headers)
        except ValueError:
            return Answer.of(400, {"code": "BAD_REQUEST"})

    def _switched(self, method: str, body: bytes) -> Answer:
        """The switches: shown by GET, turned by POST, all put back by DELETE."""
        if method == "DELETE":
            self.faults.reset()
        if method == "POST":
            try:
                self.faults.turn(read(body))
            except ValueError as error:
                return Answer.of(400, {"error": str(error)})
        if method != "GET":
            self._calls = 0
        shown = {name: {"value": getattr(self.faults, name), "meaning": text} for name, text in SWITCHES.items()}
        return Answer.of(200, shown)

    def _asked(self, path: str, parameters: Mapping[str, str], headers: Message) -> Answer:
        login = basic(headers.get("Authorization", ""))
        group = headers.get("groupId", "")
        with self._lock:
            self.requests.append(Request(group, *span(parameters), parameters, login.partition(":")[0]))
            self._calls += 1
            calls = self._calls
            status = self.faults.status if self.faults.times else 0
            self.faults.times -= bool(status) and self.faults.times > 0
        if self.faults.redirect:
            return Answer(302, b"", {"Location": self.faults.redirect})
        if status:
            wait = self.faults.retry_after
            return Answer(status, b'{"code": "ERROR"}', {} if wait is None else {"Retry-After": str(wait)})
        if path not in {OPENCPS, IGATE}:
            return Answer.of(404, {"code": "NOT_FOUND"})
        if path == IGATE:
            with self._lock:
                known = self.sso.knows(headers.get("Authorization", ""), self.faults)
            if not known:
                return Answer(401, b'{"error": "invalid_token"}', {"WWW-Authenticate": "Bearer"})
            return self._shown(Igate(), self._dossiers(), calls, parameters)
        if self.faults.locked_out or (self._login and login != self._login):
            return Answer(401, b"", {"WWW-Authenticate": "Basic"})
        groups = self._groups()
        if group not in groups:
            return Answer.of(404, {"code": "NOT_FOUND"})
        return self._shown(Opencps(), groups[group], calls, parameters)

    def _shown(self, form: Igate | Opencps, rows: Rows, calls: int, parameters: Mapping[str, str]) -> Answer:
        if self.faults.html:
            return HTML
        if self.faults.instead:
            return Answer(200, self.faults.instead.encode())
        shown = spoiled(form.ordered(rows), self.faults, calls, self._clock(), form)
        total = announced(len(shown), self.faults, calls)
        body = Answer.of(200, form.page(shown, total, parameters, self._page_limit)).body
        if self.faults.cut:
            return Answer(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
        return Answer(200, body[: len(body) // 2] if self.faults.half else body)


def handler_of(portal: Portal) -> type[BaseHTTPRequestHandler]:
    """The standard library's way of giving a handler what it serves."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answered("GET")

        def do_POST(self) -> None:
            self._answered("POST")

        def do_DELETE(self) -> None:
            self._answered("DELETE")

        def _answered(self, method: str) -> None:
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(int(length)) if length.isdecimal() else b""
            answer = portal.answer(method, self.path, self.headers, body)
            if portal.faults.slow and not self.path.startswith(SWITCHBOARD):
                portal.stopping.wait(portal.faults.slow)
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "Content-Length": str(len(answer.body)),
                "Connection": "close",
                **answer.headers,
            }
            self.close_connection = True
            try:
                self.send_response(answer.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)
            except ConnectionError:
                return  # the reader has given up, which is what a slow portal is for

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + portal.faults.skew)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
            """Silent: what was asked is kept in `requests`."""

    return Handler


def read(form: bytes) -> dict[str, str]:
    """A query or a form; of a name that stands twice the last one counts."""
    return {name: values[-1] for name, values in parse_qs(form.decode(), keep_blank_values=True).items()}


def basic(header: str) -> str:
    """The user and password of a header `Authorization: Basic`, joined by a colon; empty when there are none."""
    kind, _, coded = header.partition(" ")
    try:
        return base64.b64decode(coded, validate=True).decode() if kind.lower() == "basic" else ""
    except ValueError:
        return ""
