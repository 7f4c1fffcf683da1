"""Run the benchmarks named, or all of them; `delivery:PART` is one part of that, `--quick` makes delivery shorter."""

from __future__ import annotations

import importlib
import sys

NAMES = ("escalate", "intake", "poll", "damage", "delivery", "simulate", "check", "report", "peers", "board", "replan")

quick = "--quick" in sys.argv
for given in [each for each in sys.argv[1:] if each != "--quick"] or NAMES:
    name, _, part = given.partition(":")
    if name not in NAMES:
        sys.exit(f"bench: {name} is not one of {', '.join(NAMES)}")
    bench = importlib.import_module(f"bench.{name}")
    if name != "delivery":
        bench.main()
    elif part and part not in bench.PARTS:
        sys.exit(f"bench: {part} is not one of {', '.join(bench.PARTS)}")
    else:
        bench.main(part or None, quick=quick)
