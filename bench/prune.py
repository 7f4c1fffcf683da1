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

SIZES = (10_000, 50_000)
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
    """How many went, and the milliseconds that the transaction took: on the clock, and of our processor."""
    begin, own = time.perf_counter(), time.process_time()
    with database.write() as connection:
        gone = outdated.BATCHES[Kind.DOSSIERS](connection, before, BATCH, NOW)
    return gone, (time.perf_counter() - begin) * 1000, (time.process_time() - own) * 1000


def medians(batches):
    """The medians of both, as they are shown."""
    return [f"{statistics.median(each[at] for each in batches):.1f}" for at in (1, 2)]


def main() -> None:
    """Print the table."""
    rulebook, before, rows = rules(), Term(years=5).before(NOW), []
    with databases() as makers:
        for name, make in makers.items():
            for size in SIZES:
                database = make()
                fill(database, rulebook, size)
                took = [batch(database, before) for _ in range(BATCHES)]
                assert {gone for gone, *_ in took} == {BATCH}
                nothing = [batch(database, before) for _ in range(BATCHES)]
                assert {gone for gone, *_ in nothing} == {0}
                rows.append([name, f"{size:,}", *medians(took), *medians(nothing)])
                database.close()
    table(
        f"A transaction that deletes {BATCH} dossiers with their history; one that finds nothing",
        ["engine", "dossiers on record", "ms", "of our processor", "nothing: ms", "of our processor"],
        rows,
    )
