"""One dossier: how it stands, what happened, what the reader can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.applicant import Applicant, masked
from alertd.core.dossier import Clock
from alertd.replies.acknowledge import acknowledge_one
from alertd.replies.explain import explain
from alertd.replies.hand_over import colleagues, hand_over
from alertd.replies.slip import promised
from alertd.store import answers, history
from alertd.store.sessions import Level
from alertd.web.board.cards import Line, line
from alertd.web.board.ruling import Ruling, ruling
from alertd.web.board.timeline import Event, timeline

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from alertd.config.places import Places
    from alertd.web.board.access import Reader

VIA = "board"
ACTIONS = ("ack", "explain", "handover")


@dataclass(frozen=True, slots=True)
class Shown:
    """`colleagues` are (id, name) to whom it may be handed over; `answers`: the reader is a person who may answer."""

    line: Line
    received: str
    filed_by: str
    paused: str
    url: str
    events: list[Event]
    ruling: Ruling
    colleagues: tuple[tuple[str, str], ...]
    answers: bool
    ended: bool
    promised: bool


def visible(connection: Connection, reader: Reader, dossier_id: int) -> Row[Any] | None:
    """The dossier, if the reader may see it; one of others looks like one that there is not."""
    row = answers.dossier(connection, dossier_id)
    if row is None or reader.units is None or reader.scope is None:
        return row
    return row if reader.scope.sees(connection, row) else None


def shown(connection: Connection, reader: Reader, row: Row[Any], places: Places | None = None) -> Shown:
    """All of it; `places` says where the rules are written."""
    record = history.record(connection, row, reader.now)
    person = reader.scope.person if reader.scope is not None else ""
    people = reader.rules.organisation.people
    takers = colleagues(connection, reader.rules, row.id, person, reader.now) if person else []
    acked = bool(person) and answers.acknowledged_at(connection, row.id, row.episode, person) is not None
    zone = reader.rules.zone
    return Shown(
        line=line(row, reader, acknowledged=acked),
        received=f"{row.received_at.astimezone(zone):%H:%M %d/%m/%Y}" if row.received_at else "",
        filed_by=_filed_by(row, reader),
        paused=f"{row.paused_since.astimezone(zone):%d/%m/%Y}" if row.paused_since else "",
        url=row.url if row.url.startswith(("https://", "http://")) else "",
        events=timeline(record, reader.rules),
        ruling=ruling(record, reader, places),
        colleagues=tuple((each, people[each].name) for each in takers),
        answers=bool(person),
        ended=row.clock == Clock.ENDED,
        promised=promised(row),
    )


def _filed_by(row: Row[Any], reader: Reader) -> str:
    """In full only for who has shown to be the one; a link can be passed on."""
    stored = Applicant(row.applicant, row.applicant_phone)
    left = masked(stored) if reader.level is Level.LINK else stored
    return " · ".join(filter(None, (left.name, left.phone)))


def act(connection: Connection, reader: Reader, row: Row[Any], action: str, form: dict[str, str]) -> None:
    """Do what a person asks for. Raises Refused."""
    if reader.scope is None:
        return
    person, rules, now = reader.scope.person, reader.rules, reader.now
    if action == "ack":
        acknowledge_one(connection, rules, row.id, person, now, VIA)
    elif action == "explain":
        explain(connection, rules, row.id, person, form.get("text", ""), now, VIA)
    else:
        hand_over(connection, rules, row.id, person, form.get("taker", ""), now, VIA)
