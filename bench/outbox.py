"""The outbox with a channel that answers at once: claim, attempt, result, from 1,000 to 50,000 messages.

Each delivery runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Pace
from alertd.core.policy import Urgency
from alertd.core.slots import Slots
from alertd.jobs.aftermath import Aftermath
from alertd.jobs.deliver import Deliver
from alertd.jobs.reach import Reach
from alertd.jobs.route import Route
from alertd.store import outbox, overview
from alertd.store.database import Database
from bench.ground import databases, rules, table

SIZES, QUICK = (1_000, 50_000), (1_000, 10_000)
TEXT = "QUÁ HẠN 1 ngày: 1 hồ sơ\n1. MAU-00000001 · Thủ tục mẫu\n   hạn 16:00 Thứ Ba · cán bộ chưa xác nhận"


class Instant:
    """A channel that answers at once."""

    name = "console"

    async def send(self, part):
        return SendResult(Outcome.ACCEPTED, provider_id=part.id)

    async def probe(self):
        return None

    async def close(self):
        pass


def fill(database, rulebook, count, now):
    """So many messages of one part for the district's people in turn."""
    people = list(rulebook.organisation.people)
    for start in range(0, count, 5_000):
        with database.write() as connection:
            for n in range(start, min(start + 5_000, count)):
                outbox.enqueue(
                    connection, people[n % len(people)], [outbox.NewPart(TEXT, [])], [], kind="digest",
                    urgency=Urgency.HIGH, late=False, slot=now + timedelta(microseconds=n), now=now, channel="console",
                )  # fmt: skip


def deliver(database, rulebook, channel):
    """Seconds and calls of sending all of it."""
    clock = lambda: datetime.now(UTC)  # noqa: E731
    reach = Reach(database, rulebook, {channel.name})
    aftermath = Aftermath(rulebook, reach, timedelta(minutes=3))
    Route(database, rulebook, reach, {channel.name: channel}, aftermath, "bench").start(clock())
    job = Deliver(database, rulebook, Slots(), channel, reach, aftermath, Pace(), "bench", timedelta(minutes=1), clock)
    job.start(clock())
    begin = time.perf_counter()
    calls = asyncio.run(job.tick(clock()))
    return time.perf_counter() - begin, calls


def peak_kb():
    """The most memory of this process since it began; `ru_maxrss` would count its parent's too."""
    (line,) = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1])


def alone(url):
    """Deliver all that waits in a database, and say how that went."""
    database, rulebook = Database(url), rules()
    before = peak_kb()
    seconds, calls = deliver(database, rulebook, Instant())
    more = peak_kb() - before
    with database.read() as connection:
        states = overview.outbox_states(connection)
    database.close()
    print(json.dumps({"seconds": seconds, "calls": calls, "more": more, "states": states}))


def main(quick=False):
    """Print the table."""
    rulebook = rules()
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            for size in QUICK if quick else SIZES:
                database = make()
                fill(database, rulebook, size, datetime.now(UTC))
                url = database.url.render_as_string(hide_password=False)
                database.close()
                done = subprocess.run([sys.executable, "-m", "bench.outbox", url], check=True, capture_output=True)
                found = json.loads(done.stdout)
                assert (found["calls"], found["states"]) == (size, {"accepted": size}), found
                rows.append([name, f"{size:,}", f"{found['seconds']:.2f}", f"{size / found['seconds']:,.0f}",
                             f"{found['more'] / 1024:.1f}"])  # fmt: skip
    table(
        "Messages through claim, attempt and result",
        ["engine", "messages", "seconds", "messages/s", "MiB more at peak"],
        rows,
    )


if __name__ == "__main__":
    alone(sys.argv[1])
