"""Poll: reads a feed's sources whole, then takes them into the store; a source that cannot be read changes nothing."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.errors import FeedError
from alertd.core.feed_health import SETTLED, Trouble, skewed
from alertd.failpoints import reached
from alertd.jobs.heard import Belief, DoubtError, Heard
from alertd.log import get
from alertd.messages import trouble
from alertd.store import polls, troubles
from alertd.store.intake import Counts, Intake

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.core.rules import Rules
    from alertd.core.shape import Change
    from alertd.feeds import Feed, Source
    from alertd.store.database import Database

log = get("poll")
#: Rows held in memory before a spooled source goes to disk, in bytes.
SPOOL_BYTES = 4 << 20


@dataclass(frozen=True)
class Poll:
    """The polling of one feed. `scope` says what absence means.

    `accept_smaller` takes a source that shrank by a third, `accept_changed` one of another shape.
    """

    database: Database
    rules: Rules
    feed: Feed
    scope: str
    accept_smaller: bool = False
    accept_changed: bool = False

    async def tick(self, now: datetime) -> Counts | None:
        """Read and take what is new; None when there was nothing new. A failure becomes the feed's visible state.

        Raises FeedError after recording it, so that whoever called can say it too.
        """
        try:
            sources = await asyncio.to_thread(self.feed.sources, now)
            counts = None
            failed: FeedError | None = None
            for source in sources:
                is_file = source.digest != ""
                if is_file and await asyncio.to_thread(self.is_old_news, source, now):
                    continue
                try:
                    counts = await self.take(source, now)
                except FeedError as error:
                    # one bad file must not keep back the newer ones behind it
                    log.warning("not taken", feed=self.feed.name, source=source.label, reason=str(error))
                    failed = failed or error
                else:
                    failed = failed if self.scope == "part" else None  # whatever older files held is in this one
            if failed is not None:
                raise failed
        except FeedError as error:
            await asyncio.to_thread(self._fault, error, now)
            raise
        if counts is None:
            await asyncio.to_thread(self._nothing_new, now)
        return counts

    async def take(self, source: Source, now: datetime) -> Counts:
        """Read one source whole and store it. Raises FeedError, the store unchanged, when it cannot be trusted."""
        directory = self.rules.organisation.on(self.rules.local_date(now))
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            heard = Heard(source, spool, directory.unit)
            await heard.read()
            changes = await asyncio.to_thread(self._refuse_doubtful, heard, now)
            return await asyncio.to_thread(self._store, heard, changes, now)

    def _refuse_doubtful(self, heard: Heard, now: datetime) -> tuple[Change, ...]:
        with self.database.read() as connection:
            state = polls.state(connection, self.feed.name)
        belief = Belief(self.scope, self.accept_smaller, self.accept_changed)
        return belief.refuse(heard, state, self.feed.name, self.rules.zone, now)

    def _store(self, heard: Heard, changes: tuple[Change, ...], now: datetime) -> Counts:
        name, source = self.feed.name, heard.source
        with self.database.write() as connection:
            poll_id = polls.begin(connection, name, source.label, source.digest, source.as_of, now)
        intake = Intake(name, poll_id, self.rules, now, source.as_of)
        for page in heard.pages():
            if page.rejects:
                with self.database.write() as connection:
                    polls.set_aside(connection, intake, page.rejects)
            for start in range(0, len(page.observations), polls.CHUNK):
                with self.database.write() as connection:
                    intake.take(connection, page.observations[start : start + polls.CHUNK])
            reached("intake-committed")
        with self.database.write() as connection:
            polls.end(connection, intake, scope=self.scope, detail=heard.incomplete, ended_at=now,
                      skew=heard.skew_seconds)  # fmt: skip
            self._shape(connection, heard, changes, now)
            self._clock(connection, heard, now)
        counts = intake.counts
        counts.notes = heard.notes
        for note in heard.notes:
            log.info("noted", feed=name, source=source.label, note=note)
        log.info("taken", feed=name, rows=counts.rows, new=counts.new, changed=counts.changed,
                 rejected=counts.rejected, incomplete=heard.incomplete or None)  # fmt: skip
        return counts

    def _shape(self, connection: Connection, heard: Heard, changes: tuple[Change, ...], now: datetime) -> None:
        """A source of another shape is told; the last right one stays what is compared with, for a week."""
        name = self.feed.name
        since = {row.kind: row.since_at for row in troubles.standing(connection, name)}.get(Trouble.SHAPE)
        settled = since is not None and now - since >= SETTLED
        if changes and not settled:
            if troubles.begin(connection, self.rules, name, Trouble.SHAPE, trouble.changed(changes), now):
                log.warning("shape has changed", feed=name, fallen=trouble.fallen_in_english(changes))
            return
        if not heard.incomplete:
            polls.set_profile(connection, name, heard.profile)
            told = None if settled or self.accept_changed else trouble.SAME_AGAIN
            troubles.end(connection, self.rules, name, (Trouble.SHAPE,), told, now)

    def _clock(self, connection: Connection, heard: Heard, now: datetime) -> None:
        if heard.skew is None:
            return
        name = self.feed.name
        before = troubles.stands(connection, name, Trouble.SKEW)
        if skewed(heard.skew, before=before):
            troubles.begin(connection, self.rules, name, Trouble.SKEW, trouble.skewed(heard.skew), now)
        elif before:
            troubles.end(connection, self.rules, name, (Trouble.SKEW,), trouble.CLOCKS_AGREE, now)

    def is_old_news(self, source: Source, now: datetime) -> bool:
        """Whether a file was taken already, or has older data than what is stored of a feed that shows all."""
        with self.database.read() as connection:
            if polls.taken(connection, self.feed.name, source.label, source.digest, source.as_of):
                return True
            state = polls.state(connection, self.feed.name)
        newest = polls.newest(state, now)
        if self.scope == "part" or newest is None or source.as_of >= newest:
            return False
        log.info("older than what is stored, passed over", feed=self.feed.name, source=source.label)
        return True

    def _fault(self, error: FeedError, now: datetime) -> None:
        """What cannot be read may be over in a minute; what is not believed waits for a person, who is told at once."""
        name = self.feed.name
        kind = error.kind if isinstance(error, DoubtError) else polls.FAILED
        with self.database.write() as connection:
            polls.fault(connection, name, kind, str(error), now)
            if isinstance(error, DoubtError):
                troubles.begin(connection, self.rules, name, Trouble.REFUSED, error.note, now)

    def _nothing_new(self, now: datetime) -> None:
        with self.database.write() as connection:
            polls.still_right(connection, self.feed.name, now)
