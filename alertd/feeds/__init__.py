"""Feeds: each reads one kind of portal or file into canonical observations, and knows nothing of the store.

A feed lists its `sources`; each can be read whole. Pages are given one at a time, so that a portal of any size is read
in bounded memory. A source that cannot be read raises FeedError, and then nothing of it is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime, timedelta

    from alertd.core.dossier import Observation, Reject


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a source. `incomplete` says why the source cannot be trusted to be whole; empty when it can.

    `skew` is how much the portal's clock is ahead of ours as far as is known by now, negative when it is behind.
    `notes` are what a person should know and nobody must act upon: what was passed over, what counts as unknown.
    """

    observations: Sequence[Observation]
    rejects: Sequence[Reject] = ()
    incomplete: str = ""
    skew: timedelta | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that can be read whole: a portal as it is now, or one file of a drop folder.

    `as_of` is the instant its data are from (UTC); `digest` is a hash of a file's content (empty for a portal): a file
    that was taken before is not read again.
    """

    label: str
    as_of: datetime
    pages: Callable[[], AsyncIterator[Page]]
    digest: str = field(default="")


class Feed(Protocol):
    """What every adapter offers."""

    name: str

    def sources(self, now: datetime) -> list[Source]:
        """What there is to read, oldest data first. Raises FeedError when there is nothing to read."""
        ...
