from __future__ import annotations

import json
import socket
import unicodedata
from contextlib import asynccontextmanager

import pytest

from alertd.channels.wire import Heard
from alertd.channels.zalo_bot import ZaloBotChannel
from alertd.channels.zalo_bot.channel import classify
from alertd.channels.zalo_bot.codes import ROWS
from alertd.core.conversation import Button, Reply
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import outgoing
from tests.peers.loopback import Answer
from tests.peers.zalo_bot_server import ZaloBotServer

TOKEN = "12345689:TEST-token_of-nobody"
CHAT = "6ede9afa66b88fe6d6a9"
PAGE = "https://canhbao.example/m/m0123-65f-abc"
HTML = Answer(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"})
NOT_JSON = Answer(200, b"<html>sign in to the network</html>", {"Content-Type": "text/html"})


@asynccontextmanager
async def channel_to(url, *, token=TOKEN, silence=5.0):
    channel = ZaloBotChannel(token, base_url=url, timeout=silence)
    try:
        yield channel
    finally:
        await channel.close()


async def send(server, *, silence=5.0, **changes):
    async with channel_to(server.url, silence=silence) as channel:
        return await channel.send(outgoing(**{"address": CHAT, **changes}))


async def test_a_message_arrives_as_plain_text():
    async with ZaloBotServer(TOKEN) as server:
        result = await send(server, text="QUÁ HẠN <b>1</b> & 2 *ngày*")

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, server.taken[0].message_id)
    assert [(taken.chat_id, taken.text) for taken in server.taken] == [(CHAT, "QUÁ HẠN <b>1</b> & 2 *ngày*")]
    assert (server.calls, server.violations) == (["sendMessage"], [])


async def test_the_page_stands_below_the_last_part():
    async with ZaloBotServer(TOKEN) as server, channel_to(server.url) as channel:
        await channel.send(outgoing(address=CHAT, text="a", page=PAGE, part=1, parts=2))
        await channel.send(outgoing(address=CHAT, text="b", page=PAGE, part=2, parts=2))
        await channel.send(outgoing(address=CHAT, text="c" * 1990, page=PAGE))

    assert [taken.text for taken in server.taken] == ["a", f"b\nXác nhận, giải trình: {PAGE}", "c" * 1990]


async def test_the_limit_is_1_to_2000_code_points_in_nfc():
    async with ZaloBotServer(TOKEN) as server:
        fits = await send(server, text=unicodedata.normalize("NFD", "ề" * 2000))
        too_long = await send(server, text="ề" * 2001)
        empty = await send(server, text=" \x00")

    assert fits.outcome is Outcome.ACCEPTED
    assert {too_long.code, empty.code} == {"zbot:length"}
    assert {too_long.outcome, empty.outcome} == {Outcome.PERM_PAYLOAD}
    assert (len(server.calls), server.violations) == (1, [])


@pytest.mark.parametrize("address", [None, "", " "])
async def test_without_a_chat_no_call_is_made(address):
    async with ZaloBotServer(TOKEN) as server:
        result = await send(server, address=address)

    assert (result.outcome, result.code) == (Outcome.PERM_RECIPIENT, "zbot:no_address")
    assert server.calls == []


#: The table of the reference, written out anew.
CODES = {
    400: (Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    401: (Outcome.CHANNEL_DOWN, Scope.CHANNEL),
    403: (Outcome.UNKNOWN, Scope.MESSAGE),
    404: (Outcome.PERM_PAYLOAD, Scope.MESSAGE),
    408: (Outcome.UNKNOWN, Scope.MESSAGE),
    429: (Outcome.RATE_LIMITED, Scope.CHANNEL),
}


@pytest.mark.parametrize(("code", "expected"), CODES.items())
async def test_every_code_has_its_outcome_though_the_status_is_200(code, expected):
    async with ZaloBotServer(TOKEN) as server:
        server.refuse(code)
        result = await send(server)

    assert (result.outcome, result.scope) == expected
    assert (result.code, result.retry_at) == (f"zbot:{code}", None)
    assert server.taken == []


def test_the_table_holds_these_codes_and_no_others():
    assert [row.code for row in ROWS] == sorted(CODES)


def heard(content, status=200):
    return Heard(status, {}, content if isinstance(content, bytes) else json.dumps(content).encode())


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (heard({"ok": False, "error_code": 418, "description": "news"}), Outcome.TRANSIENT, "zbot:unclassified:418"),
        (heard({"ok": False, "error_code": "429"}), Outcome.RATE_LIMITED, "zbot:429"),
        (heard({"ok": False}, 429), Outcome.RATE_LIMITED, "zbot:429"),
        (heard({"ok": False}), Outcome.TRANSIENT, "zbot:unclassified:200"),
        (heard({"ok": False, "error_code": 500}), Outcome.UNKNOWN, "zbot:500"),
        (heard({"ok": True}, 500), Outcome.UNKNOWN, "zbot:http:500"),
        (heard({"ok": "yes"}), Outcome.UNKNOWN, "zbot:http:200"),
        (heard([]), Outcome.UNKNOWN, "zbot:http:200"),
        (heard(b"[" * 60_000), Outcome.UNKNOWN, "zbot:http:200"),
        (heard(b""), Outcome.UNKNOWN, "zbot:http:200"),
        (heard(b"<html>", 502), Outcome.UNKNOWN, "zbot:http:502"),
        (heard(b"<html>", 408), Outcome.UNKNOWN, "zbot:http:408"),
        (heard(b"<html>", 403), Outcome.CHANNEL_DOWN, "zbot:http:403"),
        (heard(b"", 302), Outcome.CHANNEL_DOWN, "zbot:http:302"),
        (heard(b"<html>", 429), Outcome.RATE_LIMITED, "zbot:http:429"),
        (heard({"ok": True}), Outcome.ACCEPTED, ""),
    ],
)
def test_an_answer_in_another_form_is_classified(answer, outcome, code):
    result = classify(answer)

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "read_timeout"), ("drip", "timeout"), ("drop", "protocol_error"), ("reset", "read"),
        ("half", "protocol_error"), (NOT_JSON, "http:200"), (HTML, "http:502"),
    ],
)  # fmt: skip
async def test_a_message_that_was_taken_and_not_confirmed_is_unknown(fault, code):
    async with ZaloBotServer(TOKEN) as server:
        server.take_then(fault)
        result = await send(server, silence=0.2)

    assert len(server.taken) == 1
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, f"zbot:{code}")


