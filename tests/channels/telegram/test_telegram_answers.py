from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from alertd.channels.telegram.respond import BUSY, FAILED, WORKING
from alertd.core.conversation import Button, Kind, Reply
from tests.channels.telegram.listening import Desk, listening, until
from tests.peers.telegram_server import TelegramServer


async def test_what_is_written_is_heard_as_typed_and_answered():
    desk = Desk({"/start abc_DEF-123": Reply("Đã kết nối: Trưởng phòng Tư pháp.")})
    async with TelegramServer() as server, listening(server.base_url, desk) as updates:
        number = server.updates.text(4711, "/start abc_DEF-123")
        await until(lambda: server.taken)

        assert updates.name == "alertd_bot"

    event = desk.heard[0]
    assert (event.channel, event.kind, event.address, event.text) == ("telegram", Kind.TEXT, "4711", desk.texts[0])
    assert (event.text, event.private, event.key) == ("/start abc_DEF-123", True, str(number))
    assert event.at.tzinfo is not None
    assert [(each.chat_id, each.text) for each in server.taken] == [("4711", "Đã kết nối: Trưởng phòng Tư pháp.")]
    assert "parse_mode" not in server.taken[0].fields
    assert server.violations == []


async def test_only_what_is_understood_is_asked_for():
    async with TelegramServer() as server, listening(server.base_url, Desk()):
        await until(lambda: server.updates.polls)

    assert server.updates.allowed == '["message", "callback_query", "my_chat_member"]'


