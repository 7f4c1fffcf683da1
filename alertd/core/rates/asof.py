"""What was known of a dossier at an instant, from its observations; and the fact that this makes for a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import ENDED, Clock, Filing, Phase, clock_of
from alertd.core.rates.fact import Fact, Period, When, came, left

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alertd.core.directory import Directory
    from alertd.core.rules import Rules

#: Fields of an observation that are not texts, numbers or yes and no, as JSON holds them.
INSTANTS = (
    "submitted_at", "received_at", "due_at", "finished_at", "returned_at", "step_due_at", "accept_due_at",
    "due_before_at",
)  # fmt: skip
_READ: Mapping[str, Any] = {
    **dict.fromkeys(INSTANTS, datetime.fromisoformat),
    "due_on": date.fromisoformat,
    "officers": tuple,
    "aliases": tuple,
    "phase": Phase,
    "channel": Filing,
}
#: An unknown status keeps the clock of the one before: where that leaves the dossier.
_BY_CLOCK = {
    Clock.DUE: Phase.RUNNING, Clock.NONE: Phase.RUNNING, Clock.ACCEPT: Phase.PRE, Clock.STOPPED: Phase.PAUSED,
    Clock.ENDED: Phase.DONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """One dossier as history has it up to an instant: the fields last shown, by name, and what followed from them.

    `accepted_seen_at` is when it was first seen in any phase but `pre`, `ended_seen_at` when its present end was seen.
    """

    shown: Mapping[str, Any]
    clock: Clock
    first_seen_at: datetime
    accepted_seen_at: datetime | None
    ended_seen_at: datetime | None
    paused_since: datetime | None
    pauses: int

    @property
    def phase(self) -> Phase:
        """Where it stands; an unknown status stands where the one before stood."""
        shown: Phase = self.shown["phase"]
        return _BY_CLOCK[self.clock] if shown is Phase.UNKNOWN else shown


def read(changed: Mapping[str, Any]) -> dict[str, Any]:
    """An observation's changed fields from JSON."""
    return {name: value if value is None else _READ.get(name, _same)(value) for name, value in changed.items()}


def _same(value: Any) -> Any:
    return value


def fold(observations: Iterable[tuple[datetime, Mapping[str, Any]]]) -> Known | None:
    """The observations of one dossier, oldest first, as (seen at, fields that changed); None when there are none."""
    shown: dict[str, Any] = {}
    clock: Clock | None = None
    first = accepted = ended = paused = None
    pauses = 0
    for seen_at, changed in observations:
        first = first or seen_at
        shown |= read(changed)
        before, clock = clock, clock_of(shown["phase"], clock)
        if clock is not Clock.ACCEPT and accepted is None:
            accepted = seen_at
        ended = (ended or seen_at) if clock is Clock.ENDED else None
        if clock is not Clock.STOPPED:
            paused = None
        elif before is not Clock.STOPPED:
            paused, pauses = seen_at, pauses + 1
    if clock is None or first is None:
        return None
    return Known(shown, clock, first, accepted, ended, paused, pauses)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a dossier's fact needs beside its own history."""

    rules: Rules
    directory: Directory
    period: Period
    history_since: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """What history has besides observations: the first due instant, who took the dossier over, whether it is missing.

    `supplements` is how often it was seen that somebody was asked to add something, if more often than once.
    """

    first_due_at: datetime | None = None
    handed_to: str | None = None
    missing: bool = False
    supplements: int | None = None


def fact(id_: int, known: Known, then: Known | None, ground: Ground, beside: Beside | None = None) -> Fact | None:
    """The fact of one dossier for a period; None for what is not accepted, came after it or left before it.

    `known` is all that is to count, `then` what was known at the cut-off: the same, unless the period is counted later.
    Where `known` says that the dossier ended after the cut-off, phase, pauses and due date are those of `then`, or,
    before all history, what the dates alone tell: running.
    """
    get, beside = known.shown.get, beside or Beside()
    if known.accepted_seen_at is None or known.phase is Phase.PRE:
        return None
    ended_at, ended_seen = _end(known)
    ended = ended_at is not None and min(ended_at, ended_seen or ended_at) < ground.period.cutoff
    observed = ground.history_since < ground.period.cutoff
    if known.phase in ENDED and not observed and get("finished_at") is None and get("returned_at") is None:
        return None  # when it ended is not known, so neither is whether it was open
    standing = known if ended or then is None else then
    open_phase = standing.phase if standing.phase not in ENDED and observed else Phase.RUNNING
    paused = not ended and open_phase is Phase.PAUSED
    unit = ground.directory.unit(get("unit") or "")
    # whether it was accepted at once or some days later is all the same once the week before has counted it
    accepted = known.first_seen_at if known.accepted_seen_at < ground.period.counted_until else known.accepted_seen_at
    received = get("received_unit") or ""
    due_at = ground.rules.due_instant(unit, standing.shown.get("due_at"), standing.shown.get("due_on"))
    made = Fact(
        id=id_,
        unit=unit,
        received_unit=ground.directory.unit(received) if received else unit,
        phase=known.phase if ended or known.phase is Phase.REJECTED else open_phase,
        received_at=get("received_at"),
        due_at=due_at,
        ended_at=ended_at if ended else None,
        accepted_seen_at=accepted,
        ended_seen_at=ended_seen if ended else None,
        history_since=ground.history_since,
        code=get("code") or "",
        procedure=get("procedure") or "",
        officers=get("officers") or (),
        handed_to=beside.handed_to,
        first_due_at=beside.first_due_at if due_at is not None else None,  # it may have come to have one later
        procedure_code=get("procedure_code") or "",
        channel=get("channel") or Filing.UNKNOWN,
        service_level=get("service_level") or "",
        paused_since=standing.paused_since if paused else None,
        pauses=standing.pauses if observed else 0,
        supplements=max(filter(None, (get("supplements"), beside.supplements)), default=get("supplements")),
        missing=beside.missing,
        unknown_status=standing.shown["phase"] is Phase.UNKNOWN and observed,
        fee=get("fee"),
        fee_total=get("fee_total"),
        paid_online=get("paid_online"),
        result_required=get("result_required"),
        result_digital=get("result_digital"),
        components_digital=get("components_digital"),
    )
    has_to_do = came(made, ground.period) is not When.AFTER and left(made, ground.period) is not When.BEFORE
    return made if has_to_do else None


def _end(known: Known) -> tuple[datetime | None, datetime | None]:
    """When it ended, and when that was seen; without a date it ended when it was seen (reference 4.3, rule 2)."""
    if known.phase not in ENDED:
        return None, None
    dated = known.shown.get("finished_at") or known.shown.get("returned_at")
    return dated or known.ended_seen_at, known.ended_seen_at
