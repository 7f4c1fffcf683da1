"""The outgoing heartbeat, where it is asked for, and what must run for it to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.vitality import Jobs
from alertd.heartbeat import Switch
from alertd.jobs.heartbeat import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.config.load import Loaded
    from alertd.jobs.stopping import Stopping
    from alertd.store.database import Database


def working(loaded: Loaded) -> Jobs:
    """The feeds and channels of a configuration."""
    return Jobs({feed.name: feed.every for feed in loaded.settings.feeds}, tuple(loaded.settings.channels.names))


def heartbeat(
    loaded: Loaded, database: Database, clock: Callable[[], datetime], stopping: Stopping
) -> Heartbeat | None:
    """The job; None when `heartbeat` is off."""
    settings = loaded.settings.heartbeat
    if settings is None:
        return None
    switch = Switch(settings.url, settings.method, settings.timeout)
    return Heartbeat(database, switch, settings.every, working(loaded), clock, stopping)
