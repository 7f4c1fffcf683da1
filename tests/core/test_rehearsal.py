"""One dossier on a virtual clock: who is told, as the daemon would tell them; agrees with the replay without answers."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.acknowledging import Ack
from alertd.core.dossier import Clock, Filing, Observation, Phase
from alertd.core.firing import AlertState
from alertd.core.organisation import Edge, Organisation, Person, Post, Span, Target, Unit
from alertd.core.policy import Duration, Match, Policy, Step
from alertd.core.rehearsal import Heard, rehearse
from alertd.core.replay import replay
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    """`03/06 08:00` on the clocks of 2024 (03/06 is a Monday)."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE)


def step(name, offset, *to, every=None):
    targets = tuple(Target.parse(target) for target in to or ("officer",))
    return Step(name, Duration.parse(offset), targets, Duration.parse(every) if every else None)


def rules(*steps, mutes=None, holds=None, units=None, people=None):
    units = units or [Unit("UBND", "UBND"), Unit("TP", "Tư pháp", edges=(Edge("UBND"),))]
    people = people or [
        Person("chair", "Chủ tịch", posts=(Post("UBND", "head"),)),
        Person("head", "Trưởng phòng", posts=(Post("TP", "head"),)),
        Person("an", "Chuyên viên", ("tp.an",), (Post("TP", "staff"),)),
    ]
    mutes, holds = (Duration.parse(text) if text else None for text in (mutes, holds))
    organisation = Organisation({u.code: u for u in units}, {p.id: p for p in people}, {}, Target.parse("person:chair"))
    policy = Policy("standard", Match(), steps, ack_mutes=mutes, ack_holds=holds)
    return Rules(ZONE, Calendar(ZONE), {}, organisation, (policy,))


def dossier(due="14/06 16:00", received="03/06 08:00", **values):
    made = {"unit": "TP", "officers": ("tp.an",), "phase": Phase.RUNNING, **values}
    return Observation("HS-1", "HS-1", due_at=at(due).astimezone(UTC), received_at=at(received).astimezone(UTC), **made)


def told(seen, ladder, *acks, since="03/06 08:00", until="30/06 00:00"):
    heard = rehearse(seen, [Ack(who, at(when)) for who, when in acks], ladder, at(since), at(until))
    return [(f"{h.at.astimezone(ZONE):%d/%m %H:%M}", h.step, h.person, h.state.value) for h in heard]


LADDER = (step("soon", "-3d"), step("overdue", "0d", "officer", "head"), step("again", "+1d", "head", every="1d"))


def test_each_step_is_told_at_its_instant():
    assert told(dossier(), rules(*LADDER), until="19/06 00:00") == [
        ("11/06 16:00", "soon", "an", "pending"),
        ("14/06 16:00", "overdue", "an", "pending"),
        ("14/06 16:00", "overdue", "head", "pending"),
        ("17/06 16:00", "again", "head", "pending"),
        ("18/06 16:00", "again", "head", "pending"),
    ]


@pytest.mark.parametrize("values", [{"phase": Phase.PAUSED}, {"phase": Phase.DONE}, {"phase": Phase.CANCELLED}])
def test_a_dossier_that_does_not_run_tells_nobody(values):
    assert told(dossier(**values), rules(*LADDER)) == []


def test_a_dossier_that_finishes_tells_nobody_from_then_on():
    done = dossier(finished_at=at("13/06 08:00").astimezone(UTC), phase=Phase.DONE)
    assert told(done, rules(*LADDER)) == [("11/06 16:00", "soon", "an", "pending")]


def test_a_dossier_without_a_due_date_tells_nobody():
    bare = Observation("HS-1", "HS-1", Phase.RUNNING, unit="TP", received_at=at("03/06 08:00"))
    assert list(rehearse(bare, [], rules(*LADDER), at("03/06 08:00"), at("30/06 00:00"))) == []


def test_two_steps_of_one_instant_are_one_alert_and_one_joined_into_it():
    ladder = rules(step("a", "-1d"), step("b", "-8h"))
    assert told(dossier(), ladder) == [
        ("13/06 16:00", "a", "an", "coalesced"), ("13/06 16:00", "b", "an", "pending"),
    ]  # fmt: skip


def test_first_seen_late_the_latest_step_is_told_at_once():
    seen = told(dossier(), rules(*LADDER), since="15/06 10:00", until="15/06 12:00")
    assert [each for each in seen if each[3] == "pending"] == [
        ("15/06 10:00", "overdue", "an", "pending"), ("15/06 10:00", "overdue", "head", "pending"),
    ]  # fmt: skip


