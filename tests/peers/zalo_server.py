"""Zalo's three hosts on one loopback server that judges its caller (delivery reference 1a, 1b, 1d and 4).

    async with ZaloServer() as server:
        server.url is base_url, phone_url and oauth_url at once; server.access and server.refresh are the first grant

As a process:   python -m tests.peers.zalo_server --port 9200 [--hook http://127.0.0.1:8080/hooks/zalo]

It keeps what Zalo keeps: tokens that expire and rotate, refresh tokens of a single use, the seven-day window, followers,
2,000 characters, parameters of templates, quotas, 4,000 requests a minute. What a well-behaved caller never does is
recorded in `violations`: a text or parameter too long, a phone number of another form, a void token used after its
successor was handed out, an endpoint that was shut down, too many requests.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import signal
import time
import unicodedata
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import httpx

from tests.peers.loopback import Answer, Loopback, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_TEXT = 2000
MAX_TRACKING_ID = 48
PER_MINUTE = 4000
SEVEN_DAYS = 7 * 86_400.0
TOKEN_SECONDS = 90_000
SHUT_DOWN = {"/v3.0/oa/message/transaction", "/v3.0/oa/message/promotion", "/v2.0/oa/message"}
#: Lengths that the templates' types allow, by parameter; an unknown parameter is refused.
LENGTHS = {"ten": 30, "noi_dung": 60, "so_ho_so": 30, "ma_ho_so": 30, "han": 20, "trang_thai": 30, "lien_ket": 200}
GATEWAY = Answer(504, b"<html><head><title>504 Gateway Time-out</title></head></html>", {"Content-Type": "text/html"})
BAD_GATEWAY = Answer(502, b"<html><head><title>502 Bad Gateway</title></head></html>", {"Content-Type": "text/html"})
NOT_JSON = Answer(200, b"<html>sign in to the network</html>", {"Content-Type": "text/html"})
EMPTY = Answer(200, b"")


@dataclass(frozen=True)
class Taken:
    """One message that a person now sees on the phone, whatever the sender was told."""

    form: str
    to: str
    body: dict[str, Any]
    id: str


class ZaloServer:
    """`taken` holds the messages, `calls` every path; `fail` and `take_then` say what befalls the next send or
    question.

    `clock` gives seconds: a test may stand still or leap.
    """

    def __init__(
        self,
        *,
        app_id: str = "1234567890",
        secret_key: str = "TEST-secret-of-nobody",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        per_minute: int = PER_MINUTE,
        daily_quota: int = 500,
    ) -> None:
        self.app_id, self.secret_key, self.clock = app_id, secret_key, clock
        self.per_minute, self.daily_quota, self.remaining = per_minute, daily_quota, daily_quota
        self.taken: list[Taken] = []
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.exchanges: list[str] = []
        self.templates: dict[str, tuple[str, ...]] = {}
        self.spoke_at: dict[str, float] = {}
        self.followers: set[str] | None = None  # None: everybody follows
        self.groups: set[str] | None = None
        self.no_zalo: set[str] = set()
        self.reject: dict[str, int] = {}  # a user's id or a phone number, and the code it gets
        self.quoted_errors = False
        self.keeps_refresh = False
        self._number = 0
        self._void: set[str] = set()
        self._used: set[str] = set()
        self._expires_at = 0.0
        self.access, self.refresh = "", ""
        self._issue()
        self._minute = (0, 0)
        self._next: deque[tuple[bool, Answer]] = deque()
        self._next_token: deque[tuple[bool, Answer]] = deque()
        self._loopback = Loopback(self._respond, port)

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._loopback.__aexit__(*error)

    @property
    def url(self) -> str:
        return self._loopback.url

    @property
    def texts(self) -> list[str]:
        return [taken.body["message"]["text"] for taken in self.taken if "message" in taken.body]

    def expire(self) -> None:
        """The access token ends now; the refresh token stays."""
        self._expires_at = self.clock()

    def revoke(self) -> None:
        """An administrator took the leave away: neither token works any more."""
        self._void.add(self.access)
        self.access, self.refresh = "", ""

    def fail(self, *answers: Answer | int) -> None:
        """Let the next sends get these answers, or Zalo's codes; nothing is taken."""
        self._next.extend((False, _error(given) if isinstance(given, int) else given) for given in answers)

    def take_then(self, fault: str | Answer) -> None:
        """Take the next message, then misbehave: hang, drop, reset, half, drip (loopback.Answer); or answer this."""
        self._next.append((True, Answer(fault=fault) if isinstance(fault, str) else fault))

    def fail_exchange(self, *answers: Answer) -> None:
        """Let the next exchanges of tokens get these answers; no token is used up."""
        self._next_token.extend((False, answer) for answer in answers)

    def exchange_then(self, fault: str | Answer) -> None:
        """Use up the next refresh token, then misbehave or answer this."""
        self._next_token.append((True, Answer(fault=fault) if isinstance(fault, str) else fault))

    def event(self, name: str, **content: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook event, signed with the header's timestamp."""
        stamp = str(int(self.clock() * 1000))
        body = json.dumps({"app_id": self.app_id, "event_name": name, "timestamp": stamp, **content}).encode()
        return {"X-ZEvent-Signature": self.sign(body, stamp), "X-ZEvent-Timestamp": stamp}, body

    def sign(self, body: bytes, stamp: str) -> str:
        # written out anew: a judge does not ask the accused how to sign
        return (
            "mac=" + hashlib.sha256(self.app_id.encode() + body + stamp.encode() + self.secret_key.encode()).hexdigest()
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, times: int = 1) -> list[int]:
        """Send an event, and its repeats as Zalo numbers them; gives the answers' statuses."""
        async with httpx.AsyncClient() as client:
            repeats = [
                dict(headers) if number == 0 else {**headers, "num_retry": str(number)} for number in range(times)
            ]
            return [(await client.post(url, content=body, headers=each)).status_code for each in repeats]

    def _issue(self) -> None:
        self._number += 1
        # Ids of the kind that Zalo gives, long enough to be looked for in a log
        self.access = f"TEST-access-{self._number}-of-nobody"
        if not self.refresh or not self.keeps_refresh:
            self.refresh = f"TEST-refresh-{self._number}-of-nobody"
        self._expires_at = self.clock() + TOKEN_SECONDS

    async def _respond(self, request: Request) -> Answer:
        path = request.path
        self.calls.append(path)
        if path == "/v4/oa/access_token":
            return self._planned(self._next_token, lambda: self._exchange(request))
        if path in SHUT_DOWN:
            self.violations.append(f"{path} was shut down")
            return _error(-240, "MessageV2 API has been shut down")
        headers = self._rate()
        if headers is None:
            return _error(-32, "Your application reached limit call api")
        refused = self._token_fault(request, path)
        if refused is not None:
            return refused
        if path == "/v2.0/oa/getoa":
            account = {"oa_id": "42", "is_verified": True}
            success = json_answer({"data": account, "error": 0, "message": "Success"})
            return self._planned(self._next, lambda: success)
        send = {
            "/v3.0/oa/message/cs": self._consultation,
            "/v3.0/oa/group/message": self._group,
            "/v3.0/oa/message/template": self._by_user,
            "/message/template": self._by_phone,
            "/message/template/hashphone": self._by_hash,
        }.get(path)
        if send is None or request.method != "POST":
            self.violations.append(f"{request.method} {path} is no endpoint")
            return _error(-212, "API not registered", 404)
        answer = self._planned(self._next, lambda: send(json.loads(request.body)))
        return replace(answer, headers={**answer.headers, **headers})

    def _planned(self, plans: deque[tuple[bool, Answer]], work: Callable[[], Answer]) -> Answer:
        taken, planned = plans.popleft() if plans else (True, None)
        if planned is None:
            return work()
        if not taken:
            return planned
        answer = work()
        return replace(answer, fault=planned.fault, delay=planned.delay) if planned.fault else planned

    def _rate(self) -> dict[str, str] | None:
        minute = int(self.clock() // 60)
        count = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, count)
        if count > self.per_minute:
            self.violations.append(f"{count} requests in a minute")
            return None
        return {"X-RateLimit-Limit": str(self.per_minute), "X-RateLimit-Remain": str(self.per_minute - count)}

    def _token_fault(self, request: Request, path: str) -> Answer | None:
        given = request.headers.get("access_token", "")
        if request.headers.get("authorization"):
            self.violations.append("Authorization header instead of access_token")
        by_phone = path.startswith("/message/")
        if given != self.access or not given:
            if given in self._void:
                self.violations.append("a token was used after its successor was handed out")
            return self._refusal(-124 if by_phone else -216, "Access token is invalid")
        if self.clock() >= self._expires_at:
            return self._refusal(-124 if by_phone else -220, "access_token is expired or removed")
        return None

    def _refusal(self, code: int, message: str) -> Answer:
        return json_answer({"error": str(code) if self.quoted_errors else code, "message": message})

    def _exchange(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        given = form.get("refresh_token", "")
        self.exchanges.append(given)
        if request.headers.get("secret_key") != self.secret_key or form.get("app_id") != self.app_id:
            return json_answer({"error": -14004, "error_name": "Invalid app or secret"})
        if form.get("grant_type") != "refresh_token":
            self.violations.append("grant_type is missing")
        if given in self._used:
            self.violations.append("a refresh token was used twice")
            return EMPTY
        if given != self.refresh or not given:
            code: object = "-14014" if self.quoted_errors else -14014
            return json_answer(
                {"error": code, "error_name": "Invalid refresh token.", "error_reason": f"token {given}"}
            )
        old = self.access
        if not self.keeps_refresh:
            self._used.add(given)
        self._issue()
        # A grace of none: the old access token is void at once, the hardest case for a caller.
        self._void.add(old)
        fresh = {"access_token": self.access, "expires_in": str(TOKEN_SECONDS)}
        return json_answer(fresh if self.keeps_refresh else {**fresh, "refresh_token": self.refresh})

    def _consultation(self, body: dict[str, Any]) -> Answer:
        user, text = str(body["recipient"]["user_id"]), body["message"]["text"]
        if (fault := self._text_fault(text) or self._person_fault(user)) is not None:
            return fault
        if self.clock() - self.spoke_at.get(user, self.clock()) > SEVEN_DAYS:
            return _error(-230, "User has not interacted with the OA in the past 7 days")
        return self._take("cs", user, body, "message_id")

    def _group(self, body: dict[str, Any]) -> Answer:
        group, text = str(body["recipient"]["group_id"]), body["message"]["text"]
        if "[@" in text:
            self.violations.append("a mention in a group's text")
        if (fault := self._text_fault(text)) is not None:
            return fault
        if self.groups is not None and group not in self.groups:
            return _error(-403, "OA is not in group")
        return self._take("group", group, body, "message_id")

    def _by_user(self, body: dict[str, Any]) -> Answer:
        if "tracking_id" in body:
            self.violations.append("tracking_id is not accepted by user id")
            return _error(-201, "tracking_id is invalid!")
        user = str(body["user_id"])
        fault = self._person_fault(user) or self._template_fault(body)
        return fault or self._take("uid", user, body, "message_id")

    def _by_phone(self, body: dict[str, Any]) -> Answer:
        phone = str(body["phone"])
        if not re.fullmatch(r"84\d{9,10}", phone):
            self.violations.append("a phone number of another form")
            return _error(-108, f"Phone number is invalid: {phone}")
        return self._by_number(phone, body)

    def _by_hash(self, body: dict[str, Any]) -> Answer:
        if not re.fullmatch(r"[0-9a-f]{64}", str(body["phone"])):
            self.violations.append("a phone number that is not hashed")
            return _error(-108, "Phone number is invalid")
        return self._by_number(str(body["phone"]), body)

    def _by_number(self, phone: str, body: dict[str, Any]) -> Answer:
        tracking_id = body.get("tracking_id")
        if not isinstance(tracking_id, str) or not 1 <= len(tracking_id) <= MAX_TRACKING_ID:
            self.violations.append("tracking_id is missing or longer than 48")
            return _error(-122, "tracking_id is invalid")
        if phone in self.reject:
            return _error(self.reject[phone], f"refused for {phone}")
        if phone in self.no_zalo:
            return _error(-118, f"Zalo account of {phone} not existed")
        if (fault := self._template_fault(body)) is not None:
            return fault
        if self.remaining <= 0:
            return _error(-144, "OA has exceeded daily quota")
        self.remaining -= 1
        quota = {"dailyQuota": str(self.daily_quota), "remainingQuota": str(self.remaining)}
        return self._take("phone", phone, body, "msg_id", quota=quota)

    def _text_fault(self, text: str) -> Answer | None:
        if text != unicodedata.normalize("NFC", text):
            self.violations.append("a text that is not NFC")
        if not text.strip():
            return _error(-201, "text is invalid!")
        if len(text) > MAX_TEXT:
            self.violations.append(f"{len(text)} characters")
            return _error(-210, "Parameter exceeds limit: text")
        return None

    def _person_fault(self, user: str) -> Answer | None:
        if user in self.reject:
            return _error(self.reject[user], f"refused for {user}")
        if self.followers is not None and user not in self.followers:
            return _error(-213, f"User {user} has not followed OA")
        return None

    def _template_fault(self, body: dict[str, Any]) -> Answer | None:
        data = body.get("template_data")
        if not isinstance(data, dict):
            return _error(-111, "Template data is empty")
        wanted = self.templates.get(str(body.get("template_id")))
        if self.templates and wanted is None:
            return _error(-109, "Template id is invalid")
        if wanted is not None and set(wanted) - data.keys():
            self.violations.append(f"missing parameters: {sorted(set(wanted) - data.keys())}")
            return _error(-1121, "Template data is missing a parameter")
        allowed = LENGTHS.keys() if wanted is None else set(wanted)
        if data.keys() - allowed:
            self.violations.append(f"unknown parameters: {sorted(data.keys() - allowed)}")
            return _error(-112, "Template data is invalid")
        for name, value in data.items():
            if not isinstance(value, str) or not value.strip() or len(value) > LENGTHS[name]:
                self.violations.append(f"parameter {name} of {len(str(value))} characters")
                return _error(-1122, f"Parameter {name} exceeds limit or is of another type")
        return None

    def _take(self, form: str, to: str, body: dict[str, Any], id_name: str, **data: Any) -> Answer:
        message = Taken(form, to, body, f"63ecf4{len(self.taken):06x}")
        self.taken.append(message)
        content = {id_name: message.id, "sent_time": str(int(self.clock() * 1000)), **data}
        return json_answer({"data": content, "error": 0, "message": "Success"})


def _error(code: int, message: str = "an error", status: int = 200) -> Answer:
    return json_answer({"error": code, "message": message}, status)


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.lifetime, stop.set)
    async with ZaloServer(app_id=options.app_id, secret_key=options.secret_key, port=options.port) as server:
        print(server.url, flush=True)
        print(f"access_token {server.access}\nrefresh_token {server.refresh}", flush=True)
        shown = 0
        while not stop.is_set():
            for taken in server.taken[shown:]:
                print(json.dumps({"form": taken.form, "to": taken.to, **taken.body}, ensure_ascii=False), flush=True)
                if options.hook and taken.form == "phone":
                    received = {"msg_id": taken.id, "tracking_id": taken.body["tracking_id"]}
                    headers, body = server.event("user_received_message", message=received)
                    await server.post(options.hook, {**headers, "X-ZEvent-Server": "ZNS"}, body)
            shown = len(server.taken)
            for violation in server.violations:
                print(f"violation: {violation}", flush=True)
            server.violations.clear()
            await asyncio.sleep(0.2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a process of its own, at most `--lifetime` seconds; prints its address, the first grant, what arrives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--app-id", default="1234567890")
    parser.add_argument("--secret-key", default="TEST-secret-of-nobody")
    parser.add_argument("--hook", help="where delivery receipts go")
    parser.add_argument("--lifetime", type=float, default=86_400.0, help="seconds")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
