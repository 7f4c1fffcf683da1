"""One dossier's story, from what is on record: who was told what, when, by which rule, and what comes next.

`tell` gives it as data, `lines` in words. It only reads: nothing is decided or written here.
"""

from __future__ import annotations

from alertd.story.in_force import InForce
from alertd.story.lines import lines
from alertd.story.tell import tell

__all__ = ["InForce", "lines", "tell"]
