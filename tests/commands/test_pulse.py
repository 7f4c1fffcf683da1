"""What `status` says of the outgoing heartbeat: off, sent, withheld, not taken; and never its address."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from alertd.store import audits, heartbeats, marks
from alertd.store.database import Database
from tests.commands.ground import rows, write_csv

SECRET = "s3cr3t-Mau-0a1B2c"


@pytest.fixture
def beating(alertd, config, url, tmp_path, monkeypatch):
    """An installation that asks for a heartbeat and whose jobs have just run; a way to write into its database."""
    monkeypatch.setenv("SWITCH", SECRET)
    with (config / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write('heartbeat: {url: "https://switch.example/ping/${SWITCH}"}\n')
    assert alertd("import", write_csv(tmp_path / "e.csv", rows(3)), "--feed", "exports", "--config", config).code == 0
    database, now = Database(url), datetime.now(UTC)
    with database.write() as connection:
        for name in ("escalate", "compose", "deliver:console"):
            marks.set_mark(connection, name, now)
        audits.keep(connection, now, now, 3, 0, [])
    yield config, database, now
    database.close()


def said(alertd, config):
    done = alertd("status", "--config", config)
    assert (done.code, SECRET in done.out + done.err) == (0, False)
    (line,) = [line for line in done.out.splitlines() if line.startswith("tín hiệu sống: ")]
    return line.removeprefix("tín hiệu sống: ")


def data(alertd, config):
    return json.loads(alertd("status", "--format", "json", "--config", config).out)["heartbeat"]


def test_where_none_is_asked_for_that_is_one_line_and_null(alertd, config):
    assert alertd("db", "upgrade", "--config", config).code == 0
    assert (said(alertd, config), data(alertd, config)) == ("không dùng (heartbeat)", None)


def test_it_says_when_one_was_last_sent(alertd, beating):
    config, database, now = beating
    assert said(alertd, config) == "chưa gửi được lần nào"
    with database.write() as connection:
        heartbeats.sent(connection, now)
    found = data(alertd, config)
    assert datetime.fromisoformat(found["sent_at"]) == now
    assert (found["failure"], found["withheld"]) == ("", [])
    assert said(alertd, config) == f"gửi được lần cuối {found['sent_at'][:19]}"


def test_it_says_why_it_is_withheld_or_was_not_taken(alertd, beating):
    config, database, now = beating
    with database.write() as connection:
        heartbeats.sent(connection, now)
        heartbeats.failed(connection, "heartbeat:500: the receiver refuses it", now)
    assert said(alertd, config).startswith("KHÔNG GỬI ĐƯỢC: heartbeat:500: the receiver refuses it; gửi được lần cuối ")
    with database.write() as connection:
        audits.keep(connection, now, now, 3, 0, ["missing HS-0001 soon staff", "twice HS-0002 soon staff"])
    assert said(alertd, config).startswith("ĐANG GIỮ vì sổ cảnh báo có 2 sai lệch; gửi được lần cuối ")
    assert data(alertd, config)["withheld"] == ["sổ cảnh báo có 2 sai lệch"]


@pytest.mark.parametrize(
    ("written", "code"),
    [('{url: "ftp://x"}', "url.bad"), ("{every: 5m}", "key.missing"), ('{url: "http://x", every: 0s}', "elapsed.bad")],
)
def test_what_cannot_be_meant_is_a_fault_of_check(alertd, config, written, code):
    with (config / "alertd.yaml").open("a", encoding="utf-8") as file:
        file.write(f"heartbeat: {written}\n")
    done = alertd("check", "--config", config)
    assert (done.code, f"[{code}]" in done.out) == (2, True), done.out