def test_whoever_acknowledged_is_not_told_again_so_soon_but_of_the_first_overdue():
    ladder = rules(step("soon", "-3d"), step("today", "-1d"), step("overdue", "0d"), mutes="3d")
    assert told(dossier(), ladder, ("an", "11/06 17:00")) == [
        ("11/06 16:00", "soon", "an", "pending"),
        ("13/06 16:00", "today", "an", "muted"),
        ("14/06 16:00", "overdue", "an", "pending"),
    ]


def test_an_acknowledgement_that_comes_later_changes_nothing_before_it():
    ladder = rules(step("soon", "-3d"), step("today", "-1d"), mutes="3d")
    assert [each[3] for each in told(dossier(), ladder, ("an", "13/06 17:00"))] == ["pending", "pending"]


def test_an_acknowledgement_holds_the_steps_of_others():
    ladder = rules(step("soon", "-3d"), step("head", "-1d", "head"), holds="4h")
    assert told(dossier(), ladder, ("an", "12/06 08:00"))[1:] == [("14/06 10:30", "head", "head", "pending")]


def test_from_the_date_on_which_a_unit_is_closed_its_successor_is_told():
    units = [
        Unit("TP", "Tư pháp", span=Span(None, date(2024, 6, 13)), successors=("MOI",)), Unit("MOI", "Phòng mới"),
    ]  # fmt: skip
    people = [
        Person("chair", "Chủ tịch"),
        Person("old", "Trưởng phòng cũ", posts=(Post("TP", "head"),)),
        Person("new", "Trưởng phòng mới", posts=(Post("MOI", "head"),)),
    ]
    ladder = rules(step("soon", "-3d", "head"), step("overdue", "0d", "head"), units=units, people=people)
    assert [each[:3] for each in told(dossier(), ladder)] == [
        ("11/06 16:00", "soon", "old"), ("14/06 16:00", "overdue", "new"),
    ]  # fmt: skip


