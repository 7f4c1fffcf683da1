"""Whose dossiers a person may ask about: their own, and those of the units they lead (`replies.standing` decides)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.core.directory import DEPUTY, HEAD, Directory
from alertd.replies.standing import handles, heads, is_above
from alertd.store import answers, codes, questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection, Row

    from alertd.core.organisation import Organisation, Person, Post
    from alertd.core.rules import Rules


def in_office(rules: Rules, person: str | None, now: datetime) -> Person | None:
    """The person, unless the configuration no longer has them or the last of their posts has ended."""
    found = rules.organisation.people.get(person or "")
    if found is None or not found.posts:
        return found
    day = rules.local_date(now)
    return found if any(post.span.last is None or day <= post.span.last for post in found.posts) else None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person can see on one local date.

    `selves` are the person and those they stand in for; `led` the units of which one of these is head or deputy, and
    all that stand below them along any line.
    """

    rules: Rules
    directory: Directory
    person: str
    selves: tuple[Person, ...]
    led: frozenset[str]

    @classmethod
    def of(cls, rules: Rules, person: str, now: datetime) -> Scope:
        """The scope of somebody in office at an instant."""
        organisation = rules.organisation
        directory = organisation.on(rules.local_date(now))
        selves = tuple(_selves(organisation, person, directory.day))
        tops = {post.unit for post in _posts(selves, directory.day) if post.post in (HEAD, DEPUTY)}
        led = frozenset(code for code in organisation.units if any(directory.within(code, top) for top in tops))
        return cls(rules, directory, person, selves, led)

    def due(self, connection: Connection, since: datetime | None, until: datetime) -> list[Row[Any]]:
        """Running dossiers of theirs due from `since` (None: ever) to before `until`, the earliest first."""
        everywhere = set(self.rules.organisation.units)
        # the people of last resort handle what nobody else does, wherever it is
        last_resort = self.person in self.directory.fallback()
        units = everywhere if last_resort else self.led | {p.unit for p in _posts(self.selves, self.directory.day)}
        portal_ids = {portal_id.strip() for each in self.selves for portal_id in each.portal_ids}
        rows = [*questions.due_in_units(connection, units, since, until)]
        rows += questions.due_by_name(connection, everywhere - units, portal_ids, since, until)
        if portal_ids or last_resort:
            rows += questions.due_nowhere(connection, since, until)
        mine = [row for row in rows if row.unit in self.led or handles(self.directory, row, self.person)]
        return sorted(mine, key=lambda row: (row.due_at, row.id))

    def named(self, connection: Connection, code: str) -> list[Row[Any]]:
        """The dossiers of a code that they may ask about: theirs, or one that a message to them has named."""
        return [row for row in codes.find(connection, code) if self.sees(connection, row)]

    def sees(self, connection: Connection, row: Row[Any]) -> bool:
        """Whether a dossier is theirs, or one that a message to them has named."""
        return (
            row.unit in self.led
            or handles(self.directory, row, self.person)
            or heads(self.directory, row, self.person)
            or is_above(self.directory, self.rules, row, self.person)
            or answers.was_told(connection, row.id, self.person)
        )


def _selves(organisation: Organisation, person: str, day: date) -> Iterator[Person]:
    """The person, whoever is away and has named them as substitute, and so on."""
    seen, todo = {person}, [person]
    while todo:
        at = todo.pop()
        yield organisation.people[at]
        for other in organisation.people.values():
            if other.id not in seen and any(day in away.span and away.substitute == at for away in other.away):
                seen.add(other.id)
                todo.append(other.id)


def _posts(people: Iterable[Person], day: date) -> Iterator[Post]:
    return (post for person in people for post in person.posts if day in post.span)
