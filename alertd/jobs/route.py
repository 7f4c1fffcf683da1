"""Route: every waiting part has a channel that serves it; what was lost, given up or cut off comes back to its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.core.outcome import Outcome, SendResult
from alertd.log import get
from alertd.store import addresses, claims, reserved, routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.channels import Channel
    from alertd.core.rules import Rules
    from alertd.core.ways import Way
    from alertd.jobs.aftermath import Aftermath
    from alertd.jobs.reach import Known, Reach
    from alertd.store.database import Database

log = get("route")
#: The code of a call that a crash, or an expired claim, left without an answer. It counts towards no circuit.
LOST = SendResult(Outcome.UNKNOWN, code="lost", detail="the process ended or was held up during the call")


def never_connected(ways: Sequence[Way]) -> str:
    """What the admin is told of somebody without a living way: whether they have only to connect one."""
    waits = any(way.address in ("", "uid:") for way in ways)
    return "unconnected" if waits and all(way.address in ("", "uid:") for way in ways) else "unreachable"


@dataclass
class Route:
    """One for all channels; `holder` names this process."""

    database: Database
    rules: Rules
    reach: Reach
    channels: Mapping[str, Channel]
    aftermath: Aftermath
    holder: str
    _seen: Known | None = field(default=None, repr=False)

    def start(self, now: datetime) -> int:
        """Nobody else sends: claims of an earlier process are unknown at once; gives how many."""
        with self.database.write() as connection:
            lost = self._settle_lost(connection, now, alive=self.holder)
        self.begin(now)
        return lost

    def begin(self, now: datetime) -> None:
        """Parts for channels that are gone go on."""
        with self.database.write() as connection:
            routes.unroute(connection, list(self.channels))
        self.tick(now)

    def tick(self, now: datetime) -> int:
        """Look for expired claims, changed ways, parts without a channel; gives how many people's parts were routed."""
        with self.database.write() as connection:
            self._settle_lost(connection, now)
            self.reach.refresh(connection)
            if self.reach.known is not self._seen:
                self._ways_changed(connection, now)
            routes.give_up_drills(connection, now)
            unrouted = routes.unrouted(connection)
            for person, contact in unrouted:
                self._route(connection, person, contact, now)
        return len(unrouted)

    def _settle_lost(self, connection: Connection, now: datetime, *, alive: str | None = None) -> int:
        lost = claims.lost_claims(connection, now, alive=alive)
        for claimed in lost:
            # a provider that tells what has arrived gets the time to do so
            wait = getattr(self.channels.get(claimed.channel), "receipt_wait", None)
            self.aftermath.record(connection, [(claimed, LOST)], now, holder=None, receipt_wait=wait)
        return len(lost)

    def _ways_changed(self, connection: Connection, now: datetime) -> None:
        """People who can be reached (again) get what had failed; what was never tried takes their first way."""
        before, self._seen = self._seen, self.reach.known
        back = set(addresses.reachable_again(connection))
        if before is not None and self._seen is not None:
            back |= {person for person, _, _ in before.dead - self._seen.dead}
            routes.unroute_untried(connection, sorted(before.other_ways(self._seen)))
        if back and (again := addresses.try_again(connection, sorted(back), now)):
            log.info("sent again, as there is a way now", parts=again)

    def _route(self, connection: Connection, person: str, contact: int, now: datetime) -> None:
        ways = self.reach.ways(connection, person, now)
        order = [*range(contact, len(ways)), *range(min(contact, len(ways)))]
        at = next((i for i in order if not ways[i].dead), None)
        if at is not None:
            routes.route(connection, person, contact, ways[at].channel, at)
            return
        log.warning("no contact left", person=person)
        routes.give_up_person(connection, person, now, "no contact left" if ways else "no contact")
        reserved.delivery_alarm(connection, self.rules, person, never_connected(ways), now)
