"""One daemon on one database; a killed one never blocks its successor (DESIGN section 8)."""

from __future__ import annotations

import signal
import time

import pytest

from tests.faults.harness import District, until

pytestmark = pytest.mark.process
#: A successor waits at most 10 s for a row to go stale; the rest is the start of Python on a busy machine.
WITHIN = 25


@pytest.fixture
def receiver(running):
    return running.receiver()


def test_a_second_daemon_is_refused_with_one_clear_line_and_the_first_goes_on(district, receiver, running):
    first = running.daemon(district.folder)
    second = running.alertd("run", "--config", district.folder)
    assert second.ended(WITHIN) == 1
    (line,) = second.stderr.splitlines()
    assert "another alertd runs on this database" in line
    assert f"process {first.pid}" in line
    assert "stop it first" in line
    assert second.stdout == ""
    expected = district.past_due(4)
    until(lambda: expected <= receiver.told, 30, "the first does not go on")
    assert first.terminate() == 0
    assert receiver.doubled == 0


def test_a_second_daemon_is_refused_while_the_first_writes(tmp_path, running, receiver):
    # on SQLite the first may hold the write lock for longer than a person wants to wait
    district = District(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}", receiver.url)
    running.daemon(district.folder)
    with district.writing():
        begin = time.monotonic()
        assert running.alertd("run", "--config", district.folder).ended(WITHIN) == 1
    assert time.monotonic() - begin < WITHIN


def test_a_successor_starts_after_a_kill(district, receiver, running):
    first = running.daemon(district.folder)
    first.kill()
    second = running.daemon(district.folder, limit=WITHIN)
    expected = district.past_due(4)
    until(lambda: expected <= receiver.told, 30, "the successor sends nothing")
    assert second.terminate() == 0


def test_a_successor_starts_at_once_after_a_clean_stop(district, running):
    first = running.daemon(district.folder)
    assert first.terminate() == 0
    second = running.daemon(district.folder, limit=12)
    assert second.terminate() == 0


@pytest.mark.postgres
def test_a_daemon_that_was_suspended_too_long_gives_way_to_its_successor(tmp_path, postgres_url, receiver, running):
    district = District(tmp_path / "config", postgres_url, receiver.url)
    first = running.daemon(district.folder)
    first.send(signal.SIGSTOP)
    second = running.daemon(district.folder, limit=WITHIN)
    first.send(signal.SIGCONT)
    assert first.ended(WITHIN) == 1, first.stderr
    assert first.logged("another daemon has taken over this database")
    expected = district.past_due(8)
    until(lambda: expected <= receiver.told, 30, "the successor sends nothing")
    assert second.terminate() == 0
    assert receiver.doubled == 0


def test_a_lock_file_that_cannot_be_opened_is_one_clear_line(tmp_path, running, receiver):
    district = District(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}", receiver.url)
    (tmp_path / "alertd.db.lock").mkdir()
    daemon = running.alertd("run", "--config", district.folder)
    assert daemon.ended(WITHIN) == 1
    (line,) = daemon.stderr.splitlines()
    assert "alertd.db.lock" in line
