"""Audit: walks the open dossiers in slices and compares the ledger with what the rules say should have been told."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd import courtesy
from alertd.core.audit.judging import judge
from alertd.jobs.accept import PLANNING
from alertd.jobs.stopping import Stopped, Stopping
from alertd.log import get
from alertd.store import audits, differences, marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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


class NothingToCompareError(Exception):
    """There is no instant up to which nothing was left due, and none has come in time."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What one walk found: how many dossiers were looked at, how many of them could not be decided, the differences.

    `mark` is how far the escalation had come at last; None where some had nothing to be compared with.
    """

    dossiers: int
    undecided: int
    findings: tuple[Finding, ...]
    mark: datetime | None


@dataclass(frozen=True, slots=True)
class _Look:
    """One slice as it was seen: how many dossiers, the codes of those that could not be decided, and the differences.

    `mark` is how far the escalation had come, None where there was nothing to compare with; `following` is where the
    next slice begins, None after the last.
    """

    dossiers: int
    undecided: list[str]
    findings: list[Finding]
    mark: datetime | None
    following: Place | None


@dataclass
class Auditor:
    """The audit of a daemon, at a quarter of one processor's time at most; each is put on record with what it found.

    The admin is told of each difference once, and of its end. One that is under way when `stopping` is asked for ends
    with nothing on record. For how many seconds at most something is waited for: `patience` for the escalation, before
    a difference is believed; `turn_patience` for a new day's plans.
    """

    database: Database
    rules: Rules
    clock: Callable[[], datetime]
    stopping: Stopping = field(default_factory=Stopping)
    patience: float = 0.0
    turn_patience: float = 0.0

    def tick(self, now: datetime) -> Audited | None:
        """Audit once; None, and nothing on record, when it was stopped or had nothing to compare with."""
        with self.database.read() as connection:
            standing = differences.standing(connection)
        rest, database = self.stopping.worked, self.database
        try:
            found = walk(database, self.rules, rest, self._let_it_tick, self._let_it_turn, standing)
        except Stopped:
            return None
        except NothingToCompareError:
            log.warning("nothing was compared: the escalation has not run, or the plans are being made")
            return None
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
        marks_seen = set()
        for _ in self._moments(self.patience):
            with self.database.read() as connection:
                marks_seen.add(marks.mark(connection, "escalate"))
            if len(marks_seen) > TICKS:
                return

    def _let_it_turn(self) -> bool:
        """Wait until a new day's plans are turned to it, some seconds after midnight; raises NothingToCompareError.

        Half an audit would take what it did not see for mended. A change of the configuration is not waited for: plans
        are made for as long as that takes.
        """
        for _ in self._moments(self.turn_patience):
            with self.database.read() as connection:
                if marks.mark(connection, PLANNING) is not None:
                    break
                if audits.escalated(connection, self.rules) is not None:
                    return True
        raise NothingToCompareError

    def _moments(self, patience: float) -> Iterator[None]:
        """One after the other, for as long as there is patience, in seconds; raises Stopped."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.stopping.look()
            yield
            time.sleep(LOOK_SECONDS)


def walk(
    database: Database,
    rules: Rules,
    rest: Callable[[float], None] = lambda _: None,
    between: Callable[[], None] = lambda: None,
    again: Callable[[], bool] = lambda: False,
    standing: Sequence[Finding] = (),
) -> Audited:
    """Look at every open dossier once; reads only. `rest` is called after each slice, with the seconds that it took.

    A difference counts only when a second look still finds it, after `between`: a poll or a tick may have written
    meanwhile. One of those `standing` since an earlier walk stays where its dossier cannot be decided. A slice with
    nothing to be compared with is looked at once more where `again` says so. Raises StoreError, and what these raise.
    """

    def look(place: Place | None) -> _Look:
        while True:
            begin = time.monotonic()
            seen = _slice(database, rules, place)
            rest(time.monotonic() - begin)
            if seen.mark is not None or not again():
                return seen

    place: Place | None = None
    looked, undecided, compared = 0, 0, True
    stood, doubtful = {each.code for each in standing}, set[str]()
    suspects: list[tuple[Place | None, list[Finding]]] = []
    while True:
        seen = look(place)
        if seen.findings:
            suspects.append((place, seen.findings))
        looked, undecided = looked + seen.dossiers, undecided + len(seen.undecided)
        compared, doubtful = compared and seen.mark is not None, doubtful | stood.intersection(seen.undecided)
        if seen.following is None:
            break
        place = seen.following
    with database.read() as connection:
        ended = audits.ended(connection)
    if suspects or ended:
        between()
    findings: list[Finding] = []
    for place, found in suspects:
        seen = look(place)
        findings += _still(found, seen.findings)
        compared, doubtful = compared and seen.mark is not None, doubtful | stood.intersection(seen.undecided)
    if ended:
        with database.read() as connection:
            findings += _still(ended, audits.ended(connection))
    told = {each.key for each in findings}
    findings += [each for each in standing if each.code in doubtful and each.key not in told]
    return Audited(looked, undecided, tuple(findings), seen.mark if compared else None)


def _still(found: Sequence[Finding], now: Sequence[Finding]) -> list[Finding]:
    present = {each.key for each in now}
    return [each for each in found if each.key in present]


def _slice(database: Database, rules: Rules, place: Place | None) -> _Look:
    with database.read() as connection:
        # first: what is read later is only newer
        mark = audits.escalated(connection, rules)
        part = audits.after(connection, place, SLICE)
    if mark is None:
        return _Look(len(part.held), [held.code for held in part.held], list(part.messages), mark, part.last)
    found, undecided = list(part.messages), []
    for held in part.held:
        courtesy.stand_aside()  # one is recounted in some tenths of a millisecond, all of it in Python
        verdict = judge(held, rules, mark)
        found += verdict.findings
        if not verdict.judged:
            undecided.append(held.code)
    return _Look(len(part.held), undecided, found, mark, part.last)
