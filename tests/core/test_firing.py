"""What fires for one dossier at one tick, for whom, and in which state (DESIGN section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.dossier import Clock
from alertd.core.firing import Alert, AlertState, Firing, Ledger, fire
from alertd.core.organisation import Organisation, Target
from alertd.core.policy import Duration, Urgency
from tests.core.test_firing_ack import MINUTE, US, at, case, rules, step

DUE = "10/06 16:00"
NOTHING = Ledger()
SOON, OVERDUE = step("soon", "-1d"), step("overdue", "0d", "officer", "head")
AGAIN = step("again", "+1d", "head", every="1d")


def fired(now, *steps, ledger=NOTHING, of=None, **values):
    return fire(of or case(DUE, **values), ledger, rules(*steps), at(now) if isinstance(now, str) else now)


def told(firing):
    return [(alert.step, alert.person, alert.occurrence, alert.state.value) for alert in firing.alerts]


def test_an_alert_says_everything_about_itself():
    assert fired("07/06 16:00", SOON) == Firing(
        (
            Alert(
                dossier_id=1, episode=1, step="soon", occurrence=0, folded=0, person="an", policy="standard",
                target="officer", unit="TP", at=at("07/06 16:00"), state=AlertState.PENDING, urgency=Urgency.NORMAL,
                late_reason=None, clock=Clock.DUE,
            ),
        ),
        None,
    )  # fmt: skip


def test_nothing_fires_before_its_instant_and_the_plan_says_when():
    assert fired(at("07/06 16:00") - US, SOON, OVERDUE) == Firing((), at("07/06 16:00"))
    assert fired("07/06 16:00", SOON, OVERDUE).next_step_at == at(DUE)


def test_what_is_on_record_does_not_fire_again():
    ledger = Ledger({"soon": 0})
    assert fired("07/06 16:00", SOON, OVERDUE, ledger=ledger) == Firing((), at(DUE))


def test_without_a_policy_nothing_fires():
    nobody = replace(rules(SOON), policies=())
    assert fire(case(DUE), NOTHING, nobody, at("07/06 16:00")) == Firing((), None)


def test_of_several_occurrences_only_the_latest_is_sent_to_each_person():
    assert told(fired("12/06 16:00", SOON, OVERDUE, AGAIN)) == [
        ("soon", "an", 0, "coalesced"), ("overdue", "an", 0, "pending"),
        ("overdue", "head", 0, "coalesced"), ("again", "head", 1, "pending"),
    ]  # fmt: skip


def test_of_two_at_the_same_instant_the_later_in_the_policy_is_sent():
    assert told(fired(DUE, step("one", "0d"), step("two", "0d"))) == [
        ("one", "an", 0, "coalesced"), ("two", "an", 0, "pending"),
    ]  # fmt: skip


def test_occurrences_that_passed_together_are_folded_into_the_last():
    (alert,) = fired("13/06 16:30", AGAIN).alerts
    assert (alert.occurrence, alert.folded, alert.at) == (2, 2, at("13/06 16:00"))
    (alert,) = fired("13/06 16:30", AGAIN, ledger=Ledger({"again": 0})).alerts
    assert (alert.occurrence, alert.folded) == (2, 1)


def test_one_who_holds_several_of_a_steps_posts_is_told_once_for_the_first():
    (alert,) = fired(DUE, step("due", "0d", "person:an", "officer")).alerts
    assert (alert.person, alert.target) == ("an", "person:an")
    several = fired(DUE, step("due", "0d", "person:an", "officer", "head"))
    assert [(each.person, each.target) for each in several.alerts] == [("an", "person:an"), ("head", "head")]


def test_a_step_that_reaches_nobody_is_on_record_for_nobody():
    one = rules(step("due", "0d", "person:gone", "group:none"))
    empty = replace(one, organisation=Organisation(one.organisation.units, {}, {}, Target.parse("person:gone")))
    assert told(fire(case(DUE), NOTHING, empty, at(DUE))) == [("due", "", 0, "nobody")]


@pytest.mark.parametrize(
    ("offset", "written", "urgency"),
    [("-1d", None, "normal"), ("0d", None, "high"), ("+1d", None, "high"), ("-1d", "critical", "critical"), ("0d", "normal", "normal")],
)  # fmt: skip
def test_urgency_is_high_from_the_due_instant_on_unless_the_step_says_another(offset, written, urgency):
    one = replace(step("one", offset), urgency=Urgency(written) if written else None)
    (alert,) = fired("12/06 16:00", one).alerts
    assert alert.urgency is Urgency(urgency)


# --- data that are not fresh ------------------------------------------------------------------------------------------


def test_from_the_due_instant_on_a_step_waits_for_fresh_data():
    stale = case(DUE, fresh=False)
    assert fired("11/06 08:00", SOON, OVERDUE, of=stale, ledger=Ledger({"soon": 0})) == Firing((), None, at(DUE))
    assert told(fired("11/06 08:00", SOON, OVERDUE, of=stale)) == [("soon", "an", 0, "pending")]


def test_before_the_due_instant_stale_data_hold_nothing_back():
    stale = case(DUE, fresh=False)
    assert fired("07/06 16:00", SOON, OVERDUE, of=stale).next_step_at == at(DUE)
    assert fired("07/06 16:00", SOON, OVERDUE, of=stale).waiting_at is None
    late = fired(DUE, SOON, OVERDUE, of=stale)
    assert (late.next_step_at, late.waiting_at) == (None, at(DUE))


# --- late -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "reason"), [(DUE, None), ("10/06 16:15", None), (at("10/06 16:15") + US, "down"), ("11/06 08:00", "down")]
)
def test_an_alert_more_than_a_quarter_of_an_hour_late_says_why(now, reason):
    (alert,) = fired(now, step("due", "0d")).alerts
    assert alert.late_reason == reason


def test_one_whose_plan_was_set_after_its_instant_is_late_for_that_reason():
    due = step("due", "0d")
    (alert,) = fired("11/06 08:00", due, planned_at=at("11/06 07:00"), plan_reason="resumed").alerts
    assert alert.late_reason == "resumed"
    (alert,) = fired("11/06 08:00", due, planned_at=at(DUE), plan_reason="resumed").alerts
    assert alert.late_reason == "down"


# --- earlier episodes -------------------------------------------------------------------------------------------------


def test_in_a_new_episode_a_step_not_later_than_it_last_fired_for_the_person_counts_as_fired():
    def again(fired_at):
        return told(fired(DUE, OVERDUE, ledger=Ledger(earlier={("overdue", "an"): fired_at})))

    assert again(at(DUE)) == [("overdue", "head", 0, "pending")]
    assert again(at(DUE) + MINUTE) == [("overdue", "head", 0, "pending")]
    assert again(at(DUE) - US) == [("overdue", "an", 0, "pending"), ("overdue", "head", 0, "pending")]


def test_of_a_step_that_repeats_only_later_occurrences_fire_and_fold():
    ledger = Ledger(earlier={("again", "head"): at("12/06 16:00")})
    (alert,) = fired("14/06 16:00", AGAIN, ledger=ledger).alerts
    assert (alert.occurrence, alert.folded) == (3, 1)
    ledger = Ledger(earlier={("again", "head"): at("12/06 16:00") - US})
    (alert,) = fired("14/06 16:00", AGAIN, ledger=ledger).alerts
    assert (alert.occurrence, alert.folded) == (3, 2)
    ledger = Ledger({"again": 2}, {("again", "head"): at("11/06 16:00")})
    (alert,) = fired("14/06 16:00", AGAIN, ledger=ledger).alerts
    assert (alert.occurrence, alert.folded) == (3, 0)


# --- handing over -----------------------------------------------------------------------------------------------------


def test_who_took_the_dossier_over_is_told_in_the_officers_place():
    assert told(fired("07/06 16:00", SOON, handed_to="binh")) == [("soon", "binh", 0, "pending")]


def test_a_finished_dossier_fires_what_came_before_its_finish_only():
    assert told(fired("12/06 16:00", SOON, OVERDUE, finished_at=at(DUE))) == [("soon", "an", 0, "pending")]


def test_an_hour_of_working_time_is_counted_in_the_units_calendar():
    one = replace(step("one", "0d"), at=Duration.parse("-30m"))
    assert fired("10/06 15:00", one).next_step_at == at(DUE) - timedelta(minutes=30)
