"""A Bot API server that judges its caller (delivery reference, sections 2 and 4).

    async with TelegramServer() as server:
        TelegramChannel(server.token, base_url=server.base_url, …)
        server.updates.text(4711, "/quahan")

It records as violations: more than 4,096 UTF-16 units, an empty text, bad HTML, a button over 64 bytes, a document or a caption that is too large, more than one
message in a second to one chat, more than 30 in a second overall, more than 20 in a minute to a group, a message within
`retry_after`, parts out of order, a pressed button answered after 15 s. With `enforce=True` the rates are answered by
429 and `retry_after` too, as Telegram does. By hand, with a terminal for a phone:

    python -m tests.peers.telegram_server --port 9100
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.peers.loopback import Answer, Loopback, Request, json_answer
from tests.peers.telegram_meter import Meter, buttons
from tests.peers.telegram_polls import Polls

#: Of sendDocument (Bot API).
MAX_DOCUMENT, MAX_CAPTION = 50 * 1024 * 1024, 1024
HTML = Answer(502, b"<html><head><title>502 Bad Gateway</title></head></html>", {"Content-Type": "text/html"})
NOT_JSON = Answer(200, b"<html>sign in to the network</html>", {"Content-Type": "text/html"})
ME = {"id": 123456, "is_bot": True, "first_name": "alertd", "username": "alertd_bot"}


@dataclass(frozen=True)
class Taken:
    """One message that a person now sees on the phone, whatever the sender was told."""

    chat_id: str
    text: str
    message_id: int
    fields: dict[str, str]
    at: float
    #: The file's name and bytes, where it was a document.
    file: tuple[str, bytes] | None = None

    @property
    def buttons(self) -> list[dict[str, str]]:
        """As they were sent."""
        return buttons(self.fields)


class TelegramServer:
    """`taken` holds the messages, `calls` every call; `fail`, `refuse` and `take_then` say what befalls the next.

    `updates` is what people send; `blocked`, `missing`, `migrated` are chats, `refused` counts the calls to the first
    two; `settled` holds the messages whose buttons were taken away; `revoked` makes the token unknown.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token_of-nobody",
        *,
        enforce: bool = False,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.enforce = enforce
        self.revoked = False
        self.taken: list[Taken] = []
        self.calls: list[str] = []
        self.violations: list[str] = []
        self.blocked: set[str] = set()
        self.missing: set[str] = set()
        self.migrated: dict[str, int] = {}
        self.refused: Counter[str] = Counter()
        self.settled: list[tuple[str, int]] = []
        self.edited: dict[tuple[str, int], str] = {}
        self.on_message: Callable[[Taken], None] = lambda _: None
        self.meter = Meter(self.violations, clock)
        self.updates = Polls(self.violations, clock)
        # by method: whether a message is taken all the same, and the answer
        self._next: defaultdict[str, deque[tuple[bool, Answer]]] = defaultdict(deque)
        self._loopback = Loopback(self._respond, port)
        self._file: tuple[str, bytes] | None = None
        self._methods: dict[str, Callable[[dict[str, str]], Answer]] = {
            "getMe": lambda _: _ok(ME),
            "sendMessage": self._send,
            "sendDocument": self._send_document,
            "answerCallbackQuery": self._answer_press,
            "editMessageReplyMarkup": self._edit_markup,
            "editMessageText": self._edit_text,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
        }

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

    def fail(self, *answers: Answer, method: str = "sendMessage") -> None:
        """Let the next calls of a method get these answers; nothing is taken."""
        self._next[method].extend((False, answer) for answer in answers)

    def refuse(self, status: int, description: str, *, method: str = "sendMessage", **parameters: int) -> None:
        """Let the next call of a method get an error in Telegram's form."""
        self.fail(_error(status, description, **parameters), method=method)

    def take_then(self, fault: str | Answer, *, method: str = "sendMessage") -> None:
        """Take the next message, then misbehave: hang, drop, reset, half, drip (loopback.Answer); or answer this."""
        self._next[method].append((True, Answer(fault=fault) if isinstance(fault, str) else fault))

    def block(self, chat: int) -> None:
        """The person blocks the bot."""
        self.blocked.add(str(chat))
        self.updates.member(chat, "member", "kicked")

    def unblock(self, chat: int) -> None:
        """The person lets the bot speak again."""
        self.blocked.discard(str(chat))
        self.updates.member(chat, "kicked", "member")

    async def _respond(self, request: Request) -> Answer:
        method = request.path.rpartition("/")[2]
        self.calls.append(method)
        if self.revoked or request.path.rpartition("/")[0] != f"/bot{self.token}":
            return _error(401, "Unauthorized")
        fields, self._file = _fields(request), _file(request)
        taken, planned = self._next[method].popleft() if self._next[method] else (True, None)
        if planned is not None and not taken:
            self._hold(fields, planned)
            return planned
        if method == "getUpdates":
            return await self.updates.fetch(fields)
        if method not in self._methods:
            return _error(404, "Not Found")
        answer = self._methods[method](fields)
        if planned is None:
            return answer
        return replace(answer, fault=planned.fault, delay=planned.delay) if planned.fault else planned

    def _send_document(self, fields: dict[str, str]) -> Answer:
        """As a message whose text is the caption: a document up to 50 MB, a caption up to 1,024 UTF-16 units."""
        if self._file is None or not self._file[1]:
            self.violations.append("a document that is empty")
            return _error(400, "Bad Request: file must be non-empty")
        if len(self._file[1]) > MAX_DOCUMENT:
            self.violations.append(f"a document of {len(self._file[1])} bytes")
            return _error(413, "Request Entity Too Large")
        caption = fields.pop("caption", "")
        if (units := len(caption.encode("utf-16-le")) // 2) > MAX_CAPTION:
            self.violations.append(f"a caption of {units} UTF-16 units")
            return _error(400, "Bad Request: message caption is too long")
        return self._send(fields | {"text": caption})

    def _send(self, fields: dict[str, str]) -> Answer:
        chat = fields.get("chat_id", "")
        if (wait := self.meter.wait(chat)) and self.enforce:
            answer = _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            self._hold(fields, answer)
            return answer
        if chat in self.blocked:
            self.refused[chat] += 1
            return _error(403, "Forbidden: bot was blocked by the user")
        if chat in self.missing or not chat:
            self.refused[chat] += 1
            return _error(400, "Bad Request: chat not found")
        if chat in self.migrated:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, description, migrate_to_chat_id=self.migrated[chat])
        if (refusal := self.meter.refusal(fields)) is not None:
            return _error(400, refusal)
        self.meter.order(chat, fields["text"])
        message = Taken(chat, fields["text"], len(self.taken) + 1, fields, self.meter.clock(), self._file)
        self.taken.append(message)
        self.on_message(message)
        return _ok(_message(chat, message.message_id, message.text))

    def _answer_press(self, fields: dict[str, str]) -> Answer:
        refusal = self.updates.answer(fields)
        return _ok(True) if refusal is None else _error(400, refusal)

    def _edit_markup(self, fields: dict[str, str]) -> Answer:
        chat, number = fields.get("chat_id", ""), int(fields.get("message_id") or 0)
        if not any(each.message_id == number and each.chat_id == chat for each in self.taken):
            return _error(400, "Bad Request: message to edit not found")
        if (refusal := self.meter.bad_buttons(fields)) is not None:
            return _error(400, refusal)
        if not buttons(fields):
            if (chat, number) in self.settled:
                return _error(400, "Bad Request: message is not modified")
            self.settled.append((chat, number))
        return _ok(_message(chat, number, ""))

    def _edit_text(self, fields: dict[str, str]) -> Answer:
        chat, number = fields.get("chat_id", ""), int(fields.get("message_id") or 0)
        if not any(each.message_id == number and each.chat_id == chat for each in self.taken):
            return _error(400, "Bad Request: message to edit not found")
        if (refusal := self.meter.refusal(fields)) is not None:
            return _error(400, refusal)
        self.edited[chat, number] = fields["text"]
        return _ok(_message(chat, number, fields["text"]))

    def _set_webhook(self, fields: dict[str, str]) -> Answer:
        self.updates.webhook = fields.get("url", "")
        return _ok(True)

    def _hold(self, fields: dict[str, str], answer: Answer) -> None:
        if answer.status == 429 and answer.body.startswith(b"{"):
            seconds = json.loads(answer.body).get("parameters", {}).get("retry_after", 0)
            self.meter.hold(fields.get("chat_id", ""), seconds)


def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return {name: str(value) for name, value in json.loads(request.body).items()}
    if parts := _parts(request):
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
            for part in parts if not part.get_filename()
        }  # fmt: skip
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _file(request: Request) -> tuple[str, bytes] | None:
    return next(((part.get_filename(""), part.get_payload(decode=True)) for part in _parts(request)
                 if part.get_filename()), None)  # fmt: skip


def _parts(request: Request) -> list[Any]:
    """The parts of a form with a file (RFC 7578), which is read as a mail is."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return []
    read = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    return list(read.iter_parts())


def _message(chat: str, number: int, text: str) -> dict[str, Any]:
    kind = {"id": int(chat) if chat.lstrip("-").isdecimal() else 1, "type": "private"}
    return {"message_id": number, "date": int(time.time()), "chat": kind, "text": text}


def _ok(result: object) -> Answer:
    return json_answer({"ok": True, "result": result})


def _error(status: int, description: str, **parameters: int) -> Answer:
    content: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        content["parameters"] = parameters
    return json_answer(content, status)


if __name__ == "__main__":
    from tests.peers.telegram_terminal import main

    main()
