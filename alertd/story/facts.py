"""What the feed had shown of a dossier by an instant, and what follows from that alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import FIELDS, Clock, Filing, Observation, Phase, clock_of
from alertd.core.flags import conflicting
from alertd.core.planning import LADDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alertd.store.history import Record

    #: An instant as people see it, in the configured zone.
    Local = Callable[[datetime | None], str | None]

INSTANTS = (
    "submitted_at", "received_at", "due_at", "due_on", "finished_at", "returned_at", "step_due_at", "accept_due_at",
    "due_before_at",
)  # fmt: skip


def as_of(record: Record) -> dict[str, Any]:
    """The fields as the feed had shown them by then: the first observation, with every later change over it."""
    fields: dict[str, Any] = dict.fromkeys(FIELDS, "") | dict.fromkeys(INSTANTS) | {"officers": []}
    for observation in record.observations:
        fields |= observation.changed
    return fields


def clock(record: Record) -> Clock:
    """Which clock ran by then."""
    return _clocks(record)[-1]


def ladder(record: Record) -> Clock:
    """The clock that its steps are for: of the two that policies know the one that ran, or ran last."""
    return next((found for found in reversed(_clocks(record)) if found in LADDERS), Clock.DUE)


def _clocks(record: Record) -> list[Clock]:
    """The clock of each phase by then, oldest first."""
    untimed = next((o.changed["untimed"] for o in reversed(record.observations) if "untimed" in o.changed), None)
    found = [clock_of(Phase(record.observations[0].changed["phase"]), untimed=untimed)]
    for change in record.phases:
        found.append(clock_of(Phase(change.new_phase), found[-1], untimed=untimed))
    return found


def observation(record: Record, fields: Mapping[str, Any]) -> Observation:
    """What the feed had shown, as far as a plan looks at it; a finish that is not heeded is left out (`finish`)."""
    return Observation(
        key=record.dossier.key, code=record.dossier.code, phase=Phase(fields["phase"]), unit=fields["unit"],
        officers=tuple(fields["officers"]), procedure_code=fields["procedure_code"], procedure=fields["procedure"],
        field=fields["field"], channel=Filing(fields["channel"] or Filing.UNKNOWN),
        submitted_at=at(fields["submitted_at"]), received_at=at(fields["received_at"]), due_at=at(fields["due_at"]),
        due_on=on(fields["due_on"]), accept_due_at=at(fields["accept_due_at"]), finished_at=finish(record, fields),
        day_only=tuple(fields["day_only"] or ()),
    )  # fmt: skip


def finish(record: Record, fields: Mapping[str, Any]) -> datetime | None:
    """The finish that a plan heeds: none where the portal called the dossier open all the same when it showed it."""
    found = at(fields["finished_at"])
    shown_at = record.observations[-1].seen_at
    return None if conflicting(Phase(fields["phase"]), found, shown_at) else found


def missing_since(record: Record, now: datetime) -> datetime | None:
    """Since when complete polls had not shown it, if they did not by then."""
    absent = (absence for absence in record.absences if absence.until is None or absence.until > now)
    return next((absence.since for absence in absent), None)


def at(text: str | None) -> datetime | None:
    """An instant of a field."""
    return datetime.fromisoformat(text) if text else None


def on(text: str | None) -> date | None:
    """A date of a field."""
    return datetime.fromisoformat(text).date() if text else None


def shown(field: str, value: Any, local: Local) -> Any:
    """A field's value as people see it."""
    return local(at(value)) if field in INSTANTS and field != "due_on" and value else value
