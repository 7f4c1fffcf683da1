"""A Zalo Bot platform that judges its caller (delivery reference 1c).

    async with ZaloBotServer() as server:
        ZaloBotChannel(server.token, base_url=server.url)

As a process:   python -m tests.peers.zalo_bot_server --port 9201

Errors come as `ok: false` with HTTP 200, as the platform's do. Violations: a text of none or more than 2,000 characters,
text that is not NFC, methods that do not exist.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
import unicodedata
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import httpx

from tests.peers.loopback import Answer, Loopback, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_TEXT = 2000
#: Every method the platform has; a bot that sends needs only two.
METHODS = {
    "getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "sendMessage", "sendPhoto", "sendSticker",
    "sendVoice", "sendChatAction",
}  # fmt: skip
DESCRIPTIONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Internal server error", 404: "Not Found", 408: "Request timeout",
    429: "Quota exceeded",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """One message that a person now sees on the phone, whatever the sender was told."""

    chat_id: str
    text: str
    message_id: str


class ZaloBotServer:
    """`taken` holds the messages, `calls` every method; `fail`, `refuse` and `take_then` say what befalls the next.

    `per_minute` is a quota of sends, 0 for none; past it the answer is 429 without a time, and a violation.
    """

    def __init__(
        self, token: str = "12345689:TEST-token_of-nobody", *, secret: str = "TEST-hook-secret", port: int = 0,
        per_minute: int = 0,
    ) -> None:  # fmt: skip
        self.token, self.secret, self.per_minute = token, secret, per_minute
        self.taken: list[Taken] = []
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.chats: set[str] | None = None  # None: everybody has written to the bot
        self._sends: deque[float] = deque()
        self._next: deque[tuple[bool, Answer]] = deque()
        self._loopback = Loopback(self._respond, port)

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._loopback.__aexit__(*error)

    @property
    def url(self) -> str:
        return self._loopback.url

    def fail(self, *answers: Answer) -> None:
        """Let the next sends get these answers; nothing is taken."""
        self._next.extend((False, answer) for answer in answers)

    def refuse(self, code: int, description: str | None = None) -> None:
        """Let the next send get an error in the platform's form."""
        self.fail(error(code, description))

    def take_then(self, fault: str | Answer) -> None:
        """Take the next message, then misbehave: hang, drop, reset, half, drip (loopback.Answer); or answer this."""
        self._next.append((True, Answer(fault=fault) if isinstance(fault, str) else fault))

    def event(self, name: str = "message.text.received", **message: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a webhook event."""
        body = json.dumps({"ok": True, "result": {"event_name": name, "message": message}}).encode()
        return {"X-Bot-Api-Secret-Token": self.secret, "Content-Type": "application/json"}, body

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, times: int = 1) -> list[int]:
        """Send an event, `times` times; gives the answers' statuses."""
        async with httpx.AsyncClient() as client:
            return [(await client.post(url, content=body, headers=dict(headers))).status_code for _ in range(times)]

    async def _respond(self, request: Request) -> Answer:
        base, _, method = request.path.rpartition("/")
        self.calls.append(method)
        if base != f"/bot{self.token}":
            return error(401)
        if method == "getMe" and not self._next:
            return _ok({"id": "1459232241454765289", "account_name": "bot.alertd", "account_type": "BASIC"})
        if method not in METHODS:
            self.violations.append(f"{method} is no method")
            return error(404)
        if method not in {"sendMessage", "getMe"}:
            return error(408 if method == "getUpdates" else 400)
        taken, planned = self._next.popleft() if self._next else (True, None)
        if planned is not None and not taken:
            return planned
        answer = self._send(json.loads(request.body))
        if planned is None:
            return answer
        return replace(answer, fault=planned.fault, delay=planned.delay) if planned.fault else planned

    def _send(self, body: dict[str, Any]) -> Answer:
        chat, text = str(body.get("chat_id", "")), str(body.get("text", ""))
        if self._is_over_quota():
            self.violations.append(f"more than {self.per_minute} messages in a minute")
            return error(429)
        if not chat or (self.chats is not None and chat not in self.chats):
            return error(400)
        if text != unicodedata.normalize("NFC", text):
            self.violations.append("a text that is not NFC")
        if not 1 <= len(text) <= MAX_TEXT:
            self.violations.append(f"{len(text)} characters")
            return error(400)
        message = Taken(chat, text, f"82599fa32f56d00e8941{len(self.taken)}")
        self.taken.append(message)
        return _ok({"message_id": message.message_id, "date": int(time.time() * 1000)})

    def _is_over_quota(self) -> bool:
        now = time.monotonic()
        while self._sends and now - self._sends[0] >= 60:
            self._sends.popleft()
        self._sends.append(now)
        return 0 < self.per_minute < len(self._sends)


def error(code: int, description: str | None = None) -> Answer:
    """An error in the platform's form: HTTP 200."""
    said = description if description is not None else DESCRIPTIONS.get(code, "Error")
    return json_answer({"ok": False, "error_code": code, "description": said})


def _ok(result: dict[str, object]) -> Answer:
    return json_answer({"ok": True, "result": result})


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.lifetime, stop.set)
    async with ZaloBotServer(options.token, port=options.port) as server:
        print(server.url, flush=True)
        shown = 0
        while not stop.is_set():
            for taken in server.taken[shown:]:
                print(f"to {taken.chat_id}:\n{taken.text}\n", flush=True)
            shown = len(server.taken)
            for violation in server.violations:
                print(f"violation: {violation}", flush=True)
            server.violations.clear()
            await asyncio.sleep(0.2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a process of its own, at most `--lifetime` seconds; prints its address and what arrives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="12345689:TEST-token_of-nobody")
    parser.add_argument("--lifetime", type=float, default=86_400.0, help="seconds")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
