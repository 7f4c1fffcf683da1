"""Pauses: stretches in which the clock stands still, each of one kind, and how often a supplement was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.dossier import Clock, PauseKind

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.dossier import Observation


@dataclass(frozen=True, slots=True)
class Pause:
    """How a dossier stands with pauses.

    `count` is how often the clock was stopped, `since` when it last was; `kind` what it waits for now, None when it
    does not stand still or nobody says. `supplements` counts the requests for a supplement that were seen. `began` and
    `ended`: a stretch of one kind begins or ends with this observation; with another kind of pause one does each.
    """

    count: int = 0
    since: datetime | None = None
    kind: PauseKind | None = None
    supplements: int = 0
    began: bool = False
    ended: bool = False


def paused(before: Pause, was: Clock | None, seen: Observation, clock: Clock, now: datetime) -> Pause:
    """How it stands after an observation; `was` is the clock before, None for a dossier never seen."""
    stood = was is Clock.STOPPED
    if clock is not Clock.STOPPED:
        return Pause(before.count, None, None, before.supplements, ended=stood)
    kind = seen.pause or (before.kind if stood else None)
    began = not stood or kind is not before.kind
    return Pause(
        count=before.count + (0 if stood else 1),
        since=before.since if stood else now,
        kind=kind,
        supplements=before.supplements + (1 if began and kind is PauseKind.SUPPLEMENT else 0),
        began=began,
        ended=stood and began,
    )


def requests(declared: int | None, counted: int) -> int:
    """How often a supplement was asked for: as the portal declares or as it was seen, whichever is more."""
    return max(declared or 0, counted)
