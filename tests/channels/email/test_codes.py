"""The table of answers, row by row, and what falls between the rows."""

from __future__ import annotations

import socket
import ssl
from datetime import timedelta

import aiosmtplib
import pytest

from alertd.channels.email.codes import ROWS, Stage, answered, classify
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import NOW

CONNECT, LOGIN, SENDER, TO, TEXT = Stage


@pytest.mark.parametrize(
    ("stage", "code", "said", "outcome", "scope"),
    [
        (CONNECT, 421, "4.3.2 too busy", Outcome.TRANSIENT, Scope.CHANNEL),
        (CONNECT, 450, "", Outcome.TRANSIENT, Scope.MESSAGE),
        (CONNECT, 554, "no service", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (LOGIN, 535, "5.7.8 bad credentials", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (LOGIN, 534, "5.7.9 too weak", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (LOGIN, 454, "4.7.0 later", Outcome.TRANSIENT, Scope.MESSAGE),
        (LOGIN, 504, "no such method", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (SENDER, 530, "5.7.0 authenticate first", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (SENDER, 451, "", Outcome.TRANSIENT, Scope.MESSAGE),
        (SENDER, 552, "5.3.4 too large", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (SENDER, 550, "sender refused", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (SENDER, 550, "5.4.5 daily limit", Outcome.QUOTA, Scope.CHANNEL),
        (TO, 421, "", Outcome.TRANSIENT, Scope.CHANNEL),
        (TO, 450, "greylisted", Outcome.TRANSIENT, Scope.RECIPIENT),
        (TO, 451, "4.7.1 greylisted", Outcome.TRANSIENT, Scope.RECIPIENT),
        (TO, 452, "4.2.2 full", Outcome.TRANSIENT, Scope.RECIPIENT),
        (TO, 458, "queueing later", Outcome.TRANSIENT, Scope.MESSAGE),
        (TO, 550, "no such user", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 550, "5.1.1 unknown", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 550, "5.1.8 sender's domain not found", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (TO, 553, "5.1.7 sender", Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (TO, 550, "5.1.90 daily limit", Outcome.QUOTA, Scope.CHANNEL),
        (TO, 554, "5.1.1 unknown", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 550, "5.2.1 disabled", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 501, "bad address", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 551, "", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 553, "", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 556, "", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TO, 550, "5.7.1 relaying denied", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TO, 554, "blocked", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TO, 552, "", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TO, 550, "5.2.2 full", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TEXT, 451, "", Outcome.TRANSIENT, Scope.MESSAGE),
        (TEXT, 552, "", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TEXT, 554, "5.6.0 spam", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TEXT, 550, "5.7.1 policy", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (TEXT, 550, "5.1.1 unknown after all", Outcome.PERM_RECIPIENT, Scope.RECIPIENT),
        (TEXT, 571, "", Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    ],
)
def test_answers(stage, code, said, outcome, scope):
    result = answered(code, said, stage, NOW)
    assert (result.outcome, result.scope, result.code) == (outcome, scope, f"smtp:{code}")
    assert stage.value in result.detail


def test_every_row_is_reached():
    """A row that another one hides would never count."""
    statuses = ("", "5.1.7", "5.4.5", "5.1.90", "5.2.2", "5.1.1", "5.7.1")
    told = {
        answered(code, f"{status} x", stage, NOW).detail.partition(" (" + stage.value)[0]
        for stage in Stage
        for code in range(400, 600)
        for status in statuses
    }
    assert {row.detail for row in ROWS} <= told


def test_greylisting_says_when_to_come_back():
    assert answered(450, "", TO, NOW).retry_at == NOW + timedelta(minutes=5)
    assert answered(450, "", TEXT, NOW).retry_at is None


@pytest.mark.parametrize(
    ("stage", "code", "outcome"),
    [
        (TO, 599, Outcome.TRANSIENT),
        (TO, 299, Outcome.TRANSIENT),  # no mailbox was accepted, so nothing was sent
        (TEXT, 599, Outcome.TRANSIENT),
        (TEXT, 299, Outcome.UNKNOWN),
        (TEXT, -1, Outcome.UNKNOWN),
        (CONNECT, 299, Outcome.TRANSIENT),
    ],
)
def test_an_unknown_number_is_counted_as_such(stage, code, outcome):
    result = answered(code, "whatever", stage, NOW)
    assert (result.outcome, result.code) == (outcome, f"smtp:unclassified:{code}")


def _caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (aiosmtplib.SMTPConnectError("x"), Outcome.TRANSIENT, "connect"),
        (aiosmtplib.SMTPConnectTimeoutError("x"), Outcome.TRANSIENT, "connect_timeout"),
        (_caused(aiosmtplib.SMTPConnectError("x"), socket.gaierror()), Outcome.TRANSIENT, "dns"),
        (_caused(aiosmtplib.SMTPConnectError("x"), ssl.SSLEOFError()), Outcome.TRANSIENT, "lost"),
        (_caused(aiosmtplib.SMTPConnectError("x"), ssl.SSLError()), Outcome.CHANNEL_DOWN, "tls"),
        (
            _caused(aiosmtplib.SMTPConnectError("x"), ssl.SSLCertVerificationError()),
            Outcome.CHANNEL_DOWN,
            "certificate",
        ),
        (aiosmtplib.SMTPReadTimeoutError("x"), Outcome.TRANSIENT, "timeout"),
        (TimeoutError(), Outcome.TRANSIENT, "timeout"),
        (aiosmtplib.SMTPServerDisconnected("x"), Outcome.TRANSIENT, "lost"),
        (ConnectionResetError(), Outcome.TRANSIENT, "lost"),
        (aiosmtplib.SMTPException("no STARTTLS"), Outcome.CHANNEL_DOWN, "unsupported"),
        (aiosmtplib.SMTPNotSupported("x"), Outcome.CHANNEL_DOWN, "unsupported"),
        (KeyError("x"), Outcome.TRANSIENT, "unclassified:KeyError"),
    ],
)
def test_failures_before_the_text(error, outcome, code):
    for stage in (CONNECT, LOGIN, SENDER, TO):
        result = classify(error, stage, NOW)
        assert (result.outcome, result.code) == (outcome, f"smtp:{code}")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (aiosmtplib.SMTPServerDisconnected("x"), "lost"),
        (aiosmtplib.SMTPReadTimeoutError("x"), "timeout"),
        (TimeoutError(), "timeout"),
        (BrokenPipeError(), "lost"),
        (KeyError("x"), "unclassified:KeyError"),
    ],
)
def test_failures_once_the_text_is_under_way_are_unknown(error, code):
    result = classify(error, TEXT, NOW)
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, f"smtp:{code}")


def test_what_a_server_says_is_quoted_without_mailboxes_and_numbers():
    result = answered(550, "5.1.1 <truong.phong@office.example> call 0912345678\nsecond line", TO, NOW)
    assert result.detail == "there is no such mailbox (recipient 5.1.1): 5.1.1 <<address>> call <number>"


def test_what_a_server_says_of_the_text_is_not_quoted():
    assert "HS-1" not in answered(554, "5.6.0 we do not like: HS-1", TEXT, NOW).detail
