"""One dossier of a list as a reader sees it: in words, in the office's zone, never who the citizen is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.messages import words
from alertd.web.view import deadline, state

if TYPE_CHECKING:
    from sqlalchemy import Row

    from alertd.web.board.access import Reader


@dataclass(frozen=True, slots=True)
class Line:
    """`look` is how urgent `state` is: late, soon or calm. `accepting`: `due` is until when it is to be accepted."""

    id: int
    code: str
    procedure: str
    unit: str
    officers: str
    accepting: bool
    due: str
    state: str
    look: str
    acknowledged: bool


def line(row: Row[Any], reader: Reader, *, acknowledged: bool) -> Line:
    """A dossier in a list."""
    rules = reader.rules
    organisation = rules.organisation
    officers = organisation.on(rules.local_date(reader.now)).officers(row.unit, tuple(row.officers), row.handed_to)
    unit = organisation.units.get(row.unit or "")
    shown, look = state(row, rules, reader.now)
    at = deadline(row)
    return Line(
        id=row.id,
        code=row.code,
        procedure=words.cut(row.procedure, 160),
        unit=unit.name if unit else row.unit_text,
        officers=", ".join([*(organisation.people[p].name for p in officers.people), *officers.unmatched]),
        accepting=row.clock == Clock.ACCEPT,
        due=words.when(at, reader.now, rules.zone) if at else "",
        state=shown,
        look=look,
        acknowledged=acknowledged,
    )
