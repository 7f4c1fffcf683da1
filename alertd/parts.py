"""Everything that runs of one configuration: made whole before any of it takes the place of what ran before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd import assembly
from alertd.answering import Answering
from alertd.config.checks.calendars import years_published
from alertd.jobs.audit import Auditor
from alertd.jobs.poll import Poll
from alertd.jobs.prune import Pruner
from alertd.jobs.report import Reporter
from alertd.jobs.send_report import ReportSender
from alertd.jobs.stopping import Stopping
from alertd.jobs.watch import Watch
from alertd.log import get

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from alertd.assembly import Delivery
    from alertd.channels import Channel
    from alertd.channels.zalo import Tokens
    from alertd.config.load import Loaded
    from alertd.core.freshness import MaxAge
    from alertd.jobs.deliver import Deliver
    from alertd.jobs.heartbeat import Heartbeat
    from alertd.jobs.reconcile import Reconcile
    from alertd.store.database import Database

log = get("daemon")
#: Long work, such as counting a week, gets a quarter of one processor: pages and polls go first.
LONG_WORK_RESTS = 3.0
#: In seconds: turns of the escalation may be ten apart; a new day's plans are, as a rule, turned within half a minute.
AUDIT_PATIENCE, TURN_PATIENCE = 20.0, 45.0


@dataclass(frozen=True)
class Parts:
    """The jobs of one configuration, and what they work with; another configuration has others."""

    loaded: Loaded
    ages: Mapping[str, MaxAge]
    polls: Mapping[str, Poll]
    channels: Mapping[str, Channel]
    answering: Answering
    delivery: Delivery
    watch: Watch
    reconcile: Reconcile | None
    heartbeat: Heartbeat | None
    report: Reporter
    auditor: Auditor
    pruner: Pruner
    sender: ReportSender
    #: Asks the long jobs to end.
    stopping: Stopping

    @property
    def tokens(self) -> dict[str, Tokens]:
        """Grants that must be renewed, by channel."""
        held = {name: getattr(channel, "tokens", None) for name, channel in self.channels.items()}
        return {name: tokens for name, tokens in held.items() if tokens is not None}

    def deliver(self, channel: str) -> Deliver | None:
        """The delivery over one channel."""
        return next((each for each in self.delivery.channels if each.name == channel), None)

    def start(self, now: datetime) -> None:
        """Take up delivery where an earlier process, or an earlier configuration, left it. Raises StoreError."""
        for deliver in self.delivery.channels:
            deliver.start(now)
        lost = self.delivery.route.start(now)
        if lost:
            log.warning("calls of an earlier process have no answer on record", parts=lost)

    async def close(self) -> None:
        """Close the channels, and the heartbeat's connection."""
        for channel in self.channels.values():
            await channel.close()
        if self.heartbeat is not None:
            await self.heartbeat.close()


def make(
    loaded: Loaded, database: Database, clock: Callable[[], datetime], since: datetime, heard: Callable[[], None]
) -> Parts:
    """Wire everything; nothing runs, listens or is sent before it is started.

    `since` is when the daemon began, `heard` is called when a hook has stored something to handle. Raises InputError
    when the configuration cannot be used after all: a token that is none, a key that is too short.
    """
    rules, ages = loaded.rules, assembly.ages(loaded)
    stopping = Stopping(rest=LONG_WORK_RESTS)
    reporter = Reporter(database, loaded, ages, stopping)
    channels = assembly.channels(loaded, database, clock)
    answering = Answering(loaded, database, clock, channels, heard)
    return Parts(
        loaded,
        ages,
        {
            each.name: Poll(
                database, rules, assembly.feed(loaded, each), each.scope, each.accept_smaller, each.accept_changed
            )
            for each in loaded.settings.feeds
        },
        channels,
        answering,
        assembly.delivery(loaded, database, channels, clock, answering.links),
        Watch(database, rules, ages, years_published(loaded.calendar), since),
        assembly.reconcile(loaded, database),
        assembly.heartbeat(loaded, database, clock, stopping),
        reporter,
        Auditor(database, rules, clock, stopping, AUDIT_PATIENCE, TURN_PATIENCE),
        Pruner(database, loaded.settings.retention.terms, assembly.night(loaded), rules.calendar, stopping),
        ReportSender(database, loaded, reporter, assembly.agency(loaded.settings.report.agency)),
        stopping,
    )
