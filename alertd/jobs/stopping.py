"""Stopping: long work makes way: it rests for pages and polls, and ends within seconds when the daemon stops."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
#: So many things are gone through between two looks at whether to stop.
LOOK_EVERY = 500


class Stopped(Exception):  # noqa: N818 - not an error: what is owed is made later, from the beginning
    """Work under way is not to be finished."""


@dataclass
class Stopping:
    """Whether the long jobs of one configuration are to end; one for all of them. Safe to set from any thread.

    After each piece of work they rest `rest` times as long as that took: 3 leaves them a quarter of a processor.
    """

    asked: bool = False
    rest: float = 0.0

    def look(self) -> None:
        """Raises Stopped once it was asked for."""
        if self.asked:
            raise Stopped

    def each(self, things: Iterable[T]) -> Iterator[T]:
        """The same things, with rests; raises Stopped between two of them soon after it was asked for."""
        begin = time.monotonic()
        for count, thing in enumerate(things, 1):
            yield thing
            if count % LOOK_EVERY == 0:
                self.worked(time.monotonic() - begin)
                begin = time.monotonic()

    def worked(self, seconds: float) -> None:
        """Look whether to stop, and rest from work that took so many seconds."""
        self.look()
        time.sleep(self.rest * seconds)
