"""A portal that breaks while the daemon runs: visible, nothing changed, and over by itself."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from alertd.demo.portal import Portal
from alertd.store import polls
from alertd.store.tables import dossiers, observations
from tests.faults.harness import PASSWORD, District, reading, until
from tests.faults.test_logs import late, opencps

pytestmark = pytest.mark.process

#: What goes wrong, the state that `status` shows, and the words by which a person knows what to do.
FAULTS = (
    ("status", 500, "failed", "answers 500"),
    ("status", 503, "failed", "busy or down"),
    ("html", True, "failed", "web page (HTML)"),
    ("half", True, "failed", "damaged JSON"),
    ("locked_out", True, "failed", "wrong user or password"),
    ("shrunk", True, "shrunk", "nothing was taken"),
    ("missing", 4, "incomplete", ""),
)
#: For these, what `status` prints is looked at too; the rest have the same way there.
SHOWN = ("status", "shrunk", "missing")


def feed_state(district, running):
    """The one feed as `alertd status --format json` shows it."""
    done = running.alertd("status", "--format", "json", "--config", district.folder)
    assert done.ended(20) == 0, done.stderr
    (feed,) = json.loads(done.stdout)["feeds"]
    return feed


def turned(district, state, words):
    """Wait until the feed's row says so; gives what it says."""

    def row():
        with reading(district.url) as connection:
            return polls.state(connection, "portal")

    until(lambda: row().state == state and words in row().detail, 30, lambda: f"{state}: {row()}")
    return row().detail


def stored(url):
    with reading(url) as connection:
        return connection.execute(select(dossiers).order_by(dossiers.c.id)).all(), len(
            connection.execute(select(observations.c.id)).all()
        )


def test_a_broken_portal_is_seen_changes_nothing_and_recovers_by_itself(tmp_path, url, running):
    shown = [late(number) for number in range(1, 13)]
    with Portal(lambda: {"1": shown}, username="alertd", password=PASSWORD) as portal:
        district = District(tmp_path / "config", url, "", channels="console: {}", feeds=opencps(portal))
        daemon = running.daemon(district.folder)
        until(lambda: "(head-0)" in daemon.stdout, 30, "nobody was told")
        before = stored(url)
        assert len(before[0]) == 12
        for name, value, state, words in FAULTS:
            good = getattr(portal.faults, name)
            setattr(portal.faults, name, value)
            seen = turned(district, state, words)
            assert PASSWORD not in seen
            assert "\n" not in seen
            if name in SHOWN:
                feed = feed_state(district, running)
                assert (feed["state"], feed["detail"], feed["rows"]) == (state, seen, 12)
            assert stored(url) == before, f"{name} has changed what is stored"
            setattr(portal.faults, name, good)
        turned(district, "ok", "")
        seen = feed_state(district, running)
        assert (seen["state"], seen["detail"], seen["rows"]) == ("ok", "", 12)
        shown.append(late(13))
        until(lambda: "H27.35-000013" in daemon.stdout, 30, "a dossier that came after the recovery is not told")
        assert daemon.terminate() == 0
        assert len(stored(url)[0]) == 13


def test_a_shrunken_portal_is_one_alarm_to_the_admin_and_none_to_officers(tmp_path, sqlite, running):
    shown = [late(number) for number in range(1, 13)]
    with Portal(lambda: {"1": shown}, username="alertd", password=PASSWORD) as portal:
        district = District(tmp_path / "config", sqlite, "", channels="console: {}", feeds=opencps(portal))
        daemon = running.daemon(district.folder)
        until(lambda: "(head-0)" in daemon.stdout, 30, "nobody was told")
        told = len(daemon.stdout)
        calls = len(portal.requests)
        portal.faults.shrunk = True
        until(lambda: "(office)" in daemon.stdout[told:], 30, "the admin was not told")
        until(lambda: len(portal.requests) > calls + 4, 30, "the portal is not asked again")
        assert daemon.terminate() == 0
    after = daemon.stdout[told:]
    assert after.count("→") == 1, after
    assert "Sự cố nguồn dữ liệu: portal" in after


def test_a_portal_that_hangs_holds_up_neither_the_other_feed_nor_the_stop(tmp_path, sqlite, running):
    receiver = running.receiver()
    with Portal(lambda: {"1": []}, username="alertd", password=PASSWORD) as portal:
        portal.faults.slow = 60.0
        feeds = (
            f"{opencps(portal, timeout='50s')}\n"
            '  - {name: files, type: sheet, path: "drop/*.csv", scope: part, every: 1s, max_age: 1h}'
        )
        district = District(tmp_path / "config", sqlite, receiver.url, feeds=feeds)
        expected = district.past_due(4)
        daemon = running.daemon(district.folder)
        until(lambda: expected <= receiver.told, 30, "a hanging portal holds up the other feed")
        assert portal.requests, "the portal was not asked"
        assert daemon.terminate(25) == 0, daemon.stderr
        assert daemon.logs[-1]["event"] == "stopped"
