"""alertd beside Prometheus Alertmanager (Debian: `prometheus-alertmanager`), the same work in one run."""

from __future__ import annotations

from bench.peers.run import main

__all__ = ["main"]
