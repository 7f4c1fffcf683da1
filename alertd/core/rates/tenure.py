"""Who headed a unit in which week: by the dates of the organisation file, else by the file of that week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.directory import HEAD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from alertd.core.organisation import Organisation, Post

#: Person and name of each who holds the post.
Heads = tuple[tuple[str, str], ...]


class Tenures:
    """The heads of units, by the present organisation and by that of each week."""

    def __init__(self, now: Organisation) -> None:
        """Index who is or was head of which unit."""
        self._now = now
        self._posts: dict[str, list[tuple[str, Post]]] = {}
        for person in now.people.values():
            for post in person.posts:
                if post.post == HEAD:
                    self._posts.setdefault(post.unit, []).append((person.id, post))

    def heads(self, unit: str, day: date, then: Organisation) -> Heads:
        """Who headed a unit on a local date, `then` being the organisation of that week; empty: the post was vacant.

        The present file is believed where it gives dates. A post without dates says only who is head now: a file that
        replaces a name by another would give the new head the old one's weeks.
        """
        posts = self._posts.get(unit, ())
        if any(post.span.first or post.span.last for _, post in posts):
            there = dict.fromkeys(person for person, post in posts if day in post.span)
        else:
            there = dict.fromkeys(then.on(day).holders(unit, HEAD))
        return tuple((person, self._name(person, then)) for person in there)

    def _name(self, person: str, then: Organisation) -> str:
        known = self._now.people.get(person) or then.people[person]
        return known.name


def runs(heads: Sequence[Heads]) -> list[tuple[Heads, int, int]]:
    """Consecutive weeks with the same heads: (heads, first place, place after the last)."""
    found: list[tuple[Heads, int, int]] = []
    for at, these in enumerate(heads):
        if found and found[-1][0] == these:
            found[-1] = (these, found[-1][1], at + 1)
        else:
            found.append((these, at, at + 1))
    return found
