"""The outbox with a channel that answers at once: claim, attempt, result, from 1,000 to 50,000 messages."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from alertd.core.outcome import Outcome, SendResult
from alertd.core.pace import Pace
from alertd.core.policy import Urgency
from alertd.core.slots import Slots
from alertd.jobs.aftermath import Aftermath
from alertd.jobs.deliver import Deliver
from alertd.jobs.reach import Reach
from alertd.jobs.route import Route
from alertd.store import outbox
from bench.ground import databases, peak_mb, rules, table

SIZES = (1_000, 50_000)
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


def main() -> None:
    """Print the table."""
    rulebook = rules()
    rows = []
    with databases() as makers:
        for name, make in makers.items():
            for size in SIZES:
                database = make()
                fill(database, rulebook, size, datetime.now(UTC))
                before = peak_mb()
                seconds, calls = deliver(database, rulebook, Instant())
                assert calls == size, calls
                rows.append([name, f"{size:,}", f"{seconds:.2f}", f"{size / seconds:,.0f}", peak_mb() - before])
                database.close()
    table("Messages through claim, attempt and result", ["engine", "messages", "seconds", "messages/s",
                                                         "MiB more at peak"], rows)  # fmt: skip


if __name__ == "__main__":
    main()
