"""Run the benchmarks named, or all of them."""

from __future__ import annotations

import importlib
import sys

NAMES = ("escalate", "intake")

for name in sys.argv[1:] or NAMES:
    if name not in NAMES:
        sys.exit(f"bench: {name} is not one of {', '.join(NAMES)}")
    importlib.import_module(f"bench.{name}").main()
