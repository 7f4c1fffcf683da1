"""A dossier: what a feed showed of it, and the state that history has brought it to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

from alertd.core.applicant import NOBODY, Applicant


class Phase(StrEnum):
    """Where a dossier stands (DESIGN section 2; status maps in reference 4.3)."""

    PRE = "pre"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


ENDED = frozenset({Phase.DONE, Phase.RETURNED, Phase.CANCELLED, Phase.REJECTED})


class Clock(StrEnum):
    """Which deadline a dossier is running against; an unknown phase keeps the clock it had.

    `NONE`: it is open, and where it comes from no deadline may be taken: it is counted, and nothing of it falls due.
    """

    DUE = "due"
    ACCEPT = "accept"
    STOPPED = "stopped"
    ENDED = "ended"
    NONE = "none"


class ServiceLevel(StrEnum):
    """How far a procedure can be done online: toàn trình, một phần, cung cấp thông tin (reference 4.1)."""

    FULL = "full"
    PARTIAL = "partial"
    INFO = "info"


class Filing(StrEnum):
    """How the citizen filed the dossier (`channel` in feeds and policies)."""

    DIRECT = "direct"
    ONLINE = "online"
    POSTAL = "postal"
    UNKNOWN = "unknown"


class PauseKind(StrEnum):
    """What stopped the clock: yêu cầu bổ sung, nghĩa vụ tài chính, or anything else (reference 2.2)."""

    SUPPLEMENT = "supplement"
    OBLIGATION = "obligation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a feed showed of one dossier at one poll.

    All instants are aware and in UTC. Of the due value exactly one is set, or neither: `due_at` is an exact instant,
    `due_on` a local date without a time, whose instant the processing unit's calendar gives. `unit` and `officers` are
    as the feed names them. No field but `applicant` says who the citizen is.

    `aliases` are other codes of the same dossier, `parent` the dossier that it is a part of. `accept_due_at` is the
    deadline to accept an online submission as the portal states it. `supplements` is how often the portal says that the
    citizen was asked to add something, `due_before_at` the due instant that it says it replaced. Yes, no and unknown
    (None) are three answers: a rate must never take unknown for no (reference 4.1). `fee_total` is in đồng.

    `pause` says what a paused dossier waits for. `day_only` names the other instants that were given as dates without a
    time: they are the local 00:00, and the day is all that is known. Both are how the rest is read, and no news alone.
    `untimed`: no deadline may be taken from it at all; None where they may.

    `applicant` is what may be kept of who filed it. It is no news and no history: it stands in the dossier's row alone.
    """

    key: str
    code: str
    phase: Phase
    status: str = ""
    unit: str = ""
    received_unit: str = ""
    officers: tuple[str, ...] = ()
    procedure_code: str = ""
    procedure: str = ""
    field: str = ""
    channel: Filing = Filing.UNKNOWN
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    url: str = ""
    # since schema 0003
    aliases: tuple[str, ...] = ()
    parent: str = ""
    step: str = ""
    step_due_at: datetime | None = None
    accept_due_at: datetime | None = None
    due_before_at: datetime | None = None
    supplements: int | None = None
    service_level: str = ""
    fee: bool | None = None
    fee_total: int | None = None
    paid_online: bool | None = None
    result_required: bool | None = None
    result_digital: bool | None = None
    components_digital: bool | None = None
    # since schema 0005
    pause: PauseKind | None = None
    day_only: tuple[str, ...] = ()
    # since schema 0009
    untimed: bool | None = None
    # since schema 0022
    applicant: Applicant = NOBODY

    def digest(self) -> str:
        """A hash of all that is news: equal means that nothing changed since the last poll.

        What an older schema did not know counts only where it is known, so that an upgrade makes nothing look changed.
        """
        values = _VALUES(self)
        text = "\x1f".join(map(str, values[:_FIRST]))
        later = values[_FIRST:_LAST]
        if later != _NOTHING:
            text += "\x1f" + "\x1f".join(map(str, later))
        if self.untimed:
            text += "\x1funtimed"
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def shown(self) -> tuple[object, ...]:
        """All fields that are history, in the order of `FIELDS`."""
        return _VALUES(self)

    def values(self) -> dict[str, object]:
        """The fields that are known, as JSON can hold them; instants in ISO 8601, UTC."""
        known = zip(FIELDS, _VALUES(self), strict=True)
        return {name: plain(value) for name, value in known if value is not None and value not in ("", ())}


FIELDS = tuple(f.name for f in fields(Observation) if f.name != "applicant")
_VALUES = attrgetter(*FIELDS)
#: How many of the fields the first schema knew, how many are news, and those between where nothing of them is known.
_FIRST, _LAST = FIELDS.index("aliases"), FIELDS.index("pause")
_NOTHING = tuple(f.default for f in fields(Observation)[_FIRST:_LAST])


def plain(value: object) -> object:
    """One field's value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be taken: where it stands, what it is called and why; never more of its content."""

    row: int
    code: str
    reason: str


def clock_of(phase: Phase, before: Clock | None = None, *, untimed: bool | None = None) -> Clock:
    """The clock that runs in a phase; unknown keeps the one before, the due clock if there was none."""
    if phase in ENDED:
        return Clock.ENDED
    clock = {Phase.PRE: Clock.ACCEPT, Phase.PAUSED: Clock.STOPPED}.get(phase, Clock.DUE)
    if phase is Phase.UNKNOWN and before not in (None, Clock.NONE):
        clock = before
    return Clock.NONE if untimed and clock in (Clock.DUE, Clock.ACCEPT) else clock


class PlannedFrom(NamedTuple):
    """What of an observation a plan is made from, under the same names.

    Of a million dossiers whose rules change, whole observations would take longer to make than their plans.
    """

    unit: str
    procedure_code: str
    procedure: str
    field: str
    channel: Filing
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    due_on: date | None
    finished_at: datetime | None
    accept_due_at: datetime | None
    day_only: tuple[str, ...]
