"""A simulated OpenCPS portal over real HTTP on loopback: for the demo, and for tests, which can make it misbehave."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from email.message import Message
    from types import TracebackType
    from zoneinfo import ZoneInfo

    Groups = Mapping[str, Sequence[Mapping[str, Any]]]

PATH = "/o/rest/v2/dossiers"
WRITTEN = "%d/%m/%Y %H:%M:%S"  # how OpenCPS prints a local time
LOGIN_PAGE = b"<!DOCTYPE html><html><body>\xc4\x90\xc4\x83ng nh\xe1\xba\xadp</body></html>"


@dataclass
class Faults:
    """What goes wrong; changed while the portal runs. `times` bounds how many answers a status spoils (-1: all)."""

    slow: float = 0.0  # seconds before every answer
    status: int = 0
    times: int = -1
    retry_after: int | None = None
    html: bool = False  # status 200, as when a login has expired
    instead: str = ""  # this text, whatever was asked
    half: bool = False  # half the JSON, as a whole answer
    cut: bool = False  # half the JSON, then the connection ends
    locked_out: bool = False  # 401 whatever the password
    drift: int = 0  # how much the total grows from call to call
    missing: int = 0  # how many dossiers are announced and never come
    shrunk: bool = False  # a third of the dossiers is gone
    doubled: bool = False  # every dossier comes twice, as from a joined table
    redirect: str = ""
    skew: float = 0.0  # seconds by which its clock is ahead


@dataclass(frozen=True)
class Request:
    """One call as it arrived."""

    group: str
    start: int
    end: int
    parameters: Mapping[str, str]
    user: str


class Portal:
    """Answers `GET /o/rest/v2/dossiers` as a context manager; `url` is its address.

    `groups` is called for every request, so that the dossiers may follow a clock. `page_limit` is the most that one
    page gives, whatever was asked for. With a `username`, HTTP Basic is demanded.
    """

    def __init__(
        self,
        groups: Callable[[], Groups],
        *,
        username: str = "",
        password: str = "",
        page_limit: int = 1000,
        port: int = 0,
    ) -> None:
        self.faults = Faults()
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._groups = groups
        self._login = f"{username}:{password}" if username else ""
        self._page_limit = page_limit
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address, with the port that was free."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

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

    def answer(self, target: str, headers: Message) -> Answer:
        """What one request gets."""
        parts = urlsplit(target)
        parameters = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        login = basic(headers.get("Authorization", ""))
        start, end = int(parameters.get("start", "0")), int(parameters.get("end", "-1"))
        group = headers.get("groupId", "")
        with self._lock:
            self.requests.append(Request(group, start, end, parameters, login.partition(":")[0]))
            calls = len(self.requests)
            spoiled = self.faults.status if self.faults.times else 0
            self.faults.times -= bool(spoiled) and self.faults.times > 0
        if self.faults.redirect:
            return Answer(302, b"", {"Location": self.faults.redirect})
        if spoiled:
            wait = self.faults.retry_after
            return Answer(spoiled, b'{"code": "ERROR"}', {} if wait is None else {"Retry-After": str(wait)})
        if self.faults.locked_out or (self._login and login != self._login):
            return Answer(401, b"", {"WWW-Authenticate": "Basic"})
        if self.faults.html:
            return Answer(200, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})
        if self.faults.instead:
            return Answer(200, self.faults.instead.encode())
        groups = self._groups()
        if parts.path != PATH or group not in groups:
            return Answer(404, b'{"code": "NOT_FOUND"}')
        return self._list(list(groups[group]), start, end, calls)

    def _list(self, dossiers: list[Mapping[str, Any]], start: int, end: int, calls: int) -> Answer:
        dossiers.sort(key=lambda dossier: int(dossier.get("dossierId") or 0))
        if self.faults.shrunk:
            dossiers = dossiers[: len(dossiers) - len(dossiers) // 3]
        if self.faults.doubled:
            dossiers = [dossier for dossier in dossiers for _ in range(2)]
        asked = len(dossiers) if end < 0 else max(end - start, 0)
        page = dossiers[start : start + min(asked, self._page_limit)]
        total = len(dossiers) + self.faults.missing + self.faults.drift * calls
        body = json.dumps({"total": total, "data": page}, ensure_ascii=False).encode()
        if self.faults.cut:
            return Answer(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
        return Answer(200, body[: len(body) // 2] if self.faults.half else body)


@dataclass(frozen=True)
class Answer:
    """Status, body and the headers that are not the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def handler_of(portal: Portal) -> type[BaseHTTPRequestHandler]:
    """The standard library's way of giving a handler what it serves."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = portal.answer(self.path, self.headers)
            if portal.faults.slow:
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


def basic(header: str) -> str:
    """The user and password of a header `Authorization: Basic`, joined by a colon; empty when there are none."""
    kind, _, coded = header.partition(" ")
    try:
        return base64.b64decode(coded, validate=True).decode() if kind.lower() == "basic" else ""
    except ValueError:
        return ""


def dossier(
    number: int,
    *,
    zone: ZoneInfo,
    received: datetime | None,
    due: datetime | None,
    released: datetime | None = None,
    finished: datetime | None = None,
    submitted: datetime | None = None,
    status: str = "processing",
    lock: str = "",
    unit: str = "TP",
    unit_name: str = "Phòng Tư pháp",
    officer: str = "",
    procedure: str = "Chứng thực bản sao từ bản chính",
    procedure_code: str = "2.000815",
    online: bool = False,
    postal: bool = False,
    code: str = "",
) -> dict[str, Any]:
    """One dossier as the portal's JSON has it; instants are aware. The citizen is made up, and is seen to be."""

    def written(at: datetime | None) -> str:
        return at.astimezone(zone).strftime(WRITTEN) if at else ""

    return {
        "dossierId": number,
        "referenceUid": f"mau-{number:08d}",
        "dossierNo": code or f"H27.35-{number:06d}",
        "serviceCode": procedure_code,
        "serviceName": procedure,
        "govAgencyCode": unit,
        "govAgencyName": unit_name,
        "applicantName": f"Công dân mẫu {number}",
        "applicantIdNo": f"MAU{number:09d}",
        "submitDate": written(submitted),
        "receiveDate": written(received),
        "dueDate": written(due),
        "releaseDate": written(released),
        "finishDate": written(finished),
        "dossierStatus": status,
        "dossierSubStatus": "",
        "lockState": lock,
        "online": str(online).lower(),
        "viaPostal": "1" if postal else "0",
        "currentActionUser": officer,
    }
