from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from alertd.channels.telegram import Trouble, Updates
from alertd.core.conversation import Reply
from alertd.core.errors import InputError
from tests.channels.telegram.listening import FAST, TOKEN, Desk, left_over, listening, make, until
from tests.peers.loopback import Answer, json_answer
from tests.peers.telegram_server import HTML, NOT_JSON, TelegramServer


def free_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


async def heard(server, desk, text="còn đó"):
    server.updates.text(4711, text)
    await until(lambda: text in desk.texts)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(fault="drop", delay=0.1), id="drops in the middle of a poll"),
        pytest.param(Answer(fault="reset", delay=0.1), id="breaks the connection"),
        pytest.param(Answer(fault="hang"), id="hangs"),
        pytest.param(Answer(fault="drip"), id="answers byte by byte"),
        pytest.param(Answer(200, b'{"ok":true,"result":[]}', fault="half"), id="cuts the body"),
        pytest.param(HTML, id="502 in HTML"),
        pytest.param(NOT_JSON, id="200 in HTML"),
        pytest.param(Answer(404, b"<html>blocked</html>"), id="404 in HTML"),
        pytest.param(Answer(409, b"<html>blocked</html>"), id="409 in HTML"),
        pytest.param(Answer(200, b'{"ok":true}'), id="no result"),
        pytest.param(Answer(200, b'{"ok":true,"result":{}}'), id="a result of another shape"),
        pytest.param(json_answer({"ok": False, "error_code": 500, "description": "Internal"}, 500), id="500 in JSON"),
        pytest.param(json_answer({"ok": False, "error_code": 429, "description": "Too Many Requests"}, 429), id="429"),
    ],
)
async def test_a_poll_that_goes_wrong_is_followed_by_one_that_does_not(answer):
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk) as updates:
        await until(lambda: updates.age(datetime.now(UTC)) is not None)
        server.fail(answer, answer, method="getUpdates")
        with capture_logs() as logs:
            await until(lambda: not server._next["getUpdates"])
            await heard(server, desk)

    assert desk.alarms == []
    told = [each["event"] for each in logs if each["log_level"] == "warning"]
    assert told.count("updates cannot be fetched") == 1


async def test_a_pause_that_telegram_asks_for_is_kept_and_does_not_hold_up_a_stop():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk):
        await until(lambda: server.updates.polls)
        server.refuse(429, "Too Many Requests: retry after 600", method="getUpdates", retry_after=600)
        await until(lambda: not server._next["getUpdates"])
        before = server.calls.count("getUpdates")
        await asyncio.sleep(0.3)
        assert server.calls.count("getUpdates") == before
        # and the block, which cancels the run and waits for its end, is over


async def test_a_telegram_out_of_reach_blocks_nobody_and_is_heard_as_soon_as_it_is_there():
    port = free_port()
    desk = Desk()
    with capture_logs() as logs:
        async with listening(f"http://127.0.0.1:{port}", desk) as updates:
            await until(lambda: desk.alarms)
            assert (updates.trouble, updates.age(datetime.now(UTC)), updates.name) == (Trouble.STALLED, None, None)
            async with TelegramServer(port=port) as server:
                await heard(server, desk)
                await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.STALLED]
    told = [each["event"] for each in logs if each["log_level"] in {"warning", "error"}]
    assert told[:2] == ["Telegram is out of reach, and tried again", "nothing is heard from people on Telegram"]


async def test_a_telegram_that_goes_away_is_told_once_and_heard_again_when_it_comes_back():
    port = free_port()
    desk = Desk()
    async with listening(f"http://127.0.0.1:{port}", desk) as updates:
        async with TelegramServer(port=port) as server:
            await heard(server, desk, "trước")
        await until(lambda: desk.alarms, 20)
        await asyncio.sleep(0.3)
        async with TelegramServer(port=port) as server:
            await heard(server, desk, "sau")
            await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.STALLED]


