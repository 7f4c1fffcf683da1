"""Three daemons on one PostgreSQL: 10,000 messages without a fault; a sender that is lost; `--quick`: 600 messages."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.ground import table
from tests.faults.full import database, postgres
from tests.faults.harness import District, processes, until

DAEMONS, OFFICERS, UNITS = 3, 200, 20
PATIENCE = 600


@contextmanager
def three(server):
    """(district, receiver, the daemons, the line by which the first one reaches the database)."""
    folder = Path(tempfile.mkdtemp(prefix="alertd-cluster-"))
    with database("postgresql", server, folder) as url, processes(folder / "processes", quiet=True) as running:
        receiver = running.receiver(lifetime=3600, delay=0.005)
        district = District(folder / "config", url, receiver.url, units=UNITS, officers=OFFICERS)
        settings = (district.folder / "alertd.yaml").read_text("utf-8")
        # the same files for all, whatever the way to the database
        (district.folder / "alertd.yaml").write_text(settings.replace(f'"{url}"', '"${ALERTD_DATABASE}"'), "utf-8")
        near = {"ALERTD_DATABASE": url}
        assert running.alertd("db", "upgrade", "--config", district.folder, env=near).ended(120) == 0
        parts = urlsplit(url)
        socket = parse_qs(parts.query).get("host")
        line = running.start(
            "tests.faults.relay", f"{socket[0]}/.s.PGSQL.5432" if socket else parts.netloc.rpartition("@")[2]
        )
        port = until(lambda: line.stdout.strip(), 30, lambda: line.stderr)  # noqa: PLW0108 - it grows
        far = {"ALERTD_DATABASE": f"postgresql://{parts.username or 'postgres'}@127.0.0.1:{port}{parts.path}"}
        daemons = [
            running.alertd("run", "--cluster", "--config", district.folder, env=env) for env in (far, near, near)
        ]
        for each in daemons:
            until(lambda: each.logged("running"), 120, lambda: each.stderr)  # noqa: B023
        yield district, receiver, daemons, line


def holder(url, daemons):
    """The daemon that has calls under way."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT claimed_by FROM outbox WHERE claimed_by IS NOT NULL LIMIT 1").fetchall()
    return next((each for each in daemons for (name,) in names if f":{each.pid}:" in name), None)


def without_a_fault(server, messages):
    """(messages, seconds, doubled, how many of the three sent)."""
    with three(server) as (district, receiver, daemons, _):
        begin, expected, seen = time.monotonic(), set(), set()
        while len(receiver.ids) < messages:
            expected |= district.past_due(OFFICERS * 2)
            until(lambda: expected <= receiver.told, PATIENCE, lambda: district.outbox)  # noqa: B023
            with psycopg.connect(district.url) as connection:
                seen |= set(
                    connection.execute("SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing'").fetchall()
                )
        seconds = time.monotonic() - begin
        assert [each.terminate() for each in daemons] == [0] * DAEMONS
        return len(receiver.ids), seconds, receiver.doubled, len(seen)


def fail_over(server, fault):
    """(seconds until everything is told, lost, doubled) when the sender is lost in the middle of 400 messages."""
    with three(server) as (district, receiver, daemons, line):
        expected, first = set(), daemons[0]
        while True:  # turns go round: until it is the one whose line can be cut
            expected |= district.past_due(400)
            if until(lambda: holder(district.url, daemons), PATIENCE, "no call is under way") is first:
                break
            until(lambda: expected <= receiver.told, PATIENCE, lambda: district.outbox)  # noqa: B023
        stopped = line if fault == "cut" else first
        stopped.send(signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
        begin = time.monotonic()
        expected |= district.past_due(400)
        until(lambda: expected <= receiver.told, PATIENCE, lambda: district.outbox)
        seconds = time.monotonic() - begin
        if fault != "kill":
            stopped.send(signal.SIGCONT)
        time.sleep(10)  # whatever it still means to do
        return seconds, len(expected - receiver.told), receiver.repeated


def main() -> None:
    """Print the tables."""
    messages = 600 if "--quick" in sys.argv else 10_000
    with postgres(wanted=True) as server:
        count, seconds, doubled, shared = without_a_fault(server, messages)
        table("Three daemons, no fault", ["messages", "seconds", "daemons that worked", "doubled"],
              [[count, f"{seconds:.0f}", shared, doubled]])  # fmt: skip
        rows = []
        for fault in ("kill", "freeze", "cut"):
            seconds, lost, doubled = fail_over(server, fault)
            rows.append([fault, f"{seconds:.0f}", lost, doubled])
    table("The sender is lost in the middle of a delivery",
          ["by", "seconds until all is told", "lost", "repeated, each marked"], rows)  # fmt: skip
