"""Prune: once a night, a little at a time, stopped and taken up again; what went is on record by counts alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from alertd.core.errors import StoreError
from alertd.core.keeping import Kind, Term
from alertd.core.worktime import Calendar
from alertd.jobs import prune
from alertd.jobs.stopping import Stopping
from alertd.parts import LONG_WORK_RESTS
from alertd.store import outdated, tables
from alertd.store.bulk import insert_rows
from tests.store.ground import DAY, HOUR, ZONE, World, at, dossier, finished, slots

ROOT = Path(__file__).parents[2]
NIGHT = slots(quiet=("21:30", "06:30"))
TERMS = {Kind.DOSSIERS: Term(years=5), Kind.MESSAGES: Term(years=2), Kind.ACCESS: Term(years=5)}
#: The first tick, and the nights after it.
FIRST, TONIGHT, TOMORROW = at("03/07/2029 12:00"), at("03/07/2029 22:00"), at("04/07/2029 22:00")


def pruner(database, terms=TERMS, **fields):
    return prune.Pruner(database, terms, NIGHT, Calendar(ZONE), **fields)


@pytest.fixture
def world(database):
    """Forty dossiers that ended in June 2024, two that ended in May 2029, one that runs."""
    made = World(database)
    old = [dossier(f"HS-{number:02}", "20/06 16:00") for number in range(40)]
    made.poll("03/06 08:00", *old)
    ended = [finished(each, "04/06 10:00") for each in old]
    made.poll("05/06 08:00", *ended)
    new = [dossier(code, "20/06/2029 16:00") for code in ("NEW-1", "NEW-2")]
    made.poll("02/05/2029 08:00", *ended, *new, dossier("RUNS", "20/06/2029 16:00"))
    made.poll(
        "03/05/2029 08:00", *ended, *(finished(each, "03/05/2029 07:50") for each in new), dossier("RUNS", "20/06/2029 16:00")
    )  # fmt: skip
    return made


def left(world):
    return len(world.rows("dossiers"))


def said(world):
    """What stands in the access log of it."""
    return [(row.who, row.action, row.dossier_id, row.subject) for row in world.rows("audit", action=prune.ACTION)]


def test_at_night_what_is_past_its_term_goes_and_the_log_has_only_the_counts(world):
    job = pruner(world.database)
    assert job.tick(FIRST) is None
    assert left(world) == 43
    assert job.tick(TONIGHT) == {"dossiers": 40}
    assert [row.code for row in world.rows("dossiers")] == ["NEW-1", "NEW-2", "RUNS"]
    assert said(world) == [("alertd", "prune", None, "dossiers: 40")]


def test_it_is_done_once_a_night_also_by_another_process_and_again_the_next(world):
    pruner(world.database).tick(FIRST)
    assert pruner(world.database).tick(TONIGHT) == {"dossiers": 40}
    assert [pruner(world.database).tick(TONIGHT + n * HOUR) for n in (1, 4, 8)] == [None, None, None]
    assert pruner(world.database).tick(TOMORROW) == {}
    assert len(said(world)) == 1, "a night in which nothing went needs no line"
    assert len(world.rows("prunings")) == 2


def test_where_the_machine_is_off_at_night_it_is_done_by_day_after_two_days(world):
    job = pruner(world.database)
    assert [job.tick(FIRST + days * DAY) for days in (0, 1, 2)] == [None, None, None]
    assert job.tick(FIRST + 2 * DAY + HOUR) == {"dossiers": 40}
    assert job.tick(FIRST + 3 * DAY) is None


def test_what_is_kept_for_ever_never_goes(world):
    job = pruner(world.database, {})
    assert [job.tick(each) for each in (FIRST, TONIGHT, at("03/07/2099 22:00"))] == [None, None, None]
    assert (left(world), world.rows("prunings")) == (43, [])


def test_stopped_it_ends_after_the_batch_under_way_and_the_next_tick_goes_on(world, monkeypatch):
    monkeypatch.setattr(prune, "BATCH", 15)
    first = pruner(world.database)
    first.stopping.worked = lambda _seconds: setattr(first.stopping, "asked", True)
    first.tick(FIRST)
    assert first.tick(TONIGHT) is None
    assert left(world) == 28
    (under_way,) = world.rows("prunings")
    assert (under_way.ended_at, under_way.counts) == (None, {"dossiers": 15})
    assert pruner(world.database).tick(TONIGHT + HOUR) == {"dossiers": 40}
    assert said(world) == [("alertd", "prune", None, "dossiers: 40")]


def test_a_crash_half_way_loses_and_doubles_no_count(world, monkeypatch):
    monkeypatch.setattr(prune, "BATCH", 15)
    pruner(world.database).tick(FIRST)
    real, calls = outdated.BATCHES[Kind.DOSSIERS], []

    def failing(connection, *rest):
        calls.append(None)
        gone = real(connection, *rest)
        if len(calls) == 2:
            raise StoreError("the disk is full")
        return gone

    monkeypatch.setattr(outdated, "BATCHES", {**outdated.BATCHES, Kind.DOSSIERS: failing})
    with pytest.raises(StoreError):
        pruner(world.database).tick(TONIGHT)
    assert left(world) == 28, "the batch that failed is whole"
    assert pruner(world.database).tick(TONIGHT + timedelta(minutes=5)) == {"dossiers": 40}
    assert left(world) == 3


ANOTHER_PROCESS = """
import sys, time
from alertd.jobs import prune, stopping
from alertd.store.database import Database
from tests.jobs.test_prune import TONIGHT, pruner
prune.BATCH = 2
stopping.Stopping.worked = lambda _self, _seconds: time.sleep(0.05)
pruner(Database(sys.argv[1])).tick(TONIGHT)
"""


def test_killed_at_any_instant_what_is_left_goes_later_and_the_counts_are_true(world, url):
    """The kill falls where it falls: somewhere in the twenty transactions, or between two of them."""
    pruner(world.database).tick(FIRST)
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, url], env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        for _ in range(600):
            if left(world) < 40 or process.poll() is not None:
                break
            time.sleep(0.05)
        process.kill()
    gone = 43 - left(world)
    assert 0 < gone < 40, "it was killed half-way"
    (under_way,) = world.rows("prunings")
    assert (under_way.ended_at, under_way.counts) == (None, {"dossiers": gone})
    assert len(world.rows("erasures")) == gone
    assert all(row.done_at is not None for row in world.rows("erasures"))
    assert pruner(world.database).tick(TONIGHT + HOUR) == {"dossiers": 40}
    assert left(world) == 3


def test_a_tick_has_a_budget_and_rests_three_times_as_long_as_it_works(world, monkeypatch):
    monkeypatch.setattr(prune, "BATCH", 10)
    monkeypatch.setattr(prune, "BUDGET", 6.0)
    clock, rests = iter(range(1000)), []
    monkeypatch.setattr(prune.time, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(prune.time, "sleep", rests.append)
    job = pruner(world.database, {Kind.DOSSIERS: Term(years=5)}, stopping=Stopping(rest=LONG_WORK_RESTS))
    job.tick(FIRST)
    ticks = 0
    while job.tick(TONIGHT) is None:
        ticks += 1
    assert ticks >= 1
    assert (left(world), set(rests)) == (3, {3.0})


async def test_whoever_is_owed_a_message_still_gets_it(database):
    """The end of an overdue dossier that nobody has been told of yet: years later the alert is sent, then all goes."""
    made = World(database)
    made.run("03/06 08:00", dossier("HS-1", "04/06 16:00"), dossier("HS-2", "04/06 16:00"))
    made.run("05/06 09:00", dossier("HS-1", "04/06 16:00"), dossier("HS-2", "04/06 16:00"))
    await made.send("05/06 09:00")
    ended = finished(dossier("HS-1", "04/06 16:00"), "06/06 08:30")
    made.run("06/06 09:00", ended, dossier("HS-2", "04/06 16:00"))
    made.poll("06/06 09:05", ended, dossier("HS-2", "04/06 16:00"), dossier("HS-3", "20/06/2029 16:00"))
    assert ("resolved", "an", "pending") in made.alerts("HS-1")
    job = pruner(database)
    job.tick(FIRST)
    assert job.tick(TONIGHT) == {}
    await made.send("04/07/2029 08:00")
    assert job.tick(TOMORROW) == {"dossiers": 1}
    assert [row.code for row in made.rows("dossiers")] == ["HS-2", "HS-3"]


def test_a_dossier_that_runs_again_is_left_alone_by_the_night_after(world):
    ended = [finished(dossier(f"HS-{number:02}", "20/06 16:00"), "04/06 10:00") for number in range(40)]
    job = pruner(world.database)
    job.tick(FIRST)
    again = replace(dossier("HS-07", "20/06 16:00"))
    world.poll("03/07/2029 20:00", *ended[:7], again, *ended[8:], dossier("RUNS", "20/06/2029 16:00"))
    assert job.tick(TONIGHT) == {"dossiers": 39}
    assert {row.code for row in world.rows("dossiers")} == {"HS-07", "NEW-1", "NEW-2", "RUNS"}
    assert world.rows("observations", dossier_id=world.stored("HS-07").id)


MANY = 20_000


@pytest.fixture
def full(database):
    """Twenty thousand dossiers with an observation and a phase each, that ended years ago, and as many lines of the log."""
    world = World(database)
    world.poll("03/06/2020 08:00", finished(dossier("HS-0", "20/06/2020 16:00"), "03/06/2020 07:00"))
    like = world.stored("HS-0")
    names = [name for name in like._mapping if name not in ("id", "key", "code", "code_norm")]
    fixed = [like._mapping[name] for name in names]
    with database.write() as connection:
        columns = ["key", "code", "code_norm", *names]
        insert_rows(connection, tables.dossiers, columns, [[f"HS-{n}"] * 3 + fixed for n in range(1, MANY)])
        ids = connection.scalars(select(tables.dossiers.c.id).where(tables.dossiers.c.id != like.id)).all()
        when = at("03/06/2020 08:00")
        insert_rows(connection, tables.observations, ["dossier_id", "poll_id", "seen_at", "hash", "changed"],
                    [[id_, 1, when, "", {}] for id_ in ids])  # fmt: skip
        insert_rows(connection, tables.phase_changes, ["dossier_id", "seen_at", "new_phase"],
                    [[id_, when, "done"] for id_ in ids])  # fmt: skip
        connection.execute(
            insert(tables.audit),
            [{"at": when, "who": "person:an", "action": "dossier", "dossier_id": id_, "subject": ""} for id_ in ids],
        )
    world.poll("03/06/2029 08:00", dossier("RUNS", "20/06/2029 16:00"), complete=False)
    with database.write() as connection:
        connection.execute(insert(tables.audit).values(at=FIRST, who="person:an", action="board", subject=""))
    return world


def test_twenty_thousand_dossiers_go_in_batches_with_a_stop_half_way(full):
    job = pruner(full.database)
    job.tick(FIRST)
    batches = []

    def worked(_seconds):
        batches.append(None)
        job.stopping.asked = len(batches) == 100

    job.stopping.worked = worked
    assert job.tick(TONIGHT) is None
    assert left(full) == MANY + 1 - 100 * prune.BATCH
    job.stopping.asked = False
    counts = None
    for minutes in range(5, 300, 5):
        counts = job.tick(TONIGHT + timedelta(minutes=minutes))
        if counts is not None:
            break
    assert counts == {"dossiers": MANY, "access": MANY - 1}
    assert [row.code for row in full.rows("dossiers")] == ["RUNS"]
    with full.database.read() as connection:
        known = {
            name: connection.scalar(select(func.count()).select_from(getattr(tables, name)))
            for name in ("observations", "phase_changes", "erasures")
        }
    assert known == {"observations": 1, "phase_changes": 0, "erasures": MANY}
    assert said(full) == [("alertd", "prune", None, f"access: {MANY - 1}, dossiers: {MANY}")]
