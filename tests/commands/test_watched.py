"""Pauses and flags in `status`: the longest pause first, flags by kind, with whom to ask."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from alertd.core.dossier import PauseKind, Phase
from alertd.core.flags import Flag
from alertd.messages.words import FLAGS, PAUSES
from alertd.store import migrate
from alertd.store.database import Database
from alertd.web.board import words
from tests.store.ground import World, dossier


@pytest.fixture
def world(url):
    database = Database(url)
    migrate.upgrade(database)
    yield World(database)
    database.close()


def paused(code, **fields):
    return dossier(code, due="28/06 16:00", phase=Phase.PAUSED, **fields)


@pytest.fixture
def taken(world):
    """HS-1 paused a second time for a supplement, HS-2 for longer, HS-3 with its due date put off when overdue."""
    asked = {"status": "5", "pause": PauseKind.SUPPLEMENT}
    world.poll("03/06 08:00", paused("HS-1", **asked), dossier("HS-2", due="28/06 16:00"), dossier("HS-3"))
    for day in (4, 5):
        world.poll(f"{day:02}/06 08:00", dossier("HS-1", due="28/06 16:00"), paused("HS-2", status="8"),
                   dossier("HS-3"))  # fmt: skip
    world.poll("11/06 08:00", paused("HS-1", **asked), paused("HS-2", status="8"), dossier("HS-3", due="14/06 16:00"))


def status(alertd, config, *more):
    return alertd("status", "--at", "2024-06-12T08:00:00", "--config", config, *more)


def test_what_is_paused_is_listed_with_its_age_the_longest_first(alertd, config, taken):
    found = json.loads(status(alertd, config, "--format", "json").out)["lists"]["paused"]
    day = int(timedelta(days=1).total_seconds())
    assert found == [
        {"feed": "portal", "code": "HS-2", "unit": "TP", "kind": None, "status": "8",
         "since": "2024-06-04T08:00:00+07:00", "age_seconds": 8 * day, "pauses": 1, "supplements": 0},
        {"feed": "portal", "code": "HS-1", "unit": "TP", "kind": "supplement", "status": "5",
         "since": "2024-06-11T08:00:00+07:00", "age_seconds": day, "pauses": 2, "supplements": 2},
    ]  # fmt: skip


def test_flags_are_counted_by_kind_in_all_and_for_a_week_with_the_newest_dossiers(alertd, config, taken):
    found = json.loads(status(alertd, config, "--format", "json").out)["lists"]["flags"]
    assert [(each["flag"], each["total"], each["last_7_days"]) for each in found] == [
        ("extended_after_due", 1, 1), ("supplement_repeat", 1, 1),
    ]  # fmt: skip
    assert found[0]["newest"] == [
        {"feed": "portal", "code": "HS-3", "unit": "TP", "seen_at": "2024-06-11T08:00:00+07:00"}
    ]
    later = alertd("status", "--at", "2024-06-19T08:00:00", "--format", "json", "--config", config)
    assert {each["last_7_days"] for each in json.loads(later.out)["lists"]["flags"]} == {0}


def test_they_are_read_aloud(alertd, config, taken):
    lines = status(alertd, config).out.splitlines()
    assert "tạm dừng lâu nhất: HS-2 (TP): 8 ngày, chưa rõ lý do («8»), lần 1" in lines
    assert "tạm dừng lâu nhất: HS-1 (TP): 1 ngày, chờ bổ sung giấy tờ («5»), lần 2, bổ sung lần 2" in lines
    assert "dấu hiệu: dời hẹn trả khi đã quá hạn: 1 lần, 7 ngày qua 1 lần; mới nhất HS-3 (TP)" in lines


def test_every_kind_of_flag_and_pause_has_its_words():
    assert set(FLAGS) == set(words.FLAGS) == set(Flag)
    assert {*PAUSES, None} == set(words.PAUSES)
    assert set(PAUSES) == set(PauseKind)
