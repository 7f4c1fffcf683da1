"""The replay (DESIGN section 9): what simulate shows of each alert, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alertd.core.dossier import Observation, Phase
from alertd.core.organisation import Organisation, Person, Post, Span, Target, Unit
from alertd.core.policy import Duration, Match, Policy, Step, Urgency
from alertd.core.replay import Replayed, per_day, replay
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SINCE, UNTIL = datetime(2011, 10, 1, tzinfo=UTC), datetime(2011, 11, 15, tzinfo=UTC)


def rules(*steps, units=None, people=None):
    units = units or [Unit("TP", "TP")]
    people = [*(people or []), Person("last", "Last")]
    organisation = Organisation({u.code: u for u in units}, {p.id: p for p in people}, {}, Target.parse("person:last"))
    calendar = Calendar(AMSTERDAM)
    return Rules(AMSTERDAM, calendar, {}, organisation, (Policy("standard", Match(), steps),))


def step(name, at, *to):
    return Step(name, Duration.parse(at), tuple(Target.parse(target) for target in to))


def dossier(code, due, **values):
    due = datetime.fromisoformat(due).astimezone(UTC)
    return Observation(code, code, Phase.RUNNING, unit="TP", due_at=due, **values)


def test_alerts_of_the_hour_that_comes_twice_are_in_the_order_of_their_instants():
    first, second = dossier("b", "2011-10-30T02:50:00+02:00"), dossier("a", "2011-10-30T02:10:00+01:00")
    found = replay([first, second], rules(step("due", "0d", "head")), SINCE, UNTIL)
    assert [alert.dossier for alert in found] == ["b", "a"]


def test_they_are_ordered_by_instant_then_dossier_then_step_then_person_as_strings():
    people = [Person(who, who, posts=(Post("TP", "head"),)) for who in ("p10", "p9")]
    ladder = rules(step("z", "0d", "head"), step("a", "0d", "head"), people=people)
    found = replay([dossier(code, "2011-10-27T10:00+02:00") for code in ("c9", "c10")], ladder, SINCE, UNTIL)
    assert [(alert.dossier, alert.step, alert.person) for alert in found] == [
        (code, name, who) for code in ("c10", "c9") for name in ("a", "z") for who in ("p10", "p9")
    ]


def test_if_one_person_holds_several_of_a_step_s_targets_there_is_one_alert_for_the_first_written():
    held = Person("a", "A", ("ta",), (Post("TP", "head"), Post("TP", "duty")))
    ladder = rules(step("due", "0d", "duty", "officer", "head"), people=[held])
    found = replay([dossier("c", "2011-10-27T10:00+02:00", officers=("ta",))], ladder, SINCE, UNTIL)
    assert [(alert.person, alert.to) for alert in found] == [("a", "duty")]


def test_units_and_posts_are_those_of_the_date_of_the_instant():
    units = [Unit("TP", "TP", span=Span(None, date(2011, 10, 26)), successors=("NEW",)), Unit("NEW", "NEW")]
    people = [Person("old", "O", posts=(Post("TP", "head"),)), Person("new", "N", posts=(Post("NEW", "head"),))]
    ladder = rules(step("soon", "-1cd", "head"), step("due", "0d", "head"), units=units, people=people)
    found = replay([dossier("c", "2011-10-27T00:00+02:00")], ladder, SINCE, UNTIL)
    assert [(alert.step, alert.unit, alert.person) for alert in found] == [("soon", "TP", "old"), ("due", "NEW", "new")]


def test_an_unmatched_unit_has_no_code_and_is_told_to_the_fallback():
    ladder = rules(step("due", "0d", "head"), units=[Unit("NV", "NV")])
    found = replay([dossier("c", "2011-10-27T10:00+02:00")], ladder, SINCE, UNTIL)
    assert [(alert.unit, alert.person, alert.to) for alert in found] == [(None, "last", "head")]


def test_a_finished_dossier_ran_until_its_finish():
    due = "2011-10-27T10:00+02:00"
    at = datetime.fromisoformat(due)
    ladder = rules(step("due", "0d", "head"))
    assert replay([dossier("c", due, finished_at=at)], ladder, SINCE, UNTIL) == []
    later = datetime(2011, 10, 28, tzinfo=UTC)
    assert len(replay([dossier("c", due, finished_at=later)], ladder, SINCE, UNTIL)) == 1


def test_without_a_policy_for_it_a_dossier_is_told_to_nobody():
    ladder = rules(step("due", "0d", "head"))
    none = replace(ladder, policies=())
    assert replay([dossier("c", "2011-10-27T10:00+02:00")], none, SINCE, UNTIL) == []


def test_alerts_are_counted_by_local_day_person_and_step():
    people = [Person("a", "A", posts=(Post("TP", "head"),))]
    ladder = rules(step("soon", "-1h", "head"), step("due", "0d", "head"), people=people)
    due = ["2011-10-27T10:00+02:00", "2011-10-27T11:00+02:00", "2011-10-28T00:00+02:00"]
    found = replay([dossier(f"c{n}", when) for n, when in enumerate(due)], ladder, SINCE, UNTIL)
    assert per_day(found) == {
        ("2011-10-27", "a", "soon"): 3, ("2011-10-27", "a", "due"): 2, ("2011-10-28", "a", "due"): 1,
    }  # fmt: skip


def test_an_alert_says_everything_about_itself():
    people = [Person("a", "A", posts=(Post("TP", "head"),))]
    urgent = replace(
        step("again", "+1d", "officer", "head"), every=Duration.parse("1d"), times=2, urgency=Urgency.CRITICAL
    )
    found = replay(
        [dossier("c", "2011-10-27T10:00+02:00")], rules(step("due", "0d", "head"), urgent, people=people), SINCE, UNTIL
    )
    at = datetime(2011, 10, 27, 10, tzinfo=AMSTERDAM)
    assert found[0] == Replayed(at, "c", "standard", "due", 0, "head", "a", "TP", critical=False)
    assert found[1:] == [
        Replayed(at.replace(day=28), "c", "standard", "again", 0, "officer", "a", "TP", critical=True),
        Replayed(at.replace(day=31), "c", "standard", "again", 1, "officer", "a", "TP", critical=True),
    ]
    assert found[0].at.utcoffset() == timedelta(hours=2), "as people see it"


def test_one_target_that_was_told_already_hides_no_other():
    people = [
        Person("a", "A", posts=(Post("TP", "head"), Post("TP", "duty"))),
        Person("b", "B", posts=(Post("TP", "duty"),)),
    ]
    found = replay(
        [dossier("c", "2011-10-27T10:00+02:00")], rules(step("due", "0d", "head", "duty"), people=people), SINCE, UNTIL
    )
    assert [(alert.person, alert.to) for alert in found] == [("a", "head"), ("b", "duty")]


def test_steps_are_counted_in_the_units_calendar_by_the_policy_that_is_for_it():
    people = [Person("a", "A", posts=(Post("TP", "head"),))]
    common = rules(step("never", "-1d", "head"), people=people)
    own = Policy("own", Match(unit=("TP",)), (step("soon", "-1d", "head"),))
    saturdays = Calendar(AMSTERDAM, {5: ((0, 1440),)})
    ruled = replace(common, calendars={"TP": saturdays}, policies=(own, *common.policies))
    (alert,) = replay([dossier("c", "2011-10-29T10:00+02:00")], ruled, SINCE, UNTIL)
    assert (alert.policy, alert.at) == ("own", datetime(2011, 10, 29, 2, tzinfo=AMSTERDAM))


def test_a_day_on_which_units_turn_at_either_end_cuts_nothing():
    units = [Unit("TP", "TP", span=Span(date(2011, 10, 27), date(2011, 10, 27)))]
    ladder = rules(step("due", "0d", "head"), units=units)
    begin, end = (datetime(2011, 10, day, tzinfo=AMSTERDAM) for day in (27, 28))
    (alert,) = replay([dossier("c", "2011-10-27T00:00+02:00")], ladder, begin, end)
    assert alert.unit == "TP"
    assert replay([dossier("c", "2011-10-28T00:00+02:00")], ladder, begin, end) == []
