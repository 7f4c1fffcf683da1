"""What a source showed while its pages came, and whether it may be believed."""

from __future__ import annotations

import asyncio
import pickle
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from alertd.core.errors import FeedError
from alertd.core.shape import Change, Profile, Tally, compare, refused, shrunk
from alertd.failpoints import reached
from alertd.feeds import Page
from alertd.messages import trouble
from alertd.store import polls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from alertd.feeds import Source
    from alertd.store.polls import State


class DoubtError(FeedError):
    """A source that was read whole and is not believed: `kind` is the feed's state, `note` what the admin is told."""

    def __init__(self, kind: str, text: str, note: str) -> None:
        super().__init__(text)
        self.kind, self.note = kind, note


@dataclass
class Heard:
    """What is known of a source beside its rows, which lie in `spool`.

    `last` holds the number of the page on which each key stands last: an earlier page is old news of it.
    """

    source: Source
    spool: Any
    unit_of: Callable[[str], str | None]
    last: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    incomplete: str = ""
    notes: list[str] = field(default_factory=list)
    skew: timedelta | None = None
    _pages: int = 0
    _tally: Tally = field(default_factory=Tally)

    async def read(self) -> None:
        """Read the source to its end. Raises FeedError."""
        async for page in self.source.pages():
            # thousands of rows: whoever looks at the board meanwhile is not to wait for them
            await asyncio.to_thread(self._keep, page)
            reached("page-read")

    def _keep(self, page: Page) -> None:
        self.last.update((observation.key, self._pages) for observation in page.observations)
        self._tally.add(page.observations, len(page.rejects), self.unit_of)
        self.incomplete = self.incomplete or page.incomplete
        self.skew = self.skew if page.skew is None else page.skew
        self.rejected += len(page.rejects)
        self.notes += page.notes
        pickle.dump(page, self.spool)
        self._pages += 1

    @property
    def profile(self) -> Profile:
        """What the source looked like."""
        return self._tally.profile()

    @property
    def skew_seconds(self) -> int | None:
        """How much the portal's clock is ahead."""
        return None if self.skew is None else round(self.skew.total_seconds())

    def pages(self) -> Iterator[Page]:
        """The pages again, one at a time, each key once: where it stands last."""
        for number, page in enumerate(_unspool(self.spool)):
            shown = {seen.key: seen for seen in page.observations if self.last[seen.key] == number}
            yield Page(list(shown.values()), page.rejects)

    def again(self) -> Source:
        """The same source once more, from the spool."""

        async def pages() -> AsyncIterator[Page]:
            for page in _unspool(self.spool):
                yield page

        return replace(self.source, pages=pages)


def _unspool(spool: BinaryIO) -> Iterator[Page]:
    """The spool is this process's own file: nobody else can have written to it."""
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 - see above
        except EOFError:
            return


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one feed: `scope` says what absence means, the others what an admin takes as it is."""

    scope: str
    accept_smaller: bool = False
    accept_changed: bool = False

    def changes(self, heard: Heard, state: State | None) -> tuple[Change, ...]:
        """What has fallen since the last profile that was right; none where one part is not like the other."""
        before = polls.profile(state)
        whole = self.scope != "part" or not heard.source.digest
        if self.accept_changed or before is None or not whole:
            return ()
        return compare(before, heard.profile, fewer=shrunk(before.rows, len(heard.last)))

    def refuse(self, heard: Heard, state: State | None, feed: str, zone: ZoneInfo, now: datetime) -> tuple[Change, ...]:
        """Raise FeedError for old news, DoubtError for what looks like an outage; gives what has fallen besides."""
        if state is None:
            return ()
        label, rows = heard.source.label, len(heard.last)
        if self.scope != "part" and not heard.incomplete:
            newest = polls.newest(state, now)
            if newest is not None and heard.source.as_of < newest:
                raise FeedError(
                    f"{label}: its data are of {_local(heard.source.as_of, zone)}, older than what is stored of {feed} "
                    f"({_local(newest, zone)}); nothing was taken"
                )
            if not self.accept_smaller and shrunk(state.rows, rows):
                raise DoubtError(
                    polls.SHRUNK,
                    _shrunk(heard, state.rows, feed),
                    trouble.shrunk(rows, state.rows, heard.rejected),
                )
        changes = self.changes(heard, state)
        if grave := refused(changes):
            raise DoubtError(
                polls.CHANGED,
                f"{label}: {trouble.fallen_in_english(grave)}; nothing was taken. Check the source, and `columns:` and "
                f"`statuses:` of the feed; if it is right, take it with `alertd import FILE --feed {feed} "
                "--accept-changed` or set `accept_changed: true` on the feed",
                trouble.refused(grave),
            )
        return changes


def _shrunk(heard: Heard, before: int, feed: str) -> str:
    label, rows = heard.source.label, len(heard.last)
    if heard.rejected:
        return (
            f"{label}: only {rows} rows could be read and {heard.rejected} could not, where {feed} had {before} "
            f"before; nothing was taken. `alertd feed test {feed}` names the rows and why"
        )
    return (
        f"{label}: {rows} rows, where {feed} had {before} before; nothing was taken. Check the source; "
        f"if it is right, take it with `alertd import FILE --feed {feed} --accept-smaller` or set "
        "`accept_smaller: true` on the feed"
    )


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
