"""Status maps (reference 4.3): what a portal calls a dossier's state, and the phase that it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.dossier import Phase
from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# 8 means paused in one system and refused in another, 11 and 0 come from single connectors: only a source's own
# `statuses:` can say. They are unknown until it does, which keeps the clock running and tells the admin.
NUMBERS: Mapping[str, Phase] = {
    "1": Phase.PRE,
    "2": Phase.RUNNING,
    "3": Phase.REJECTED,
    "4": Phase.RUNNING,
    "5": Phase.PAUSED,
    "6": Phase.PAUSED,
    "7": Phase.CANCELLED,
    "9": Phase.DONE,
    "10": Phase.RETURNED,
}

# Vietnamese labels, folded. "dừng xử lý" is 8, and not here for the same reason.
LABELS: Mapping[str, Phase] = {
    "moi dang ky": Phase.PRE,
    "cho tiep nhan": Phase.PRE,
    "duoc tiep nhan": Phase.RUNNING,
    "da tiep nhan": Phase.RUNNING,
    "dang xu ly": Phase.RUNNING,
    "dang thu ly": Phase.RUNNING,
    "cho phe duyet": Phase.RUNNING,
    "da bo sung": Phase.RUNNING,
    "gia han": Phase.RUNNING,
    "gia han ho so": Phase.RUNNING,
    "yeu cau bo sung": Phase.PAUSED,
    "yeu cau bo sung giay to": Phase.PAUSED,
    "cho bo sung": Phase.PAUSED,
    "cho bo sung ho so": Phase.PAUSED,
    "tam dung": Phase.PAUSED,
    "tam dung ho so": Phase.PAUSED,
    "tam dung xu ly": Phase.PAUSED,
    "dung tinh thoi gian": Phase.PAUSED,
    "cho thuc hien nghia vu tai chinh": Phase.PAUSED,
    "yeu cau thuc hien nghia vu tai chinh": Phase.PAUSED,
    "cho cong dan thuc hien nvtc": Phase.PAUSED,
    "niem yet": Phase.PAUSED,
    "niem yet ho so": Phase.PAUSED,
    "co ket qua": Phase.DONE,
    "da co ket qua": Phase.DONE,
    "da xu ly xong": Phase.DONE,
    "cho tra ket qua": Phase.DONE,
    "da tra ket qua": Phase.RETURNED,
    "hoan thanh": Phase.RETURNED,
    "rut ho so": Phase.CANCELLED,
    "cong dan yeu cau rut": Phase.CANCELLED,
    "cong dan yeu cau rut ho so": Phase.CANCELLED,
    "da huy": Phase.CANCELLED,
    "tu choi": Phase.REJECTED,
    "khong duoc tiep nhan": Phase.REJECTED,
    "tra lai": Phase.REJECTED,
}
WAITS_FOR_TAX = "cho co quan thue"  # the label goes on differently everywhere
HANDED_BACK = "tra lai"  # refused, or the result handed over: the finish tells

# OpenCPS, where no date decides. `paying` keeps the clock in OpenCPS's own statistics; `statuses:` can say so too.
OPENCPS: Mapping[str, Phase] = {
    "processing": Phase.RUNNING,
    "interoperating": Phase.RUNNING,
    "cancelling": Phase.RUNNING,
    "waiting": Phase.PAUSED,
    "pausing": Phase.PAUSED,
    "correcting": Phase.PAUSED,
    "paying": Phase.PAUSED,
    "done": Phase.RETURNED,
    "denied": Phase.REJECTED,
    "unresolved": Phase.REJECTED,
    "cancelled": Phase.CANCELLED,
}
# OpenCPS, where a date decides: (the phase without it, the phase with it).
BY_RECEIPT: Mapping[str, tuple[Phase, Phase]] = {
    "new": (Phase.PRE, Phase.RUNNING),
    "receiving": (Phase.PRE, Phase.PAUSED),
}
BY_RELEASE: Mapping[str, tuple[Phase, Phase]] = {
    "releasing": (Phase.RUNNING, Phase.DONE),
    "posting": (Phase.RUNNING, Phase.DONE),
}
LOCKS = frozenset({"pause", "lock", "pause_overdue"})


@dataclass(frozen=True, slots=True)
class Statuses:
    """The status map of one source: its own `statuses:` before the tables above."""

    own: Mapping[str, Phase]

    @classmethod
    def of(cls, statuses: Mapping[str, Sequence[str]]) -> Statuses:
        """From the configuration: `{paused: ["Dừng xử lý", "8"]}`. Raises ValueError for no such phase."""
        return cls({key(value): Phase(phase) for phase, values in statuses.items() for value in values})

    def label(self, status: str, *, finished: bool) -> Phase:
        """The phase of a number of the national list or of a Vietnamese label; unknown when no table has it."""
        name = key(status)
        return self.own.get(name) or NUMBERS.get(name) or meaning(name, finished=finished)

    def spoken(self, dossier: str, task: str, *, finished: bool) -> Phase:
        """The phase of an iGate dossier by its label, else by that of its task; `statuses:` may name both as one.

        A number is a label like any other: what it means differs from province to province (reference 1.4).
        """
        names = [key(label) for label in (beside(dossier, task), dossier, task)]
        mapped = next((self.own[name] for name in names if name in self.own), None)
        found = (meaning(name, finished=finished) for name in names[1:])
        return mapped or next((phase for phase in found if phase is not Phase.UNKNOWN), Phase.UNKNOWN)

    def opencps(self, status: str, lock: str, *, received: bool, released: bool) -> Phase:
        """The phase of an OpenCPS dossier; a lock on an open dossier stops its clock whatever the status says.

        `statuses:` may name both as one: "processing/LOCK".
        """
        if lock and (both := key(beside(status, lock))) in self.own:
            return self.own[both]
        phase = self._opencps(key(status), received=received, released=released)
        if phase in (Phase.PRE, Phase.RUNNING) and key(lock) in LOCKS:
            return Phase.PAUSED
        return phase

    def _opencps(self, name: str, *, received: bool, released: bool) -> Phase:
        if name in self.own:
            return self.own[name]
        if name in BY_RECEIPT:
            return BY_RECEIPT[name][received]
        if name in BY_RELEASE:
            return BY_RELEASE[name][released]
        return OPENCPS.get(name, Phase.UNKNOWN)


def meaning(name: str, *, finished: bool) -> Phase:
    """The phase of a folded Vietnamese label; unknown when no table has it."""
    if name == HANDED_BACK and finished:
        return Phase.RETURNED
    if name.startswith(WAITS_FOR_TAX):
        return Phase.PAUSED
    return LABELS.get(name, Phase.UNKNOWN)


def beside(status: str, other: str) -> str:
    """Two statuses of one dossier as they are shown, and as `statuses:` can name them."""
    return "/".join(dict.fromkeys(part for part in (status, other) if part))


def key(status: str) -> str:
    """A status to compare by: folded, a number without leading zeros ("05" is 5)."""
    name = fold(status)
    return name.lstrip("0") or "0" if name.isdecimal() else name
