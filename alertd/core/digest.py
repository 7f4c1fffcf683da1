"""One message per person: which dossiers it names, in which order and groups, and how it is cut into parts.

DESIGN section 7: each dossier once, with its latest step; an officer reads a list of their own, a head by officer, a
chairman by unit, worst first. Within a group what is new comes first, worst first again (delivery reference 7.9). Parts
are cut only between dossiers and never drop one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, timedelta

    from alertd.core.policy import Urgency


#: The reserved steps that tell of an overdue spell's end: a doubtful one, and a finish (DESIGN section 5).
VANISHED, RESOLVED = "vanished", "resolved"


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier in a message, with its latest alert.

    `left` is working time to the due instant, negative once it has passed. `late` is working time, too: from the
    alert's instant to its record, when that was more than 15 minutes on the clock, and `late_reason` says why. `own`:
    the reader is its handler. `note` is how an overdue spell of it has ended; `vanished` is set when that is all there
    is to say. `known`: a message named it to the reader before, as overdue if it is overdue, else as due.
    `unconfirmed`: its handler was told and has not acknowledged it; `confirmed_at` is when they did. `accepting`: it
    waits to be accepted, `due_at` is the deadline for that, and `overdue` means that it has passed.
    """

    dossier_id: int
    code: str
    procedure: str
    url: str
    unit: str
    officers: str
    step: str
    at: datetime
    due_at: datetime | None
    left: timedelta
    overdue: bool
    urgency: Urgency
    own: bool = False
    late: timedelta | None = None
    late_reason: str | None = None
    note: str = ""
    known: bool = False
    unconfirmed: bool = False
    confirmed_at: datetime | None = None
    accepting: bool = False

    @property
    def vanished(self) -> bool:
        """Whether this names an ended spell and no step of a policy."""
        return self.step == VANISHED


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; an officer's own list has none."""

    title: str
    lines: tuple[Line, ...]


def latest(lines: Iterable[Line]) -> list[Line]:
    """Each dossier once, with its latest step; that a spell of it has ended stays said beside a step of its policy."""
    steps: dict[int, Line] = {}
    ends: dict[int, Line] = {}
    for line in lines:
        kept = ends if line.note else steps
        before = kept.get(line.dossier_id)
        if before is None or line.at >= before.at:
            kept[line.dossier_id] = line
    noted = [replace(line, note=ends[id_].note) if id_ in ends else line for id_, line in steps.items()]
    return noted + [line for id_, line in ends.items() if id_ not in steps]


def worst_first(line: Line) -> tuple[bool, bool, datetime, str]:
    """Overdue before accepted late and both before the rest, longest overdue or soonest due first."""
    return (not line.overdue, line.overdue and line.accepting, line.due_at or line.at, line.code)


def arrange(lines: Sequence[Line]) -> list[Group]:
    """Group and order the lines for their reader."""
    ordered = sorted(lines, key=worst_first)
    if all(line.own for line in ordered):
        return [Group("", new_first(ordered))]
    by_unit = len({line.unit for line in ordered}) > 1
    groups: dict[str, list[Line]] = {}
    for line in ordered:
        groups.setdefault(line.unit if by_unit else line.officers, []).append(line)
    return [Group(title, new_first(members)) for title, members in groups.items()]


def new_first(ordered: Iterable[Line]) -> tuple[Line, ...]:
    """What the reader has not been told yet before what they have, each in the order given."""
    return tuple(sorted(ordered, key=lambda line: line.known))


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message that is never cut, with the dossiers it names."""

    text: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that any of a person's channels takes in one part: code points and UTF-16 units."""

    code_points: int = 1900
    utf16_units: int = 3900

    def allow(self, text: str) -> bool:
        """Whether a part of this text can be sent."""
        return len(text) <= self.code_points and len(text.encode("utf-16-le")) // 2 <= self.utf16_units


def pack(
    blocks: Sequence[Block], tail: str, render: Callable[[int, int, Sequence[Block], str], str], limits: Limits
) -> list[tuple[str, tuple[Line, ...]]]:
    """Cut blocks into parts between them; `render(part, parts, blocks, tail)` makes a part's whole text.

    Gives each part's text with the lines it names. A single block longer than the limit stays whole in its own part:
    templates keep blocks far shorter.
    """
    parts: list[list[Block]] = [[]]
    for block in blocks:
        trial = [*parts[-1], block]
        # 999 of 999 leaves room for the longest mark; the tail may have to fit beside any part, for it is the last
        if parts[-1] and not limits.allow(render(999, 999, trial, tail)):
            parts.append([block])
        else:
            parts[-1].append(block)
    return [
        (
            render(number, len(parts), part, tail if number == len(parts) else ""),
            tuple(line for block in part for line in block.lines),
        )
        for number, part in enumerate(parts, 1)
    ]
