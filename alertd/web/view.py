"""What the page of one message shows of its dossiers now: never who the citizen is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.messages import words
from alertd.replies.hand_over import colleagues
from alertd.replies.slip import promised
from alertd.store import answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from alertd.core.acknowledging import Ack
    from alertd.core.organisation import Person
    from alertd.core.rules import Rules

#: Posts that most offices have; others are shown as the organisation file calls them.
POSTS = {"head": "Trưởng đơn vị", "deputy": "Phó trưởng đơn vị", "duty": "Trực", "staff": "Cán bộ", "officer": "Cán bộ"}


@dataclass(frozen=True, slots=True)
class Card:
    """One dossier. `look` is how urgent `state` is: late, soon or calm; times are in words, in the office's zone.

    `accepting`: it waits to be accepted, and `due` is until when. `open`: it waits for this person's acknowledgement.
    `moved`: its due date is another one than the message told of. `explanations` are (who, when, text).
    """

    id: int
    code: str
    procedure: str
    unit: str
    officers: str
    accepting: bool
    due: str
    state: str
    look: str
    overdue: bool
    acknowledged: str
    open: bool
    ended: bool
    promised: bool
    moved: bool
    explanations: tuple[tuple[str, str, str], ...]
    handed_to: str
    colleagues: tuple[tuple[str, str], ...]


def cards(connection: Connection, rules: Rules, message: str, person: str, now: datetime) -> list[Card]:
    """The dossiers that a message named to a person, as they stand at `now`, soonest due first."""
    told = {each.dossier_id: each.episode for each in answers.told(connection, message, person)}
    rows = [row for row in answers.message_dossiers(connection, message) if row.id in told]
    given, _ = answers.acks(connection, [row.id for row in rows])
    return [_card(connection, rules, row, told[row.id], given.get(row.id, ()), person, now) for row in rows]


def posts(rules: Rules, person: str, now: datetime) -> list[str]:
    """What somebody is on this day: `Trưởng đơn vị · Phòng Tư pháp`."""
    today = rules.local_date(now)
    units = rules.organisation.units
    held = rules.organisation.people[person].posts
    return [f"{POSTS.get(p.post, p.post)} · {units[p.unit].name}" for p in held if today in p.span and p.unit in units]


def summary(shown: Sequence[Card]) -> str:
    """`3 hồ sơ: 2 quá hạn, 1 chưa quá hạn`."""
    late = sum(card.overdue for card in shown)
    if late == len(shown):
        return f"{late} hồ sơ quá hạn"
    return f"{len(shown)} hồ sơ" + (f", trong đó {late} quá hạn" if late else "")


def clock(at: datetime, rules: Rules) -> str:
    """`08:05 04/06/2024`, in the office's zone."""
    return f"{at.astimezone(rules.zone):%H:%M %d/%m/%Y}"


def _card(
    connection: Connection,
    rules: Rules,
    row: Row[Any],
    episode: int,
    acks: Sequence[Ack],
    person: str,
    now: datetime,
) -> Card:
    organisation = rules.organisation
    people = organisation.people
    officers = organisation.on(rules.local_date(now)).officers(row.unit, tuple(row.officers), row.handed_to)
    unit = organisation.units.get(row.unit or "")
    shown, look = state(row, rules, now)
    at = deadline(row)
    acknowledged = max((ack.at for ack in acks if ack.person == person), default=None)
    moved = row.episode != episode
    explained = answers.explanations_of(connection, row.id)
    return Card(
        id=row.id,
        code=row.code,
        procedure=words.cut(row.procedure, 300),
        unit=unit.name if unit else row.unit_text,
        officers=", ".join([*(people[p].name for p in officers.people), *officers.unmatched]),
        accepting=row.clock == Clock.ACCEPT,
        due=words.when(at, now, rules.zone) if at else "",
        state=shown,
        look=look,
        overdue=look == "late" and row.clock != Clock.ACCEPT,
        acknowledged=clock(acknowledged, rules) if acknowledged else "",
        open=not acknowledged and not moved and row.clock != Clock.ENDED,
        ended=row.clock == Clock.ENDED,
        promised=promised(row),
        moved=moved,
        explanations=tuple((_name(people, each.person), clock(each.at, rules), each.text) for each in explained),
        handed_to=people[row.handed_to].name if row.handed_to in officers.people else "",
        colleagues=tuple((id_, people[id_].name) for id_ in colleagues(connection, rules, row.id, person, now)),
    )


def _name(people: Mapping[str, Person], id_: str) -> str:
    return people[id_].name if id_ in people else id_


def deadline(row: Row[Any]) -> datetime | None:
    """Until when a dossier is to be accepted, while it is not; else its due instant."""
    at: datetime | None = row.accept_by if row.clock == Clock.ACCEPT else row.due_at
    return at


def state(row: Row[Any], rules: Rules, now: datetime) -> tuple[str, str]:
    """How a dossier stands, in words, and how urgent that looks: late, soon or calm."""
    if row.clock == Clock.ENDED:
        return "Đã kết thúc xử lý", "calm"
    if row.missing_since is not None:
        return "Không còn thấy trên cổng", "soon"
    if row.clock == Clock.STOPPED:
        return "Đang tạm dừng", "calm"
    accepting = row.clock == Clock.ACCEPT
    at = deadline(row)
    if at is None:
        return ("Chờ tiếp nhận", "calm") if accepting else ("Chưa có ngày hẹn trả", "soon")
    left = rules.calendar_of(row.unit).between(now, at)
    amount = words.duration(left, rules.calendar.hours_per_day)
    if at >= now:
        return f"Còn {amount} làm việc{' để tiếp nhận' if accepting else ''}", "soon"
    if amount == "0 phút":
        return "Vừa hết hạn tiếp nhận" if accepting else "Vừa quá hạn", "late"
    return f"{'Trễ tiếp nhận' if accepting else 'Chậm'} {amount} làm việc", "late"
