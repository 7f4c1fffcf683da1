"""Deleting what is past its term: one batch, and a look that finds nothing, among few dossiers and among many."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from alertd.core.dossier import Phase
from alertd.core.keeping import Kind, Term
from alertd.jobs.prune import BATCH
from alertd.store import outdated, tables
from alertd.store.bulk import insert_rows
from bench.ground import NOW, databases, far, observation, rules, table
from bench.intake import take

SIZES = (10_000, 200_000)
BATCHES = 100
OLD = NOW - timedelta(days=6 * 365)
ALERT = ("dossier_id", "subject", "episode", "step", "occurrence", "folded", "person", "policy", "target", "at",
         "recorded_at", "state", "urgency", "note")  # fmt: skip


def fill(database, rulebook, size):
    """So many ended dossiers with two alerts each; those of the first batches ended six years ago, the others today."""
    past = BATCHES * BATCH
    for start in range(0, size, 50_000):
        for first, last, when in ((start, past, OLD), (max(start, past), size, NOW)):
            received = when - timedelta(days=5)
            rows = [
                replace(observation(n, far(n), received), phase=Phase.DONE, finished_at=when)
                for n in range(first, min(start + 50_000, last))
            ]
            take(database, rulebook, rows, when)
    with database.write() as connection:
        ids = connection.scalars(select(tables.dossiers.c.id)).all()
        for step in ("soon", "overdue"):
            rows = [[id_, "", 1, step, 0, 0, "h1", "standard", "head", OLD, OLD, "sent", "high", ""] for id_ in ids]
            insert_rows(connection, tables.alerts, ALERT, rows)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def batch(database, before):
    """How many went, and the seconds that the transaction took."""
    begin = time.perf_counter()
    with database.write() as connection:
        gone = outdated.BATCHES[Kind.DOSSIERS](connection, before, BATCH, NOW)
    return gone, time.perf_counter() - begin


def main() -> None:
    """Print the table."""
    rulebook, before, rows = rules(), Term(years=5).before(NOW), []
    with databases() as makers:
        for name, make in makers.items():
            least = None
            for size in SIZES:
                database = make()
                fill(database, rulebook, size)
                took = [batch(database, before) for _ in range(BATCHES)]
                assert {gone for gone, _ in took} == {BATCH}
                nothing = [batch(database, before) for _ in range(BATCHES)]
                assert {gone for gone, _ in nothing} == {0}
                seconds = sorted(seconds for _, seconds in took)
                median, worst = statistics.median(seconds) * 1000, seconds[int(len(seconds) * 0.95)] * 1000
                idle = f"{statistics.median(seconds for _, seconds in nothing) * 1000:.2f}"
                least = least or median
                rows.append([name, f"{size:,}", f"{median:.1f}", f"{worst:.1f}", f"{median / least:.2f}", idle])
                database.close()
    table(
        f"A transaction that deletes {BATCH} dossiers with their history",
        ["engine", "dossiers on record", "ms", "95 of 100 within", f"to {SIZES[0]:,}", "ms that finds nothing"],
        rows,
    )
