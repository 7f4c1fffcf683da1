"""Audit: walks the open dossiers in slices and compares the ledger with what the rules say should have been told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd import courtesy
from alertd.core.audit.judging import judge
from alertd.jobs.stopping import Stopped, Stopping
from alertd.log import get
from alertd.store import audits, differences, marks

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertd.core.audit.judging import Finding
    from alertd.core.rules import Rules
    from alertd.store.database import Database
    from alertd.store.paging import Place

log = get("audit")
#: Dossiers per reading: no transaction lasts long.
SLICE = 500
#: Ticks that end after an instant until one has begun after it, and how often it is looked whether one has ended.
TICKS, LOOK_SECONDS = 2, 0.2


@dataclass(frozen=True, slots=True)
class Audited:
    """What one walk found: how many dossiers were looked at, how many of them could not be decided, the differences."""

    dossiers: int
    undecided: int
    findings: tuple[Finding, ...]
    mark: datetime | None


@dataclass
class Auditor:
    """The audit of a daemon, at a quarter of one processor's time at most; each is put on record with what it found.

    The admin is told of each difference once, and of its end. One that is under way when `stopping` is asked for ends
    with nothing on record. `patience` is for how many seconds at most the escalation is waited for before a difference
    is believed.
    """

    database: Database
    rules: Rules
    clock: Callable[[], datetime]
    stopping: Stopping = field(default_factory=Stopping)
    patience: float = 0.0

    def tick(self, now: datetime) -> Audited | None:
        """Audit once; None when it was stopped. Where there was nothing to compare with, nothing goes on record."""
        try:
            found = walk(self.database, self.rules, self.stopping.worked, self._let_it_tick)
        except Stopped:
            return None
        if found.mark is None:
            log.warning("nothing was compared: the escalation has not run, or the plans are being made")
            return found
        lines = [f"{each.fault.value} {each.code} {each.step} {each.person}: {each.detail}" for each in found.findings]
        with self.database.write() as connection:
            ended_at = self.clock()
            audits.keep(connection, now, ended_at, found.dossiers, found.undecided, lines)
            differences.settle(connection, self.rules, found.findings, ended_at)
        if lines:
            log.error("the ledger is not what it should be; `alertd audit` says where", findings=len(lines))
        return found

    def _let_it_tick(self) -> None:
        """Wait until a whole tick of the escalation has come after what was read: the one under way may have missed it.

        A poll dates what it writes from its beginning, before ticks that could not see it yet.
        """
        end, marks_seen = time.monotonic() + self.patience, set()
        while time.monotonic() < end:
            self.stopping.look()
            with self.database.read() as connection:
                marks_seen.add(marks.mark(connection, "escalate"))
            if len(marks_seen) > TICKS:
                return
            time.sleep(LOOK_SECONDS)


def walk(
    database: Database,
    rules: Rules,
    rest: Callable[[float], None] = lambda _: None,
    between: Callable[[], None] = lambda: None,
) -> Audited:
    """Look at every open dossier once; reads only. `rest` is called after each slice, with the seconds that it took.

    A difference counts only when a second look still finds it, after `between`: a poll or a tick may have written
    meanwhile. Raises StoreError.
    """
    last: Place | None = None
    looked, undecided, mark = 0, 0, None
    suspects: list[tuple[Place | None, list[Finding]]] = []
    while True:
        begin = time.monotonic()
        count, open_, found, mark, following = _slice(database, rules, last)
        if found:
            suspects.append((last, found))
        looked, undecided = looked + count, undecided + open_
        rest(time.monotonic() - begin)
        if following is None:
            break
        last = following
    with database.read() as connection:
        ended = audits.ended(connection)
    if not suspects and not ended:
        return Audited(looked, undecided, (), mark)
    between()
    findings = []
    for last, found in suspects:
        begin = time.monotonic()
        again = set(_slice(database, rules, last)[2])
        findings += [each for each in found if each in again]
        rest(time.monotonic() - begin)
    with database.read() as connection:
        again = set(audits.ended(connection))
    findings += [each for each in ended if each in again]
    return Audited(looked, undecided, tuple(findings), mark)


def _slice(
    database: Database, rules: Rules, last: Place | None
) -> tuple[int, int, list[Finding], datetime | None, Place | None]:
    with database.read() as connection:
        # first: what is read later is only newer
        mark = audits.escalated(connection, rules)
        part = audits.after(connection, last, SLICE)
    if mark is None:
        return len(part.held), len(part.held), list(part.messages), mark, part.last
    verdicts = []
    for held in part.held:
        courtesy.stand_aside()  # one is recounted in some tenths of a millisecond, all of it in Python
        verdicts.append(judge(held, rules, mark))
    found = [finding for verdict in verdicts for finding in verdict.findings]
    return len(part.held), sum(not verdict.judged for verdict in verdicts), found + list(part.messages), mark, part.last
