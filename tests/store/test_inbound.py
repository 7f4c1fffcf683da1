"""Stored events from hooks: each once, in order, gone when handled, kept when they cannot be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from alertd.core.conversation import Inbound, Kind
from alertd.store import inbound
from tests.store.ground import DAY, HOUR, at

NOW = at("03/06 08:00")
EVENT = Inbound("zalo", "msg-1", Kind.TEXT, "2468", NOW, "đã nhận\x00", private=False)


def put(database, event, now=NOW):
    with database.write() as connection:
        return inbound.put(connection, event, now)


def take(database, limit=10):
    with database.read() as connection:
        return inbound.take(connection, limit)


def raw(database):
    with database.read() as connection:
        return connection.execute(text("SELECT key, handled_at, event FROM inbound ORDER BY id")).all()


def test_an_event_comes_back_as_it_was(database):
    assert put(database, EVENT)
    (waiting,) = take(database)
    assert waiting.event == EVENT
    assert (waiting.channel, waiting.tries) == ("zalo", 0)


def test_the_same_key_is_stored_once_per_channel(database):
    assert put(database, EVENT)
    assert not put(database, replace(EVENT, text="again"))
    assert put(database, replace(EVENT, channel="zalo_bot"))
    assert [each.event.text for each in take(database)] == [EVENT.text, EVENT.text]


def test_oldest_first_and_no_more_than_asked_for(database):
    for number in range(5):
        put(database, replace(EVENT, key=f"msg-{number}"))
    assert [each.event.key for each in take(database, 3)] == ["msg-0", "msg-1", "msg-2"]


def test_what_is_handled_is_cleared_and_its_key_stays(database):
    put(database, EVENT)
    (waiting,) = take(database)
    with database.write() as connection:
        inbound.done(connection, waiting.id, NOW)
    assert take(database) == []
    ((key, handled_at, event),) = raw(database)
    assert (key, event) == ("msg-1", None)  # a real NULL: nothing that a person wrote stays behind
    assert handled_at is not None
    assert not put(database, EVENT)


def test_three_failures_set_an_event_aside_with_its_reason(database):
    put(database, EVENT)
    for tries in range(3):
        (waiting,) = take(database)
        assert waiting.tries == tries
        assert waiting.event == EVENT
        with database.write() as connection:
            last = inbound.failed(connection, waiting, "KeyError", NOW)
        assert last == (tries == 2)
    assert take(database) == []
    with database.read() as connection:
        assert inbound.set_aside(connection) == 1
    ((_, _, stored),) = raw(database)
    stored = json.loads(stored) if isinstance(stored, str) else stored
    assert (stored["tries"], stored["error"], stored["text"]) == (3, "KeyError", EVENT.text)


@pytest.mark.parametrize("stored", ["{}", "null", '{"kind": "dance"}', "[1]"])
def test_a_row_that_cannot_be_read_is_still_handed_out(database, stored):
    put(database, EVENT)
    with database.write() as connection:
        connection.execute(text("UPDATE inbound SET event = :stored"), {"stored": stored})
    (waiting,) = take(database)
    assert (waiting.event, waiting.channel) == (None, "zalo")
    for _ in range(3):
        with database.write() as connection:
            inbound.failed(connection, waiting, "ValueError", NOW)
        following = take(database)
        waiting = following[0] if following else waiting
    assert take(database) == []


def test_keys_are_forgotten_when_no_provider_would_tell_them_again(database):
    put(database, EVENT)
    put(database, replace(EVENT, key="poison"))
    put(database, replace(EVENT, key="waiting"))
    first, poison, _ = take(database)
    with database.write() as connection:
        inbound.done(connection, first.id, NOW)
        for tries in range(3):
            inbound.failed(connection, replace(poison, tries=tries), "KeyError", NOW)
        assert inbound.forget(connection, NOW) == 0
        assert inbound.forget(connection, NOW + HOUR + DAY) == 1
    assert [row.key for row in raw(database)] == ["poison", "waiting"]
