"""`alertd outbox`: what it prints, what it does, and how it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from alertd.store import migrate
from alertd.store.database import Database
from tests.store.test_operate import Queue

LONG_AGO = timedelta(days=1)


@pytest.fixture
def box(config, url):
    """The outbox of the configuration's database, whose clock is the real one."""
    made = Database(url)
    migrate.upgrade(made)
    yield Queue(made)
    made.close()


def put(box, **values):
    return box.put("staff", **values)


def test_an_empty_list(alertd, config, box):
    done = alertd("outbox", "list", "--config", config)
    assert (done.code, done.out, done.err) == (0, "không có tin nào bị giữ, không rõ hay không gửi được\n", "")
    assert json.loads(alertd("outbox", "list", "--format", "json", "--config", config).out) == {
        "storms": [], "messages": [],
    }  # fmt: skip


def test_every_line_says_what_to_do(alertd, config, box):
    storm = box.storm()
    failed = put(box, state="failed", not_before=None, detail="tg:403 blocked")
    box.tried(failed, "tg:403")
    unknown = put(box, state="unknown", not_before=datetime.now(UTC) + timedelta(minutes=3))
    put(box, storm=storm)
    put(box, channel="", not_before=datetime.now(UTC) - LONG_AGO)
    lines = alertd("outbox", "list", "--config", config).out.splitlines()
    assert lines[0].startswith(f"đợt {storm} bị giữ từ ")
    assert "tg:403" in lines[2]
    assert lines[2].endswith(f"sửa liên hệ của staff, rồi: alertd outbox retry {failed}")
    assert f'alertd outbox discard {unknown} --reason "…"' in lines[3]
    assert lines[4].endswith(f'alertd outbox release --storm {storm}, hoặc discard --storm {storm} --reason "…"')
    assert lines[5].endswith("alertd invite staff")


def test_the_list_in_json(alertd, config, box):
    storm = box.storm()
    held = put(box, storm=storm, parts=2)
    found = json.loads(alertd("outbox", "list", "--format", "json", "--config", config).out)
    (message,) = found["messages"]
    assert set(message) == {
        "message", "person", "kind", "urgency", "parts", "accepted", "state", "channel", "storm", "since", "again_at",
        "code", "detail", "age_seconds", "to_do",
    }  # fmt: skip
    assert (message["message"], message["state"], message["storm"], message["parts"]) == (held, "held", storm, 2)
    assert datetime.fromisoformat(message["since"]).utcoffset() == timedelta(hours=7)
    assert [(each["id"], each["messages"], each["people"]) for each in found["storms"]] == [(storm, 1, 1)]


def test_retry_one_and_all_that_failed(alertd, config, box):
    first = put(box, state="failed", not_before=None)
    second = put(box, state="failed", not_before=None)
    done = alertd("outbox", "retry", first, "--config", config)
    assert (done.code, done.out) == (0, f"{first}: gửi lại qua console\n")
    done = alertd("outbox", "retry", "--failed", "--config", config)
    assert (done.code, done.out) == (0, f"{second}: gửi lại qua console\n")
    assert [box.parts(message)[0].state for message in (first, second)] == ["retry", "retry"]


def test_one_person_out_of_reach_does_not_keep_back_the_others(alertd, config, box):
    nobody = box.put("gone", state="failed", not_before=None)
    failed = put(box, state="failed", not_before=None)
    done = alertd("outbox", "retry", "--failed", "--config", config)
    assert (done.code, done.out) == (1, f"{failed}: gửi lại qua console\n")
    assert done.err.startswith(f"{nobody}: gone has no contact that works")
    done = alertd("outbox", "retry", nobody, "--config", config)
    assert (done.code, done.out) == (1, "")


def test_nothing_to_do(alertd, config, box):
    done = alertd("outbox", "release", "--all", "--config", config)
    assert (done.code, done.out, done.err) == (0, "", "không có tin nào như vậy. / there is no such message.\n")


def test_release_and_discard_by_storm(alertd, config, box):
    first, second = box.storm(), box.storm()
    one, two, three = put(box, storm=first), put(box, storm=second), put(box, storm=second)
    assert alertd("outbox", "release", "--storm", first, "--config", config).out == f"đợt {first}: đã cho 1 tin đi\n"
    done = alertd("outbox", "discard", "--all", "--reason", "nhập nhầm", "--config", config)
    assert (done.code, done.out) == (0, f"đợt {second}: đã bỏ 2 tin\n")
    assert [box.parts(message)[0].state for message in (one, two, three)] == ["pending", "discarded", "discarded"]
    assert [box.alert(message) for message in (one, two)] == ["sent", "discarded"]


def test_release_and_discard_one(alertd, config, box):
    storm = box.storm()
    one, two = put(box, storm=storm), put(box, storm=storm)
    assert alertd("outbox", "release", one, "--config", config).out == f"{one}: đã cho đi\n"
    assert alertd("outbox", "discard", two, "--reason", "x", "--config", config).out == f"{two}: đã bỏ\n"
    assert [box.parts(message)[0].state for message in (one, two)] == ["pending", "discarded"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["retry"], 2, "name messages, or write --failed"),
        (["retry", "mX", "--failed"], 2, "name messages, or write --failed"),
        (["retry", "mX"], 2, "no message is called 'mX'"),
        (["release"], 2, "name messages, or write --storm N, or --all"),
        (["release", "mX", "--all"], 2, "name messages, or write --storm N, or --all"),
        (["release", "--storm", "99"], 2, "storm 99 is not held"),
        (["discard", "mX"], 2, "--reason"),
        (["discard", "mX", "--reason", " "], 2, "--reason is empty"),
        (["discard", "mX", "--reason", "x"], 2, "no message is called 'mX'"),
        (["discard", "--storm", "99", "--reason", "x"], 2, "storm 99 is not held"),
    ],
)
def test_what_is_refused(alertd, config, box, arguments, code, words):
    done = alertd("outbox", *arguments, "--config", config)
    assert done.code == code
    assert words in done.line


def test_of_several_all_are_changed_or_none(alertd, config, box):
    storm = box.storm()
    held, sent = put(box, storm=storm), put(box, state="accepted", not_before=None)
    done = alertd("outbox", "discard", held, sent, "--reason", "x", "--config", config)
    assert (done.code, done.out) == (1, "")
    assert "nothing is left to discard" in done.err
    assert box.parts(held)[0].state == "held"
