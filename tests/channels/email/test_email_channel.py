"""One call, one classified result, against a mail server on loopback."""

from __future__ import annotations

import asyncio
import logging

import pytest

from alertd.channels.email import EmailChannel
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import now, outgoing
from tests.peers.mail_server import MailServer

PART = outgoing(address="an@office.example")
SECRET = "a-password-nobody-knows"


def channel(server, **options):
    given = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": "alertd@office.example",
             "timeout": 5.0, "now": now}  # fmt: skip
    return EmailChannel(**(given | options))


@pytest.fixture
async def server():
    async with MailServer() as made:
        yield made


async def test_a_mail_is_accepted_under_its_own_id(server):
    result = await channel(server).send(PART)
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "<alertd.m-1.1@office.example>")
    (mail,) = server.mails
    assert (mail.sender, mail.recipient) == ("alertd@office.example", "an@office.example")
    assert mail.text.strip() == PART.text
    assert server.violations == []


async def test_a_repeat_carries_the_same_id(server):
    made = channel(server)
    first = await made.send(PART)
    text = PART.text.replace("QUÁ HẠN", "(gửi lại) QUÁ HẠN")
    again = await made.send(outgoing(address=PART.address, text=text))
    assert first.provider_id == again.provider_id
    assert len({mail.headers["Message-ID"] for mail in server.mails}) == 1
    assert server.violations == []


@pytest.mark.parametrize(
    "text",
    ["Sắp đến hạn\n.\n..\nQUIT\n", "x" * 300_000, "Dòng " + "dài " * 2000 + "\n😀 <b> & [@", "Tiêu đề\r\nBcc: b@x.vn"],
)
async def test_hard_texts_break_no_rule(server, text):
    assert (await channel(server).send(outgoing(address=PART.address, text=text))).outcome is Outcome.ACCEPTED
    assert server.violations == []
    assert [mail.recipient for mail in server.mails] == ["an@office.example"]


async def test_a_mailbox_that_does_not_exist(server):
    server.refuse("an@office.example")
    result = await channel(server).send(PART)
    assert (result.outcome, result.code, result.scope) == (Outcome.PERM_RECIPIENT, "smtp:550", Scope.RECIPIENT)
    assert server.mails == []


async def test_greylisting_then_accepted(server):
    server.greylist("an@office.example")
    first = await channel(server).send(PART)
    assert (first.outcome, first.code) == (Outcome.TRANSIENT, "smtp:451")
    assert first.retry_at is not None
    assert (await channel(server).send(PART)).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("command", "answer", "outcome", "code"),
    [
        ("MAIL", "421 4.3.2 closing", Outcome.TRANSIENT, "smtp:421"),
        ("MAIL", "550 5.7.1 sender refused", Outcome.CHANNEL_DOWN, "smtp:550"),
        ("RCPT", "599 what", Outcome.TRANSIENT, "smtp:unclassified:599"),
        ("RCPT", "not an answer", Outcome.TRANSIENT, "smtp:unclassified:-1"),
        ("DATA", "554 5.6.0 spam", Outcome.PERM_PAYLOAD, "smtp:554"),
        ("DATA", "452 4.3.1 disk full", Outcome.TRANSIENT, "smtp:452"),
        ("DATA", "299 perhaps", Outcome.UNKNOWN, "smtp:unclassified:299"),
    ],
)
async def test_refusals(server, command, answer, outcome, code):
    server.say(command, answer)
    result = await channel(server).send(PART)
    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(("fault", "code"), [("drop", "smtp:lost"), ("hang", "smtp:timeout")])
async def test_an_answer_lost_after_the_dot_is_unknown(server, fault, code):
    server.after_dot = fault
    result = await channel(server, timeout=0.3).send(PART)
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, code)
    assert len(server.mails) == 1


async def test_a_server_that_greets_with_a_refusal():
    async with MailServer(greeting="554 5.7.1 blocked") as server:
        result = await channel(server).send(PART)
    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "smtp:554")


async def test_nobody_listens():
    async with MailServer() as server:
        made = channel(server)
    result = await made.send(PART)
    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "smtp:connect")


