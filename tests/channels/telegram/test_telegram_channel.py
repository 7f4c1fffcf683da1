from __future__ import annotations

import asyncio
import gzip
import json
import socket
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from alertd.channels.telegram import TelegramChannel
from alertd.channels.telegram.connection import MAX_ANSWER_BYTES
from alertd.core.conversation import Button
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome
from tests.channels.samples import NOW, now, outgoing
from tests.peers.loopback import Answer
from tests.peers.telegram_server import HTML, NOT_JSON, TelegramServer

TOKEN = "123456:TEST-token_of-nobody"


@asynccontextmanager
async def channel_to(base_url, **options):
    channel = TelegramChannel(TOKEN, now=now, base_url=base_url, **{"read_timeout": 5.0, **options})
    try:
        yield channel
    finally:
        await channel.close()


async def send(server, *, read_timeout=5.0, **changes):
    async with channel_to(server.base_url, read_timeout=read_timeout) as channel:
        return await channel.send(outgoing(**changes))


async def test_a_message_arrives_as_plain_text_without_a_link_preview():
    text = "QUÁ HẠN <b>1</b> ngày & 2 giờ: https://cong.example/A?b=1&c=2 _gạch_"
    async with TelegramServer(TOKEN) as server:
        result = await send(server, text=text)

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "1")
    assert [(taken.chat_id, taken.text) for taken in server.taken] == [("4711", text)]
    assert "parse_mode" not in server.taken[0].fields
    assert json.loads(server.taken[0].fields["link_preview_options"]) == {"is_disabled": True}
    assert server.violations == []


async def test_nothing_but_sendmessage_is_ever_called():
    async with TelegramServer(TOKEN) as server:
        await send(server)

    assert server.calls == ["sendMessage"]


@pytest.mark.parametrize("address", ["4711", " 4711 ", "-1001234567890", "@kenh_canh_bao"])
async def test_a_chat_is_an_id_or_a_name(address):
    async with TelegramServer(TOKEN) as server:
        result = await send(server, address=address)

    assert result.outcome is Outcome.ACCEPTED
    assert server.taken[0].chat_id == address.strip()


@pytest.mark.parametrize("address", [None, "", " "])
async def test_without_a_chat_no_call_is_made(address):
    async with TelegramServer(TOKEN) as server:
        result = await send(server, address=address)

    assert (result.outcome, result.code) == (Outcome.PERM_RECIPIENT, "tg:no_address")
    assert server.calls == []


async def test_a_blocked_bot_is_about_the_recipient():
    async with TelegramServer(TOKEN) as server:
        server.blocked.add("4711")
        result = await send(server)

    assert (result.outcome, result.code) == (Outcome.PERM_RECIPIENT, "tg:403")
    assert result.detail == "Forbidden: bot was blocked by the user"
    assert server.calls == ["sendMessage"]


async def test_a_chat_that_does_not_exist_is_about_the_recipient():
    async with TelegramServer(TOKEN) as server:
        server.missing.add("4711")
        result = await send(server)

    assert (result.outcome, result.code) == (Outcome.PERM_RECIPIENT, "tg:400")


async def test_a_group_that_moved_gives_its_new_address():
    async with TelegramServer(TOKEN) as server:
        server.migrated["-42"] = -1001234567890
        result = await send(server, address="-42")

    assert (result.outcome, result.new_address) == (Outcome.TRANSIENT, "-1001234567890")


async def test_the_limit_is_4096_utf_16_units_and_an_emoji_counts_for_two():
    async with TelegramServer(TOKEN) as server:
        fits = await send(server, address="1", text="😀" * 2048)
        too_long = await send(server, address="2", text="😀" * 2048 + "a")

    assert fits.outcome is Outcome.ACCEPTED
    assert (too_long.outcome, too_long.code) == (Outcome.PERM_PAYLOAD, "tg:400")
    assert server.violations == ["4097 UTF-16 units to chat 2"]


