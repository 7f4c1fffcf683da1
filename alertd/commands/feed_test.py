"""`alertd feed test NAME`: one poll without writing, and what it would change."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd import assembly
from alertd.commands import feed_findings, feed_shown
from alertd.commands.options import config_option, configuration, format_option, say
from alertd.core.dossier import Reject
from alertd.core.errors import FeedError, FeedInputError, InputError, StoreError
from alertd.core.inspection import Inspection
from alertd.jobs.heard import Heard
from alertd.jobs.poll import SPOOL_BYTES, Poll
from alertd.jobs.rehearse import Effects, rehearse
from alertd.store.rehearsal import rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.config.feeds import Feed as FeedSettings
    from alertd.config.load import Loaded
    from alertd.feeds import Feed, Source

#: Rows set aside that are named; all are counted.
NAMED = 1000


@click.command("test")
@click.argument("name")
@click.option(
    "--rows", default=10, show_default=True, type=click.IntRange(0), help="Số dòng đầu. / How many first rows."
)
@format_option
@config_option
def command(name: str, rows: int, shape: str, folder: Path) -> None:
    """Đọc thử một nguồn, không ghi gì. / One poll without writing.

    In các dòng đầu như hệ thống hiểu, những gì chưa khớp cấu hình, ngày đáng ngờ và những gì sẽ thay đổi.
    """
    loaded = configuration(folder)
    settings = assembly.feed_settings(loaded, name)
    try:
        found = asyncio.run(_Test(loaded, settings, rows).run(datetime.now(UTC)))
    except FeedInputError as error:
        raise FeedError(str(error)) from None  # a feed that cannot be read has failed, whatever the reason
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for line in feed_shown.lines(found):
            click.echo(line)


class _Test:
    """The test of one feed with the configuration as it is."""

    def __init__(self, loaded: Loaded, settings: FeedSettings, rows: int) -> None:
        self.loaded, self.settings, self.rows = loaded, settings, rows
        self.feed: Feed = assembly.feed(loaded, settings)

    async def run(self, now: datetime) -> dict[str, Any]:
        """Every source that a poll would read, else the newest one."""
        sources = await asyncio.to_thread(self.feed.sources, now)
        with ExitStack() as stack:
            poll = self._poll(stack)
            if poll is not None:
                sources = [s for s in sources if not s.digest or not poll.is_old_news(s, now)] or sources[-1:]
            return {
                "feed": self.settings.name,
                "type": self.settings.type,
                "scope": self.settings.scope,
                "at": now.astimezone(self.loaded.settings.zone).isoformat(),
                "sources": [await self._source(source, poll, now) for source in sources],
            }

    def _poll(self, stack: ExitStack) -> Poll | None:
        """The poll of this feed on a database of which nothing stays; None, said on stderr, where there is none."""
        each = self.settings
        try:
            database = stack.enter_context(rehearsal(assembly.storage_url(self.loaded.settings)))
        except (StoreError, InputError) as error:
            say(f"what would change is not known: {error}")
            return None
        return Poll(database, self.loaded.rules, self.feed, each.scope, each.accept_smaller, each.accept_changed)

    async def _source(self, source: Source, poll: Poll | None, now: datetime) -> dict[str, Any]:
        rules = self.loaded.rules
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            heard = Heard(source, spool, rules.organisation.on(rules.local_date(now)).unit)
            await heard.read()
            seen, rejects = Inspection(rules, now, self.rows), list[Reject]()
            for page in heard.pages():
                seen.add(page.observations)
                rejects += page.rejects[: NAMED - len(rejects)]
            effects: Effects | None = None
            if poll is not None:
                effects = await rehearse(poll, heard.again(), assembly.ages(self.loaded), now)
        return feed_findings.found(self.loaded, heard, seen, rejects, effects)