async def test_an_unknown_host():
    made = EmailChannel("mail.invalid", "alertd@office.example", security="none", now=now, timeout=5.0)
    result = await made.send(PART)
    assert result.outcome is Outcome.TRANSIENT
    assert result.code in {"smtp:dns", "smtp:connect_timeout", "smtp:timeout"}  # a machine without any DNS times out


async def test_a_silent_server_ends_in_time_with_nothing_sent():
    async with MailServer(greeting="") as server:
        result = await channel(server, timeout=0.2).send(PART)
    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "smtp:connect_timeout")


@pytest.mark.parametrize("address", [None, "", "an", "án@x.vn", "an@x.vn\r\nRCPT TO:<b@x.vn>"], ids=repr)
async def test_an_address_that_cannot_be_one_is_not_tried(server, address):
    result = await channel(server).send(outgoing(address=address))
    assert (result.outcome, result.code) == (Outcome.PERM_RECIPIENT, "smtp:no_address")
    assert server.commands == []


# --- login and TLS ----------------------------------------------------------------------------------------------------


async def test_login():
    async with MailServer(login=("alertd", SECRET)) as server:
        assert (await channel(server, username="alertd", password=SECRET).send(PART)).outcome is Outcome.ACCEPTED
        wrong = await channel(server, username="alertd", password="wrong").send(PART)
        none = await channel(server).send(PART)
    assert (wrong.outcome, wrong.code, wrong.scope) == (Outcome.CHANNEL_DOWN, "smtp:535", Scope.CHANNEL)
    assert (none.outcome, none.code) == (Outcome.CHANNEL_DOWN, "smtp:530")
    assert len(server.mails) == 1


async def test_a_login_that_the_server_does_not_offer(server):
    result = await channel(server, username="alertd", password=SECRET).send(PART)
    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "smtp:unsupported")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_tls(certificate, monkeypatch, security):
    pem, context = certificate
    async with MailServer(tls=context, implicit_tls=security == "tls") as server:
        untrusted = await channel(server, security=security).send(PART)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        trusted = await channel(server, security=security).send(PART)
    assert (untrusted.outcome, untrusted.code) == (Outcome.CHANNEL_DOWN, "smtp:certificate")
    assert (trusted.outcome, len(server.mails)) == (Outcome.ACCEPTED, 1)


async def test_a_server_without_starttls_gets_nothing_in_the_clear(server):
    result = await channel(server, security="starttls", username="alertd", password=SECRET).send(PART)
    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "smtp:unsupported")
    assert (server.mails, server.logins) == ([], 0)


async def test_tls_at_a_plain_port(server):
    result = await channel(server, security="tls", timeout=1.0).send(PART)
    assert result.outcome in {Outcome.CHANNEL_DOWN, Outcome.TRANSIENT}
    assert server.mails == []


# --- the rest ---------------------------------------------------------------------------------------------------------


async def test_a_probe_sends_nothing(server):
    assert (await channel(server).probe()).outcome is Outcome.ACCEPTED
    assert server.mails == []
    assert server.commands == []
    dead = channel(server, username="alertd", password="x")
    assert (await dead.probe()).outcome is Outcome.CHANNEL_DOWN


async def test_a_call_that_is_given_up_leaves_no_connection(server):
    server.after_dot = "hang"
    task = asyncio.create_task(channel(server).send(PART))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.left.wait()


@pytest.mark.parametrize(
    "options", [{"security": "ssl"}, {"sender": "nobody"}, {"username": "alertd"}, {"password": "x"}]
)
async def test_settings_that_cannot_be_used(server, options):
    with pytest.raises(InputError, match=r"channels\.email"):
        channel(server, **options)


async def test_no_password_address_or_text_reaches_the_log_or_a_detail(server, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the fake's own, which shows all it is told
    server.login = ("alertd", SECRET)
    server.refuse("an@office.example", "550 5.1.1 <an@office.example> 84900000001 no such user")
    details = [
        (await channel(server, username="alertd", password=SECRET).send(PART)).detail,
        (await channel(server, username="alertd", password=SECRET + "x").send(PART)).detail,
    ]
    server.after_dot = "drop"
    server._refused.clear()
    details.append((await channel(server, username="alertd", password=SECRET).send(PART)).detail)
    for text in (*details, caplog.text):
        assert SECRET not in text
        assert "an@office.example" not in text
        assert "84900000001" not in text
        assert "Cải chính" not in text
