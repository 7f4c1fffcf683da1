"""What a paused dossier waits for (reference 2.2, 4.3), by what the portal calls its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.dossier import PauseKind, Phase
from alertd.feeds.statuses import key

if TYPE_CHECKING:
    from collections.abc import Mapping

# The national list's numbers and the names of OpenCPS.
NAMES: Mapping[str, PauseKind] = {
    "5": PauseKind.SUPPLEMENT,
    "6": PauseKind.OBLIGATION,
    "receiving": PauseKind.SUPPLEMENT,
    "waiting": PauseKind.SUPPLEMENT,
    "correcting": PauseKind.SUPPLEMENT,
    "paying": PauseKind.OBLIGATION,
}
# Labels differ in what stands around these words.
WORDS: Mapping[str, PauseKind] = {
    "bo sung": PauseKind.SUPPLEMENT,
    "nghia vu tai chinh": PauseKind.OBLIGATION,
    "nvtc": PauseKind.OBLIGATION,
    "co quan thue": PauseKind.OBLIGATION,
}


def pause_of(phase: Phase, status: str) -> PauseKind | None:
    """The kind of pause; None for a dossier that is not paused."""
    if phase is not Phase.PAUSED:
        return None
    name = key(status)
    return NAMES.get(name) or next((kind for words, kind in WORDS.items() if words in name), PauseKind.OTHER)
