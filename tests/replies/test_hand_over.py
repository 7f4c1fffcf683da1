"""Handing over: from whom, to whom, what it changes, when it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.organisation import Absence, Contact, Person, Post
from alertd.core.policy import Duration, Match, Policy
from alertd.replies.hand_over import colleagues, hand_over
from alertd.replies.refusal import Refused
from alertd.store import answers
from tests.store.ground import World, at, dossier, finished, organisation, person, rules, span, step


@pytest.fixture
def world(database):
    world = World(database, max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 15:00", dossier())
    return world


def give(world, giver, taker, when="05/06 15:30"):
    with world.database.write() as connection:
        hand_over(connection, world.rules, world.stored().id, giver, taker, at(when), "telegram")


def to_whom(world, giver, when="05/06 15:30"):
    with world.database.read() as connection:
        return colleagues(connection, world.rules, world.stored().id, giver, at(when))


def handovers(world):
    return [(row.giver, row.taker, row.at, row.ended_at) for row in world.rows("handovers")]


def test_the_taker_is_told_in_the_officers_place(world):
    give(world, "an", "binh")
    assert world.stored().handed_to == "binh"
    assert handovers(world) == [("an", "binh", at("05/06 15:30"), None)]
    world.tick("05/06 16:00")
    world.tick("06/06 16:00")
    assert world.fired() == [("soon", 0, "binh"), ("apology", 0, "binh"), ("apology", 0, "head")]


def test_who_may_and_to_whom(world):
    assert to_whom(world, "an") == ["binh", "head"]
    assert to_whom(world, "head") == ["binh"]
    for stranger in ("binh", "chair", "head-nv", "office", "nobody"):
        assert to_whom(world, stranger) == []
        with pytest.raises(Refused):
            give(world, stranger, "an")
    for other in ("chair", "head-nv", "office", "nobody", "", "an"):
        with pytest.raises(Refused):
            give(world, "an", other)
    assert world.stored().handed_to is None
    assert handovers(world) == []


def test_the_head_may_give_it_to_another_and_the_taker_may_give_it_on(world):
    give(world, "head", "binh", "05/06 15:30")
    assert to_whom(world, "an") == []
    assert to_whom(world, "binh") == ["an", "head"]
    give(world, "binh", "an", "05/06 15:40")
    assert world.stored().handed_to == "an"
    assert handovers(world) == [
        ("head", "binh", at("05/06 15:30"), at("05/06 15:40")), ("binh", "an", at("05/06 15:40"), None),
    ]  # fmt: skip


def test_the_same_twice_within_a_minute_is_done_once(world):
    give(world, "an", "binh")
    give(world, "an", "binh")
    assert len(handovers(world)) == 1
    with pytest.raises(Refused):
        give(world, "an", "binh", "05/06 15:40")


def test_an_ended_dossier_and_one_that_is_not_there_are_not_handed_over(world):
    world.poll("05/06 15:10", finished(dossier(), "05/06 15:05"))
    assert to_whom(world, "an") == []
    with pytest.raises(Refused):
        give(world, "an", "binh")
    with world.database.write() as connection, pytest.raises(Refused):
        hand_over(connection, world.rules, 999, "an", "binh", at("05/06 15:30"), "page")


def test_it_ends_when_the_feed_names_other_officers(world):
    give(world, "an", "binh")
    world.run("05/06 16:00", dossier(status="5"))
    assert world.stored().handed_to == "binh"
    world.run("06/06 08:00", dossier(status="5", officers=("tp.an", "tp.binh")))
    assert world.stored().handed_to is None
    assert handovers(world) == [("an", "binh", at("05/06 15:30"), at("06/06 08:00"))]
    world.tick("06/06 16:00")
    assert [person for _, _, person in world.fired()[1:]] == ["an", "binh", "head"]


def test_other_dossiers_handovers_do_not_end_with_it(world):
    world.poll("05/06 15:10", dossier(), dossier("HS-2"))
    give_second = world.stored("HS-2").id
    with world.database.write() as connection:
        hand_over(connection, world.rules, give_second, "an", "binh", at("05/06 15:30"), "page")
    world.poll("06/06 08:00", dossier(officers=("tp.binh",)), dossier("HS-2"))
    assert world.stored("HS-2").handed_to == "binh"


def test_a_taker_without_a_post_in_the_unit_is_passed_over(database):
    leaving = Person("binh", "Chuyên viên 2", ("tp.binh",), (Post("TP", "staff", span(None, date(2024, 6, 5))),),
                     (Contact("console"),))  # fmt: skip
    world = World(database, rules(org=organisation(leaving)), max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 15:00", dossier())
    give(world, "an", "binh")
    world.tick("05/06 16:00")
    world.tick("06/06 16:00")
    assert world.fired() == [("soon", 0, "binh"), ("apology", 0, "an"), ("apology", 0, "head")]
    assert to_whom(world, "an", "06/06 08:00") == ["head"]


def test_the_substitute_of_a_taker_on_leave_is_told(database):
    away = Person("binh", "Chuyên viên 2", ("tp.binh",), (Post("TP", "staff"),), (Contact("console"),),
                  (Absence(span(date(2024, 6, 5), date(2024, 6, 5)), "head"),))  # fmt: skip
    world = World(database, rules(org=organisation(away)), max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 15:00", dossier())
    give(world, "an", "binh")
    world.tick("05/06 16:00")
    world.tick("06/06 16:00")
    assert world.fired() == [("soon", 0, "head"), ("apology", 0, "binh"), ("apology", 0, "head")]


def test_who_stands_in_for_a_vacant_handler_may_give_it_to_a_colleague(database):
    world = World(database, rules(org=organisation(person("duty", "duty@TP"))), max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 15:00", dossier(officers=()))
    assert to_whom(world, "duty") == ["an", "binh", "head"]
    give(world, "duty", "an")
    assert world.stored().handed_to == "an"


def test_a_dossier_without_a_unit_has_no_colleagues(database):
    world = World(database)
    world.poll("05/06 15:00", dossier(unit="Phòng Lạ"))
    assert to_whom(world, "an") == []


def test_a_held_step_that_now_tells_who_acknowledged_is_looked_at_again(database):
    policy = Policy("standard", Match(), (step("late", "+1d", "officer"),), ack_holds=Duration.parse("4h"))
    world = World(database, rules(policies=[policy]), max_age=MaxAge(timedelta(days=60)))
    world.poll("05/06 15:00", dossier())
    ident = world.stored().id
    with world.database.write() as connection:
        answers.acknowledge(connection, [answers.Told(ident, 1)], "binh", at("10/06 16:00"), "page")
    world.tick("11/06 16:00")
    assert world.fired() == []
    give(world, "an", "binh", "11/06 16:10")
    world.tick("11/06 16:10")
    assert world.fired() == [("late", 0, "binh")]


def test_a_paused_dossier_can_be_handed_over_and_stays_still(world):
    world.poll("05/06 15:10", dossier(phase=Phase.PAUSED))
    give(world, "an", "binh")
    assert (world.stored().handed_to, world.stored().next_step_at) == ("binh", None)
