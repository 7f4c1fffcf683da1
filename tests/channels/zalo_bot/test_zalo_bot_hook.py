from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.channels.zalo_bot import hook
from alertd.core.conversation import Inbound, Kind
from tests.peers.zalo_bot_server import ZaloBotServer

NOW = datetime(2024, 6, 4, 9, 0, 30, tzinfo=UTC)
CHAT = "6ede9afa66b88fe6d6a9"
JUDGE = ZaloBotServer()


def message(**changes):
    return {
        "from": {"id": "6ede", "display_name": "TEST", "is_bot": False}, "chat": {"id": CHAT, "chat_type": "PRIVATE"},
        "text": "LIENKET 12345678", "message_id": "2d758cb5e222177a4e35", "date": 1717491629000, **changes,
    }  # fmt: skip


def read(name="message.text.received", **changes):
    return hook.read(JUDGE.event(name, **message(**changes))[1], NOW)


def test_the_secret_of_the_hook_is_compared_whole():
    headers, _ = JUDGE.event()

    assert hook.verify(headers, JUDGE.secret)
    assert hook.verify({"x-bot-api-secret-token": JUDGE.secret}, JUDGE.secret)
    for wrong in ({}, {"X-Bot-Api-Secret-Token": ""}, {"X-Bot-Api-Secret-Token": JUDGE.secret + "x"},
                  {"X-Bot-Api-Secret-Token": "ă\ud800"}):  # fmt: skip
        assert not hook.verify(wrong, JUDGE.secret)
    assert not hook.verify({"X-Bot-Api-Secret-Token": ""}, "")


def test_what_a_person_writes_is_a_text_from_their_chat():
    assert read() == [
        Inbound("zalo_bot", "2d758cb5e222177a4e35", Kind.TEXT, CHAT, NOW - timedelta(seconds=1), "LIENKET 12345678")
    ]


def test_a_body_without_its_envelope_is_understood():
    body = b'{"event_name":"message.text.received","message":{"chat":{"id":"c"},"text":"a","message_id":"1"}}'

    assert [(one.address, one.text, one.at, one.private) for one in hook.read(body, NOW)] == [("c", "a", NOW, True)]


def test_a_group_is_not_private_and_a_picture_is_a_sign_of_life():
    assert not read(chat={"id": "g", "chat_type": "GROUP"})[0].private
    assert [one.text for one in read("message.image.received", text=None)] == [""]


@pytest.mark.parametrize("date", [1717491629, "1717491629000", 1717491629000])
def test_a_date_is_in_seconds_or_milliseconds(date):
    assert read(date=date)[0].at == NOW - timedelta(seconds=1)


@pytest.mark.parametrize("date", [None, "soon", -1, 0, 9 * 10**30, "1.5", True])
def test_a_date_that_cannot_be_is_the_time_of_arrival(date):
    assert read(date=date)[0].at == NOW


def test_an_unknown_event_is_seen():
    found = hook.read(JUDGE.event("bot.renamed")[1], NOW)

    assert [(one.kind, one.text) for one in found] == [(Kind.NOTICE, "unknown:bot.renamed")]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"not json", b"[" * 100_000, b"\xff", b'{"ok":true,"result":[]}',
        b'{"result":{"event_name":"message.text.received","message":{}}}',
        b'{"result":{"event_name":"message.text.received","message":{"chat":"c","message_id":"1"}}}',
        b'{"result":{"event_name":"message.text.received","message":{"chat":{"id":"c"}}}}',
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_says_nothing(body):
    assert hook.read(body, NOW) == []
