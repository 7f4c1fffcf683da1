"""What the daemon writes, and what it never does: JSON lines without secrets and without a citizen's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.demo.portal import Portal, dossier
from tests.faults.harness import CITIZEN, PASSWORD, SECRET, District, until

pytestmark = pytest.mark.process
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PORTAL_CITIZEN = "Công dân mẫu"
MESSAGE = re.compile(r"\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\] → [^\n]+ \([a-z0-9-]+\)\n(    [^\n]*\n)+\n")


def late(number, **more):
    """A dossier past due as the portal shows it, with its citizen."""
    now = datetime.now(UTC)
    due = now - timedelta(hours=1)
    return dossier(
        number, zone=ZONE, received=now - timedelta(days=2), due=due, **({"unit": "P0", "officer": "cv.0"} | more)
    )


def opencps(portal, **more):
    rest = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f'{{name: portal, type: opencps, url: "{portal.url}", username: alertd, password: "${{PORTAL_PASSWORD}}", '
        f'groups: ["1"], scope: all, every: 1s, max_age: 1h{rest}}}'
    )


def assert_clean(text, *places):
    for word in (SECRET, PASSWORD, CITIZEN, PORTAL_CITIZEN, "MAU0000"):
        for where in (text, *places):
            assert word not in where


def test_logs_are_json_lines_without_secrets_or_citizens_whatever_goes_wrong(tmp_path, sqlite, running):
    receiver = running.receiver(status=500)
    # a row that cannot be read is set aside with its reason, which must not hold the citizen either
    shown = [late(1), late(2), late(3) | {"dueDate": "hôm kia"}, late(4, unit="Không có")]
    with Portal(lambda: {"1": shown}, username="alertd", password=PASSWORD) as portal:
        district = District(tmp_path / "config", sqlite, receiver.url, feeds=opencps(portal))
        daemon = running.daemon(district.folder)
        until(lambda: len(receiver.seen) >= 2, 30, "nothing was sent")
        for faults in ({"status": 500}, {"html": True}, {"half": True}, {"locked_out": True}, {"cut": True}):
            before = len(daemon.logs)
            for name, value in faults.items():
                setattr(portal.faults, name, value)
            until(lambda: any(line["event"] == "failed" for line in daemon.logs[before:]), 30, lambda: daemon.stderr)  # noqa: B023
            for name in faults:
                setattr(portal.faults, name, type(faults[name])())
        assert daemon.terminate() == 0
    assert daemon.stdout == ""
    for line in daemon.logs:
        assert {"event", "level", "timestamp", "logger"} <= line.keys(), line
    assert any(line["level"] == "warning" and line["event"] == "not accepted" for line in daemon.logs)
    assert not any("traceback" in line for line in daemon.logs)
    kept = (tmp_path / "alertd.db").read_bytes().decode("utf-8", "replace")
    assert_clean(daemon.stderr, receiver.log.read_text("utf-8"), kept)


def test_a_citizen_in_a_sheet_is_neither_stored_nor_sent(tmp_path, sqlite, running):
    receiver = running.receiver()
    district = District(tmp_path / "config", sqlite, receiver.url)
    expected = district.past_due(4)
    daemon = running.daemon(district.folder)
    until(lambda: expected <= receiver.told, 30, "not everybody was told")
    assert daemon.terminate() == 0
    assert CITIZEN in next(district.drop.glob("*.csv")).read_text("utf-8")
    kept = (tmp_path / "alertd.db").read_bytes().decode("utf-8", "replace")
    assert "N*** T*** N*** D***" in kept, "masked, it is all that is kept"
    assert_clean(daemon.stderr, receiver.log.read_text("utf-8"), kept)


def test_stdout_carries_the_messages_of_the_console_and_nothing_else(tmp_path, sqlite, running):
    district = District(tmp_path / "config", sqlite, "", channels="console: {}")
    expected = district.past_due(8)
    daemon = running.daemon(district.folder)
    people = {person for person, _ in expected}
    until(lambda: all(f"({person})" in daemon.stdout for person in people), 30, lambda: daemon.stdout)
    assert daemon.terminate() == 0
    assert MESSAGE.sub("", daemon.stdout) == ""
    assert all(f". {code}" in daemon.stdout for _, code in expected)
    assert daemon.logs[-1]["event"] == "stopped"
    assert_clean(daemon.stdout, daemon.stderr)


def test_ticks_that_overlap_are_not_worth_a_warning(tmp_path, sqlite, running):
    receiver = running.receiver(delay=4.0)
    district = District(tmp_path / "config", sqlite, receiver.url)
    district.past_due(4)
    daemon = running.daemon(district.folder)
    until(lambda: "accepted" in district.outbox, 30, lambda: district.outbox)
    assert daemon.terminate() == 0
    assert {line["level"] for line in daemon.logs} == {"info"}, daemon.stderr
