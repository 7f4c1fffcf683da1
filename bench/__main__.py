"""Run the benchmarks named, or all but `scale`; `delivery:PART` is one part of that, `--quick` makes it shorter."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "escalate", "intake", "poll", "damage", "delivery", "simulate", "check", "report", "prune", "peers", "cluster",
    "board",
)  # fmt: skip
#: What takes an hour and many gigabytes of disk.
LONG = ("scale",)

quick = "--quick" in sys.argv
for given in [each for each in sys.argv[1:] if not each.startswith("--")] or NAMES:
    name, _, part = given.partition(":")
    if name not in (*NAMES, *LONG):
        sys.exit(f"bench: {name} is not one of {', '.join((*NAMES, *LONG))}")
    bench = importlib.import_module(f"bench.{name}")
    if not hasattr(bench, "PARTS"):
        bench.main()
    elif part and part not in bench.PARTS:
        sys.exit(f"bench: {part} is not one of {', '.join(bench.PARTS)}")
    else:
        bench.main(part or None, quick=quick)
