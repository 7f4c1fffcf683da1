"""The seam between what has to be done and what says when: one process by itself, or several that share the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from alertd.config.load import Loaded
    from alertd.store.only_one import Hold


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is done every so many seconds of the daemon's clock, by one process at a time.

    `first` is how long the first time is waited for. Where duties go from one process to another, `begin` takes up what
    the one before has left, and `end` hands it over with nothing under way; such a turn lasts `turn` seconds, if given.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    seconds: float
    first: float = 0.0
    begin: Callable[[], Awaitable[None]] | None = None
    end: Callable[[], Awaitable[None]] | None = None
    turn: float | None = None


class Engine(Protocol):
    """What says when a duty is done, and that nobody else does it meanwhile."""

    #: Whether nobody else works on the database: what an earlier process left is taken up at once.
    alone: bool

    def hold(self, lost: Callable[[], None]) -> Hold:
        """Be the one, or one of those, that may work on this database. Raises StoreError where that cannot be.

        `lost` is called from a thread if it ends against our will. Blocks.
        """
        ...

    def accept(self, loaded: Loaded, now: datetime, author: str, *, edited: bool) -> None:
        """Make this configuration the one that runs; `edited`: somebody has just changed it. Blocks.

        Raises StoreError when it cannot be accepted now.
        """
        ...

    def give(self, duties: Sequence[Duty]) -> None:
        """These and no others are done from now on."""
        ...

    async def start(self, alive: Callable[[], None]) -> None:
        """Begin. `alive` is called now and then as long as this process does its part."""
        ...

    def wake(self, *names: str) -> None:
        """Let these be done now, where they are done here."""
        ...

    def clock_stepped(self) -> None:
        """The machine's clock was set: what was to be done at instants of the old one is done now."""
        ...

    def pause(self) -> None:
        """Begin nothing any more; what is under way goes on."""
        ...

    async def stop(self) -> None:
        """End."""
        ...