async def test_polls_that_hang_without_end_are_built_anew_and_then_told():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk) as updates:
        await until(lambda: updates.age(datetime.now(UTC)) is not None)
        server.fail(*[Answer(fault="hang")] * 1000, method="getUpdates")
        with capture_logs() as logs:
            await until(lambda: desk.alarms, 20)
        server._next["getUpdates"].clear()
        await heard(server, desk)
        await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.STALLED]
    assert [each["time"] for each in logs if each["event"] == "polling is stuck and is built anew"] == [1, 2, 3]


async def test_a_pool_whose_connections_are_never_given_back_is_replaced(monkeypatch):
    monkeypatch.setattr("alertd.channels.telegram.connection.POOL_TIMEOUT", 0.05)
    desk = Desk()
    async with TelegramServer() as server, AsyncExitStack() as held:
        server.fail(*[Answer(fault="hang")] * 4, method="wedge")
        async with listening(server.base_url, desk, poll=30, read=30) as updates:  # too long for the watchdog's clock
            await until(lambda: server.updates.polls)
            client = current_session(updates)._polls._client
            wedged = [asyncio.create_task(client.get(f"{server.base_url}{TOKEN}/wedge", timeout=60)) for _ in range(4)]
            held.push_async_callback(asyncio.gather, *wedged, return_exceptions=True)
            server.updates.text(4711, "một")  # ends the poll under way, and lets the last of the four have its place
            await until(lambda: server.calls.count("wedge") == 4)
            with capture_logs() as logs:
                await heard(server, desk, "hai")
            for task in wedged:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*wedged, return_exceptions=True)

    assert "polling is stuck and is built anew" in [each["event"] for each in logs]
    assert desk.alarms == []


def current_session(updates):
    """The session that a run is in the middle of."""
    run = next(task for task in asyncio.all_tasks() if task.get_name() == "the run")
    frame = run.get_coro()
    while frame.cr_await is not None and hasattr(frame.cr_await, "cr_frame"):
        frame = frame.cr_await
        if "_settled" in dir(frame.cr_frame.f_locals.get("self")):
            return frame.cr_frame.f_locals["self"]
    raise AssertionError("no session")


async def rival(server):
    """Another program with the same token, which polls without rest."""
    async with httpx.AsyncClient(timeout=30) as client:
        while True:
            await client.post(f"{server.base_url}{TOKEN}/getUpdates", data={"timeout": 1})


async def test_a_rival_is_not_fought_but_told_once_and_outlived():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk, poll=20) as updates:
        await until(lambda: server.updates.polls)
        other = asyncio.create_task(rival(server))
        await until(lambda: desk.alarms)
        before = server.calls.count("deleteWebhook")
        await asyncio.sleep(0.3)
        assert (server.calls.count("deleteWebhook"), updates.trouble) == (before, Trouble.CONFLICT)
        await until(lambda: server.calls.count("deleteWebhook") > before)  # tried again
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
        await heard(server, desk)
        await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.CONFLICT]


async def test_a_rival_that_comes_and_goes_is_told_once():
    desk = Desk()
    async with (
        TelegramServer() as server,
        listening(server.base_url, desk, conflict=0.05, conflict_longest=60) as updates,
    ):
        for text in ("một", "hai"):
            server.refuse(409, "Conflict: terminated by other getUpdates request", method="getUpdates")
            await until(lambda: updates.trouble is Trouble.CONFLICT)
            await heard(server, desk, text)
            await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.CONFLICT]


async def test_after_a_conflict_no_poll_is_made_not_even_the_last_one():
    desk = Desk()
    async with TelegramServer() as server:
        server.refuse(409, "Conflict: terminated by other getUpdates request", method="getUpdates")
        async with listening(server.base_url, desk, conflict=60):
            await until(lambda: desk.alarms)
            await asyncio.sleep(0.3)

    assert server.calls.count("getUpdates") == 1


async def test_where_the_last_poll_failed_a_stop_makes_no_other():
    async with TelegramServer() as server:
        server.fail(*[HTML] * 1000, method="getUpdates")
        async with listening(server.base_url, Desk(), again=60):
            await until(lambda: "getUpdates" in server.calls)
            await asyncio.sleep(0.2)

    assert server.calls.count("getUpdates") == 1


