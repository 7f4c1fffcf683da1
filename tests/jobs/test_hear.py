"""Stored events are handled once, in order; one that breaks everything blocks none of the others."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from alertd.core.conversation import Inbound, Kind, Reply
from alertd.core.errors import StoreError
from alertd.core.outcome import Outcome, SendResult
from alertd.jobs.hear import BATCH, KEPT, Hear
from alertd.store import inbound
from tests.store.ground import HOUR, MINUTE, at

NOW = at("03/06 08:00")
WRITTEN = "Nguyễn Văn Mẫu 0987654321"
EVENT = Inbound("zalo", "msg-1", Kind.TEXT, "cs:2468", NOW, WRITTEN)


class Desk:
    """Answers every text; breaks on those it is told to break on."""

    def __init__(self, broken=(), error=KeyError):
        self.broken, self.error, self.heard = set(broken), error, []

    def __call__(self, event, now):
        self.heard.append(event.key)
        if event.key in self.broken:
            raise self.error(event.text)
        return Reply(f"về {event.key}") if event.kind is Kind.TEXT else None


class Chat:
    """A channel that keeps what it was asked to say."""

    def __init__(self, error=None):
        self.error, self.said = error, []

    async def answer(self, address, reply):
        self.said.append((address, reply.text))
        if isinstance(self.error, Exception):
            raise self.error
        return self.error or SendResult(Outcome.ACCEPTED)


def put(database, *events):
    with database.write() as connection:
        for event in events:
            inbound.put(connection, event, NOW)


def left(database):
    with database.read() as connection:
        return [(each.event.key if each.event else None, each.tries) for each in inbound.take(connection, 100)]


def set_aside(database):
    with database.read() as connection:
        return inbound.set_aside(connection)


async def test_an_event_is_handled_and_answered_once(database):
    desk, chat = Desk(), Chat()
    hear = Hear(database, desk, {"zalo": chat})
    put(database, EVENT)
    assert await hear.tick(NOW) == 1
    assert await hear.tick(NOW) == 0
    assert (desk.heard, chat.said) == (["msg-1"], [("cs:2468", "về msg-1")])


async def test_what_has_no_reply_or_no_chat_is_answered_nowhere(database):
    chat = Chat()
    put(database, replace(EVENT, kind=Kind.GONE), replace(EVENT, key="notice", address=""))
    assert await Hear(database, Desk(), {"zalo": chat}).tick(NOW) == 2
    assert chat.said == []


async def test_events_of_one_channel_keep_their_order(database):
    desk = Desk()
    put(database, *(replace(EVENT, key=f"msg-{number}") for number in range(20)))
    await Hear(database, desk, {"zalo": Chat()}).tick(NOW)
    assert desk.heard == [f"msg-{number}" for number in range(20)]


@pytest.mark.parametrize("error", [KeyError, StoreError, ValueError])
async def test_a_poison_event_is_tried_three_times_and_blocks_nobody(database, error):
    desk, chat = Desk({"poison"}, error), Chat()
    hear = Hear(database, desk, {"zalo": chat})
    put(database, replace(EVENT, key="poison"), EVENT)
    assert await hear.tick(NOW) == 1
    assert left(database) == [("poison", 1)]
    await hear.tick(NOW + MINUTE)
    assert set_aside(database) == 0
    await hear.tick(NOW + 2 * MINUTE)
    await hear.tick(NOW + 3 * MINUTE)
    assert desk.heard == ["poison", "msg-1", "poison", "poison"]
    assert (left(database), set_aside(database)) == ([], 1)
    assert [text for _, text in chat.said] == ["về msg-1"]


async def test_more_poison_than_a_tick_takes_blocks_nobody_for_long(database):
    desk = Desk({f"poison-{number}" for number in range(BATCH)})
    hear = Hear(database, desk, {"zalo": Chat()})
    put(database, *(replace(EVENT, key=f"poison-{number}") for number in range(BATCH)), EVENT)
    for _ in range(4):
        await hear.tick(NOW)
    assert desk.heard.count("msg-1") == 1
    assert set_aside(database) == BATCH


async def test_what_a_person_wrote_reaches_no_log(database):
    hear = Hear(database, Desk({"msg-1"}), {"zalo": Chat()})
    put(database, EVENT)
    with capture_logs() as logs:
        for _ in range(3):
            await hear.tick(NOW)
    assert [line["log_level"] for line in logs] == ["warning", "warning", "error"]
    assert logs[-1]["set_aside"] == 1
    assert "Nguyễn" not in str(logs)
    assert "0987654321" not in str(logs)


REFUSED = SendResult(Outcome.PERM_RECIPIENT, code="zoa:-230")


@pytest.mark.parametrize(("error", "told"), [(RuntimeError("away"), "RuntimeError"), (REFUSED, "zoa:-230")])
async def test_a_lost_reply_repeats_nothing_that_was_done(database, error, told):
    desk, chat = Desk(), Chat(error)
    hear = Hear(database, desk, {"zalo": chat})
    put(database, EVENT, replace(EVENT, key="msg-2"))
    with capture_logs() as logs:
        assert await hear.tick(NOW) == 2
        assert await hear.tick(NOW) == 0
    assert desk.heard == ["msg-1", "msg-2"]
    assert [line.get("reason") or line["code"] for line in logs] == [told, told]


async def test_a_channel_that_hangs_holds_up_no_other(database):
    class Hanging(Chat):
        async def answer(self, address, reply):
            await super().answer(address, reply)
            await asyncio.Event().wait()

    slow, quick = Hanging(), Chat()
    hear = Hear(database, Desk(), {"zalo": slow, "zalo_bot": quick})
    put(database, EVENT, replace(EVENT, channel="zalo_bot", key="msg-2"))
    task = asyncio.create_task(hear.tick(NOW))
    while not (slow.said and quick.said):
        assert not task.done()
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert left(database) == []


async def test_a_database_that_is_away_counts_as_no_failure_of_an_event(database, monkeypatch):
    put(database, EVENT)
    desk = Desk({"msg-1"}, StoreError)
    hear = Hear(database, desk, {"zalo": Chat()})
    await hear.tick(NOW)

    def away():
        raise StoreError("away")

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", away)
        for _ in range(5):
            with pytest.raises(StoreError):
                await hear.tick(NOW)
    assert left(database) == [("msg-1", 1)]


async def test_keys_are_forgotten_after_a_week(database):
    hear = Hear(database, Desk(), {"zalo": Chat()})
    put(database, EVENT)
    await hear.tick(NOW)
    await hear.tick(NOW + KEPT - HOUR)
    with database.write() as connection:
        assert not inbound.put(connection, EVENT, NOW)
    await hear.tick(NOW + KEPT + HOUR)
    with database.write() as connection:
        assert inbound.put(connection, EVENT, NOW)
