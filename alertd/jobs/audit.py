"""Audit: walks the open dossiers in slices and compares the ledger with what the rules say should have been told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.core.audit.judging import judge
from alertd.store import audits

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.audit.judging import Finding
    from alertd.core.rules import Rules
    from alertd.store.database import Database

#: Dossiers per reading: no transaction lasts long.
SLICE = 500


@dataclass(frozen=True, slots=True)
class Audited:
    """What one walk found: how many dossiers were looked at, how many of them could not be decided, the differences."""

    dossiers: int
    undecided: int
    findings: tuple[Finding, ...]
    mark: datetime | None


def walk(database: Database, rules: Rules) -> Audited:
    """Look at every open dossier once; reads only. Raises StoreError.

    A difference counts only when a second look still finds it: a poll or a tick may have written in between.
    """
    last: int | None = 0
    looked, undecided, findings, mark = 0, 0, [], None
    while last is not None:
        count, open_, found, mark, following = _slice(database, rules, last)
        if found:
            again = set(_slice(database, rules, last)[2])
            found = [each for each in found if each in again]
        looked, undecided = looked + count, undecided + open_
        findings += found
        last = following
    return Audited(looked, undecided, tuple(findings), mark)


def _slice(database: Database, rules: Rules, last: int) -> tuple[int, int, list[Finding], datetime | None, int | None]:
    with database.read() as connection:
        # first: what is read later is only newer
        mark = audits.escalated(connection, rules)
        part = audits.after(connection, last, SLICE)
    if mark is None:
        return len(part.held), len(part.held), list(part.messages), mark, part.last
    verdicts = [judge(held, rules, mark) for held in part.held]
    found = [finding for verdict in verdicts for finding in verdict.findings]
    return len(part.held), sum(not verdict.judged for verdict in verdicts), found + list(part.messages), mark, part.last