async def test_the_pause_after_a_conflict_doubles_up_to_its_longest():
    desk = Desk()
    updates = make("http://telegram.invalid", desk)
    from telegram.error import Conflict

    pauses = [await updates._failed(Conflict("Conflict: terminated by other")) for _ in range(4)]

    assert pauses == [0.6, 1.2, 1.2, 1.2]
    assert len(desk.alarms) == 1


async def test_a_webhook_that_somebody_set_is_taken_away():
    desk = Desk()
    async with TelegramServer() as server:
        server.updates.webhook = "https://example.org/hook"
        async with listening(server.base_url, desk):
            await heard(server, desk)
            assert (server.updates.webhook, server.updates.conflicts) == ("", 0)


@pytest.mark.parametrize("when", ["at the start", "later"])
async def test_a_revoked_token_is_one_clear_line_and_nothing_is_lost(when):
    desk = Desk()
    async with TelegramServer() as server:
        server.revoked = when == "at the start"
        with capture_logs() as logs:
            async with listening(server.base_url, desk) as updates:
                if when == "later":
                    await until(lambda: server.updates.polls)
                    server.revoked = True
                await until(lambda: desk.alarms)
                server.updates.text(4711, "chờ")
                calls = len(server.calls)
                await until(lambda: len(server.calls) > calls)  # tried again, slowly
                assert updates.trouble is Trouble.REFUSED
                server.revoked = False
                await until(lambda: "chờ" in desk.texts)
                await until(lambda: updates.trouble is None)

    assert [trouble for trouble, _ in desk.alarms] == [Trouble.REFUSED]
    told = [each for each in logs if each["log_level"] in {"warning", "error"}]
    assert [each["event"] for each in told] == ["nothing is heard from people on Telegram"]
    assert told[0]["reason"] == "Telegram refuses the token; put the right one into channels.telegram.token"


async def test_an_update_that_cannot_be_read_is_counted_and_holds_up_no_other():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk):
        with capture_logs() as logs:
            server.updates.tell({"message": {"text": "hỏng"}})
            await heard(server, desk)
            await until(lambda: not server.updates.unconfirmed)

    assert [each["code"] for each in logs] == ["tg:unclassified:update"]
    assert "hỏng" not in str(logs)
    assert desk.texts == ["còn đó"]


async def test_an_update_is_confirmed_only_when_it_is_answered():
    desk = Desk(slow=1.0)
    async with TelegramServer() as server:
        async with listening(server.base_url, desk, stop=0.05):
            number = server.updates.text(4711, "một")
            await until(lambda: desk.heard)
            await asyncio.sleep(0.3)
            assert server.updates.unconfirmed == [number]
        # the run was cut off in the middle of the answer: the next one hears it again
        again = Desk()
        async with listening(server.base_url, again):
            await until(lambda: again.heard)

    assert again.texts == ["một"]


async def test_an_answer_that_is_on_its_way_is_finished_before_a_stop():
    desk = Desk({"một": Reply("trả lời")}, slow=0.3)
    async with TelegramServer() as server:
        async with listening(server.base_url, desk):
            server.updates.text(4711, "một")
            await until(lambda: desk.heard)

        assert [each.text for each in server.taken] == ["trả lời"]
        assert server.updates.unconfirmed == []


