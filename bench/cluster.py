"""Three daemons on one PostgreSQL: 10,000 messages without a fault, three portals polled beside one daemon that polls
all of them, a sender that is lost; `cluster:polls` is one of these, `--quick` smaller.
"""

from __future__ import annotations

import signal
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from bench.ground import table
from tests.faults.full import database, postgres
from tests.faults.harness import CITIZEN, COLUMNS, District, processes, until, write_sheet

DAEMONS, OFFICERS, UNITS = 3, 200, 20
PATIENCE = 600
PORTALS, ROWS = 3, 60_000


@contextmanager
def running_on(server, count=DAEMONS, feeds="", *, cut=False):
    """(district, receiver, the daemons, the line by which the first one reaches the database if it can be `cut`)."""
    folder = Path(tempfile.mkdtemp(prefix="alertd-cluster-"))
    with database("postgresql", server, folder) as url, processes(folder / "processes", quiet=True) as running:
        receiver = running.receiver(lifetime=3600, delay=0.005)
        district = District(folder / "config", url, receiver.url, units=UNITS, officers=OFFICERS, feeds=feeds)
        settings = (district.folder / "alertd.yaml").read_text("utf-8")
        # the same files for all, whatever the way to the database
        (district.folder / "alertd.yaml").write_text(settings.replace(f'"{url}"', '"${ALERTD_DATABASE}"'), "utf-8")
        near = {"ALERTD_DATABASE": url}
        assert running.alertd("db", "upgrade", "--config", district.folder, env=near).ended(120) == 0
        line, far = far_from(running, url) if cut else (None, near)
        daemons = [
            running.alertd("run", "--cluster", "--config", district.folder, env=env)
            for env in [far, *[near] * (count - 1)]
        ]
        for each in daemons:
            until(lambda: each.logged("running"), 120, lambda: each.stderr)  # noqa: B023
        yield district, receiver, daemons, line


def far_from(running, url):
    """(a process through which everything goes to the database, the environment of a daemon that goes there by it)."""
    parts = urlsplit(url)
    socket = parse_qs(parts.query).get("host")
    line = running.start(
        "tests.faults.relay", f"{socket[0]}/.s.PGSQL.5432" if socket else parts.netloc.rpartition("@")[2]
    )
    port = until(lambda: line.stdout.strip(), 30, lambda: line.stderr)  # noqa: PLW0108 - it grows
    return line, {"ALERTD_DATABASE": f"postgresql://{parts.username or 'postgres'}@127.0.0.1:{port}{parts.path}"}


def holder(url, daemons):
    """The daemon that has calls under way."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT claimed_by FROM outbox WHERE claimed_by IS NOT NULL LIMIT 1").fetchall()
    return next((each for each in daemons for (name,) in names if f":{each.pid}:" in name), None)


def without_a_fault(server, messages):
    """(messages, seconds, doubled, how many of the three sent)."""
    with running_on(server) as (district, receiver, daemons, _):
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
    with running_on(server, cut=True) as (district, receiver, daemons, line):
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


def polls(server, count, rows):
    """Seconds in which so many daemons have taken the first files of three portals, so many new rows each."""
    feeds = [
        f'{{name: portal-{n}, type: sheet, path: "drop/{n}/*.csv", scope: part, every: 1s, max_age: 1h}}'
        for n in range(PORTALS)
    ]
    with running_on(server, count, "\n  - ".join(feeds)) as (district, _, daemons, _):
        now = datetime.now(UTC)
        received, due = (now - timedelta(days=2)).isoformat(), (now + timedelta(days=40)).isoformat()
        made = []
        for portal in range(PORTALS):
            made.append(district.folder / f"{portal}.csv")
            lines = [
                [f"MOI-{portal}-{n:06d}", CITIZEN, f"P{n % UNITS}", f"cv.{n % OFFICERS}", received, due]
                for n in range(rows)
            ]
            write_sheet(made[-1], lines, COLUMNS)
            (district.drop / str(portal)).mkdir()
        begin = time.monotonic()
        for portal, file in enumerate(made):
            file.replace(district.drop / str(portal) / file.name)
        until(lambda: taken(daemons) >= PORTALS * rows, PATIENCE, lambda: [each.stderr[-500:] for each in daemons])
        seconds = time.monotonic() - begin
        working = sum(any(line["event"] == "taken" for line in each.logs) for each in daemons)
        assert [each.terminate() for each in daemons] == [0] * count
        return seconds, working


def taken(daemons):
    """How many rows they say that they have taken."""
    return sum(line["rows"] for each in daemons for line in each.logs if line["event"] == "taken")


def show_messages(server, quick):
    """10,000 without a fault."""
    count, seconds, doubled, shared = without_a_fault(server, 600 if quick else 10_000)
    table("Three daemons, no fault", ["messages", "seconds", "daemons that worked", "doubled"],
          [[count, f"{seconds:.0f}", shared, doubled]])  # fmt: skip


def show_polls(server, quick):
    """One daemon and three."""
    rows, size = [], ROWS // 10 if quick else ROWS
    for count in (1, DAEMONS):
        seconds, working = polls(server, count, size)
        rows.append([count, working, f"{seconds:.0f}", f"{PORTALS * size / seconds:,.0f}"])
    table(f"Files of {PORTALS} portals, {size:,} new rows each", ["daemons", "that polled", "seconds", "rows/s"], rows)


def show_lost(server, _quick):
    """By kill, freeze, and a cut line."""
    rows = []
    for fault in ("kill", "freeze", "cut"):
        seconds, lost, doubled = fail_over(server, fault)
        rows.append([fault, f"{seconds:.0f}", lost, doubled])
    table("The sender is lost in the middle of a delivery",
          ["by", "seconds until all is told", "lost", "repeated, each marked"], rows)  # fmt: skip


PARTS = {"messages": show_messages, "polls": show_polls, "lost": show_lost}


def main(part: str | None = None, *, quick: bool = False) -> None:
    """Print the tables."""
    with postgres(wanted=True) as server:
        for name in [part] if part else PARTS:
            PARTS[name](server, quick)
