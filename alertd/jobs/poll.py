"""Poll: reads a feed's sources whole, then takes them into the store; a source that cannot be read changes nothing."""

from __future__ import annotations

import asyncio
import pickle
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from alertd.core.errors import FeedError
from alertd.log import get
from alertd.store import polls
from alertd.store.intake import Counts, Intake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from alertd.core.rules import Rules
    from alertd.feeds import Feed, Page, Source
    from alertd.store.database import Database

log = get("poll")
#: Rows held in memory before a spooled source goes to disk, in bytes.
SPOOL_BYTES = 16 << 20


@dataclass(frozen=True)
class Poll:
    """The polling of one feed. `scope` says what absence means; `accept_smaller` takes one that shrank by a third."""

    database: Database
    rules: Rules
    feed: Feed
    scope: str
    accept_smaller: bool = False

    async def tick(self, now: datetime) -> Counts | None:
        """Read and take what is new; None when there was nothing new. A failure becomes the feed's visible state.

        Raises FeedError after recording it, so that whoever called can say it too.
        """
        try:
            sources = await asyncio.to_thread(self.feed.sources, now)
            counts = None
            for source in sources:
                is_file = source.digest != ""
                if is_file and await asyncio.to_thread(self._is_old_news, source):
                    continue
                counts = await self.take(source, now)
        except polls.ShrunkError as error:
            await asyncio.to_thread(self._alarm, str(error), now)
            raise
        except FeedError as error:
            await asyncio.to_thread(self._fault, polls.FAILED, str(error), now)
            raise
        if counts is None:
            await asyncio.to_thread(self._nothing_new, now)
        return counts

    async def take(self, source: Source, now: datetime) -> Counts:
        """Read one source whole and store it. Raises FeedError, the store unchanged, when it cannot be trusted."""
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            last: dict[str, int] = {}
            number, rejected, incomplete = 0, 0, ""
            async for page in source.pages():
                last.update((observation.key, number) for observation in page.observations)
                incomplete = incomplete or page.incomplete
                pickle.dump(page, spool)
                number += 1
                rejected += len(page.rejects)
            await asyncio.to_thread(self._refuse_doubtful, source, len(last), rejected, incomplete)
            return await asyncio.to_thread(self._store, source, spool, last, incomplete, now)  # type: ignore[arg-type]

    def _store(
        self, source: Source, spool: BinaryIO, last: Mapping[str, int], incomplete: str, now: datetime
    ) -> Counts:
        """`last` holds the number of the page on which each key stands last: an earlier page is old news of it."""
        name = self.feed.name
        with self.database.write() as connection:
            poll_id = polls.begin(connection, name, source.label, source.digest, source.as_of, now)
        intake = Intake(name, poll_id, self.rules, now, source.as_of)
        for number, page in enumerate(_unspool(spool)):
            shown = list({seen.key: seen for seen in page.observations if last[seen.key] == number}.values())
            with self.database.write() as connection:
                polls.set_aside(connection, intake, page.rejects)
                for start in range(0, len(shown), polls.CHUNK):
                    intake.take(connection, shown[start : start + polls.CHUNK])
        with self.database.write() as connection:
            polls.end(connection, intake, scope=self.scope, detail=incomplete, ended_at=now)
        counts = intake.counts
        log.info("taken", feed=name, rows=counts.rows, new=counts.new, changed=counts.changed,
                 rejected=counts.rejected, incomplete=incomplete or None)  # fmt: skip
        return counts

    def _refuse_doubtful(self, source: Source, rows: int, rejected: int, incomplete: str) -> None:
        """Refuse what looks like an outage or like old news; the admin is told at once about the first."""
        name = self.feed.name
        with self.database.read() as connection:
            state = polls.state(connection, name)
        if state is None or incomplete or self.scope not in ("all", "open"):
            return
        if state.as_of is not None and source.as_of < state.as_of:
            raise FeedError(
                f"{source.label}: its data are of {self._local(source.as_of)}, older than what is stored of {name} "
                f"({self._local(state.as_of)}); nothing was taken"
            )
        if self.accept_smaller or not polls.shrunk(state.rows, rows):
            return
        if rejected:
            raise polls.ShrunkError(
                f"{source.label}: only {rows} rows could be read and {rejected} could not, where {name} had "
                f"{state.rows} before; nothing was taken. `alertd simulate --feed {name} …` names the rows and why"
            )
        raise polls.ShrunkError(
            f"{source.label}: {rows} rows, where {name} had {state.rows} before; nothing was taken. Check the source; "
            f"if it is right, take it with `alertd import FILE --feed {name} --accept-smaller` or set "
            "`accept_smaller: true` on the feed"
        )

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.rules.zone).isoformat(sep=" ", timespec="seconds")

    def _is_old_news(self, source: Source) -> bool:
        """Whether a file was taken already, or has older data than what is stored of a feed that shows all."""
        with self.database.read() as connection:
            if polls.taken(connection, self.feed.name, source.label, source.digest, source.as_of):
                return True
            state = polls.state(connection, self.feed.name)
        if self.scope == "part" or state is None or state.as_of is None or source.as_of >= state.as_of:
            return False
        log.info("older than what is stored, passed over", feed=self.feed.name, source=source.label)
        return True

    def _fault(self, kind: str, detail: str, now: datetime) -> None:
        with self.database.write() as connection:
            polls.fault(connection, self.feed.name, kind, detail, now)

    def _alarm(self, detail: str, now: datetime) -> None:
        with self.database.write() as connection:
            polls.fault(connection, self.feed.name, polls.SHRUNK, detail, now)
            polls.alarm_once(connection, self.rules, self.feed.name, detail, now)

    def _nothing_new(self, now: datetime) -> None:
        with self.database.write() as connection:
            polls.still_right(connection, self.feed.name, now)


def _unspool(spool: BinaryIO) -> Iterator[Page]:
    """The pages again, one at a time. The spool is this process's own file: nobody else can have written to it."""
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 - see above
        except EOFError:
            return