def test_without_answers_it_tells_what_the_replay_says():
    """Every occurrence that the replay lists fires, for the same people; those of one instant may be joined."""
    seed = int(os.environ.get("ALERTD_SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")
    chance = random.Random(seed)
    offsets = ["-5d", "-3d", "-4h", "0d", "+2h", "+1d", "+1cd", "50%", "-2cd"]
    for _ in range(60):
        steps = [
            step(f"s{n}", offset, *chance.sample(["officer", "head", "head@root"], chance.randint(1, 3)),
                 every=chance.choice([None, None, "1d", "3h"]))
            for n, offset in enumerate(chance.sample(offsets, chance.randint(1, 5)))
        ]  # fmt: skip
        ladder = rules(*steps)
        received = at("03/06 08:00") + timedelta(minutes=chance.randrange(3000))
        due = received + timedelta(minutes=chance.randrange(1, 20_000))
        finished = received + timedelta(minutes=chance.randrange(1, 30_000)) if chance.random() < 0.4 else None
        seen = Observation(
            "HS-1", "HS-1", Phase.RUNNING, unit="TP", officers=("tp.an",), received_at=received.astimezone(UTC),
            due_at=due.astimezone(UTC), finished_at=finished.astimezone(UTC) if finished else None,
        )  # fmt: skip
        until = at("30/06 00:00")
        heard = list(rehearse(seen, [], ladder, received, until))
        listed = replay([seen], ladder, received, until)
        assert Counter((h.at, h.step, h.person) for h in heard) == Counter((r.at, r.step, r.person) for r in listed)
        assert {h.state for h in heard} <= {AlertState.PENDING, AlertState.COALESCED}


# --- the acceptance of a submission -----------------------------------------------------------------------------------


def both(*steps, accept=()):
    """Rules with a policy for the acceptance before the one for the due date."""
    made = rules(*steps)
    return replace(made, policies=(Policy("tiep-nhan", Match(), accept, clock=Clock.ACCEPT), *made.policies))


ACCEPT = (step("waiting", "-2h"), step("late-accept", "0d", "officer", "head", every="4h"))


def online(submitted="03/06 10:00", received=None, **values):
    return Observation(
        "HS-1", "HS-1", Phase.RUNNING if received else Phase.PRE, unit="TP", officers=("tp.an",),
        channel=Filing.ONLINE, submitted_at=at(submitted).astimezone(UTC),
        received_at=at(received).astimezone(UTC) if received else None, due_at=at("14/06 16:00").astimezone(UTC),
        **values,
    )  # fmt: skip


def test_a_submission_that_waits_runs_against_its_acceptance_alone():
    assert told(online(), both(*LADDER, accept=ACCEPT), until="04/06 17:00") == [
        ("04/06 08:00", "waiting", "an", "pending"),
        ("04/06 10:00", "late-accept", "an", "pending"),
        ("04/06 10:00", "late-accept", "head", "pending"),
        ("04/06 15:30", "late-accept", "an", "pending"),
        ("04/06 15:30", "late-accept", "head", "pending"),
    ]


def test_once_accepted_its_due_date_runs_and_nothing_of_the_acceptance_is_told_any_more():
    heard = told(online(received="04/06 09:00"), both(*LADDER, accept=ACCEPT), until="14/06 17:00")
    assert [each[:3] for each in heard] == [
        ("04/06 08:00", "waiting", "an"),
        ("11/06 16:00", "soon", "an"),
        ("14/06 16:00", "overdue", "an"),
        ("14/06 16:00", "overdue", "head"),
    ]


def test_an_acknowledgement_of_the_submission_does_not_mute_the_due_date():
    ladder = both(*LADDER, accept=ACCEPT)
    ladder = replace(ladder, policies=tuple(replace(each, ack_mutes=Duration.parse("9d")) for each in ladder.policies))
    heard = told(online(received="04/06 09:00"), ladder, ("an", "04/06 08:30"), until="14/06 15:00")
    assert ("11/06 16:00", "soon", "an", "pending") in heard


@pytest.mark.parametrize("received", [None, "03/06 16:00", "04/06 09:00", "05/06 11:00"])
def test_with_both_clocks_it_tells_what_the_replay_says(received):
    ladder, seen = both(*LADDER, accept=ACCEPT), online(received=received)
    since, until = at("03/06 10:00"), at("20/06 00:00")
    heard = Counter((h.at, h.step, h.person) for h in rehearse(seen, [], ladder, since, until))
    assert heard == Counter((r.at, r.step, r.person) for r in replay([seen], ladder, since, until))
    assert heard


def test_what_is_heard_says_everything_about_itself():
    (heard, *_) = rehearse(dossier(), [], rules(*LADDER), at("03/06 08:00"), at("30/06 00:00"))
    assert heard == Heard(at("11/06 16:00"), "HS-1", "soon", "an", "standard", AlertState.PENDING)


def test_an_acknowledgement_counts_from_its_own_instant_on():
    ladder = rules(step("soon", "-3d"), step("today", "-1d"), mutes="3d")
    assert told(dossier(), ladder, ("an", "13/06 16:00"))[1] == ("13/06 16:00", "today", "an", "muted")
    assert told(dossier(), ladder, ("an", "13/06 16:01"))[1] == ("13/06 16:00", "today", "an", "pending")
    at_once = told(dossier(), ladder, ("an", "12/06 08:00"), since="12/06 08:00", until="14/06 00:00")
    assert at_once[-1] == ("13/06 16:00", "today", "an", "muted")


def test_after_the_first_overdue_has_reached_them_they_are_not_told_again_so_soon():
    ladder = rules(step("overdue", "0d"), step("again", "+1d", every="1d"), mutes="2d")
    assert told(dossier(), ladder, ("an", "14/06 16:30"), until="20/06 00:00") == [
        ("14/06 16:00", "overdue", "an", "pending"), ("17/06 16:00", "again", "an", "muted"),
        ("18/06 16:00", "again", "an", "muted"), ("19/06 16:00", "again", "an", "pending"),
    ]  # fmt: skip
    before = told(dossier(), ladder, ("an", "14/06 15:00"), until="18/06 00:00")
    assert [state for _, _, _, state in before] == ["pending", "muted"]


def test_of_a_dossier_that_finishes_nothing_is_told_at_the_instant_of_its_finish():
    done = dossier(finished_at=at("14/06 16:00").astimezone(UTC), phase=Phase.DONE)
    assert told(done, rules(*LADDER)) == [("11/06 16:00", "soon", "an", "pending")]
    late = told(done, rules(*LADDER), since="14/06 15:59")
    assert late == [("14/06 15:59", "soon", "an", "pending")]
