"""A Bot API server that judges its caller (delivery reference, sections 2 and 4).

    async with TelegramServer() as server:
        TelegramChannel(server.token, base_url=server.base_url, …)

It counts as violations: more than 4,096 UTF-16 units, more than one message in a second to one chat, more than 30 in a
second overall. With `enforce=True` the last two are answered by 429 and `retry_after` too, as Telegram does.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl

from tests.peers.loopback import Answer, Loopback, Request, json_answer

MAX_UNITS = 4096
PER_CHAT_SECONDS = 1.0
OVERALL_PER_SECOND = 30
HTML = Answer(502, b"<html><head><title>502 Bad Gateway</title></head></html>", {"Content-Type": "text/html"})
NOT_JSON = Answer(200, b"<html>sign in to the network</html>", {"Content-Type": "text/html"})


@dataclass(frozen=True)
class Taken:
    """One message that a person now sees on the phone, whatever the sender was told."""

    chat_id: str
    text: str
    message_id: int
    fields: dict[str, str]
    at: float


class TelegramServer:
    """`taken` holds the messages, `calls` every call; `fail`, `refuse` and `take_then` say what befalls the next."""

    def __init__(self, token: str = "123456:TEST-token_of-nobody", *, enforce: bool = False, port: int = 0) -> None:
        self.token = token
        self.enforce = enforce
        self.taken: list[Taken] = []
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.blocked: set[str] = set()
        self.missing: set[str] = set()
        self.migrated: dict[str, int] = {}
        self._next: deque[tuple[bool, Answer]] = deque()  # whether the message is taken, and the answer
        self._recent: deque[tuple[float, str]] = deque()
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
    def base_url(self) -> str:
        return f"{self.url}/bot"

    def fail(self, *answers: Answer) -> None:
        """Let the next calls get these answers; nothing is taken."""
        self._next.extend((False, answer) for answer in answers)

    def refuse(self, status: int, description: str, **parameters: int) -> None:
        """Let the next call get an error in Telegram's form."""
        self.fail(_error(status, description, **parameters))

    def take_then(self, fault: str | Answer) -> None:
        """Take the next message, then misbehave: hang, drop, reset, half, drip (loopback.Answer); or answer this."""
        self._next.append((True, Answer(fault=fault) if isinstance(fault, str) else fault))

    async def _respond(self, request: Request) -> Answer:
        self.calls.append(request.path.rpartition("/")[2])
        if request.path.rpartition("/")[0] != f"/bot{self.token}":
            return _error(401, "Unauthorized")
        if self.calls[-1] == "getMe":
            return _ok({"id": 123456, "is_bot": True, "first_name": "alertd", "username": "alertd_bot"})
        if self.calls[-1] != "sendMessage":
            return _error(404, "Not Found")
        taken, planned = self._next.popleft() if self._next else (True, None)
        if planned is not None and not taken:
            return planned
        answer = self._send(_fields(request))
        if planned is None:
            return answer
        return replace(answer, fault=planned.fault, delay=planned.delay) if planned.fault else planned

    def _send(self, fields: dict[str, str]) -> Answer:
        chat, text = fields.get("chat_id", ""), fields.get("text", "")
        if (wait := self._too_fast(chat)) and self.enforce:
            return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        if chat in self.missing or not chat:
            return _error(400, "Bad Request: chat not found")
        if chat in self.migrated:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, description, migrate_to_chat_id=self.migrated[chat])
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if (units := len(text.encode("utf-16-le")) // 2) > MAX_UNITS:
            self.violations.append(f"{units} UTF-16 units to chat {chat}")
            return _error(400, "Bad Request: message is too long")
        message = Taken(chat, text, len(self.taken) + 1, fields, time.monotonic())
        self.taken.append(message)
        kind = {"id": int(chat) if chat.lstrip("-").isdecimal() else 1, "type": "private"}
        return _ok({"message_id": message.message_id, "date": int(time.time()), "chat": kind, "text": text})

    def _too_fast(self, chat: str) -> int:
        """Seconds to wait, 0 if none; recorded as violations."""
        now = time.monotonic()
        while self._recent and now - self._recent[0][0] >= PER_CHAT_SECONDS:
            self._recent.popleft()
        same = sum(1 for _, other in self._recent if other == chat)
        overall = len(self._recent)
        self._recent.append((now, chat))
        if same:
            self.violations.append(f"more than 1 message in a second to chat {chat}")
        if overall >= OVERALL_PER_SECOND:
            self.violations.append(f"more than {OVERALL_PER_SECOND} messages in a second")
        return 1 if same or overall >= OVERALL_PER_SECOND else 0


def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return {name: str(value) for name, value in json.loads(request.body).items()}
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _ok(result: dict[str, object]) -> Answer:
    return json_answer({"ok": True, "result": result})


def _error(status: int, description: str, **parameters: int) -> Answer:
    content: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        content["parameters"] = parameters
    return json_answer(content, status)
