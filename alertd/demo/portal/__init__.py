"""A simulated portal over real HTTP on loopback: OpenCPS and iGate, and every way in which a portal goes wrong.

For the demo, for the tests, and by hand: `python -m alertd.demo.portal --help`.
"""

from __future__ import annotations

from alertd.demo.portal.faults import Faults
from alertd.demo.portal.opencps import dossier
from alertd.demo.portal.server import Portal

__all__ = ["Faults", "Portal", "dossier"]
