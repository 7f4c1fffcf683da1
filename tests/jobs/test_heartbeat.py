"""Heartbeat: sent while everything that can be looked at is well, and silent, with the reason, in any other case."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

from alertd.core.errors import StoreError
from alertd.core.freshness import MaxAge
from alertd.core.vitality import Jobs
from alertd.jobs.audit import Auditor
from alertd.jobs.heartbeat import Heartbeat
from alertd.store import heartbeats, marks
from tests.store.ground import FEED, HOUR, MINUTE, World, at, dossier

START = at("05/06 16:00")
SECOND = timedelta(seconds=1)


@dataclass
class Receiver:
    """Takes each, or says why not."""

    failures: list = field(default_factory=list)
    taken: int = 0

    async def ping(self):
        failure = self.failures.pop(0) if self.failures else ""
        self.taken += not failure
        return failure


class Alive:
    """A world whose daemon is at work: each job runs whenever its time has come."""

    def __init__(self, database):
        self.world = World(database, max_age=MaxAge(working_days=9))
        self.receiver = Receiver()
        jobs = Jobs({FEED: timedelta(minutes=5)}, ("console",))
        self.heartbeat = Heartbeat(database, self.receiver, timedelta(minutes=5), jobs, lambda: self.world.now)
        self.auditor = Auditor(database, self.world.rules, lambda: self.world.now)

    async def work(self, now):
        """A turn of every job."""
        self.world.now = now
        self.world.run(now, dossier())
        await self.world.send(now)
        self.auditor.tick(now)
        return await self.heartbeat.tick(now)

    async def beat(self, now):
        self.world.now = now
        return await self.heartbeat.tick(now)

    def record(self):
        with self.world.database.read() as connection:
            return heartbeats.last(connection)

    def change(self, statement):
        with self.world.database.write() as connection:
            connection.execute(text(statement))


@pytest.fixture
def alive(database):
    return Alive(database)


async def test_it_is_sent_once_in_its_time_while_all_is_well(alive):
    assert await alive.work(START)
    assert (alive.record().sent_at, alive.record().failure) == (START, "")
    assert not await alive.work(START + 5 * MINUTE - SECOND)
    assert await alive.work(START + 5 * MINUTE)
    assert alive.receiver.taken == 2


async def test_before_the_first_audit_nothing_is_sent(alive):
    alive.world.run(START, dossier())
    await alive.world.send(START)
    assert not await alive.beat(START)
    assert alive.record() is None
    alive.auditor.tick(START)
    assert await alive.beat(START)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DELETE FROM marks WHERE name = 'escalate'", "escalate: no tick since the start"),
        ("DELETE FROM marks WHERE name = 'compose'", "compose: no tick since the start"),
        ("DELETE FROM marks WHERE name = 'deliver:console'", "deliver console: no tick since the start"),
        ("UPDATE feeds SET polled_at = NULL", "poll portal: no tick since the start"),
        ("DELETE FROM audits", "audit: none since the start"),
        ("UPDATE audits SET findings = 3", "ledger: the audit since "),
    ],
)
async def test_what_is_not_well_keeps_it_back_until_it_is(alive, statement, reason):
    await alive.work(START)
    await alive.work(START + 5 * MINUTE - SECOND)
    alive.change(statement)
    with structlog.testing.capture_logs() as logs:
        assert not await alive.beat(START + 5 * MINUTE)
        assert not await alive.beat(START + 5 * MINUTE + 15 * SECOND)
    (line,) = logs  # said once
    assert (line["event"], line["log_level"]) == ("withheld", "warning")
    assert [each[: len(reason)] for each in line["reasons"]] == [reason]
    with structlog.testing.capture_logs() as logs:
        assert await alive.work(START + 7 * MINUTE)
    assert "sent" in [line["event"] for line in logs]


async def test_a_job_that_stands_still_keeps_it_back_though_nothing_waits(alive):
    await alive.work(START)
    later = START + 2 * HOUR
    assert not await alive.beat(later)
    assert alive.receiver.taken == 1


async def test_jobs_that_run_each_second_say_so_at_most_twice_a_minute(alive):
    await alive.work(START)
    for seconds in range(1, 60):
        await alive.world.send(START + seconds * SECOND)
    with alive.world.database.read() as connection:
        for name in ("compose", "deliver:console"):
            assert marks.mark(connection, name) == START + 30 * SECOND


async def test_one_that_was_not_taken_is_tried_again_after_a_minute_and_when_it_was_is_kept(alive):
    alive.receiver.failures = ["", "heartbeat:500: the receiver refuses it", "heartbeat:500: the receiver refuses it"]
    await alive.work(START)
    with structlog.testing.capture_logs() as logs:
        assert not await alive.work(START + 5 * MINUTE)
        assert not await alive.work(START + 5 * MINUTE + 59 * SECOND)
        assert not await alive.work(START + 6 * MINUTE)
    assert [line["reason"] for line in logs if line["event"] == "not taken"] == [
        "heartbeat:500: the receiver refuses it"
    ]
    row = alive.record()
    assert (row.sent_at, row.tried_at, row.failure[:13]) == (START, START + 6 * MINUTE, "heartbeat:500")
    assert await alive.work(START + 7 * MINUTE)
    assert (alive.record().sent_at, alive.record().failure) == (START + 7 * MINUTE, "")


async def test_a_call_that_hangs_when_the_daemon_stops_is_given_up_with_nothing_on_record(alive):
    """Else a stop, and a configuration that takes over, would wait for the receiver."""
    assert await alive.work(START)
    calling = asyncio.Event()

    async def hangs():
        calling.set()
        await asyncio.Event().wait()

    alive.receiver.ping = hangs
    beat = asyncio.create_task(alive.work(START + 5 * MINUTE))
    await calling.wait()
    alive.heartbeat.stopping.asked = True
    async with asyncio.timeout(20):
        assert not await beat
    assert (alive.record().tried_at, alive.record().failure) == (START, "")


async def test_a_clock_that_was_set_back_does_not_put_it_off(alive):
    await alive.work(START)
    assert await alive.beat(START - HOUR)


async def test_a_database_that_does_not_answer_sends_nothing(alive):
    await alive.work(START)
    alive.change("DROP TABLE marks")
    with pytest.raises(StoreError):
        await alive.beat(START + 5 * MINUTE)
    assert alive.receiver.taken == 1


async def test_an_audit_that_compared_nothing_is_no_agreement(alive):
    """While plans are made anew, a slice has nothing to be compared with, and finds nothing."""
    await alive.work(START)
    with alive.world.database.write() as connection:
        marks.set_mark(connection, "planning", START)
    alive.auditor.tick(START + 5 * MINUTE)
    assert len(alive.world.rows("audits")) == 1


# --- the ledger is broken ---------------------------------------------------------------------------------------------

TWICE = (
    "INSERT INTO alerts (occurrence, folded, dossier_id, subject, episode, step, person, policy, target, unit, at,"
    " recorded_at, state, urgency, late_reason, note, message, clock) SELECT 1, 1, dossier_id, subject, episode, step,"
    " person, policy, target, unit, at, recorded_at, state, urgency, late_reason, note, message, clock FROM alerts"
    " WHERE step = 'overdue' AND person = 'an'"
)
OF_AN = "(SELECT id FROM outbox WHERE person = 'an')"


@pytest.mark.parametrize(
    ("statement", "fault", "mended"),
    [
        ("DELETE FROM alerts WHERE step = 'overdue' AND person = 'head'", "missing", None),
        (TWICE, "twice", "DELETE FROM alerts WHERE step = 'overdue' AND occurrence = 1"),
        ("UPDATE alerts SET person = 'binh' WHERE step = 'overdue' AND person = 'an'", "recipient",
         "UPDATE alerts SET person = 'an' WHERE person = 'binh'"),
        (f"DELETE FROM attempts WHERE outbox_id IN {OF_AN}", "message", None),
        ("UPDATE outbox SET message = 'lost' WHERE person = 'head'", "message", None),
        ("UPDATE dossiers SET overdue_since = NULL", "spell", "UPDATE dossiers SET overdue_since = first_seen_at"),
        ("UPDATE overdue_spells SET ended_seen_at = first_seen_at, end_kind = 'paused'", "spell", None),
        ("UPDATE dossiers SET episode = 0", "episode", "UPDATE dossiers SET episode = 1"),
        ("UPDATE dossiers SET next_step_at = NULL", "no_plan", None),
    ],
)  # fmt: skip
async def test_whatever_way_the_ledger_is_broken_the_audit_tells_and_the_heartbeat_is_silent(
    alive, statement, fault, mended
):
    due = at("10/06 16:00")
    alive.world.run(at("03/06 08:00"), dossier())
    alive.world.run(due - MINUTE, dossier())
    assert await alive.work(due + MINUTE)
    alive.change(statement)
    alive.world.now = now = due + 6 * MINUTE
    await alive.world.send(now)
    alive.world.tick(now)
    alive.auditor.tick(now)
    *_, audited = alive.world.rows("audits")
    assert fault in {line.split(" ", 1)[0] for line in audited.lines}
    with structlog.testing.capture_logs() as logs:
        assert not await alive.beat(now)
    assert [[each.split(":")[0] for each in line["reasons"]] for line in logs] == [["ledger"]]
    assert alive.receiver.taken == 1
    if mended:
        alive.change(mended)
        alive.auditor.tick(now)
        assert await alive.beat(now)
