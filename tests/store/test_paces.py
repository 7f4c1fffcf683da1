"""What a credential's pace remembers over a restart (delivery reference 7.5)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from alertd.core.pace import Slowed
from alertd.store import paces, tables
from tests.store.ground import at

NOW = at("05/06 16:00")


def seconds(n):
    return NOW + timedelta(seconds=n)


def test_pauses_of_a_credential_and_its_chats_come_back_as_they_were(database):
    rows = [Slowed("", seconds(30), 50, NOW), Slowed("7", seconds(40)), Slowed("-100 5", seconds(50))]
    with database.write() as connection:
        paces.save(connection, "telegram", rows, NOW)
    with database.read() as connection:
        assert sorted(paces.load(connection, "telegram"), key=lambda row: row.paused_until) == rows


def test_what_is_saved_again_takes_the_place_of_what_was(database):
    with database.write() as connection:
        paces.save(connection, "telegram", [Slowed("", seconds(30), 50, NOW)], NOW)
        paces.save(connection, "telegram", [Slowed("", None, 100, None)], NOW)
        assert paces.load(connection, "telegram") == [Slowed()]


def test_a_chat_whose_pause_is_over_is_forgotten_and_the_credential_never(database):
    with database.write() as connection:
        paces.save(connection, "telegram", [Slowed("", seconds(1), 50, NOW), Slowed("7", seconds(1))], NOW)
        paces.save(connection, "telegram", [], seconds(2))
        assert [row.chat for row in paces.load(connection, "telegram")] == [""]


def test_channels_whose_names_begin_alike_do_not_mix(database):
    with database.write() as connection:
        for channel in ("zalo", "zalo_bot", "zaloxbot"):
            paces.save(connection, channel, [Slowed("", seconds(9), 50, NOW), Slowed("7", seconds(9))], NOW)
        # the chats of another channel are not touched when this one forgets its own
        paces.save(connection, "zalo_bot", [], seconds(10))
        assert [len(paces.load(connection, name)) for name in ("zalo", "zalo_bot", "zaloxbot")] == [2, 1, 2]


def test_the_calls_of_the_last_minute_come_back_with_the_latest_instant_known_of_each(database):
    calls = [
        # started, finished, chat, channel
        (-61, -59, "old", "telegram"),
        (-50, -20, "slow", "telegram"),
        (-30, None, "open", "telegram"),
        (-10, -9, "other", "zalo"),
    ]
    with database.write() as connection:
        connection.execute(insert(tables.outbox).values(**part()))
        for number, (began, ended, chat, channel) in enumerate(calls, 1):
            connection.execute(insert(tables.attempts).values(
                id=str(number), outbox_id="m.1", number=number, channel=channel, address=chat, code="", detail="",
                started_at=seconds(began), finished_at=None if ended is None else seconds(ended),
            ))  # fmt: skip
        found = paces.recent_calls(connection, "telegram", NOW)
    assert found == [("open", seconds(-30)), ("slow", seconds(-20))]


def part():
    return {
        "id": "m.1", "message": "m", "dedupe_key": "k", "person": "an", "kind": "digest", "urgency": "high",
        "priority": 2, "late": False, "part": 1, "parts": 1, "text": "", "dossiers": [], "slot_at": NOW,
        "created_at": NOW, "state": "pending", "detail": "", "contact": 0, "attempts": 0, "transients": 0,
        "unknowns": 0, "repeat": False, "channel": "telegram", "pinned": False,
    }  # fmt: skip
