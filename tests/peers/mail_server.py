"""A mail server that judges what it is handed, and fails as told (RFC 5321).

In a test:   async with MailServer() as server: server.refuse("a@b.example", "550 5.1.1 no such user") … server.mails
By hand:     python -m tests.peers.mail_server --port 2525 --log mails.jsonl
             and in alertd.yaml: email: {host: 127.0.0.1, port: 2525, security: none, sender: alertd@office.example}

Faults, set before the mail comes: `refuse` and `greylist` a recipient, `say(command, answer, …)` for the next answers to
MAIL, RCPT or DATA, `greeting` (an empty one is silence), `after_dot` = "hang" or "drop" (the mail is kept, its answer is
not), `login` = (user, password), and a TLS context with `implicit_tls` or STARTTLS. `violations` lists what a strict
server or reader would not take.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import json
import signal
import warnings
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

#: RFC 5322 2.1.1, without the line's end.
LONGEST_LINE = 998
REQUIRED = ("From", "To", "Date", "Message-ID", "Subject", "Auto-Submitted")
#: These differ between a mail and its marked repeat: the mark, when it was composed, a page that expires.
_MAY_DIFFER = ("(Tin soạn lúc", "Xác nhận hoặc giải trình tại:", "Phiếu xin lỗi điền sẵn")


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived: the envelope, the raw bytes, what was read of them, what is wrong with them."""

    sender: str
    recipient: str
    raw: bytes
    headers: dict[str, str]
    text: str
    violations: list[str]
    #: The name, type and bytes of each file that came with it.
    files: tuple[tuple[str, str, bytes], ...] = ()


@dataclass
class MailServer:
    """Serves on loopback while its `async with` lasts."""

    port: int = 0
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    after_dot: str | None = None
    greeting: str | None = None
    log: Path | None = None
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    logins: int = 0
    #: A mail has come; a connection has ended.
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    _refused: dict[str, str] = field(default_factory=dict)
    _grey: dict[str, int] = field(default_factory=dict)
    _next: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    _by_id: dict[str, list[str]] = field(default_factory=dict)
    _open: set[_Session] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        context = self.tls if self.implicit_tls else None
        self._server = await loop.create_server(lambda: _session(self, loop), "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for session in list(self._open):
            session.cut()
        while self._open:
            self.left.clear()
            await self.left.wait()
        await self._server.wait_closed()

    @property
    def violations(self) -> list[str]:
        """Everything that a mail did wrong, in order."""
        return [violation for mail in self.mails for violation in mail.violations]

    def refuse(self, recipient: str, answer: str = "550 5.1.1 no such user") -> None:
        """Every RCPT for this mailbox gets this answer."""
        self._refused[recipient] = answer

    def greylist(self, recipient: str, times: int = 1) -> None:
        """The next RCPTs for this mailbox are put off."""
        self._grey[recipient] = times

    def say(self, command: str, *answers: str) -> None:
        """What the next MAIL, RCPT or DATA commands get."""
        self._next[command].extend(answers)

    # --- what aiosmtpd asks -------------------------------------------------------------------------------------------

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        self.commands.append("MAIL")
        if self._next["MAIL"]:
            return self._next["MAIL"].popleft()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        self.commands.append("RCPT")
        if self._next["RCPT"]:
            return self._next["RCPT"].popleft()
        if address in self._refused:
            return self._refused[address]
        if self._grey.get(address, 0) > 0:
            self._grey[address] -= 1
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.commands.append("DATA")
        if self._next["DATA"]:
            return self._next["DATA"].popleft()
        mail = self._read(envelope)
        self.mails.append(mail)
        self.arrived.set()
        if self.log is not None:
            kept = {"to": mail.recipient, "headers": mail.headers, "text": mail.text, "violations": mail.violations}
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")
        if self.after_dot == "hang":
            await asyncio.Event().wait()
        if self.after_dot == "drop":
            server.transport.abort()
        return f"250 OK: queued as {len(self.mails)}"

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        self.logins += 1
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.login, handled=False)

    # --- judging ------------------------------------------------------------------------------------------------------

    def _read(self, envelope: Any) -> Mail:
        raw = envelope.original_content
        read = email.message_from_bytes(raw, policy=email.policy.default)
        body = read.get_body(("plain",))
        text = body.get_content().replace("\r\n", "\n") if body is not None else ""
        files = tuple(
            (p.get_filename(""), p.get_content_type(), p.get_payload(decode=True)) for p in read.iter_attachments()
        )
        headers = {name: str(value) for name, value in read.items()}
        mail = Mail(envelope.mail_from, ",".join(envelope.rcpt_tos), raw, headers, text, [], files)
        mail.violations.extend(_faults(mail, read))
        before = self._by_id.setdefault(headers.get("Message-ID", ""), _lasting(text))
        if before != _lasting(text):
            mail.violations.append("the Message-ID of another text")
        return mail


