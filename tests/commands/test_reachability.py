"""What `alertd status` says of the channels."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from alertd.store import migrate, tables
from alertd.store.database import Database
from tests.store.test_operate import Queue

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def box(config, url):
    made = Database(url)
    migrate.upgrade(made)
    yield Queue(made)
    made.close()


def add(box, table, **values):
    with box.database.write() as connection:
        connection.execute(insert(getattr(tables, table)).values(values))


def attempt(box, number, outcome, code="", age=HOUR):
    message = box.put("staff", state="superseded", not_before=None)
    add(box, "attempts", id=f"a{number}", outbox_id=f"{message}.1", number=1, channel="console", address="",
        started_at=NOW - age, finished_at=None if outcome is None else NOW - age, outcome=outcome, code=code,
        provider_id=None, detail="")  # fmt: skip


def shown(alertd, config):
    done = alertd("status", "--format", "json", "--config", config)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    (channel,) = found["channels"]
    return channel, found["credentials"]


def test_a_channel_at_rest(alertd, config, box):
    assert shown(alertd, config) == (
        {
            "channel": "console", "people": 4, "connected": 0, "dead": 0, "circuit": None, "paused_until": None,
            "waiting": 0, "accepted_24h": 0, "failed_24h": 0, "unknown_now": 0, "unclassified": {},
        },
        [],
    )  # fmt: skip
    assert (
        "kênh console: 4 người nhận được, 24 giờ qua gửi được 0, không được 0\n"
        in alertd("status", "--config", config).out
    )


def test_a_channel_in_trouble(alertd, config, box):
    attempt(box, 1, "accepted")
    attempt(box, 2, "transient", "tg:unclassified:Odd")
    attempt(box, 3, "unknown", "tg:unclassified:Odd", age=timedelta(days=3))
    attempt(box, 4, "accepted", age=timedelta(days=2))
    attempt(box, 5, "transient", "tg:unclassified:Old", age=timedelta(days=40))
    attempt(box, 6, None)
    for state in ("pending", "retry", "sending", "unknown", "accepted", "failed", "held"):
        box.put("staff", state=state, channel="console")
    add(box, "circuits", channel="console", opened_at=NOW - HOUR, reason="channel_down smtp:535", probed_at=None)
    add(box, "paces", scope="console", paused_until=NOW + 10 * HOUR, percent=50, slowed_at=NOW)
    add(box, "paces", scope="console 4711", paused_until=NOW + 20 * HOUR, percent=100, slowed_at=None)
    add(box, "connections", person="staff", channel="console", address="1", connected_at=NOW, spoke_at=NOW)
    add(box, "addresses", person="head", channel="console", address="", dead_since=NOW, reason="tg:403")
    add(box, "addresses", person="chair", channel="console", address="-1", dead_since=NOW, reason="migrated:-2")
    channel, _ = shown(alertd, config)
    assert (channel["people"], channel["connected"], channel["dead"]) == (3, 1, 1)
    assert (channel["accepted_24h"], channel["failed_24h"]) == (1, 1)
    assert (channel["waiting"], channel["unknown_now"]) == (3, 1)
    assert channel["unclassified"] == {"tg:unclassified:Odd": 2}
    assert channel["circuit"]["reason"] == "channel_down smtp:535"
    assert datetime.fromisoformat(channel["circuit"]["open_since"]) == NOW - HOUR
    assert datetime.fromisoformat(channel["paused_until"]) == NOW + 10 * HOUR
    line = next(
        line for line in alertd("status", "--config", config).out.splitlines() if line.startswith("kênh console")
    )
    for words in ("NGỪNG từ ", "channel_down smtp:535", "mã lạ tg:unclassified:Odd × 2", "không rõ 1", "nghỉ đến "):
        assert words in line


def test_the_state_of_a_token_but_not_the_token(alertd, config, box):
    add(box, "credentials", channel="zalo", account="oa", access="sealed-access", refresh="sealed-refresh",
        access_expires_at=NOW + HOUR, refresh_issued_at=NOW, version=7, state="dead", state_since=NOW,
        detail="-14014")  # fmt: skip
    _, (token,) = shown(alertd, config)
    assert (token["channel"], token["version"], token["state"], token["detail"]) == ("zalo", 7, "dead", "-14014")
    assert datetime.fromisoformat(token["expires"]) == NOW + HOUR
    done = alertd("status", "--config", config)
    assert "khóa zalo: dead, lần 7, đến " in done.out
    assert "sealed" not in done.out
