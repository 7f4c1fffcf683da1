"""Stopping: long work ends within seconds when the daemon stops or other rules take over, with nothing on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
#: So many things are gone through between two looks at whether to stop.
LOOK_EVERY = 1000


class Stopped(Exception):  # noqa: N818 - not an error: what is owed is made later, from the beginning
    """Work under way is not to be finished."""


@dataclass
class Stopping:
    """Whether the long jobs of one configuration are to end; one for all of them. Safe to set from any thread."""

    asked: bool = False

    def look(self) -> None:
        """Raises Stopped once it was asked for."""
        if self.asked:
            raise Stopped

    def each(self, things: Iterable[T]) -> Iterator[T]:
        """The same things; raises Stopped between two of them soon after it was asked for."""
        for count, thing in enumerate(things):
            if count % LOOK_EVERY == 0:
                self.look()
            yield thing
