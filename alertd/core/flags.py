"""What in a dossier's history asks for a question (reference 2.2, 2.3, 4.3): flags, raised once for each occurrence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from alertd.core.dated import in_order
from alertd.core.dossier import Phase, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from alertd.core.dated import Dated


class Flag(StrEnum):
    """The kinds of flag.

    `supplement_repeat`: the citizen was asked for a supplement a second time or more. `extended_after_due`: the due
    date was put off when it had passed; `second_extension`: put off a second time or more. `conflict`: open, with a
    finish. `order`: received, due, finished and returned are out of order. `estimated_finish`: ended without any date,
    so that the first-seen end stands for it. `reopened`: open again after an end. `backdated_finish`: the finish was
    dated back to before a due instant that the dossier had missed. `accepted_late`: received after the deadline to
    accept it.
    """

    SUPPLEMENT_REPEAT = "supplement_repeat"
    EXTENDED_AFTER_DUE = "extended_after_due"
    SECOND_EXTENSION = "second_extension"
    CONFLICT = "conflict"
    ORDER = "order"
    ESTIMATED_FINISH = "estimated_finish"
    REOPENED = "reopened"
    BACKDATED_FINISH = "backdated_finish"
    ACCEPTED_LATE = "accepted_late"


#: A portal that calls a dossier one of these says that it has not ended.
OPEN = frozenset({Phase.PRE, Phase.RUNNING, Phase.PAUSED})
#: What must not be later than what (reference 4.3).
ORDERED = (("received_at", "due_at"), ("received_at", "finished_at"), ("finished_at", "returned_at"))
#: Phases in which processing has come to its end, and should have a date.
_DATED = frozenset({Phase.DONE, Phase.RETURNED})


@dataclass(frozen=True, slots=True)
class Raised:
    """One flag; `evidence` as JSON can hold it."""

    flag: Flag
    evidence: Mapping[str, object]


def conflicting(phase: Phase, finished_at: datetime | None, as_of: datetime) -> bool:
    """Whether a dossier that data of `as_of` call open has a finish that has come: the status is believed."""
    return finished_at is not None and phase in OPEN and finished_at <= as_of


def undated(dates: Dated) -> bool:
    """Whether a dossier has ended without any date of its end."""
    return dates.phase in _DATED and dates.finish() is None


def accepted_late(dates: Dated, zone: ZoneInfo) -> bool:
    """Whether a submission was accepted after its deadline."""
    return dates.phase is not Phase.PRE and not in_order(dates, "received_at", "accept_by", zone)


def out_of_order(dates: Dated, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """The pairs of dates that are out of order."""
    return (pair for pair in ORDERED if not in_order(dates, *pair, zone))


def contradictions(
    before: Dated | None, dates: Dated, zone: ZoneInfo, *, conflict: bool, was_conflict: bool
) -> Iterator[Raised]:
    """What contradicts itself in a dossier's dates now and did not before; `before` None when it was not known."""
    if conflict and not was_conflict:
        yield Raised(Flag.CONFLICT, {"phase": dates.phase.value, "finished_at": plain(dates.finished_at)})
    if undated(dates) and not (before is not None and undated(before)):
        yield Raised(Flag.ESTIMATED_FINISH, {"phase": dates.phase.value})
    if accepted_late(dates, zone) and not (before is not None and accepted_late(before, zone)):
        shown = {name: plain(getattr(dates, name)) for name in ("accept_by", "received_at")}
        yield Raised(Flag.ACCEPTED_LATE, shown)
    for earlier, later in out_of_order(dates, zone):
        if before is None or in_order(before, earlier, later, zone):
            shown = {name: plain(getattr(dates, name)) for name in (earlier, later)}
            yield Raised(Flag.ORDER, {"earlier": earlier, "later": later, **shown})