@pytest.mark.parametrize("state", ["polling", "hanging", "answering", "refused", "conflict", "out of reach", "failing"])
async def test_a_stop_leaves_no_task_whatever_it_interrupts(state):
    desk = Desk(slow=5.0 if state == "answering" else 0.0)
    async with TelegramServer() as server:
        server.revoked = state == "refused"
        url = f"http://127.0.0.1:{free_port()}" if state == "out of reach" else server.base_url
        options = {"stop": 0.1} if state == "answering" else {}
        async with listening(url, desk, **options):
            if state in {"refused", "out of reach"}:
                await until(lambda: desk.alarms)
                seen = 0
            else:
                await until(lambda: server.updates.polls)
                seen = len(server.calls)
            if state == "hanging":
                server.fail(Answer(fault="hang"), method="getUpdates")
                await until(lambda: not server._next["getUpdates"])
            if state == "answering":
                server.updates.text(4711, "một")
                await until(lambda: desk.heard)
            if state == "conflict":
                server.refuse(409, "Conflict", method="getUpdates")
                await until(lambda: desk.alarms)
            if state == "failing":
                server.fail(*[HTML] * 100, method="getUpdates")
                await until(lambda: len(server.calls) > seen + 3)

        assert left_over() == []


async def test_the_age_is_that_of_the_last_completed_poll():
    desk = Desk()
    async with TelegramServer() as server, listening(server.base_url, desk) as updates:
        assert updates.age(datetime.now(UTC)) is None
        await until(lambda: updates.age(datetime.now(UTC)) is not None)
        assert 0 <= updates.age(datetime.now(UTC)) < 5
        assert updates.age(datetime.now(UTC) + timedelta(hours=1)) >= 3600


async def test_an_alarm_that_fails_ends_nothing():
    desk = Desk()

    async def alarm(trouble, text):
        desk.alarms.append((trouble, text))
        raise RuntimeError("no database")

    desk.alarm = alarm
    async with TelegramServer() as server:
        server.revoked = True
        async with listening(server.base_url, desk):
            await until(lambda: desk.alarms)
            server.revoked = False
            await heard(server, desk)


async def test_no_token_reaches_a_log_on_any_path(talkative, capsys):
    desk = Desk({"một": Reply("một"), "a": Reply(toast="a", settles=True)})
    echo = f"<html>cannot reach /bot{TOKEN}/</html>".encode()
    said = f"no {TOKEN} and no {TOKEN.replace(':', '%3A')}"
    port = free_port()
    async with listening(f"http://127.0.0.1:{port}", desk, call=0.3):
        await asyncio.sleep(0.1)
        async with TelegramServer(TOKEN, port=port) as server:
            await until(lambda: server.updates.polls)
            for method in ("getUpdates", "sendMessage", "answerCallbackQuery", "getMe", "deleteWebhook"):
                for status in (200, 302, 400, 401, 403, 404, 409, 429, 500, 502):
                    server.fail(Answer(status, echo), method=method)
                for status in (400, 401, 403, 409, 500):
                    server.refuse(status, said, method=method)
                for fault in ("drop", "half", "reset", "hang"):
                    server.fail(Answer(200, echo, fault=fault), method=method)
            for number in range(1, 60):
                server.updates.text(number, "một")
                server.updates.press(1000 + number, "a")
            await until(lambda: not any(server._next.values()), 60)
            await until(lambda: server.taken, 30)

    assert desk.alarms
    assert "TEST-token" not in talkative.text
    assert "TEST-token" not in capsys.readouterr().out
    assert "TEST-token" not in str(desk.alarms)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"token": "123/456"}, "token"),
        ({"base_url": "telegram.example"}, "base_url"),
        ({"proxy": "socks5://user:password@proxy.example"}, "proxy"),
    ],
)
def test_what_cannot_be_used_is_known_before_anything_runs(options, key):
    desk = Desk()
    given = {"token": TOKEN, "now": lambda: datetime.now(UTC), "alarm": desk.alarm, **options}

    with pytest.raises(InputError, match=rf"channels\.telegram\.{key}") as error:
        Updates(given.pop("token"), desk.answer, **given)

    assert "password" not in str(error.value)


def test_the_first_line_of_each_alarm_fits_a_lock_screen():
    from alertd.channels.telegram.trouble import WORDS

    assert set(WORDS) == set(Trouble)
    assert all(len(words.title) <= 60 for words in WORDS.values())


def test_stuck_is_three_times_as_long_as_a_poll_may_take():
    assert FAST.stall == pytest.approx(3 * (FAST.poll + FAST.read))
