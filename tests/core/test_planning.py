"""From what is known of a dossier to its next instant: unit, deadlines, the stretch of a clock, policy, plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dossier import Clock, Filing, Observation, Phase
from alertd.core.due_classes import CLASSES, bounds
from alertd.core.organisation import Edge, Organisation, Span, Target, Unit
from alertd.core.plan import Anchor
from alertd.core.planning import Resolved, Stretch, next_step_at, resolve, stretch_of, stretches, subject_of
from alertd.core.policy import Duration, Match, Policy, Step, Subject
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAYS = Calendar(ZONE, {5: ((480, 720),)})


def at(text):
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


def policy(name, offset, match=None, clock=Clock.DUE):
    return Policy(name, match or Match(), (Step(name, Duration.parse(offset), (Target.parse("officer"),)),), clock)


RULES = Rules(
    ZONE, Calendar(ZONE), {"NV": SATURDAYS, "NO": Calendar(ZONE, {})},
    Organisation({code: Unit(code, f"Phòng {code}") for code in ("TP", "NV", "NO")}, {}, {}, Target.parse("person:a")),
    (policy("due", "-1d"), policy("accept", "-1h", clock=Clock.ACCEPT)),
)  # fmt: skip
TODAY = RULES.organisation.on(date(2024, 6, 3))
RECEIVED, DUE, FINISHED = at("03/06 08:00"), at("10/06 16:00"), at("07/06 09:00")


def seen(phase=Phase.RUNNING, **fields):
    return Observation("k", "H27-1", phase, **{"unit": "Phòng TP", "received_at": RECEIVED, "due_at": DUE} | fields)


# --- what an observation means ----------------------------------------------------------------------------------------


def test_a_due_value_is_the_portals_or_the_end_of_its_day_in_the_units_calendar():
    assert resolve(seen(), RULES, TODAY) == Resolved("TP", DUE, None)
    dated = seen(due_at=None, due_on=date(2024, 6, 8))
    assert resolve(dated, RULES, TODAY).due_at == at("09/06 00:00"), "a Saturday: nobody works"
    assert resolve(replace(dated, unit="Phòng NV"), RULES, TODAY).due_at == at("08/06 12:00")
    assert resolve(seen(unit="?", due_at=None), RULES, TODAY) == Resolved(None, None, None)


def test_an_online_submission_is_accepted_within_eight_working_hours():
    online = seen(Phase.PRE, channel=Filing.ONLINE, submitted_at=at("03/06 08:00"))
    assert resolve(online, RULES, TODAY).accept_by == at("04/06 08:00")
    by_day = replace(online, day_only=("submitted_at",), submitted_at=at("03/06 00:00"))
    assert resolve(by_day, RULES, TODAY).accept_by == at("04/06 17:00")
    assert resolve(replace(online, accept_due_at=at("05/06 09:00")), RULES, TODAY).accept_by == at("05/06 09:00")
    stated = replace(online, accept_due_at=at("05/06 00:00"), day_only=("accept_due_at",))
    assert resolve(stated, RULES, TODAY).accept_by == at("05/06 17:00")
    for other in ({"channel": Filing.DIRECT}, {"submitted_at": None}):
        assert resolve(replace(online, **other), RULES, TODAY).accept_by is None
    shorter = replace(RULES, accept_within=Duration.parse("4h"))
    assert resolve(online, shorter, TODAY).accept_by == at("03/06 13:30")


def test_where_nobody_works_there_is_no_deadline_to_accept():
    online = seen(Phase.PRE, unit="Phòng NO", channel=Filing.ONLINE, submitted_at=at("03/06 08:00"))
    assert resolve(online, RULES, TODAY) == Resolved("NO", DUE, None)


def test_a_policy_looks_at_unit_procedure_field_and_channel():
    shown = seen(procedure_code="1.001", procedure="Cải chính", field="Hộ tịch", channel=Filing.POSTAL)
    assert subject_of(shown, "TP") == Subject("TP", "1.001", "Cải chính", "Hộ tịch", "postal")


# --- what is counted from ---------------------------------------------------------------------------------------------

MEANT = Resolved("TP", DUE, at("04/06 08:00"))


def test_the_due_clock_counts_from_receipt_to_finish_and_does_not_believe_a_finish_in_conflict():
    done = seen(finished_at=FINISHED)
    assert stretch_of(done, MEANT, Clock.DUE, conflict=False) == Stretch(RECEIVED, DUE, FINISHED)
    assert stretch_of(done, MEANT, Clock.DUE, conflict=True) == Stretch(RECEIVED, DUE, None)
    assert stretch_of(done, replace(MEANT, due_at=None), Clock.DUE, conflict=False) is None


def test_the_accept_clock_counts_from_the_submission():
    shown = seen(submitted_at=at("03/06 07:40"))
    assert stretch_of(shown, MEANT, Clock.ACCEPT, conflict=False) == Stretch(at("03/06 07:40"), MEANT.accept_by, None)
    assert stretch_of(shown, replace(MEANT, accept_by=None), Clock.ACCEPT, conflict=False) is None


@pytest.mark.parametrize("clock", [Clock.STOPPED, Clock.ENDED, Clock.NONE])
def test_a_clock_without_steps_has_no_stretch(clock):
    assert stretch_of(seen(), MEANT, clock, conflict=False) is None


def test_a_stretch_is_anchored_in_the_calendar_of_the_unit():
    assert Stretch(RECEIVED, DUE, FINISHED).anchor("NV", RULES) == Anchor(DUE, SATURDAYS, RECEIVED, FINISHED)
    assert Stretch(RECEIVED, DUE, None).anchor(None, RULES).calendar is RULES.calendar


def found(shown, meant=MEANT):
    return list(stretches(shown, meant))


def test_by_its_own_dates_a_dossier_waited_from_submission_to_receipt_and_ran_from_receipt_to_finish():
    shown = seen(Phase.DONE, submitted_at=at("03/06 07:40"), finished_at=FINISHED)
    assert found(shown) == [
        (Clock.ACCEPT, Stretch(at("03/06 07:40"), MEANT.accept_by, RECEIVED)),
        (Clock.DUE, Stretch(RECEIVED, DUE, FINISHED)),
    ]
    assert found(replace(shown, finished_at=None, returned_at=at("08/06 09:00")))[1][1].end == at("08/06 09:00")


def test_a_submission_that_waits_has_one_clock_whatever_receipt_is_shown():
    waiting = found(seen(Phase.PRE, submitted_at=at("03/06 07:40"), finished_at=FINISHED))
    assert waiting == [(Clock.ACCEPT, Stretch(at("03/06 07:40"), MEANT.accept_by, None))]
    assert found(seen(Phase.PRE, received_at=None)) == [(Clock.ACCEPT, Stretch(None, MEANT.accept_by, None))]


def test_one_that_was_accepted_nobody_knows_when_is_left_out():
    assert [clock for clock, _ in found(seen(received_at=None))] == [Clock.DUE]
    closed = found(seen(Phase.REJECTED, received_at=None, finished_at=FINISHED))
    assert closed[0] == (Clock.ACCEPT, Stretch(None, MEANT.accept_by, FINISHED))


def test_what_has_ended_nobody_knows_when_has_no_due_clock():
    assert [clock for clock, _ in found(seen(Phase.DONE))] == [Clock.ACCEPT]
    assert [clock for clock, _ in found(seen(Phase.RUNNING))] == [Clock.ACCEPT, Clock.DUE]
    assert found(seen(), Resolved("TP", None, None)) == []


# --- the next instant -------------------------------------------------------------------------------------------------


def following(clock, stretch, fired=None, rules=RULES):
    return next_step_at(Subject("TP", "", "", "", ""), clock, stretch, rules, date(2024, 6, 3), fired or {})


def test_the_next_instant_is_that_of_the_clocks_own_policy():
    assert following(Clock.DUE, Stretch(RECEIVED, DUE, None)) == at("07/06 16:00")
    assert following(Clock.ACCEPT, Stretch(RECEIVED, DUE, None)) == at("10/06 15:00")
    assert following(Clock.DUE, Stretch(RECEIVED, DUE, None), {"due": 0}) is None


def test_without_a_stretch_or_a_policy_there_is_none():
    assert following(Clock.DUE, None) is None
    assert following(Clock.DUE, Stretch(RECEIVED, DUE, None), rules=replace(RULES, policies=())) is None


def test_the_policy_is_the_first_for_the_dossier_on_that_day_counted_in_its_units_calendar():
    own = replace(RULES, policies=(policy("own", "-2d", Match(unit=("NV",))), *RULES.policies))
    stretch = Stretch(at("01/06 08:00"), at("22/06 12:00"), None)
    nv = Subject("NV", "", "", "", "")
    assert next_step_at(nv, Clock.DUE, stretch, own, date(2024, 6, 3), {}) == at("01/06 08:00")
    until_june = Edge("UB", span=Span(None, date(2024, 6, 30)))
    tree = {"UB": Unit("UB", "UBND"), "NV": Unit("NV", "Phòng NV", edges=(until_june,))}
    below = replace(
        own, organisation=Organisation(tree, {}, {}, Target.parse("person:a")),
        policies=(policy("own", "-2d", Match(unit=("UB",))), *RULES.policies),
    )  # fmt: skip
    assert next_step_at(nv, Clock.DUE, stretch, below, date(2024, 6, 3), {}) == at("01/06 08:00")
    assert next_step_at(nv, Clock.DUE, stretch, below, date(2024, 7, 3), {}) == at("15/06 08:00")


# --- classes of due dates ---------------------------------------------------------------------------------------------


def test_due_today_ends_at_the_next_local_midnight_and_due_soon_three_working_days_from_now():
    assert bounds(RULES, at("03/06 09:00")) == (at("03/06 09:00"), at("04/06 00:00"), at("06/06 09:00"))
    assert bounds(RULES, at("07/06 17:30"))[2] == at("12/06 17:00")
    assert CLASSES == ("due_soon", "due_today", "overdue", "late_accept", "paused", "no_due", "missing")


def test_due_soon_never_ends_before_due_today():
    short = replace(RULES, calendar=Calendar(ZONE, dict.fromkeys(range(7), ((0, 1440),)), hours_per_day=1))
    assert bounds(short, at("03/06 09:00"))[2] == at("04/06 00:00")
