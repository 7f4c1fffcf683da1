"""alertd beside Prometheus Alertmanager (Debian: `prometheus-alertmanager`), the same work in one run.

`./do bench peers`, or one part of it: `./do bench peers:each`; `--quick` is a tenth of it.
"""

from __future__ import annotations

from bench.peers.run import PARTS, main

__all__ = ["PARTS", "main"]
