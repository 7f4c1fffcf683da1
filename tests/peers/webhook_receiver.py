"""An SMS gateway that judges what alertd posts to it (DESIGN section 7).

In a test:      async with WebhookReceiver(secret="…") as receiver: … receiver.url, receiver.seen, receiver.violations
As a process:   python -m tests.peers.webhook_receiver --port 0 --log seen.jsonl --delay-ms 50

`strict` makes it do what a gateway should: 401 for a request without or with a wrong signature, one that is older than
five minutes, or one that was taken before to the letter; the answer it gave before for an id that comes again.

The process prints its port on the first line of stdout. It appends one JSON line per request to the log after reading
the request and before answering it, so that the log tells what arrived even if the sender was killed meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import signal
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.peers.loopback import Answer, Loopback, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIELDS = {
    "id", "person", "person_name", "phone", "unit", "kind", "urgency", "late", "text", "part", "parts", "dossiers",
}  # fmt: skip
#: Seconds.
LONGEST_AGE = 300
DOSSIER_FIELDS = {"code", "step", "due_at", "url"}


@dataclass(frozen=True)
class Seen:
    """One request as it arrived. `signed` is None if the receiver holds no secret; `repeat` counts from 0 per id."""

    at: str
    id: str | None
    repeat: int
    signed: bool | None
    headers: dict[str, str]
    body: Any
    violations: list[str]
    refused: str = ""


class WebhookReceiver:
    """Records every request; `answer` says what the next ones get, then `default` holds for the rest."""

    def __init__(
        self,
        secret: str | None = None,
        *,
        default: Answer | None = None,
        port: int = 0,
        strict: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.secret = secret
        self.strict = strict
        self.now = now
        self.default = default
        self.seen: list[Seen] = []
        self.raw: list[bytes] = []
        self._counts: Counter[str | None] = Counter()
        self._next: deque[Answer] = deque()
        self._first: dict[str | None, tuple[Any, str]] = {}
        self._taken: set[tuple[str, str]] = set()
        self._loopback = Loopback(self._respond, port)
        self.log: Path | None = None

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._loopback.__aexit__(*error)

    @property
    def port(self) -> int:
        return self._loopback.port

    @property
    def url(self) -> str:
        return f"{self._loopback.url}/hook"

    @property
    def violations(self) -> list[str]:
        """Everything that a request did wrong, in order."""
        return [violation for seen in self.seen for violation in seen.violations]

    @property
    def repeated(self) -> dict[str | None, int]:
        """How often each id came that came more than once."""
        return {key: count for key, count in self._counts.items() if count > 1}

    def answer(self, *answers: Answer | int) -> None:
        """Set what the next requests get: a status, or a whole Answer."""
        self._next.extend(Answer(given) if isinstance(given, int) else given for given in answers)

    async def _respond(self, request: Request) -> Answer:
        seen = self._judge(request)
        self.seen.append(seen)
        self.raw.append(request.body)
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(seen), ensure_ascii=False) + "\n")
        if seen.refused:
            return json_answer({"error": seen.refused}, 401)
        if self._next:
            return self._next.popleft()
        accepted = json_answer({"id": self._first[seen.id][1]})
        return accepted if self.default is None else replace(accepted, **_changes(self.default))

    def _judge(self, request: Request) -> Seen:
        key = request.headers.get("idempotency-key")
        body = _parsed(request.body)
        signed = None if self.secret is None else self._signed(request)
        repeat = self._counts[key]
        self._counts[key] += 1
        violations = list(_faults(request, body, signed))
        lasting, _ = self._first.setdefault(key, (_lasting(body), f"gateway-{len(self.seen) + 1}"))
        if lasting != _lasting(body):
            violations.append("the id of another message")
        refused = self._refused(request, signed) if self.strict else ""
        return Seen(datetime.now(UTC).isoformat(), key, repeat, signed, request.headers, body, violations, refused)

    def _refused(self, request: Request, signed: bool | None) -> str:
        timestamp = request.headers.get("x-alertd-timestamp", "")
        if signed is False:
            return "unsigned" if "x-alertd-signature" not in request.headers else "wrong signature"
        if not timestamp.isdecimal() or abs(self.now() - int(timestamp)) > LONGEST_AGE:
            return "too old"
        taken = (timestamp, request.headers.get("x-alertd-signature", ""))
        if taken in self._taken:
            return "replayed"
        self._taken.add(taken)
        return ""

    def _signed(self, request: Request) -> bool:
        # written out anew: a judge does not ask the accused how to sign
        timestamp = request.headers.get("x-alertd-timestamp", "").encode()
        digest = hmac.new((self.secret or "").encode(), timestamp + b"." + request.body, hashlib.sha256).hexdigest()
        return request.headers.get("x-alertd-signature") == f"sha256={digest}"


def _changes(default: Answer) -> dict[str, Any]:
    if default.status < 300 and not default.body:
        return {"status": default.status, "delay": default.delay, "fault": default.fault}
    return asdict(default)


def _lasting(body: Any) -> Any:
    """What stays the same when a part is sent again; its text is marked as a repeat then."""
    names = FIELDS - {"text", "late"}
    return {name: body.get(name) for name in names} if isinstance(body, dict) else None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _faults(request: Request, body: Any, signed: bool | None):
    if request.method != "POST":
        yield f"{request.method} instead of POST"
    if request.headers.get("content-type") != "application/json; charset=utf-8":
        yield f"Content-Type is {request.headers.get('content-type')}"
    if not request.headers.get("x-alertd-timestamp", "").isdecimal():
        yield "X-Alertd-Timestamp is not Unix seconds"
    if signed is False:
        yield "the signature is wrong or missing"
    if not isinstance(body, dict):
        yield "the body is not a JSON object"
        return
    if body.keys() - {"file"} != FIELDS:
        yield f"fields differ: {sorted(body.keys() ^ FIELDS)}"
    if body.get("id") != request.headers.get("idempotency-key"):
        yield "Idempotency-Key is not the id"
    for dossier in body.get("dossiers") or []:
        if dossier.keys() != DOSSIER_FIELDS:
            yield f"a dossier's fields differ: {sorted(dossier.keys() ^ DOSSIER_FIELDS)}"


async def _serve(options: argparse.Namespace) -> None:
    default = Answer(options.status, delay=options.delay_ms / 1000)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.lifetime, stop.set)
    receiver = WebhookReceiver(options.secret, default=default, port=options.port, strict=options.strict)
    receiver.log = options.log
    async with receiver:
        print(receiver.port, flush=True)
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a process of its own, at most `--lifetime` seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--secret")
    parser.add_argument("--strict", action="store_true", help="401 for what a gateway should refuse")
    parser.add_argument("--lifetime", type=float, default=600.0, help="seconds")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
