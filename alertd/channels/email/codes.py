"""What a mail server's answer means (RFC 5321 4.2, RFC 3463), and what it means to get none.

The same number says different things at different points of the conversation, so each row names them; the enhanced
status (`5.1.1`), where the server gives one, counts before the bare number.
"""

from __future__ import annotations

import re
import socket
import ssl
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import aiosmtplib

from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

CHANNEL = "smtp"
#: Greylisting takes nothing before some five minutes have passed.
GREYLISTED_FOR = timedelta(minutes=5)


class Stage(StrEnum):
    """How far the conversation had come."""

    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    TEXT = "text"


class Row(NamedTuple):
    """Answers that mean the same: at these stages, with such an enhanced status (a pattern), with these numbers."""

    stages: Container[Stage]
    status: str
    codes: Container[int]
    outcome: Outcome
    scope: Scope
    detail: str


_ANY = frozenset(Stage)
_ALL_4XX, _ALL_5XX, _ALL = range(400, 500), range(500, 600), range(400, 600)
_TO, _TEXT = {Stage.RECIPIENT}, {Stage.TEXT}
_BOTH = {Stage.RECIPIENT, Stage.TEXT}

# The first row that fits counts; what fits none is `unclassified`.
ROWS = (
    Row(_ANY, r"5\.4\.5|5\.1\.90", _ALL_5XX, Outcome.QUOTA, Scope.CHANNEL, "the sender's daily limit is used up"),
    Row(_ANY, "", {530, 534, 535, 538}, Outcome.CHANNEL_DOWN, Scope.CHANNEL, "the login was refused or is missing"),
    Row(_ANY, "", {421}, Outcome.TRANSIENT, Scope.CHANNEL, "the server is closing or too busy"),
    Row(_TO, "", {450, 451, 452}, Outcome.TRANSIENT, Scope.RECIPIENT, "not now (greylisting or a full mailbox)"),
    Row(_ANY, "", _ALL_4XX, Outcome.TRANSIENT, Scope.MESSAGE, "not now"),
    Row({Stage.CONNECT, Stage.LOGIN}, "", _ALL_5XX, Outcome.CHANNEL_DOWN, Scope.CHANNEL, "the server refuses alertd"),
    Row({Stage.SENDER}, "", {552}, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the message is too large"),
    Row({Stage.SENDER}, "", _ALL_5XX, Outcome.CHANNEL_DOWN, Scope.CHANNEL, "the sender's address is refused"),
    Row(_BOTH, r"5\.2\.2", _ALL_5XX, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the mailbox is full"),
    # a server may keep what it thinks of the sender until it has heard the recipient
    Row(_BOTH, r"5\.1\.[78]", _ALL_5XX, Outcome.CHANNEL_DOWN, Scope.CHANNEL, "the sender's address is refused"),
    Row(_BOTH, r"5\.1\.\d+|5\.2\.1", _ALL_5XX, Outcome.PERM_RECIPIENT, Scope.RECIPIENT, "there is no such mailbox"),
    # a policy may speak about the sender, the network or this one person: it must not end a person's address
    Row(_BOTH, r"5\.7\.\d+", _ALL_5XX, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "refused by a rule of the server"),
    Row(_TO, "", {552}, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the mailbox is full"),
    Row(_TO, "", {554}, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "refused by a rule of the server"),
    Row(_TO, "", {501, 511, 521, 550, 551, 553, 556}, Outcome.PERM_RECIPIENT, Scope.RECIPIENT, "no such mailbox"),
    Row(_TEXT, "", {550, 552, 553, 554, 571}, Outcome.PERM_PAYLOAD, Scope.MESSAGE, "the message is refused"),
)
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
_NUMBER = re.compile(r"\d{8,}")


class Failure(NamedTuple):
    """One way a conversation breaks off; `code` is without the prefix."""

    error: type[BaseException]
    outcome: Outcome
    code: str
    detail: str


#: Found anywhere in the chain of causes; nothing was sent, as all of these end a conversation before its text.
FAILURES = (
    Failure(ssl.SSLCertVerificationError, Outcome.CHANNEL_DOWN, "certificate", "the certificate is not trusted"),
    Failure(ssl.SSLEOFError, Outcome.TRANSIENT, "lost", "the connection broke, nothing was sent"),
    Failure(ssl.SSLError, Outcome.CHANNEL_DOWN, "tls", "no TLS at this port: see `security` and `port`"),
    Failure(socket.gaierror, Outcome.TRANSIENT, "dns", "the host's name is not found"),
    Failure(aiosmtplib.SMTPConnectTimeoutError, Outcome.TRANSIENT, "connect_timeout", "no connection in time"),
    Failure(aiosmtplib.SMTPConnectError, Outcome.TRANSIENT, "connect", "no connection"),
    Failure(TimeoutError, Outcome.TRANSIENT, "timeout", "no answer in time, nothing was sent"),
    Failure(OSError, Outcome.TRANSIENT, "lost", "the connection broke, nothing was sent"),
    # what the library says of a server that offers no STARTTLS or no login
    Failure(aiosmtplib.SMTPException, Outcome.CHANNEL_DOWN, "unsupported", "the server offers no STARTTLS or no login"),
)


def answered(code: int, said: str, stage: Stage, now: datetime) -> SendResult:
    """Turn a refusal into a result. `said` is quoted, without addresses, only where it cannot echo the text."""
    found = _STATUS.match(said)
    status = found[1] if found else ""
    quoted = "" if stage is Stage.TEXT else _redacted(said)
    for row in ROWS:
        if stage in row.stages and code in row.codes and (not row.status or re.fullmatch(row.status, status)):
            greylisted = row.scope is Scope.RECIPIENT and row.outcome is Outcome.TRANSIENT
            return SendResult(
                row.outcome,
                code=f"{CHANNEL}:{code}",
                detail=": ".join(filter(None, [f"{row.detail} ({stage.value} {status}".rstrip() + ")", quoted])),
                retry_at=now + GREYLISTED_FOR if greylisted else None,
                scope=row.scope,
            )
    # a number that refuses was certainly not sent; any other may stand for anything
    outcome = Outcome.TRANSIENT if code in _ALL or stage is not Stage.TEXT else Outcome.UNKNOWN
    return SendResult(outcome, code=f"{CHANNEL}:unclassified:{code}", detail=f"answered {code} ({stage.value})")


def classify(error: BaseException, stage: Stage, now: datetime) -> SendResult:
    """Turn what a call raised into a result. Once the text is under way, a lost answer is UNKNOWN."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return answered(error.code, error.message, stage, now)
    name = type(error).__name__
    if stage is Stage.TEXT:
        kind = "timeout" if isinstance(error, TimeoutError) else "lost" if isinstance(error, OSError) else ""
        code = kind or f"unclassified:{name}"
        return SendResult(
            Outcome.UNKNOWN, code=f"{CHANNEL}:{code}", detail="no answer after the text: may have arrived"
        )
    chain = list(_causes(error))
    for row in FAILURES:
        if any(isinstance(each, row.error) for each in chain):
            scope = Scope.CHANNEL if row.outcome is Outcome.CHANNEL_DOWN else Scope.MESSAGE
            return SendResult(row.outcome, code=f"{CHANNEL}:{row.code}", detail=row.detail, scope=scope)
    return SendResult(
        Outcome.TRANSIENT,
        code=f"{CHANNEL}:unclassified:{name}",
        detail=f"the call failed with {name}, nothing was sent",
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _redacted(said: str) -> str:
    """The first line without mailboxes and long numbers, cut to a length that suits a log."""
    first = said.encode("utf-8", "replace").decode().strip().partition("\n")[0]
    return _NUMBER.sub("<number>", _ADDRESS.sub("<address>", first))[:120]
