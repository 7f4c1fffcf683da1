"""The fake judges rightly: else what is tested against it proves nothing."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.peers.loopback import Answer
from tests.peers.telegram_server import TelegramServer
from tests.peers.telegram_terminal import show, typed


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


async def call(server, method, **fields):
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.post(f"{server.base_url}{server.token}/{method}", data=fields)
    return answer.status_code, answer.json()


async def test_one_message_a_second_to_one_chat():
    clock = Clock()
    async with TelegramServer(clock=clock) as server:
        await call(server, "sendMessage", chat_id="1", text="a")
        clock.now = 1.0
        await call(server, "sendMessage", chat_id="1", text="b")
        assert server.violations == []
        clock.now = 1.9
        await call(server, "sendMessage", chat_id="1", text="c")

    assert server.violations == ["more than 1 message in a second to chat 1"]


async def test_thirty_messages_a_second():
    async with TelegramServer(clock=Clock()) as server:
        for chat in range(1, 32):
            await call(server, "sendMessage", chat_id=str(chat), text="a")

    assert server.violations == ["more than 30 messages in a second"]


async def test_twenty_messages_a_minute_to_a_group():
    clock = Clock()
    async with TelegramServer(clock=clock, enforce=True) as server:
        for number in range(21):
            clock.now = 2.0 * number
            status, said = await call(server, "sendMessage", chat_id="-42", text="a")

    assert (status, said["parameters"]) == (429, {"retry_after": 21})
    assert server.violations == ["more than 20 messages in a minute to group -42"]


async def test_a_message_within_retry_after_is_seen():
    clock = Clock()
    async with TelegramServer(clock=clock) as server:
        server.refuse(429, "Too Many Requests: retry after 9", retry_after=9)
        assert (await call(server, "sendMessage", chat_id="1", text="a"))[0] == 429
        clock.now = 8.9
        await call(server, "sendMessage", chat_id="2", text="a")
        assert server.violations == []
        await call(server, "sendMessage", chat_id="1", text="a")
        clock.now = 20.0
        await call(server, "sendMessage", chat_id="1", text="a")

    assert server.violations == ["ignored retry_after in chat 1"]


async def test_parts_come_in_order_and_the_last_may_come_again():
    clock = Clock()
    async with TelegramServer(clock=clock) as server:
        for mark in ("(1/3)", "(2/3)", "(2/3)", "(3/3)", "(1/2)", "(2/2)", "(1/3)", "(3/3)"):
            clock.now += 2
            await call(server, "sendMessage", chat_id="1", text=f"QUÁ HẠN {mark}\n…")

    assert server.violations == ["part 3/3 after 1/3 in chat 1"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<b>đậm</b> &amp; <i>nghiêng</i>", None),
        ("<b>hở", "can't find end tag corresponding to start tag b"),
        ("<b><i>chéo</b></i>", "unmatched end tag"),
        ("<h1>lạ</h1>", "unsupported start tag 'h1'"),
        ("1 < 2", "unescaped character"),
        ("A & B", "unescaped character"),
    ],
)
async def test_html_is_read_as_telegram_reads_it(text, fault):
    async with TelegramServer() as server:
        status, said = await call(server, "sendMessage", chat_id="1", text=text, parse_mode="HTML")

    assert status == (200 if fault is None else 400)
    assert said.get("description", "") == ("" if fault is None else f"Bad Request: can't parse entities: {fault}")
    assert server.violations == ([] if fault is None else [f"HTML: {fault}"])


async def test_the_length_counts_after_parsing():
    async with TelegramServer() as server:
        status, _ = await call(server, "sendMessage", chat_id="1", text=f"<b>{'ă' * 4096}</b>", parse_mode="HTML")

    assert (status, server.violations) == (200, [])


async def test_a_button_holds_64_bytes():
    def markup(data):
        return json.dumps({"inline_keyboard": [[{"text": "Đã nhận", "callback_data": data}]]})

    async with TelegramServer() as server:
        fits, _ = await call(server, "sendMessage", chat_id="1", text="a", reply_markup=markup("a" * 64))
        status, said = await call(server, "sendMessage", chat_id="2", text="a", reply_markup=markup("ă" * 33))

    assert (fits, status, said["description"]) == (200, 400, "Bad Request: BUTTON_DATA_INVALID")
    assert server.violations == ["a button of 66 bytes"]


async def test_updates_stay_until_a_later_offset_confirms_them():
    async with TelegramServer() as server:
        first = server.updates.text(4711, "một")
        second = server.updates.text(4711, "hai")
        _, once = await call(server, "getUpdates")
        _, again = await call(server, "getUpdates", offset=first)
        _, rest = await call(server, "getUpdates", offset=second)

    assert [update["message"]["text"] for update in once["result"]] == ["một", "hai"]
    assert again == once
    assert [update["message"]["text"] for update in rest["result"]] == ["hai"]
    assert server.updates.unconfirmed == [second]


async def test_a_poll_waits_for_an_update_and_a_second_poller_ends_it():
    async with TelegramServer() as server:
        waiting = asyncio.create_task(call(server, "getUpdates", timeout=9))
        while not server.updates.polls:  # noqa: ASYNC110 - the fake keeps a number, no event
            await asyncio.sleep(0.01)
        second = asyncio.create_task(call(server, "getUpdates", timeout=9))
        assert (await waiting)[0] == 409
        server.updates.text(4711, "một")
        assert (await second)[0] == 200


async def test_no_poll_while_a_webhook_is_set():
    async with TelegramServer() as server:
        await call(server, "setWebhook", url="https://example.org/hook")
        status, said = await call(server, "getUpdates")
        await call(server, "deleteWebhook")
        after, _ = await call(server, "getUpdates")

    assert (status, after) == (409, 200)
    assert "webhook is active" in said["description"]


async def test_a_press_that_is_answered_late_is_seen():
    clock = Clock()
    async with TelegramServer(clock=clock) as server:
        query = server.updates.press(4711, "a")
        clock.now = 16.0
        status, _ = await call(server, "answerCallbackQuery", callback_query_id=query)
        unknown, _ = await call(server, "answerCallbackQuery", callback_query_id="?")

    assert (status, unknown) == (400, 400)
    assert server.violations == ["a press was answered after 16 s", "an answer to no press"]


async def test_calls_to_who_blocked_the_bot_are_counted():
    async with TelegramServer() as server:
        server.block(4711)
        status, _ = await call(server, "sendMessage", chat_id="4711", text="a")
        server.unblock(4711)
        after, _ = await call(server, "sendMessage", chat_id="4711", text="a")

    assert (status, after, server.refused) == (403, 200, {"4711": 1})


async def test_a_text_is_edited_and_buttons_are_taken_away():
    async with TelegramServer() as server:
        await call(server, "sendMessage", chat_id="1", text="a")
        edited, _ = await call(server, "editMessageText", chat_id="1", message_id=1, text="b")
        settled, _ = await call(server, "editMessageReplyMarkup", chat_id="1", message_id=1)
        again, _ = await call(server, "editMessageReplyMarkup", chat_id="1", message_id=1)
        missing, _ = await call(server, "editMessageText", chat_id="1", message_id=9, text="b")

    assert (edited, settled, again, missing) == (200, 200, 400, 400)
    assert (server.edited, server.settled) == ({("1", 1): "b"}, [("1", 1)])


async def test_a_method_can_be_made_to_fail_once():
    async with TelegramServer() as server:
        server.fail(Answer(503, b"{}"), method="getMe")
        assert (await call(server, "getMe"))[0] == 503
        assert (await call(server, "getMe"))[0] == 200


async def test_a_revoked_token_is_unknown_to_every_method():
    async with TelegramServer() as server:
        server.revoked = True
        assert (await call(server, "getUpdates"))[0] == 401


async def test_a_terminal_serves_as_a_phone(capsys):
    async with TelegramServer() as server:
        server.on_message = show
        markup = json.dumps({"inline_keyboard": [[{"text": "Đã nhận", "callback_data": "a:1"}]]})
        await call(server, "sendMessage", chat_id="4711", text="QUÁ HẠN 1 ngày: 1 hồ sơ", reply_markup=markup)
        said = [typed(server, line) for line in ("4711 /quahan", "4711 !1", "4711 !a:forged", "4711 block", "?")]
        wrong = [typed(server, line) for line in ("4711 !2", "hello")]

    assert said == ["", "", "", "", "nothing"]
    assert "no such button" in wrong[0]
    assert "press the second button" in wrong[1]
    assert [press.data for press in server.updates.presses.values()] == ["a:1", "a:forged"]
    assert len(server.updates.unconfirmed) == 4
    assert "[!1 Đã nhận]" in capsys.readouterr().out
