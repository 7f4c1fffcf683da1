"""What a change would mean for open dossiers: foreseen as it then comes about, and nothing written for it."""

from __future__ import annotations

import os
import random

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.policy import Match, Policy
from alertd.core.worktime import Calendar
from alertd.store import replan
from alertd.store.foresight import Next, foresee
from tests.store.ground import ZONE, World, at, dossier, finished, rules, step


@pytest.fixture
def world(database):
    return World(database, rules(step("due", "0d")), max_age=MaxAge(working_days=30))


def foreseen(world, when, new, old=None):
    with world.database.read() as connection:
        return list(foresee(connection, old or world.rules, new, at(when)))


def test_a_step_that_the_change_puts_behind_itself_is_not_applied_and_the_next_one_stays(world):
    world.run("03/06 08:00", dossier())
    (effect,) = foreseen(world, "07/06 08:00", rules(step("due", "0d"), step("early", "-3d")))
    assert effect.not_applied == (("early", 0, at("05/06 16:00")),)
    assert effect.before == effect.after == Next("due", at("10/06 16:00"))
    assert effect.any


def test_a_step_that_comes_after_the_change_is_the_next_one(world):
    world.run("03/06 08:00", dossier())
    (effect,) = foreseen(world, "05/06 08:00", rules(step("due", "0d"), step("early", "-1d")))
    assert effect.not_applied == ()
    assert (effect.before, effect.after) == (Next("due", at("10/06 16:00")), Next("early", at("07/06 16:00")))


def test_the_same_rules_mean_nothing(world):
    world.run("03/06 08:00", dossier(), dossier("HS-2", due=None))
    assert [effect.any for effect in foreseen(world, "05/06 08:00", rules(step("due", "0d")))] == [False, False]


def test_what_has_ended_is_not_looked_at(world):
    world.run("03/06 08:00", dossier(), finished(dossier("HS-2"), "03/06 07:40"))
    assert [effect.dossier for effect in foreseen(world, "05/06 08:00", rules(step("new", "-1d")))] == ["HS-1"]


def test_a_step_taken_back_before_is_foreseen_to_fire_after_all(world):
    world.run("03/06 08:00", dossier())
    middle = rules(step("due", "0d"), step("early", "-3d"))
    replan.replan(world.database, world.rules, middle, at("07/06 08:00"))
    (effect,) = foreseen(world, "07/06 09:00", rules(step("due", "0d"), step("early", "-1d")), middle)
    assert (effect.not_applied, effect.after) == ((), Next("early", at("07/06 16:00")))


def test_what_is_foreseen_comes_about_and_foreseeing_writes_nothing(world):
    """Random rules, dossiers and instants: the ledger and the next instants after the change are those foreseen."""
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")
    chance = random.Random(seed)
    offsets = ["-5d", "-3d", "-2d", "-4h", "0d", "+4h", "+1d", "+2d", "+3d", "50%", "-1cd"]

    def ladder():
        names = chance.sample("abcdef", chance.randint(1, 5))
        steps = [
            step(name, chance.choice(offsets), chance.choice(["officer", "head"]), every=chance.choice([None, "1d"]))
            for name in names
        ]
        policies = [Policy("own", Match(unit=("NV",)), tuple(steps[:1])), Policy("standard", Match(), tuple(steps))]
        calendar = Calendar(
            ZONE, days_off=frozenset({at("06/06 12:00").date()}) if chance.random() < 0.3 else frozenset()
        )
        return rules(policies=policies[chance.randint(0, 1) :], calendar=calendar)

    world.rules = ladder()
    shown = [
        dossier(f"HS-{n}", due=f"{chance.randint(3, 28):02}/06 {chance.randint(7, 17):02}:20", unit=chance.choice(["TP", "NV", "?"]))
        for n in range(12)
    ]  # fmt: skip
    world.run("03/06 07:40", *shown)
    for day in (5, 7, 10, 13, 17):
        world.poll(f"{day:02}/06 07:50", *shown)
        world.tick(f"{day:02}/06 08:00")
        new, when = ladder(), f"{day:02}/06 08:10"
        before = world.rows("alerts"), world.rows("dossiers")
        effects = foreseen(world, when, new)
        assert (world.rows("alerts"), world.rows("dossiers")) == before, "nothing is written"
        replan.replan(world.database, world.rules, new, at(when))
        world.rules = new
        stored = {row.id: row for row in world.rows("dossiers")}
        known = {row.id for row in before[0]}
        came = {
            (stored[row.dossier_id].code, row.step, row.occurrence, row.at)
            for row in world.rows("alerts", state="not_applied")
            if row.id not in known
        }
        assert {(e.dossier, *each) for e in effects for each in e.not_applied} == came
        assert {e.dossier: e.after and e.after.at for e in effects} == {
            row.code: row.next_step_at or row.waiting_at for row in stored.values()
        }
        assert all(e.after is None or e.after.step for e in effects), "every next step has its name"
