"""The acceptance of online submissions, a clock of its own (DESIGN section 5, reference 2.2): steps, episodes, messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.dossier import Clock, Filing, Phase
from alertd.core.errors import AlertdError
from alertd.core.freshness import MaxAge
from alertd.core.policy import Duration, Match, Policy
from alertd.core.worktime import Calendar
from alertd.replies.slip import slip
from alertd.reports.agency import Agency
from alertd.store import codes, history, overview, replan
from alertd.story import lines, tell
from tests.store.ground import STANDARD, ZONE, World, at, dossier, rules, step

ACCEPTING = Policy(
    "tiep-nhan",
    Match(),
    (step("waiting", "-2h", "officer"), step("late-accept", "0d", "officer", "head")),
    clock=Clock.ACCEPT,
)
BOTH = (ACCEPTING, Policy("standard", Match(), STANDARD))


def submitted(when="03/06 10:00", **fields):
    """An online dossier that waits to be accepted."""
    shown = {"phase": Phase.PRE, "channel": Filing.ONLINE, "submitted_at": at(when), "received_at": None, "due": None}
    return dossier(**(shown | fields))


def accepted(when, due="14/06 16:00", **fields):
    return submitted(phase=Phase.RUNNING, received_at=at(when), due=due, **fields)


@pytest.fixture
def world(database):
    return World(database, rules(policies=BOTH), max_age=MaxAge(working_days=20))


def fired(world):
    return [(row.step, row.person, row.episode, row.clock) for row in world.rows("alerts") if row.policy]


def test_eight_working_hours_after_the_submission_officer_and_head_are_told(world):
    world.poll("03/06 10:05", submitted())  # a Monday; eight working hours end on Tuesday at 10:00
    assert world.stored().accept_by == at("04/06 10:00")
    world.tick("04/06 07:59")
    assert fired(world) == []
    world.tick("04/06 08:00")
    assert fired(world) == [("waiting", "an", 1, "accept")]
    world.tick("04/06 10:00")
    assert fired(world)[1:] == [("late-accept", "an", 1, "accept"), ("late-accept", "head", 1, "accept")]


def test_the_deadline_that_the_portal_states_goes_before_the_eight_hours(world):
    world.poll("03/06 10:05", submitted(accept_due_at=at("05/06 16:00")))
    assert world.stored().accept_by == at("05/06 16:00")


def test_a_deadline_without_a_time_is_the_end_of_the_last_session_of_its_day(world):
    day_only = submitted(accept_due_at=at("05/06 00:00"), day_only=("accept_due_at",))
    world.poll("03/06 10:05", day_only)
    assert world.stored().accept_by == at("05/06 17:00")


@pytest.mark.parametrize("channel", [Filing.DIRECT, Filing.POSTAL, Filing.UNKNOWN])
def test_what_was_not_submitted_online_has_no_deadline_to_be_accepted(world, channel):
    world.poll("03/06 10:05", submitted(channel=channel))
    world.tick("10/06 10:00")
    assert (world.stored().accept_by, fired(world)) == (None, [])


def test_without_a_policy_for_it_nobody_is_told(database):
    world = World(database, rules(), max_age=MaxAge(working_days=20))
    world.poll("03/06 10:05", submitted())
    world.tick("10/06 10:00")
    assert fired(world) == []


def test_once_accepted_its_due_date_runs_with_steps_of_an_episode_of_its_own(world):
    world.poll("03/06 10:05", submitted())
    world.tick("04/06 08:00")
    world.poll("04/06 09:00", accepted("04/06 09:00"))
    world.tick("04/06 10:00")
    assert fired(world) == [("waiting", "an", 1, "accept")], "accepted in time: nothing more of that clock"
    world.poll("11/06 16:00", accepted("04/06 09:00"))
    world.tick("11/06 16:00")
    assert fired(world)[1:] == [("soon", "an", 2, "due")]


def test_a_late_acceptance_is_flagged_for_the_report(world):
    world.poll("03/06 10:05", submitted())
    world.poll("05/06 09:00", accepted("05/06 08:30"))
    assert [row.flag for row in world.rows("flags")] == ["accepted_late"]


def test_a_deadline_that_the_portal_puts_off_begins_again(world):
    world.poll("03/06 10:05", submitted())
    world.tick("04/06 10:00")
    world.poll("04/06 11:00", submitted(accept_due_at=at("06/06 16:00")))
    world.tick("06/06 14:00")
    assert fired(world)[-1] == ("waiting", "an", 2, "accept")


def test_a_new_due_date_while_it_waits_begins_nothing_again(world):
    world.poll("03/06 10:05", submitted(due="14/06 16:00"))
    world.tick("04/06 10:00")
    world.poll("04/06 11:00", submitted(due="17/06 16:00"))
    assert world.stored().episode == 1


def test_another_time_to_accept_plans_what_is_open_anew_and_fires_nothing_of_the_past(world):
    world.poll("03/06 10:05", submitted())
    later = replace(world.rules, accept_within=Duration.parse("2h"))
    replan.replan(world.database, world.rules, later, at("03/06 15:00"))
    assert world.stored().accept_by == at("03/06 13:30")
    world.rules = later
    world.tick("03/06 15:00")
    assert [row.state for row in world.rows("alerts")] == ["not_applied", "not_applied"]


def test_the_calendar_of_the_processing_unit_counts(database):
    closed = Calendar(ZONE, days_off={date(2024, 6, 4)})
    world = World(database, rules(policies=BOTH, calendars={"TP": closed}), max_age=MaxAge(working_days=20))
    world.poll("03/06 10:05", submitted())
    assert world.stored().accept_by == at("05/06 10:00")


async def test_the_message_says_that_it_waits_to_be_accepted_and_is_late_for_that(world):
    world.poll("03/06 10:05", submitted())
    world.tick("04/06 10:00")
    world.compose("04/06 13:00")
    await world.send("04/06 13:01")
    texts = {part.person: part.text for part in world.sent}
    assert texts.keys() == {"an", "head"}
    for text in texts.values():
        assert "TRỄ TIẾP NHẬN" in text.splitlines()[0], text
        assert "trễ tiếp nhận 1 giờ 30 phút, hạn tiếp nhận 10:00 hôm nay" in text, text
        assert "QUÁ HẠN" not in text, text


def test_it_is_counted_in_a_class_of_its_own_and_not_as_overdue(world):
    world.poll("03/06 10:05", submitted(due="03/06 16:00"))
    with world.database.read() as connection:
        (row,) = overview.units(connection, at("04/06 11:00"), at("05/06 00:00"), at("07/06 00:00"))
    assert (row.late_accept, row.overdue) == (1, 0)


def test_explain_counts_the_deadline_hour_by_hour_and_says_what_comes_next(world):
    world.poll("03/06 10:05", submitted())
    with world.database.read() as connection:
        (row,) = codes.find(connection, "HS-1")
        now = at("03/06 15:00")
        told = tell(history.record(connection, row, now), world.rules, now, past=False)
    assert (told["clock"], told["accept_by"], told["policy"]) == ("accept", "2024-06-04T10:00:00+07:00", "tiep-nhan")
    assert told["working_hours_left"] == 4.5
    assert told["next_step_at"] == "2024-06-04T08:00:00+07:00"
    said = "\n".join(lines(told))
    assert "chờ tiếp nhận; hạn tiếp nhận 10:00:00 04/06/2024" in said
    assert "Thứ Hai 03/06" in said


def test_nobody_is_offered_an_apology_for_what_was_not_accepted_yet(world):
    world.poll("03/06 10:05", submitted())
    with pytest.raises(AlertdError, match="chưa được tiếp nhận"):
        slip(world.rules, Agency(), world.stored(), at("04/06 11:00"))


def test_a_deadline_that_is_put_off_during_a_pause_begins_again_too(world):
    world.poll("03/06 10:05", submitted())
    world.tick("04/06 10:00")
    world.poll("04/06 11:00", submitted(phase=Phase.PAUSED, accept_due_at=at("06/06 16:00")))
    world.poll("05/06 11:00", submitted(accept_due_at=at("06/06 16:00")))
    world.tick("06/06 16:00")
    assert ("late-accept", "head", 2, "accept") in fired(world)
