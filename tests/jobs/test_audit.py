"""Audit: a ledger that nobody has touched is in order; one that was broken says how (DESIGN section 1, point 7)."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from alertd.core.freshness import MaxAge
from alertd.core.worktime import Calendar
from alertd.jobs import audit
from alertd.jobs.stopping import Stopping
from alertd.store import audits, migrate, replan
from alertd.store.database import Database
from tests.store.ground import DAY, HOUR, ZONE, World, at, dossier, finished, rules


@pytest.fixture
def world(database):
    return World(database, max_age=MaxAge(working_days=3))


def broken(world, statement):
    with world.database.write() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    return [(each.fault.value, each.step, each.person) for each in audit.walk(world.database, world.rules).findings]


def ledger(world):
    """A dossier whose steps fell due one by one, with a chairman who was told of it twice."""
    for when in (
        "28/05 08:00",
        "05/06 16:00",
        "06/06 16:00",
        "10/06 11:00",
        "10/06 16:00",
        "11/06 16:00",
        "12/06 16:00",
    ):
        world.run(when, dossier())
    assert audit.walk(world.database, world.rules).findings == ()


def test_an_alert_that_was_deleted_is_missing(world):
    ledger(world)
    assert broken(world, "DELETE FROM alerts WHERE step = 'overdue' AND person = 'head'") == [
        ("missing", "overdue", "head")
    ]


def test_a_step_whose_only_alert_was_deleted_is_missing(world):
    ledger(world)
    assert broken(world, "DELETE FROM alerts WHERE step = 'soon'") == [("missing", "soon", "")]


def test_an_instant_that_was_altered_is_told(world):
    ledger(world)
    assert broken(world, "UPDATE alerts SET at = '2024-06-10 09:30:00.000000+00:00' WHERE step = 'soon'") == [
        ("instant", "soon", "an")
    ]


def test_an_alert_on_record_twice_is_told(world):
    ledger(world)
    copied = (
        "dossier_id, subject, episode, step, person, policy, target, unit, at, recorded_at, state, urgency,"
        " late_reason, note, message, clock"
    )
    found = broken(
        world,
        f"INSERT INTO alerts (occurrence, folded, {copied}) SELECT 1, 1, {copied} FROM alerts WHERE step = 'soon'",
    )
    assert ("twice", "soon", "an") in found


def test_a_plan_that_was_taken_away_is_told(world):
    ledger(world)
    assert broken(world, "UPDATE dossiers SET next_step_at = NULL") == [("no_plan", "unit-head", "")]


def test_a_recipient_that_was_altered_is_told(world):
    ledger(world)
    assert broken(world, "UPDATE alerts SET person = 'binh' WHERE step = 'soon'") == [
        ("missing", "soon", "an"), ("recipient", "soon", "binh"),
    ]  # fmt: skip


def test_an_alert_said_to_be_sent_without_a_message_is_told(world):
    ledger(world)
    found = broken(world, "UPDATE alerts SET state = 'sent', message = 'gone' WHERE step = 'soon'")
    assert found == [("message", "soon", "an")]


def test_a_message_said_to_be_accepted_that_was_never_tried_is_told(world):
    ledger(world)
    world.compose("12/06 16:00")
    assert audit.walk(world.database, world.rules).findings == ()
    found = broken(world, "UPDATE outbox SET state = 'accepted' WHERE person = 'an'")
    assert {(fault, person) for fault, _, person in found} == {("message", "an")}


async def test_a_message_whose_calls_are_gone_or_that_is_gone_itself_is_told(world):
    ledger(world)
    assert await world.send("12/06 16:00")
    assert audit.walk(world.database, world.rules).findings == ()
    (part,) = world.rows("outbox", person="an")
    found = broken(world, f"DELETE FROM attempts WHERE outbox_id = '{part.id}'")
    assert {(fault, person) for fault, _, person in found} == {("message", "an")}
    found = broken(world, f"DELETE FROM outbox WHERE id = '{part.id}'")
    assert {(fault, person) for fault, _, person in found} == {("message", "an")}


def test_an_episode_that_was_taken_back_is_told(world):
    world.run("28/05 08:00", dossier())
    world.run("05/06 16:00", dossier())
    world.run("06/06 08:00", dossier(due="12/06 16:00"))
    world.run("10/06 16:00", dossier(due="12/06 16:00"))
    assert audit.walk(world.database, world.rules).findings == ()
    found = broken(world, "UPDATE dossiers SET episode = episode - 1")
    assert ("episode", "apology", "an") in found


def test_an_overdue_spell_that_was_closed_while_the_dossier_is_overdue_is_told(world):
    ledger(world)
    closed = "UPDATE overdue_spells SET ended_seen_at = first_seen_at, end_kind = 'paused'"
    assert broken(world, closed) == [("spell", "", "")]


@pytest.mark.parametrize("mark", ["overdue_since = NULL", "clock = 'ended'"])
def test_an_overdue_spell_that_is_left_open_is_told(world, mark):
    ledger(world)
    assert broken(world, f"UPDATE dossiers SET {mark}") == [("spell", "", "")]


def test_a_dossier_that_waits_for_fresh_data_is_in_order(world):
    world.run("28/05 08:00", dossier())
    world.tick("20/06 08:00")
    assert world.stored().waiting_at is not None
    assert audit.walk(world.database, world.rules).findings == ()


def test_what_fired_at_the_very_instant_of_a_change_of_calendar_is_not_judged_by_the_new_one(world):
    world.run("05/06 17:00", dossier())
    new = rules(calendar=Calendar(ZONE, days_off=frozenset({at("07/06 12:00").date()})))
    replan.replan(world.database, world.rules, new, at("05/06 17:00"))
    world.rules = new
    assert audit.walk(world.database, new).findings == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_ledger_that_nobody_touched_is_in_order(database, seed):
    print("seed", seed)
    rng = random.Random(seed)
    world = World(database, max_age=MaxAge(working_days=3))
    shown = {f"HS-{n}": dossier(f"HS-{n}") for n in range(12)}
    now = at("28/05 08:00")
    for _ in range(25):
        code = rng.choice(list(shown))
        day = rng.randrange(3, 28)
        what = rng.random()
        if what < 0.4:
            shown[code] = dossier(code, due=f"{day:02}/06 {rng.choice(['10:00', '16:00', '19:00'])}")
        elif what < 0.5:
            shown[code] = finished(shown[code], "03/06 10:00")
        elif what < 0.7:
            shown[code] = dossier(code, officers=(rng.choice(["tp.an", "tp.binh", "nobody"]),))
        elif what < 0.8:
            shown[code] = dossier(code, unit=rng.choice(["TP", "NV", "none"]))
        present = [each for each in shown.values() if rng.random() > 0.05]
        world.run(now, *present)
        assert audit.walk(database, world.rules).findings == ()
        now += rng.choice([HOUR, 7 * HOUR, DAY])
        world.tick(now)
        assert audit.walk(database, world.rules).findings == ()


def test_two_engines_that_tick_at_the_same_time_write_the_ledger_of_one(database, tmp_path):
    alone = Database(f"sqlite:///{tmp_path / 'alone.db'}")
    migrate.upgrade(alone)
    single, double = (World(each, max_age=MaxAge(working_days=3)) for each in (alone, database))
    shown = [dossier(f"HS-{n}", due=f"{3 + n % 20:02}/06 16:00") for n in range(60)]
    with ThreadPoolExecutor(2) as pool:
        for when in ("03/06 15:00", "04/06 17:00", "07/06 09:00", "12/06 16:00"):
            single.run(when, *shown)
            double.poll(when, *shown)
            list(pool.map(double.tick, [when, when]))
            double.tick(when)  # what the one held was left by the other
            assert told(double) == told(single)
            assert audit.walk(database, double.rules).findings == ()
    assert len(told(single)) > 300
    alone.close()


def told(world):
    """The ledger without what only a database gives."""
    rows = world.rows("alerts")
    return sorted(
        (r.subject, r.dossier_id, r.episode, r.step, r.occurrence, r.folded, r.person, r.at, r.state) for r in rows
    )


# --- the daemon's own -------------------------------------------------------------------------------------------------


def test_each_audit_of_the_daemon_is_on_record_with_what_it_found(database):
    world = World(database, max_age=MaxAge(working_days=3))
    world.poll("05/06 15:00", dossier())
    world.tick("05/06 16:00")
    auditor = audit.Auditor(database, world.rules, lambda: at("05/06 16:02"))
    auditor.tick(at("05/06 16:01"))
    with database.write() as connection:
        connection.execute(text("DELETE FROM alerts"))
    auditor.tick(at("05/06 16:01"))
    first, second = world.rows("audits")
    assert (first.dossiers, first.findings, first.lines) == (1, 0, [])
    assert (first.begun_at, first.ended_at) == (at("05/06 16:01"), at("05/06 16:02"))
    assert second.findings == 1
    assert second.lines[0].startswith("missing HS-1 soon ")


def test_an_audit_that_is_stopped_ends_soon_and_leaves_nothing_on_record(database, monkeypatch):
    """Else a stop, and a configuration that takes over, would wait for as long as there are dossiers."""
    monkeypatch.setattr(audit, "SLICE", 2)
    world = World(database, max_age=MaxAge(working_days=3))
    world.poll("05/06 15:00", *(dossier(f"HS-{n}") for n in range(9)))
    world.tick("05/06 16:00")
    auditor = audit.Auditor(database, world.rules, lambda: at("05/06 16:02"), stopping=Stopping(asked=True))
    looks = []
    monkeypatch.setattr(audit, "_slice", lambda *given, slice_=audit._slice: looks.append(given) or slice_(*given))
    assert auditor.tick(at("05/06 16:01")) is None
    assert (len(looks), world.rows("audits")) == (1, [])
    auditor.stopping.asked = False
    assert auditor.tick(at("05/06 16:01")).dossiers == 9
    assert len(world.rows("audits")) == 1


def test_a_hundred_audits_are_kept(database):
    with database.write() as connection:
        for number in range(audits.KEPT + 5):
            audits.keep(connection, at("05/06 16:00"), at("05/06 16:01"), number, 0, [])
    kept = World(database).rows("audits")
    assert [row.dossiers for row in kept] == list(range(5, audits.KEPT + 5))