async def test_too_fast_is_answered_by_an_instant_to_wait_for():
    async with TelegramServer(TOKEN, enforce=True) as server, channel_to(server.base_url) as channel:
        first = await channel.send(outgoing())
        second = await channel.send(outgoing())

    assert first.outcome is Outcome.ACCEPTED
    assert (second.outcome, second.retry_at) == (Outcome.RATE_LIMITED, NOW + timedelta(seconds=1))
    assert len(server.taken) == 1
    assert server.violations == ["more than 1 message in a second to chat 4711"]


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_a_429_is_understood_without_ptb_timedelta_too(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "false")
    async with TelegramServer(TOKEN) as server:
        server.refuse(429, "Too Many Requests: retry after 9", retry_after=9)
        result = await send(server)

    assert (result.outcome, result.retry_at) == (Outcome.RATE_LIMITED, NOW + timedelta(seconds=9))


@pytest.mark.parametrize(
    ("status", "description", "outcome", "code"),
    [
        (401, "Unauthorized", Outcome.CHANNEL_DOWN, "tg:401"),
        (404, "Not Found", Outcome.CHANNEL_DOWN, "tg:401"),
        (409, "Conflict: terminated by other getUpdates request", Outcome.TRANSIENT, "tg:409"),
        (429, "Too Many Requests", Outcome.RATE_LIMITED, "tg:429"),
        (500, "Internal Server Error", Outcome.UNKNOWN, "tg:server_error"),
        (400, "Bad Request: news of tomorrow", Outcome.TRANSIENT, "tg:unclassified:BadRequest"),
    ],
)
async def test_an_error_in_telegrams_form_is_classified(status, description, outcome, code):
    async with TelegramServer(TOKEN) as server:
        server.refuse(status, description)
        result = await send(server)

    assert (result.outcome, result.code, result.retry_at) == (outcome, code, None)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        pytest.param(HTML, Outcome.UNKNOWN, "tg:502", id="502 in HTML"),
        pytest.param(Answer(403, b"<html>blocked</html>"), Outcome.CHANNEL_DOWN, "tg:intercepted", id="a block page"),
        pytest.param(
            Answer(302, headers={"Location": "/blocked"}), Outcome.CHANNEL_DOWN, "tg:intercepted", id="a redirect"
        ),
        pytest.param(NOT_JSON, Outcome.UNKNOWN, "tg:not_json", id="200 in HTML"),
        pytest.param(Answer(200, b'{"ok":true}'), Outcome.UNKNOWN, "tg:unclassified:KeyError", id="no result"),
        pytest.param(Answer(200, b"[]"), Outcome.UNKNOWN, "tg:not_json", id="a list"),
        pytest.param(Answer(200, b'{"id":1}'), Outcome.UNKNOWN, "tg:not_json", id="not Telegram's JSON"),
        pytest.param(
            Answer(403, b'{"error":"policy"}'), Outcome.CHANNEL_DOWN, "tg:intercepted", id="a block page in JSON"
        ),
        pytest.param(Answer(200, b"[" * 60_000), Outcome.UNKNOWN, "tg:not_json", id="nested without end"),
        pytest.param(Answer(500, b"[]"), Outcome.UNKNOWN, "tg:500", id="500 with a list"),
    ],
)
async def test_an_answer_in_another_form_is_classified(answer, outcome, code):
    async with TelegramServer(TOKEN) as server:
        server.fail(answer)
        result = await send(server)

    assert (result.outcome, result.code) == (outcome, code)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "tg:read_timeout"),
        ("drip", "tg:timeout"),
        ("drop", "tg:protocol_error"),
        ("reset", "tg:read"),
        ("half", "tg:protocol_error"),
        (NOT_JSON, "tg:not_json"),
        (HTML, "tg:502"),
    ],
)
async def test_a_message_that_was_taken_and_not_confirmed_is_unknown(fault, code):
    async with TelegramServer(TOKEN) as server:
        server.take_then(fault)
        result = await send(server, read_timeout=0.3)

    assert len(server.taken) == 1
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, code)