async def test_a_pressed_button_comes_to_rest_and_the_buttons_that_have_done_their_work_go():
    desk = Desk({"a:m1:mac": Reply(toast="Đã ghi nhận.", settles=True, text="Đã nhận 3 hồ sơ.")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        desk.replies["gửi"] = Reply("Sắp đến hạn: 3 hồ sơ", (Button("Đã nhận", "a:m1:mac"),))
        server.updates.text(4711, "gửi")
        await until(lambda: server.taken)
        await asyncio.sleep(1.05)
        button = server.taken[0].buttons[0]
        query = server.updates.press(4711, button["callback_data"], server.taken[0].message_id)
        await until(lambda: len(server.taken) == 2)

    assert button == {"text": "Đã nhận", "callback_data": "a:m1:mac"}
    assert desk.heard[-1].kind is Kind.BUTTON
    assert server.updates.presses[query].answer == "Đã ghi nhận."
    assert server.settled == [("4711", 1)]
    assert server.taken[1].text == "Đã nhận 3 hồ sơ."
    assert server.violations == []


async def test_a_button_that_does_not_settle_stays():
    desk = Desk({"h:m1:mac": Reply(toast="Chọn người nhận bàn giao.")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        query = server.updates.press(4711, "h:m1:mac")
        await until(lambda: server.updates.presses[query].answer is not None)

    assert server.updates.presses[query].answer == "Chọn người nhận bàn giao."
    assert "editMessageReplyMarkup" not in server.calls


async def test_a_forged_press_is_heard_and_its_refusal_shown():
    desk = Desk({"a:m000:forged": Reply(toast="Nút này không dùng được.")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        query = server.updates.press(666, "a:m000:forged")
        await until(lambda: server.updates.presses[query].answer is not None)

    assert server.updates.presses[query].answer == "Nút này không dùng được."
    assert server.taken == []


async def test_a_press_that_nobody_answers_comes_to_rest_too():
    async with TelegramServer() as server, listening(server.base_url, Desk()):
        query = server.updates.press(4711, "?")
        await until(lambda: server.updates.presses[query].answer is not None)

    assert server.updates.presses[query].answer == ""


async def test_a_slow_answer_leaves_no_button_spinning_and_is_said_in_words():
    desk = Desk({"a": Reply(toast="Đã ghi nhận.", settles=True)}, slow=0.6)
    async with TelegramServer() as server, listening(server.base_url, desk, toast=0.05):
        query = server.updates.press(4711, "a")
        await until(lambda: server.updates.presses[query].answer is not None)
        assert server.taken == []
        await until(lambda: server.taken)

    assert server.updates.presses[query].answer == WORKING
    assert server.taken[0].text == "Đã ghi nhận."
    assert server.calls.count("answerCallbackQuery") == 1


async def test_a_slow_answer_to_one_holds_up_no_other():
    desk = Desk({"chậm": Reply("muộn"), "a": Reply(toast="ngay")})
    answer = desk.answer

    async def one_slow(event):
        await asyncio.sleep(1.5 if event.text == "chậm" else 0)
        return await answer(event)

    desk.answer = one_slow
    async with TelegramServer() as server, listening(server.base_url, desk, settle=0.05):
        server.updates.text(1, "chậm")
        query = server.updates.press(2, "a")
        await until(lambda: server.updates.presses[query].answer is not None)
        assert server.taken == []
        await until(lambda: server.taken)

    assert server.updates.presses[query].answer == "ngay"


async def test_one_chat_is_answered_in_turn():
    desk = Desk({str(number): Reply(f"trả lời {number}") for number in range(3)}, slow=0.02)
    async with TelegramServer() as server, listening(server.base_url, desk):
        for number in range(3):
            server.updates.text(4711, str(number))
        await until(lambda: len(server.taken) == 3)

    assert [each.text for each in server.taken] == ["trả lời 0", "trả lời 1", "trả lời 2"]
    assert server.violations == []


async def test_a_press_waits_for_no_long_answer_before_it():
    desk = Desk({"/quahan": Reply("\n".join(["dòng " * 100] * 40)), "a": Reply(toast="ngay")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        server.updates.text(4711, "/quahan")
        await until(lambda: server.taken)
        query = server.updates.press(4711, "a")
        await until(lambda: server.updates.presses[query].answer is not None)
        assert len(server.taken) < 5
        await until(lambda: len(server.taken) == 5)

    assert server.updates.presses[query].answer == "ngay"
    assert server.violations == []


async def test_a_press_behind_a_slow_decision_comes_to_rest_in_time_and_is_decided_after_it():
    desk = Desk({"chậm": Reply("một"), "a": Reply(toast="hai")})
    answer = desk.answer

    decided = asyncio.Event()

    async def one_slow(event):
        if event.text == "chậm":
            await decided.wait()
        return await answer(event)

    desk.answer = one_slow
    async with TelegramServer() as server, listening(server.base_url, desk, toast=0.05, settle=0.05):
        server.updates.text(4711, "chậm")
        query = server.updates.press(4711, "a")
        await until(lambda: server.updates.presses[query].answer is not None)
        assert desk.heard == []
        decided.set()
        await until(lambda: len(server.taken) == 2)

    assert server.updates.presses[query].answer == WORKING
    assert desk.texts == ["chậm", "a"]
    assert [each.text for each in server.taken] == ["một", "hai"]


@pytest.mark.parametrize(("wait", "words"), [(0.0, FAILED), (9.0, BUSY)], ids=["raises", "takes too long"])
async def test_a_desk_that_fails_is_excused_and_the_next_is_heard(wait, words):
    desk = Desk({"tốt": Reply("tốt")}, slow=wait)
    async with TelegramServer() as server, listening(server.base_url, desk, answer=0.1, toast=0.5):
        with capture_logs() as logs:
            server.updates.text(1, "hỏng")
            query = server.updates.press(2, "hỏng")
            await until(lambda: server.taken and server.updates.presses[query].answer is not None)
        desk.slow = 0.0
        server.updates.text(3, "tốt")
        await until(lambda: len(server.taken) == 2)

    assert [each.text for each in server.taken] == [words, "tốt"]
    assert server.updates.presses[query].answer == words
    errors = [each for each in logs if each["log_level"] == "error"]
    assert {each["event"] for each in errors} == {"an event could not be answered"}
    assert len(errors) == 2
    assert "of nobody" not in str(logs)


async def test_who_blocks_the_bot_is_gone_and_who_unblocks_it_is_back():
    desk = Desk({"": Reply("Xin chào.")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        server.block(4711)
        await until(lambda: len(desk.heard) == 1)
        server.unblock(4711)
        await until(lambda: server.taken)

    assert [(event.kind, event.address) for event in desk.heard] == [(Kind.GONE, "4711"), (Kind.BACK, "4711")]
    assert server.refused == {}
    assert len(server.taken) == 1


async def test_an_update_told_twice_is_heard_once():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk):
        number = server.updates.text(4711, "một")
        await until(lambda: not server.updates.unconfirmed)
        server.updates.text(4711, "một", update_id=number)
        server.updates.text(4711, "hai")
        await until(lambda: "hai" in desk.texts)

    assert desk.texts == ["một", "hai"]


async def test_a_long_answer_comes_in_pieces_with_the_buttons_under_the_last():
    lines = [f"{number}. H27.35-240531-{number:04} · Cải chính hộ tịch 😀" for number in range(120)]
    desk = Desk({"/quahan": Reply("\n".join(lines), (Button("Đã nhận", "a:1"),))})
    async with TelegramServer() as server, listening(server.base_url, desk):
        server.updates.text(4711, "/quahan")
        await until(lambda: len(server.taken) == 2)

    assert "\n".join(each.text for each in server.taken).split("\n") == lines
    assert [len(each.buttons) for each in server.taken] == [0, 1]
    assert server.violations == []


async def test_an_answer_waits_when_telegram_asks_for_it():
    desk = Desk({"/quahan": Reply("Không có hồ sơ quá hạn.")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        server.refuse(429, "Too Many Requests: retry after 1", retry_after=1)
        server.updates.text(4711, "/quahan")
        await until(lambda: server.taken)

    assert server.violations == []


async def test_an_answer_that_cannot_be_sent_is_one_line_and_the_next_is_sent():
    desk = Desk({"a": Reply("một"), "b": Reply("hai")})
    async with TelegramServer() as server, listening(server.base_url, desk):
        server.blocked.add("1")
        with capture_logs() as logs:
            server.updates.text(1, "a")
            await until(lambda: server.refused)
            server.updates.text(2, "b")
            await until(lambda: server.taken)

    assert [(each["event"], each["code"]) for each in logs] == [("an answer was not sent", "tg:403")]
    assert server.refused == {"1": 1}


async def test_buttons_under_a_message_that_is_gone_are_no_failure():
    desk = Desk({"a": Reply(toast="Đã ghi nhận.", settles=True)})
    async with TelegramServer() as server, listening(server.base_url, desk):
        with capture_logs() as logs:
            query = server.updates.press(4711, "a", message_id=99)
            await until(lambda: "editMessageReplyMarkup" in server.calls)

    assert server.updates.presses[query].answer == "Đã ghi nhận."
    assert logs == []


async def test_too_long_a_word_is_cut():
    desk = Desk({"a": Reply(toast="ă" * 300)})
    async with TelegramServer() as server, listening(server.base_url, desk):
        query = server.updates.press(4711, "a")
        await until(lambda: server.updates.presses[query].answer is not None)

    assert server.updates.presses[query].answer == "ă" * 199 + "…"
    assert server.violations == []