async def test_out_of_reach_is_certainly_not_sent():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with channel_to(f"http://127.0.0.1:{unused.getsockname()[1]}") as channel:
            result = await channel.send(outgoing(address=CHAT))

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "zbot:connect")


async def test_a_wrong_token_takes_the_channel_down():
    async with ZaloBotServer("other") as server:
        result = await send(server)

    assert (result.outcome, result.code, result.scope) == (Outcome.CHANNEL_DOWN, "zbot:401", Scope.CHANNEL)


async def test_past_the_quota_the_queue_backs_off_by_itself():
    async with ZaloBotServer(TOKEN, per_minute=1) as server, channel_to(server.url) as channel:
        results = [await channel.send(outgoing(address=CHAT)) for _ in range(2)]

    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.RATE_LIMITED]
    assert results[1].retry_at is None
    assert server.violations == ["more than 1 messages in a minute"]


async def test_a_person_who_wrote_is_answered_in_as_many_messages_as_it_takes():
    lines = "\n".join(f"{number}. H27.35-{number:06}" for number in range(300))
    async with ZaloBotServer(TOKEN) as server, channel_to(server.url) as channel:
        result = await channel.answer(CHAT, Reply(lines, buttons=(Button("Đã nhận", "a:1"),)))
        nothing = await channel.answer(CHAT, Reply(toast="Đã ghi nhận"))

    assert {result.outcome, nothing.outcome} == {Outcome.ACCEPTED}
    assert "\n".join(taken.text for taken in server.taken) == lines
    assert (len(server.taken), server.violations) == (3, [])


async def test_a_probe_asks_for_the_bot_and_knows_no_unknown():
    async with ZaloBotServer(TOKEN) as server, channel_to(server.url, silence=0.3) as channel:
        well = await channel.probe()
        server.fail(HTML)
        broken = await channel.probe()
    assert (well.outcome, server.calls) == (Outcome.ACCEPTED, ["getMe"] * 2)
    assert (broken.outcome, broken.code) == (Outcome.TRANSIENT, "zbot:http:502")
    async with ZaloBotServer("other") as server, channel_to(server.url) as channel:
        wrong = await channel.probe()

    assert (wrong.outcome, wrong.code) == (Outcome.CHANNEL_DOWN, "zbot:401")


@pytest.mark.parametrize("token", ["", " ", "a b", "a/b", "số"])
def test_what_cannot_be_a_token_is_refused_without_quoting_it(token):
    with pytest.raises(InputError, match=r"channels\.zalo_bot\.token"):
        ZaloBotChannel(token)


ECHO = json.dumps({"ok": False, "error_code": 400, "description": f"bot{TOKEN} {CHAT} 84912345678"}).encode()


@pytest.mark.parametrize(
    "fault",
    [
        "hang",
        "drip",
        "drop",
        "reset",
        "half",
        HTML,
        NOT_JSON,
        Answer(200, ECHO),
        Answer(302, headers={"Location": "/"}),
    ],
)
async def test_no_token_and_no_number_reach_a_log_or_a_detail(fault, talkative, capsys):
    async with ZaloBotServer(TOKEN) as server:
        server.take_then(fault)
        result = await send(server, silence=0.2)

    said = talkative.text + "".join(capsys.readouterr()) + repr(result)
    assert "TEST-token" not in said
    assert "84912345678" not in said
