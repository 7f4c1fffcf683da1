"""What the core's tests notice: `./do mutants [NAME…]`, NAME being a module of `core/` such as `plan` or `rates.tally`.

mutmut changes one thing at a time (a comparison, a number, an argument) and runs the tests of `tests/core` that come by
that place. A change that no test notices has survived. Some of these change nothing that anybody could see; they count
as survivors all the same, so that the share is never flattered. Exit 1 below `LEAST`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The share of changes, in percent, that must be noticed.
LEAST = 90
#: What mutmut writes for a change that was noticed: by a test that failed, or that did not come to an end.
NOTICED = frozenset({1, 3, 36, -24, 24, 152, 255})


@dataclass(frozen=True)
class Score:
    """How many changes of one module were noticed, of how many that were tried; `left` are the names of the others."""

    module: str
    noticed: int
    tried: int
    left: tuple[str, ...]

    def line(self) -> str:
        """As a person reads it."""
        return f"{self.module:28} {self.noticed:5} of {self.tried:5}  {percent(self.noticed, self.tried):6.2f} %"


def percent(noticed: int, tried: int) -> float:
    """Without any to try nothing was missed."""
    return 100.0 * noticed / tried if tried else 100.0


def scores(folder: Path) -> list[Score]:
    """What mutmut has on record, module by module; those not tried yet are left out."""
    found = []
    for path in sorted(folder.rglob("*.py.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        tried = {name: code for name, code in codes.items() if code is not None}
        if tried:
            counts = Counter(code in NOTICED for code in tried.values())
            left = tuple(sorted(name for name, code in tried.items() if code not in NOTICED))
            module = str(path.relative_to(folder)).removesuffix(".py.meta").replace("/", ".")
            found.append(Score(module, counts[True], len(tried), left))
    return found


def main() -> int:
    """Try the changes of the modules named, or of all, and print what is on record of all of them."""
    names = [f"alertd.core.{name}.*" for name in sys.argv[1:]]
    ran = subprocess.run([Path(sys.executable).with_name("mutmut"), "run", *names], cwd=ROOT)
    if ran.returncode:
        return ran.returncode
    found = scores(ROOT / "mutants" / "alertd" / "core")
    for score in found:
        print(score.line())
        for name in score.left:
            print(f"    {name}")
    noticed, tried = sum(each.noticed for each in found), sum(each.tried for each in found)
    print(Score("core", noticed, tried, ()).line())
    return 0 if percent(noticed, tried) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