async def test_telegram_out_of_reach_stops_neither_the_start_nor_a_later_send():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with channel_to(f"http://127.0.0.1:{port}/bot") as channel:
            result = await channel.send(outgoing())
            unused.close()
            async with TelegramServer(TOKEN, port=port) as server:
                later = await channel.send(outgoing())

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "tg:connect")
    assert later.outcome is Outcome.ACCEPTED
    assert server.calls == ["sendMessage"]


async def test_a_proxy_is_used_where_one_is_given():
    async with TelegramServer(TOKEN) as proxy, channel_to("http://telegram.invalid", proxy=proxy.url) as channel:
        result = await channel.send(outgoing())

    assert result.outcome is Outcome.ACCEPTED
    assert len(proxy.taken) == 1


async def test_a_proxy_that_refuses_the_tunnel_is_certainly_not_sent():
    async with TelegramServer(TOKEN) as proxy, channel_to("https://telegram.invalid/bot", proxy=proxy.url) as channel:
        result = await channel.send(outgoing())

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "tg:proxy")
    assert proxy.taken == []


@pytest.mark.parametrize("path", ["", "/", "/bot", "/bot/", "/bot{token}"])
async def test_a_base_url_is_understood_with_and_without_its_end(path):
    async with TelegramServer(TOKEN) as server, channel_to(server.url + path) as channel:
        result = await channel.send(outgoing())

    assert result.outcome is Outcome.ACCEPTED


async def test_32_messages_leave_at_once_on_one_channel():
    async with TelegramServer(TOKEN) as server, channel_to(server.base_url) as channel:
        results = await asyncio.gather(*(channel.send(outgoing(address=str(chat))) for chat in range(1, 33)))

    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert len({result.provider_id for result in results}) == 32


async def test_a_cancelled_send_is_cancelled():
    async with TelegramServer(TOKEN) as server, channel_to(server.base_url) as channel:
        server.take_then("hang")
        task = asyncio.create_task(channel.send(outgoing()))
        async with asyncio.timeout(10):
            while not server.taken:  # noqa: ASYNC110 - the fake keeps a list, no event
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_send_after_closing_is_a_result_and_not_an_error():
    async with TelegramServer(TOKEN) as server:
        async with channel_to(server.base_url) as channel:
            pass
        result = await channel.send(outgoing())

    assert result.outcome is Outcome.UNKNOWN
    assert server.calls == []


async def test_no_token_reaches_a_log_or_a_detail_on_any_path(talkative):
    echo = f"<html>cannot reach /bot{TOKEN}/sendMessage</html>".encode()
    async with TelegramServer(TOKEN) as server, channel_to(server.base_url, read_timeout=0.3) as channel:
        results = [await channel.send(outgoing())]
        for status in (200, 302, 400, 401, 403, 404, 409, 429, 500, 502):
            server.fail(Answer(status, echo))
            results.append(await channel.send(outgoing()))
        for status in (400, 401, 403, 409, 500):
            server.refuse(status, f"no {TOKEN} and no {TOKEN.replace(':', '%3A')}")
            results.append(await channel.send(outgoing()))
        for fault in ("hang", "drop", "half", "reset"):
            server.take_then(fault)
            results.append(await channel.send(outgoing()))
    async with channel_to(server.base_url) as channel:  # nobody listens any more
        results.append(await channel.send(outgoing()))

    assert [result.outcome for result in results].count(Outcome.ACCEPTED) == 1
    for text in [talkative.text, *(f"{result}" for result in results)]:
        assert "TEST-token" not in text
    assert all(len(result.detail) <= 200 for result in results)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"token": ""}, "token"),
        ({"token": "123456:abc\n"}, "token"),
        ({"token": "123/456"}, "token"),
        ({"base_url": ""}, "base_url"),
        ({"base_url": "telegram.example"}, "base_url"),
        ({"proxy": "proxy.example:3128"}, "proxy"),
        ({"proxy": "ftp://user:password@proxy.example"}, "proxy"),
        ({"proxy": "socks5://user:password@proxy.example"}, "proxy"),
    ],
)
def test_what_cannot_be_used_is_a_clear_error_that_quotes_no_secret(options, key):
    with pytest.raises(InputError, match=rf"channels\.telegram\.{key}") as error:
        TelegramChannel(**{"token": TOKEN, "now": now, **options})

    assert "password" not in str(error.value)
    assert "123" not in str(error.value)


