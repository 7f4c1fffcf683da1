"""A country's worth of dossiers: what a tick, a change of the calendar, an import and a look at it all cost.

`./do bench scale`, or one part of it: `./do bench scale:replan`; `--tenth` is a tenth of it, `--quick` a thousandth.
Each thing measured runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from alertd.jobs.prune import BATCH
from bench.ground import databases, table
from bench.nation import filling
from bench.nation.lives import Lives
from bench.nation.places import COUNTRY, rules

SEED = 20_260_610
TICKS = (1_000, 1_000_000, 3_000_000)
STORED = 10_000_000
REPLANNED = IMPORTED = 1_000_000
#: From this share on, people are fewer too.
FEW = 1000


def size_of(part):
    """Whose dossiers they are; a thousandth is for tests, which do not wait for 200,000 people."""
    return COUNTRY.divided(part if part >= FEW else 1)


def alone(part, name, database, *arguments):
    """What `bench.scale.one` finds out in a process of its own."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.scale.one", str(part), name, url, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, command
    return json.loads(done.stdout)


def ingest(part):
    """New rows, the same unchanged and changed, beside the driver alone."""
    rows, count = [], IMPORTED // part
    with databases() as makers:
        for name, make in makers.items():
            database = make()
            raw = None
            for turn, label in enumerate(("new", "unchanged", "changed (officer)")):
                found = alone(part, "ingest", database, count, turn)
                raw = raw or alone(part, "raw", database)["seconds"]
                seconds = found["seconds"]
                rows.append([name, label, f"{seconds:.1f}", f"{found['processor']:.1f}", f"{count / seconds:,.0f}",
                             f"{raw:.1f}", f"{seconds / raw:.2f}", f"{found['peak']:,.0f}"])  # fmt: skip
            database.close()
            drop(database)
    table(
        f"Importing {count:,} rows; the driver alone is executemany on SQLite and COPY on PostgreSQL",
        ["engine", "rows are", "seconds", "of our processor", "rows/s", "driver alone, s", "ratio", "peak MiB"],
        rows,
    )


def replan(part):
    """Every open plan made anew after a change of the calendar."""
    rows, count = [], REPLANNED // part
    with databases() as makers:
        for name, make in makers.items():
            database = make()
            filling.fill(database, rules(size_of(part)), Lives(size_of(part), SEED), 0, count)
            for change in ("a day off that no step crosses", "other hours"):
                found = alone(part, "replan", database, change)
                seconds = found["seconds"]
                rows.append([
                    name, f"{count:,}", change, f"{found['moved']:,}", f"{seconds:.1f}", f"{found['processor']:.1f}",
                    f"{count / seconds:,.0f}", f"{found['more']:,.0f}",
                ])  # fmt: skip
            drop(database)
    table(
        "Planning anew after a change of the calendar",
        ["engine", "open", "change", "plans moved", "seconds", "of our processor", "dossiers/s", "MiB more at peak"],
        rows,
    )


def stored(part):
    """Ticks with nothing due, a poll, `status` and the nightly pruning, with more and more stored."""
    ticks, looks, prunings = [], [], []
    whole, lives = rules(size_of(part)), Lives(size_of(part), SEED)
    with databases() as makers:
        for name, make in makers.items():
            database, filled, least, first = make(), 0, None, None
            stages = [(max(size // part, 100), False) for size in TICKS] + [(STORED // part, True)]
            for size, ended in stages:
                filling.fill(database, whole, lives, filled, size - filled, ended=ended)
                filled = size
                open_ = stages[-2][0] if ended else size
                found = alone(part, "tick", database)
                least = least or found["ms"]
                ticks.append([name, f"{open_:,}", f"{size:,}", f"{found['ms']:.2f}", f"{found['ms'] / least:.2f}"])
                if size == stages[0][0]:
                    continue
                polled, shown = alone(part, "poll", database), alone(part, "status", database)
                first = first or polled["seconds"] / polled["rows"]
                looks.append([
                    name, f"{open_:,}", f"{size:,}", f"{polled['rows']:,}", f"{polled['seconds']:.2f}",
                    f"{polled['seconds'] / polled['rows'] / first:.2f}", f"{polled['more']:,.0f}",
                    f"{shown['seconds']:.2f}", f"{shown['more']:,.0f}", f"{bytes_of(database) / 2**30:.1f}",
                ])  # fmt: skip
            pruned = alone(part, "prune", database)
            prunings.append([name, f"{size:,}", f"{pruned['nothing']:.1f}", f"{pruned['ms']:.1f}"])
            drop(database)
    table("A tick with nothing due (median of 200)",
          ["engine", "open", "stored", "ms", f"to {stages[0][0]:,}"], ticks)  # fmt: skip
    table(
        "A complete poll of one of 34 portals with 1 % new and 1 % changed, and `status` over all",
        ["engine", "open", "stored", "rows polled", "seconds", "a row, to the first", "MiB more", "status, s",
         "MiB more", "GiB on disk"],
        looks,
    )  # fmt: skip
    table(f"A transaction of the nightly pruning (medians): nothing past its term; {BATCH} dossiers with their history",
          ["engine", "stored", "nothing, ms", f"{BATCH}, ms"], prunings)  # fmt: skip


def bytes_of(database):
    """Bytes of a database."""
    with database.read() as connection:
        if database.is_sqlite:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            return pages * connection.exec_driver_sql("PRAGMA page_size").scalar()
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()


def drop(database):
    """Give back what a database takes on the disk before the next one is filled."""
    database.close()
    if database.is_sqlite:
        for ending in ("", "-wal", "-shm"):
            Path(database.url.database + ending).unlink(missing_ok=True)


PARTS = {"ingest": ingest, "replan": replan, "stored": stored}


def main(part=None, *, quick=False):
    """Run one part, or all of them."""
    share = FEW if quick else 10 if "--tenth" in sys.argv else 1
    for name in [part] if part else PARTS:
        PARTS[name](share)
