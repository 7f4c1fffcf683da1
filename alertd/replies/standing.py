"""Who a person is to a dossier today: its handler, its head, somebody above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from alertd.core.directory import DEPUTY, HEAD, OFFICER
from alertd.core.organisation import Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row

    from alertd.core.directory import Directory
    from alertd.core.rules import Rules


class Handled(Protocol):
    """What tells who handles a dossier: its unit, the officers as the feed names them, who took it over."""

    @property
    def unit(self) -> str | None:
        """The processing unit's code."""

    @property
    def officers(self) -> Iterable[str]:
        """The officers as the feed names them."""

    @property
    def handed_to(self) -> str | None:
        """The person to whom it was handed over."""


_OFFICER, _HEAD = Target.parse(OFFICER), Target.parse(HEAD)


def handles(directory: Directory, row: Handled | Row[Any], person: str) -> bool:
    """Whether a person is the dossier's handler, or is told in the handler's place (leave, vacancy)."""
    officers = tuple(row.officers)
    named = directory.officers(row.unit, officers, row.handed_to).people
    return person in named or person in directory.resolve(_OFFICER, row.unit, officers, row.handed_to)


def heads(directory: Directory, row: Row[Any], person: str) -> bool:
    """Whether a person is the head of the dossier's unit, or is told in the head's place."""
    if row.unit is None:
        return False
    return person in directory.holders(row.unit, HEAD) or person in directory.resolve(_HEAD, row.unit, ())


def is_above(directory: Directory, rules: Rules, row: Row[Any], person: str) -> bool:
    """Whether a person is head or deputy of the dossier's unit, or of one above it along any line of reporting."""
    known = rules.organisation.people.get(person)
    if known is None or row.unit is None:
        return False
    return any(
        post.post in (HEAD, DEPUTY) and directory.day in post.span and directory.within(row.unit, post.unit)
        for post in known.posts
    )
