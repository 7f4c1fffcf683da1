"""What recipients must have seen, slowly and from DESIGN alone: nothing of alertd is imported.

The world it knows is that of the kills: every hour is working time, every unit has a head, messages leave at once. A
message names a dossier with its latest step only, so of several steps that fell due for a person the last one must have
been seen; the earlier ones may have been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: The district's ladder as `tests.faults.harness.District` writes it: name, from the due instant, to whom.
LADDER = (
    ("soon", timedelta(hours=-2), ("officer",)),
    ("overdue", timedelta(0), ("officer", "head")),
    ("chairman", timedelta(days=3), ("chair",)),
)


@dataclass(frozen=True)
class Shown:
    """A dossier as the portal shows it, from the instant `since` on and unchanged for ever."""

    code: str
    officer: str
    head: str
    received: datetime
    due: datetime
    since: datetime
    ended: bool = False


def fallen(dossier, now):
    """(person, step) of everything that fell due by `now`, in order."""
    found = []
    if dossier.ended:
        return found
    who = {"officer": dossier.officer, "head": dossier.head, "chair": "chair"}
    for step, offset, posts in LADDER:
        at = dossier.due + offset
        if dossier.received <= at <= now:
            for post in posts:
                found.append((who[post], step))
    return found


def may(dossiers, now):
    """(person, code, step) of everything that may have been seen by `now`."""
    return {(person, each.code, step) for each in dossiers for person, step in fallen(each, now)}


def must(dossiers, now):
    """(person, code, step) of everything that must have been seen, once nothing is under way any more."""
    found = set()
    for each in dossiers:
        last = dict(fallen(each, now))  # the latest step of each person
        found |= {(person, each.code, step) for person, step in last.items()}
    return found
