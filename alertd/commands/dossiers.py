"""The dossiers that rules are tried on: what a feed shows now, one file of it, or what is stored."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alertd import assembly
from alertd.commands.options import say, stored
from alertd.commands.progress import Progress
from alertd.config.feeds import SheetFeed
from alertd.core.errors import InputError
from alertd.store import history

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.config.load import Loaded
    from alertd.core.dossier import Observation
    from alertd.feeds import Source

#: Rows that cannot be read and are told one by one, of each source.
MOST_TOLD = 20


def dossiers(loaded: Loaded, feed: str | None, file: Path | None = None) -> list[Observation]:
    """Of a feed, or of one file as that feed reads it; without a feed everything that is stored.

    Raises InputError for a file without a sheet feed to read it by.
    """
    if feed is None:
        if file is not None:
            raise InputError(f"--file {file}: name the feed that reads it with --feed")
        with stored(loaded).read() as connection:
            return history.as_observations(connection)
    if file is None:
        source_of = assembly.feed(loaded, assembly.feed_settings(loaded, feed)).sources
        return asyncio.run(_read(feed, source_of(datetime.now(UTC))))
    settings = assembly.feed_settings(loaded, feed)
    if not isinstance(settings, SheetFeed):
        raise InputError(f"feed {feed!r} is of type {settings.type}; a file can only be read by a sheet feed")
    return asyncio.run(_read(feed, [assembly.sheet(loaded, settings).source(file)]))


async def _read(feed: str, sources: list[Source]) -> list[Observation]:
    """Whole sources; of several rows with one key the last counts."""
    found: dict[str, Observation] = {}
    rejected = 0
    reading = Progress(f"{feed}: rows read")
    for source in sources:
        async for page in source.pages():
            found |= {observation.key: observation for observation in page.observations}
            rejected += len(page.rejects)
            reading.advance(len(page.observations))
            for reject in page.rejects[:MOST_TOLD]:
                say(f"{source.label}: row {reject.row}: {reject.reason}")
            for note in page.notes:
                say(f"{source.label}: {note}")
            if page.incomplete:
                say(f"{source.label}: warning: {page.incomplete}")
    reading.end()
    if rejected:
        say(f"{feed}: {rejected} rows could not be read and are left out")
    return list(found.values())
