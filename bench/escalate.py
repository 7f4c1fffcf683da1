"""The escalation tick: none due among 1,000 and 1,000,000 open dossiers; and a tick that fires 10,000 steps."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

from alertd.core.freshness import MaxAge
from alertd.jobs import escalate
from bench.ground import NOW, databases, far, observation, peak_mb, rules, table
from bench.intake import take

AGES = {"bench": MaxAge(elapsed=timedelta(hours=1))}
SIZES = (1_000, 1_000_000)
FIRING = 10_000


def fill(database, rulebook, count):
    """So many open dossiers with nothing due."""
    received = NOW - timedelta(days=5)
    for start in range(0, count, 50_000):
        rows = [observation(n, far(n), received) for n in range(start, min(start + 50_000, count))]
        take(database, rulebook, rows, NOW)


def idle(database, rulebook):
    """The median of 200 ticks that find nothing, in milliseconds."""
    times = []
    for n in range(220):
        begin = time.perf_counter()
        assert escalate.tick(database, rulebook, AGES, NOW + timedelta(seconds=n)) == 0
        times.append(time.perf_counter() - begin)
    return statistics.median(times[20:]) * 1000


def firing(database, rulebook, base):
    """Seconds and alerts of one tick in which 10,000 dossiers have a step due for one person."""
    due = NOW + timedelta(days=5, hours=1)  # -3d lies just before the tick, the other steps after it
    rows = [observation(base + n, due, NOW - timedelta(days=1)) for n in range(FIRING)]
    take(database, rulebook, rows, NOW - timedelta(hours=8))
    before = peak_mb()
    begin = time.perf_counter()
    count = escalate.tick(database, rulebook, AGES, NOW + timedelta(hours=1))
    return time.perf_counter() - begin, count, before, peak_mb()


def main() -> None:
    """Print both tables."""
    rulebook = rules()
    ticks, fires = [], []
    with databases() as makers:
        for name, make in makers.items():
            least = None
            for size in SIZES:
                database = make()
                fill(database, rulebook, size)
                took = idle(database, rulebook)
                least = least or took
                ticks.append([name, f"{size:,}", f"{took:.2f}", f"{took / least:.2f}"])
                seconds, count, before, after = firing(database, rulebook, size)
                fires.append(
                    [name, f"{size:,}", count, f"{seconds:.2f}", f"{count / seconds:,.0f}", f"{after - before}"]
                )
                database.close()
    table("A tick with nothing due (median of 200)", ["engine", "open dossiers", "ms", "to 1,000"], ticks)
    table(
        f"A tick that fires {FIRING:,} steps",
        ["engine", "open besides", "alerts", "seconds", "alerts/s", "MiB more at peak"],
        fires,
    )
