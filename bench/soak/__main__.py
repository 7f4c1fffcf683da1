"""Runs a soak and prints its tables; exit 1 when something was lost, doubled or recounted otherwise."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from alertd.store.database import Database
from bench.ground import table
from bench.nation.files import write
from bench.nation.lives import Lives
from bench.nation.places import PROVINCE, people
from bench.soak import __doc__ as about
from bench.soak import judging

COUNTED = ("rows", "new", "changed", "alerts", "calls")


def soaked(size, seed, part, days, folder):
    """The days as they went, the audit, and what the receiver and the ledger say."""
    log = folder / "seen"
    storage = f"sqlite:///{folder}/alertd.db"
    listening = [sys.executable, "-m", "bench.soak.receiver", str(log)]
    said = []
    with subprocess.Popen(listening, stdout=subprocess.PIPE, text=True) as receiver:
        try:
            port = receiver.stdout.readline().strip()
            write(folder / "config", size, storage=storage, hook=f"http://127.0.0.1:{port}/")
            command = [sys.executable, "-m", "bench.soak.worker", folder / "config", part, seed, days]
            with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as worker:
                for line in worker.stdout:
                    said.append(json.loads(line))
                    if "day" in said[-1]:
                        print(f"soak: day {said[-1]['day']} of {days}, {said[-1]['rss']:.0f} MiB", file=sys.stderr)
        finally:
            receiver.terminate()
    assert worker.returncode == 0, command
    database = Database(storage)
    seen = judging.Seen(log)
    lives = Lives(size, seed)
    verdict = judging.against_ledger(database, seen)
    verdict["late"], verdict["untold"] = judging.against_lives(lives, seen, days)
    spread = judging.per_person(database, people(size), days)
    database.close()
    return said[:-1], said[-1], verdict, spread


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="./do soak", description=about)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--part", type=int, default=1, help="a hundred: a hundredth of the province")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    size, begin = PROVINCE.divided(given.part), time.monotonic()
    print(f"seed {given.seed}: {given.days} days of {size}", flush=True)
    with tempfile.TemporaryDirectory(prefix="alertd-soak-") as folder:
        days, audit, verdict, spread = soaked(size, given.seed, given.part, given.days, Path(folder))
    kinds = ("poll", "escalate", "compose", "deliver")
    table(
        "Each day",
        ["day", "rows", "new", "changed", "alerts", "messages", *(f"{kind}, s" for kind in kinds), "RSS, MiB"],
        [
            [each["day"], *(f"{each['counts'].get(name, 0):,}" for name in COUNTED),
             *(f"{each['spent'][kind]:.1f}" for kind in kinds), f"{each['rss']:.0f}"]
            for each in days
        ],
    )  # fmt: skip
    resident = [each["rss"] for each in days]
    warm = resident[len(resident) // 2 :]  # until then what is kept up to a limit fills up
    print(f"\n  RSS: {judging.slope(warm):+.2f} MiB a day from day {len(resident) - len(warm) + 1} on, "
          f"peak {days[-1]['peak']:.0f} MiB; {(time.monotonic() - begin) / 60:.1f} minutes in all")  # fmt: skip
    table(
        "Messages and dossiers named, a person and day",
        ["role", "people", "messages: median", "p95", "most", "on one day", "dossiers: median", "p95", "most"],
        spread,
    )
    table("What came of it", ["what", "how many"], [
        ["alerts in messages", f"{verdict['alerts']:,}"], ["parts accepted", f"{verdict['parts']:,}"],
        ["alerts that wait for a slot", f"{verdict['waiting']:,}"], ["parts not settled", verdict["unsettled"]],
        ["lost", verdict["lost"]], ["doubled", verdict["doubled"]],
        [f"told of by nobody, of {verdict['late']:,} late for two days", verdict["untold"]],
        [f"differences in the audit of {audit['audited']:,} until {audit['until']}", len(audit["findings"])],
    ])  # fmt: skip
    for finding in audit["findings"]:
        print(f"  {finding}")
    return int(any((verdict["lost"], verdict["doubled"], verdict["unsettled"], verdict["untold"], audit["findings"])))


if __name__ == "__main__":
    sys.exit(main())
