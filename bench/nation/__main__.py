"""`python -m bench.nation SIZE FOLDER [--part N] [--days N] [--seed N]`: writes a configuration and sheets to try."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from bench.nation.files import sheet, write
from bench.nation.lives import Course, Lives
from bench.nation.places import SIZES


def main() -> None:
    """Write what is open as one sheet, then one a half day of what changes; `--part 10` is a tenth of the size."""
    parser = argparse.ArgumentParser(prog="python -m bench.nation", description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    size = SIZES[given.size].divided(given.part)
    lives = Lives(size, given.seed)
    write(given.folder, size, storage=f"sqlite:///{given.folder.resolve()}/alertd.db", hook="http://127.0.0.1:9099/")
    print(f"seed {given.seed}: {given.folder}, {size}")
    drop = given.folder / "drop"
    print(f"open.csv: {sheet(drop / 'open.csv', lives.open_on(lives.begin)):,} rows")
    course = Course(lives, lives.begin, given.days)
    for day in range(lives.begin, lives.begin + given.days):
        for half, afternoon in (("a", False), ("b", True)):
            name = f"day-{day - lives.begin + 1:02}{half}.csv"
            print(f"{name}: {sheet(drop / name, course.changed(day, afternoon=afternoon)):,} rows")


if __name__ == "__main__":
    main()