def _lasting(text: str) -> list[str]:
    """What a repeat must say again: all lines but the first, which is marked, and those that tell the time."""
    return [line for line in text.strip().splitlines()[1:] if line and not line.startswith(_MAY_DIFFER)]


def _faults(mail: Mail, read: Any):
    lines = mail.raw.split(b"\r\n")
    if any(len(line) > LONGEST_LINE for line in lines):
        yield f"a line of more than {LONGEST_LINE} octets"
    if b"\r" in b"".join(lines) or b"\n" in b"".join(lines):
        yield "a bare CR or LF"
    head = mail.raw.partition(b"\r\n\r\n")[0]
    if not head.isascii():
        yield "a header that is not ASCII"
    if not mail.raw.isascii() and (read.get_content_charset() is None or read["Content-Transfer-Encoding"] != "8bit"):
        yield "bytes above 127 without a charset and 8bit"
    for name in REQUIRED:
        if len(read.get_all(name) or []) != 1:
            yield f"{len(read.get_all(name) or [])} headers {name}"
    try:
        parsedate_to_datetime(mail.headers.get("Date", ""))
    except ValueError:
        yield "a Date that cannot be read"
    if mail.recipient not in mail.headers.get("To", ""):
        yield "To is not the recipient"


class _Session(SMTP):
    # longer than the limit that is judged here, so that it is recorded and not only refused
    line_length_limit = 1024 * 1024

    def __init__(self, server: MailServer, **options: Any) -> None:
        super().__init__(server, **options)
        self._judge = server

    def connection_made(self, transport: Any) -> None:
        self._judge._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._judge._open.discard(self)
        self._judge.left.set()
        super().connection_lost(error)

    def cut(self) -> None:
        if self.transport is not None:
            with suppress(
                AttributeError
            ):  # Python 3.11.2 (Debian's) knows no end to one over TLS that was closed twice
                self.transport.abort()

    async def _handle_client(self) -> None:
        if self._judge.greeting is None:
            await super()._handle_client()
            return
        if not self._judge.greeting:
            await asyncio.Event().wait()
        await self.push(self._judge.greeting)
        self.transport.close()


def _session(server: MailServer, loop: asyncio.AbstractEventLoop) -> _Session:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a login without TLS, which is what a test may want
        return _Session(
            server,
            loop=loop,
            hostname="mail.example",
            tls_context=None if server.implicit_tls else server.tls,
            auth_required=server.login is not None,
            auth_require_tls=server.login is None,
            authenticator=server.authenticate if server.login is not None else None,
        )


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.lifetime, stop.set)
    login = tuple(options.login.split(":", 1)) if options.login else None
    async with MailServer(port=options.port, login=login, log=options.log, after_dot=options.after_dot) as server:
        for recipient in options.refuse:
            server.refuse(recipient)
        print(server.port, flush=True)
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a process of its own, at most `--lifetime` seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--refuse", action="append", default=[], metavar="MAILBOX")
    parser.add_argument("--after-dot", choices=["hang", "drop"])
    parser.add_argument("--login", metavar="USER:PASSWORD")
    parser.add_argument("--lifetime", type=float, default=600.0, help="seconds")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