async def test_buttons_stand_one_to_a_row_with_their_data():
    buttons = (Button("Đã nhận", "a:m0123456789abcdef01234567:0123456789abcdef"), Button("Bàn giao", "h" * 64))
    async with TelegramServer(TOKEN) as server:
        result = await send(server, buttons=buttons)

    assert result.outcome is Outcome.ACCEPTED
    assert json.loads(server.taken[0].fields["reply_markup"])["inline_keyboard"] == [
        [{"text": button.label, "callback_data": button.data}] for button in buttons
    ]
    assert server.violations == []


async def test_a_button_that_telegram_would_refuse_does_not_cost_the_message():
    buttons = (Button("quá dài", "ă" * 33), Button("", "a"), Button("không", ""), Button("Đã nhận", "a:1"))
    async with TelegramServer(TOKEN) as server:
        with capture_logs() as logs:
            result = await send(server, buttons=buttons)

    assert result.outcome is Outcome.ACCEPTED
    assert [button["text"] for button in server.taken[0].buttons] == ["Đã nhận"]
    assert [(each["code"], each["count"]) for each in logs] == [("tg:button", 3)]
    assert server.violations == []


async def test_without_buttons_there_is_no_keyboard():
    async with TelegramServer(TOKEN) as server:
        await send(server)

    assert "reply_markup" not in server.taken[0].fields


async def test_a_probe_asks_who_the_bot_is_and_sends_nothing():
    async with TelegramServer(TOKEN) as server, channel_to(server.base_url) as channel:
        result = await channel.probe()

    assert (result.outcome, result.detail) == (Outcome.ACCEPTED, "@alertd_bot")
    assert server.calls == ["getMe"]


async def test_a_probe_that_fails_is_classified_like_a_message():
    async with TelegramServer(TOKEN) as server, channel_to(server.base_url, read_timeout=0.2) as channel:
        server.fail(HTML, Answer(fault="hang"), method="getMe")
        results = [await channel.probe(), await channel.probe()]
        server.revoked = True
        results.append(await channel.probe())
    async with channel_to(server.base_url) as channel:  # nobody listens any more
        results.append(await channel.probe())

    assert [result.code for result in results] == ["tg:502", "tg:read_timeout", "tg:401", "tg:connect"]
    assert results[2].outcome is Outcome.CHANNEL_DOWN


async def test_an_answer_without_end_is_read_up_to_a_limit_and_its_outcome_unknown():
    async with TelegramServer(TOKEN) as server:
        server.take_then(Answer(200, b" " * (MAX_ANSWER_BYTES + 1), {"Content-Type": "application/json"}))
        result = await send(server)

    assert (result.outcome, result.code) == (Outcome.UNKNOWN, "tg:read")


async def test_an_answer_that_is_packed_is_not_unpacked():
    packed = gzip.compress(b'{"ok": true, "result": {}}')
    async with TelegramServer(TOKEN) as server:
        server.fail(Answer(502, packed, {"Content-Encoding": "gzip", "Content-Type": "application/json"}))
        result = await send(server)

    assert result.outcome is not Outcome.ACCEPTED
    assert result.code != "tg:read"
