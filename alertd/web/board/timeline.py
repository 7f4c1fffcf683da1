"""What happened to one dossier, oldest first: what the portal showed, who was told, what they answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.firing import AlertState
from alertd.web.board.words import DUE_KINDS, FLAGS, PAUSES, PHASES, RESERVED, SPELL_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from alertd.core.organisation import Person
    from alertd.core.rules import Rules
    from alertd.store.history import Record


@dataclass(frozen=True, slots=True)
class Event:
    """`text` is a pair, Vietnamese and English; `quoted` is what somebody wrote."""

    at: datetime
    clock: str
    look: str
    text: tuple[str, str]
    quoted: str = ""


def timeline(record: Record, rules: Rules) -> list[Event]:
    """Everything on record about a dossier."""
    people = rules.organisation.people
    events = [*_shown(record, rules), *_told(record, people), *_answered(record, people)]
    events.sort(key=lambda event: event[0])
    return [
        Event(at, f"{at.astimezone(rules.zone):%H:%M %d/%m/%Y}", look, text, quoted)
        for at, look, text, quoted in events
    ]


_Found = tuple["datetime", str, tuple[str, str], str]


def _shown(record: Record, rules: Rules) -> Iterator[_Found]:
    first = record.observations[0]
    yield first.seen_at, "calm", ("Thấy lần đầu trên cổng", "First seen on the portal"), ""
    for change in record.phases:
        vi, en = PHASES[change.new_phase]
        yield change.seen_at, "calm", (f"Chuyển trạng thái: {vi}", f"Now {en}"), ""
    for due in record.dues:
        vi, en = DUE_KINDS[due.kind]
        old, new = _date(due.old_due_at, rules), _date(due.new_due_at, rules)
        yield due.seen_at, "soon", (f"{vi}: {old} → {new}", f"{en}: {old} → {new}"), ""
    for pause in record.pauses:
        yield pause.first_seen_at, "calm", PAUSES[pause.kind], ""
    for flag in record.flags:
        yield flag.seen_at, "soon", FLAGS[flag.flag], ""
    for spell in record.spells:
        yield spell.first_seen_at, "late", ("Bắt đầu quá hạn", "Overdue from here"), ""
        if spell.ended_seen_at:
            vi, en = SPELL_ENDS[spell.end_kind]
            look = "good" if spell.end_kind == "finished" else "soon"
            yield spell.ended_seen_at, look, (f"Hết quá hạn: {vi}", f"No longer overdue: {en}"), ""


def _told(record: Record, people: Mapping[str, Person]) -> Iterator[_Found]:
    arrived = {part.message: part for part in record.parts if part.state == "accepted"}
    for alert in record.alerts:
        name = _name(people, alert.person)
        step = RESERVED.get(alert.step, (f"bước «{alert.step}»", f"step “{alert.step}”"))
        if alert.state == AlertState.SENT and alert.message in arrived:
            part = arrived[alert.message]
            yield part.settled_at, "calm", (f"Đã báo {name}: {step[0]}", f"{name} was told: {step[1]}"), ""
        elif alert.state in (AlertState.SENT, AlertState.PENDING):
            yield alert.recorded_at, "calm", (f"Sẽ báo {name}: {step[0]}", f"{name} will be told: {step[1]}"), ""
        elif alert.state == AlertState.NOBODY:
            yield alert.recorded_at, "late", (f"Không có ai để báo: {step[0]}", f"Nobody to tell: {step[1]}"), ""


def _answered(record: Record, people: Mapping[str, Person]) -> Iterator[_Found]:
    for ack in record.acknowledgements:
        name = _name(people, ack.person)
        yield ack.at, "good", (f"{name} đã xác nhận", f"{name} acknowledged"), ""
    for said in record.explanations:
        name = _name(people, said.person)
        yield said.at, "good", (f"{name} giải trình", f"{name} explained"), said.text
    for given in record.handovers:
        giver, taker = _name(people, given.giver), _name(people, given.taker)
        yield given.at, "calm", (f"{giver} chuyển cho {taker}", f"{giver} handed over to {taker}"), ""


def _name(people: Mapping[str, Person], id_: str) -> str:
    return people[id_].name if id_ in people else id_


def _date(at: datetime | None, rules: Rules) -> str:
    return f"{at.astimezone(rules.zone):%H:%M %d/%m/%Y}" if at else "—"
