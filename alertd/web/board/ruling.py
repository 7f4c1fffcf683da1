"""By which rule a dossier is followed: the policy and its line, each step with whom it tells, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alertd.story import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.config.places import Places
    from alertd.store.history import Record
    from alertd.web.board.access import Reader


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of the policy. Instants are in words, in the office's zone; `next` is empty when none is to come."""

    name: str
    first: str
    next: str
    repeats: bool
    people: str
    place: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """`policy` is empty where none matches; `place` is `file:line`; `next` when a step is next looked at.

    `silence` says, in words that follow "chưa báo ai vì", why nobody was told; empty when somebody was.
    """

    policy: str
    place: str
    steps: tuple[Planned, ...]
    next: str
    silence: str


def ruling(record: Record, reader: Reader, places: Places | None) -> Ruling:
    """What `alertd explain` says of the plan, for a page."""
    story = tell(record, reader.rules, reader.now, past=False, places=places)
    people = reader.rules.organisation.people
    return Ruling(
        policy=story["policy"] or "",
        place=story["policy_rule"] or "",
        steps=tuple(_planned(step, people) for step in story["plan"]),
        next=_at(story["next_step_at"] or story["waiting_at"]),
        silence=story["silence"] or "",
    )


def _planned(step: dict[str, Any], people: Any) -> Planned:
    return Planned(
        name=step["step"],
        first=_at(step["at"]),
        next=_at(step["held_until"] or step["next"]),
        repeats=bool(step["every"]),
        people=_names(step["people"], people),
        place=step["rule"] or "",
    )


def _names(ids: Sequence[str], people: Any) -> str:
    return ", ".join(people[each].name if each in people else each for each in ids)


def _at(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}" if text else ""
