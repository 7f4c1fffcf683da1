"""Units, posts and people with their validity (DESIGN section 6). `from` and `until` are local dates, both inclusive.

`Organisation.on(day)` gives the `Directory` of one local date; all questions are asked there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from alertd.core.directory import Directory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Directories kept at once: some ten years of dates.
MOST_DAYS = 4000
_TARGET = re.compile(r"(?P<post>[^\s@:]+)(?:@(?P<where>[^\s:]+)(?::(?P<kind>\S+))?)?")


@dataclass(frozen=True, slots=True)
class Span:
    """From one local date to another, both inclusive; None is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Edge:
    """A unit's line of reporting to a parent unit; `kind` names any line but the ordinary one."""

    parent: str
    kind: str = "line"
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Unit:
    """An office; `successors` are set for one that was closed at the end of `span`."""

    code: str
    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    span: Span = ALWAYS
    successors: tuple[str, ...] = ()

    def closed(self, day: date) -> bool:
        """Whether the unit no longer exists on `day`; one with a successor and no last day is closed always."""
        if self.span.last is None:
            return bool(self.successors)
        return day > self.span.last


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is, in which unit, from when to when."""

    unit: str
    post: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a person; the order of a person's contacts is the order of failover.

    `address` is the channel's own (a chat, a user id, a mailbox); None where the person connects it by an invitation.
    """

    channel: str
    address: str | None = None
    phone: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave: the substitute is told instead."""

    span: Span
    substitute: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told."""

    id: str
    name: str
    portal_ids: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    contacts: tuple[Contact, ...] = ()
    away: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a step is for, parsed.

    `post` is a post's name, `person` or `group`; `where` is empty (the processing unit), `parent`, `kind`, `root` or a
    unit's code; `arg` is the edge's or unit's kind, the person's id or the group's name.
    """

    text: str
    post: str
    where: str = ""
    arg: str = ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read `officer`, `head@parent:KIND`, `head@kind:commune`, `head@root`, `head@CODE`, `person:ID`, `group:NAME`.

        Raises ValueError when the text is none of them.
        """
        text = text.strip()
        for prefix in ("person", "group"):
            if text.startswith(f"{prefix}:") and text != f"{prefix}:":
                return cls(text, prefix, arg=text.partition(":")[2])
        match = _TARGET.fullmatch(text)
        if match is None or match["post"] in ("person", "group"):
            raise ValueError(text)
        post, where, arg = match["post"], match["where"] or "", match["kind"] or ""
        if (where == "kind") != bool(arg) and where != "parent":
            raise ValueError(text)
        return cls(text, post, where, arg)


@dataclass(eq=False)
class Organisation:
    """Everything `config/organisation.yaml` says; ask it through `on`."""

    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]]
    fallback: Target
    admin: Target | None = None
    _days: dict[date, Directory] = field(default_factory=dict, init=False, repr=False)
    _stretches: dict[int, Directory] = field(default_factory=dict, init=False, repr=False)
    _turns: list[date] | None = field(default=None, init=False, repr=False)

    def on(self, day: date) -> Directory:
        """The directory of one local date; kept, because a replay asks for each date many times.

        Dates between which nothing begins or ends share what is indexed: of a province that is many megabytes.
        """
        found = self._days.get(day)
        if found is None:
            if len(self._days) > MOST_DAYS:
                self._days.clear()
                self._stretches.clear()
            if self._turns is None:
                self._turns = sorted(_turns(self._unit_spans() + self._people_spans()))
            stretch = bisect_right(self._turns, day)
            same = self._stretches.get(stretch)
            if same is None:
                same = self._stretches[stretch] = Directory(self, day)
            found = self._days[day] = same.of(day)
        return found

    def turning_days(self) -> set[date]:
        """Local dates on which some unit or line of reporting begins, or has just ended."""
        return _turns(self._unit_spans())

    def _unit_spans(self) -> list[Span]:
        spans = [unit.span for unit in self.units.values()]
        return spans + [edge.span for unit in self.units.values() for edge in unit.edges]

    def _people_spans(self) -> list[Span]:
        spans = [post.span for person in self.people.values() for post in person.posts]
        return spans + [absence.span for person in self.people.values() for absence in person.away]


def _turns(spans: Sequence[Span]) -> set[date]:
    """The dates on which a span begins, or has just ended."""
    first, last = {span.first for span in spans if span.first}, {span.last for span in spans if span.last}
    return first | {day + timedelta(days=1) for day in last if day < date.max}
