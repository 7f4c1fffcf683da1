"""One mail for one part of a message: one conversation with the mail server, no retry, no pacing."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from aiosmtplib import SMTP

from alertd.channels.email.codes import CHANNEL, Stage, classify
from alertd.channels.email.letter import address, letter, message_id
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from email.headerregistry import Address

    from alertd.channels import Outgoing

PORTS = {"starttls": 587, "tls": 465, "none": 25}
#: What most mail servers take, with room for the encoding.
LARGEST_FILE = 10 * 1024 * 1024
#: How long the server's farewell is waited for, in seconds: its answer to the mail stands already.
FAREWELL = 1.0


class EmailChannel:
    """Sends plain text from one sender through one server, with a connection for each mail.

    `security` is `starttls`, `tls` or `none`; a server that offers less than it says gets nothing. Certificates are
    checked against the system's authorities (and those in SSL_CERT_FILE). `timeout` is in seconds for each answer, and
    the whole conversation takes at most twice as long. `now` returns an aware instant. Raises InputError if sender,
    security or login cannot be used.
    """

    name = "email"
    largest_file = LARGEST_FILE

    def __init__(
        self,
        host: str,
        sender: str,
        *,
        now: Callable[[], datetime],
        port: int | None = None,
        security: str = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout: float = 20.0,
    ) -> None:
        if security not in PORTS:
            raise InputError(f"channels.email.security must be one of {', '.join(PORTS)}")
        if (username is None) != (password is None):
            raise InputError("channels.email: username and password belong together; write both, or none")
        self._sender = _sender(sender)
        self._host, self._port, self._security = host, port or PORTS[security], security
        self._login = (username, password) if username is not None and password is not None else None
        self._now, self._timeout = now, timeout
        self._tls = ssl.create_default_context() if security != "none" else None

    async def send(self, part: Outgoing) -> SendResult:
        """Send one part to the mailbox in `address`."""
        recipient = address(part.address or "")
        if recipient is None:
            return SendResult(
                Outcome.PERM_RECIPIENT,
                code=f"{CHANNEL}:no_address",
                detail="this person has no mailbox that can be used",
                scope=Scope.RECIPIENT,
            )
        return await self._converse(part, recipient)

    async def probe(self) -> SendResult:
        """Greet the server, log in and leave: whether a mail could be handed over now."""
        return await self._converse(None, None)

    async def close(self) -> None:
        """Nothing stays open between mails."""

    async def _converse(self, part: Outgoing | None, recipient: Address | None) -> SendResult:
        smtp = self._client()
        try:
            result = await self._talk(smtp, part, recipient)
            with suppress(Exception):
                await smtp.quit(timeout=FAREWELL)
            return result
        finally:
            smtp.close()

    async def _talk(self, smtp: SMTP, part: Outgoing | None, recipient: Address | None) -> SendResult:
        """Hand over a part, or without one only say hello."""
        stage = Stage.CONNECT
        try:
            async with asyncio.timeout(2 * self._timeout):
                await smtp.connect()
                if self._security == "starttls":
                    await smtp.starttls()
                if self._login is not None:
                    stage = Stage.LOGIN
                    await smtp.login(*self._login)
                if part is None or recipient is None:
                    await smtp.noop()
                    return SendResult(Outcome.ACCEPTED)
                mail = letter(part, self._sender, recipient, self._now())
                stage = Stage.SENDER
                await smtp.mail(self._sender.addr_spec)
                stage = Stage.RECIPIENT
                await smtp.rcpt(recipient.addr_spec)
                stage = Stage.TEXT
                await smtp.data(mail)
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            return classify(error, stage, self._now())
        return SendResult(Outcome.ACCEPTED, provider_id=message_id(part.id, self._sender))

    def _client(self) -> SMTP:
        host = socket.gethostname()
        return SMTP(
            hostname=self._host,
            port=self._port,
            # a full name or, as RFC 5321 4.1.3 has it, a literal; looking the name up could take longer than the mail
            local_hostname=host if "." in host and host.isascii() else "[127.0.0.1]",
            timeout=self._timeout,
            use_tls=self._security == "tls",
            start_tls=False,  # asked for above, so that a refusal has its stage
            tls_context=self._tls,
        )


def _sender(text: str) -> Address:
    sender = address(text)
    if sender is None:
        raise InputError("channels.email.sender is no mail address; write it like ten@co-quan.gov.vn")
    return sender
