"""What one new observation changes (DESIGN section 5), case by case; the store's tests show the same on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.dated import Dated
from alertd.core.dossier import Clock, Observation, PauseKind, Phase
from alertd.core.flags import Flag
from alertd.core.pausing import Pause
from alertd.core.planning import Resolved
from alertd.core.transition import DueKind, PlanReason, SpellEnd, Standing, first, observe, same_due, submitted_value

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    """`10/06 16:00` on the clocks of the district in 2024, in UTC."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


RECEIVED, DUE, LATER = at("03/06 08:00"), at("10/06 16:00"), at("12/06 16:00")
EARLY, LATE = at("07/06 09:00"), at("11/06 09:00")
NOW, OVERDUE = at("05/06 08:00"), at("11/06 10:00")


def shown(phase=Phase.RUNNING, due_at=DUE, **fields):
    return Observation("k", "H27-1", phase, received_at=RECEIVED, due_at=due_at, **fields)


def done(finished_at=EARLY, **fields):
    return shown(Phase.DONE, finished_at=finished_at, **fields)


def standing(seen=None, clock=Clock.DUE, episode=3, **fields):
    """What is stored after an observation that was shown before."""
    seen = seen or shown()
    return Standing(Dated.of(seen, meaning(seen)), clock, episode, fields.pop("overdue", False), **fields)


def meaning(seen):
    return Resolved("TP", seen.due_at, seen.accept_due_at)


def after(seen, before=None, now=NOW, recent=()):
    return observe(before or standing(), seen, meaning(seen), now, ZONE, recent)


def flags(transition):
    return [each.flag for each in transition.raised]


# --- the first observation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "clock", "ladder"),
    [
        (Phase.RUNNING, Clock.DUE, Clock.DUE),
        (Phase.PRE, Clock.ACCEPT, Clock.ACCEPT),
        (Phase.PAUSED, Clock.STOPPED, Clock.DUE),
        (Phase.DONE, Clock.ENDED, Clock.DUE),
        (Phase.UNKNOWN, Clock.DUE, Clock.DUE),
    ],
)
def test_a_dossier_is_first_seen_in_its_first_episode(phase, clock, ladder):
    seen = shown(phase, finished_at=EARLY if phase is Phase.DONE else None)
    found = first(seen, meaning(seen), NOW, ZONE)
    assert (found.clock, found.ladder, found.episode, found.plan_reason) == (clock, ladder, 1, PlanReason.FIRST_SEEN)
    assert (found.due_kind, found.spell_end, found.extensions, found.conflict, found.raised) == (
        None,
        None,
        0,
        False,
        (),
    )
    assert (found.alternating, found.dated_back) == (False, False)


def test_of_an_untimed_dossier_no_clock_runs():
    seen = shown(untimed=True)
    found = first(seen, meaning(seen), NOW, ZONE)
    assert (found.clock, found.ladder) == (Clock.NONE, Clock.DUE)
    assert after(seen).clock is Clock.NONE


def test_a_dossier_first_seen_paused_has_stood_still_since_then():
    seen = shown(Phase.PAUSED, pause=PauseKind.SUPPLEMENT)
    assert first(seen, meaning(seen), NOW, ZONE).pause == Pause(1, NOW, PauseKind.SUPPLEMENT, 1, began=True)


def test_what_is_wrong_at_first_sight_is_flagged():
    odd = shown(finished_at=at("02/06 09:00"), supplements=2)
    found = first(odd, meaning(odd), NOW, ZONE)
    assert found.conflict
    assert flags(found) == [Flag.CONFLICT, Flag.ORDER, Flag.SUPPLEMENT_REPEAT]
    assert found.raised[-1].evidence == {"count": 2, "declared": 2, "seen": 0}
    to_come = shown(finished_at=at("05/06 08:01"))
    assert not first(to_come, meaning(to_come), NOW, ZONE).conflict
    once = shown(supplements=1)
    assert first(once, meaning(once), NOW, ZONE).raised == ()


# --- what is compared -------------------------------------------------------------------------------------------------


def test_a_due_value_without_a_time_is_compared_as_a_date():
    of_date = Dated(Phase.RUNNING, None, DUE, date(2024, 6, 10), None, None, None)
    assert same_due(of_date, LATER, date(2024, 6, 10)), "another calendar gave another instant"
    assert not same_due(of_date, DUE, date(2024, 6, 11))
    assert not same_due(of_date, DUE, None)
    of_instant = replace(of_date, due_on=None)
    assert same_due(of_instant, DUE, None)
    assert not same_due(of_instant, LATER, None)
    assert not same_due(of_instant, DUE, date(2024, 6, 10))


def test_the_deadline_to_accept_is_shown_by_the_portal_or_counted_from_the_submission():
    submitted = shown(submitted_at=EARLY)
    assert submitted_value(submitted) == EARLY
    assert submitted_value(replace(submitted, accept_due_at=LATE)) == LATE
    assert submitted_value(shown()) is None


# --- due dates --------------------------------------------------------------------------------------------------------


def test_nothing_follows_from_what_is_as_it_was():
    found = after(shown())
    assert (found.clock, found.ladder, found.episode, found.plan_reason) == (Clock.DUE, Clock.DUE, 3, None)
    assert (found.due_kind, found.spell_end, found.extensions, found.raised) == (None, None, 0, ())
    assert (found.alternating, found.dated_back, found.conflict) == (False, False, False)


@pytest.mark.parametrize(
    ("before", "now_due", "now", "kind"),
    [
        (DUE, LATER, NOW, DueKind.EXTENDED_BEFORE),
        (DUE, LATER, DUE, DueKind.EXTENDED_BEFORE),
        (DUE, LATER, OVERDUE, DueKind.EXTENDED_AFTER),
        (LATER, DUE, NOW, DueKind.SHORTENED),
        (DUE, None, NOW, DueKind.REMOVED),
        (None, DUE, NOW, DueKind.ADDED),
    ],
)
def test_a_moved_due_date_begins_an_episode_and_has_a_kind(before, now_due, now, kind):
    found = after(shown(due_at=now_due), standing(shown(due_at=before)), now)
    assert (found.due_kind, found.episode, found.plan_reason) == (kind, 4, PlanReason.DUE_MOVED)
    assert found.extensions == (1 if kind in (DueKind.EXTENDED_BEFORE, DueKind.EXTENDED_AFTER) else 0)
    assert not found.alternating


def test_a_due_date_that_comes_back_within_a_day_is_the_same_episode_and_no_extension():
    found = after(shown(due_at=LATER), recent=[LATER])
    assert (found.due_kind, found.episode, found.extensions, found.alternating) == (DueKind.EXTENDED_BEFORE, 3, 0, True)
    assert found.raised == ()
    assert found.plan_reason is PlanReason.DUE_MOVED, "its steps fall due at other instants all the same"
    assert not after(shown(), recent=[DUE]).alternating, "it has not moved"
    assert not after(shown(due_at=LATER), recent=[DUE]).alternating


def test_a_due_date_put_off_after_it_has_passed_is_flagged():
    found = after(shown(due_at=LATER), now=OVERDUE)
    assert flags(found) == [Flag.EXTENDED_AFTER_DUE]
    assert found.raised[0].evidence == {
        "from": "2024-06-10T09:00:00+00:00", "to": "2024-06-12T09:00:00+00:00", "phase": "running",
    }  # fmt: skip


def test_a_due_date_put_off_a_second_time_is_flagged():
    found = after(shown(due_at=LATER), standing(extensions=1))
    assert (flags(found), found.extensions) == ([Flag.SECOND_EXTENSION], 2)
    assert found.raised[0].evidence == {
        "from": "2024-06-10T09:00:00+00:00", "to": "2024-06-12T09:00:00+00:00", "count": 2,
    }  # fmt: skip
    assert flags(after(shown(due_at=EARLY), standing(extensions=1))) == [], "an earlier one is not put off"
    assert flags(after(shown(due_at=LATER), standing(extensions=2), OVERDUE)) == [
        Flag.EXTENDED_AFTER_DUE, Flag.SECOND_EXTENSION,
    ]  # fmt: skip


# --- pauses and ends --------------------------------------------------------------------------------------------------


def test_a_pause_stops_the_clock_and_keeps_the_ladder():
    found = after(shown(Phase.PAUSED))
    assert (found.clock, found.ladder, found.episode, found.plan_reason) == (Clock.STOPPED, Clock.DUE, 3, None)
    assert found.pause == Pause(1, NOW, None, 0, began=True)


def test_after_a_pause_the_plan_is_set_anew_and_a_due_date_that_grew_is_no_extension():
    stopped = standing(shown(Phase.PAUSED), Clock.STOPPED, pause=Pause(1, RECEIVED))
    found = after(shown(), stopped)
    assert (found.plan_reason, found.episode, found.due_kind) == (PlanReason.RESUMED, 3, None)
    grown = after(shown(due_at=LATER), stopped)
    assert (grown.plan_reason, grown.episode, grown.due_kind, grown.extensions) == (
        PlanReason.RESUMED, 4, DueKind.RESUMED, 0,
    )  # fmt: skip
    assert grown.raised == ()
    assert after(shown(due_at=EARLY), stopped).due_kind is DueKind.SHORTENED
    assert after(done(), stopped).plan_reason is None, "ended: there is nothing to plan"


def test_a_dossier_opened_again_begins_an_episode_and_is_flagged():
    found = after(shown(), standing(done(), Clock.ENDED))
    assert (found.clock, found.episode, found.plan_reason) == (Clock.DUE, 4, PlanReason.RESUMED)
    (flag,) = found.raised
    assert (flag.flag, flag.evidence) == (Flag.REOPENED, {"from": "done", "to": "running"})
    assert after(done(), standing(done(), Clock.ENDED)).raised == ()


def test_a_reopened_dossier_with_another_due_date_begins_one_episode():
    assert after(shown(due_at=LATER), standing(done(), Clock.ENDED)).episode == 4


def test_a_repeated_request_for_a_supplement_is_flagged_when_it_is_one_more():
    asked = shown(Phase.PAUSED, pause=PauseKind.SUPPLEMENT)
    second = after(asked, standing(pause=Pause(1, None, None, 1)))
    assert flags(second) == [Flag.SUPPLEMENT_REPEAT]
    assert second.raised[0].evidence == {"count": 2, "declared": None, "seen": 2}
    assert flags(after(asked)) == [], "the first"
    assert flags(after(asked, standing(supplements=2))) == [], "the portal had declared as many"
    assert flags(after(shown(supplements=3), standing(supplements=2))) == [Flag.SUPPLEMENT_REPEAT]
    assert flags(after(shown(supplements=3), standing(supplements=3))) == []


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_a_conflict_is_kept_and_flagged_once():
    odd = shown(finished_at=at("04/06 09:00"))
    found = after(odd)
    assert (found.conflict, flags(found)) == (True, [Flag.CONFLICT])
    again = after(odd, standing(odd, conflict=True))
    assert (again.conflict, flags(again)) == (True, [])
    assert not after(shown(), standing(odd, conflict=True)).conflict


# --- overdue spells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "end"),
    [
        (shown(), None),
        (shown(Phase.CANCELLED), SpellEnd.CANCELLED),
        (shown(Phase.REJECTED), SpellEnd.CANCELLED),
        (shown(Phase.CANCELLED, finished_at=EARLY), SpellEnd.CANCELLED),
        (shown(Phase.PAUSED), SpellEnd.PAUSED),
        (shown(Phase.PRE), SpellEnd.PAUSED),
        (done(LATE), SpellEnd.FINISHED),
        (done(None), SpellEnd.FINISHED),
        (done(EARLY), SpellEnd.BACKDATED),
        (done(DUE), SpellEnd.BACKDATED),
        (done(LATE, due_at=LATER), SpellEnd.DUE_MOVED),  # by the new due date it no longer looks late
        (done(LATE, due_at=at("11/06 08:00")), SpellEnd.FINISHED),
        (done(LATE, due_at=None), SpellEnd.FINISHED),
        (shown(due_at=LATER), SpellEnd.DUE_MOVED),
        (shown(due_at=OVERDUE), SpellEnd.DUE_MOVED),
        (shown(due_at=at("11/06 09:59")), None),  # moved, and past all the same
        (shown(due_at=None), SpellEnd.DUE_MOVED),
    ],
)
def test_an_overdue_spell_ends_with_its_kind(seen, end):
    assert after(seen, standing(overdue=True), OVERDUE).spell_end is end
    assert after(seen, standing(), OVERDUE).spell_end is None, "there was none"


def test_a_finish_on_the_due_day_that_is_only_a_day_is_a_finish():
    seen = done(at("10/06 00:00"), day_only=("finished_at",))
    assert after(seen, standing(overdue=True), OVERDUE).spell_end is SpellEnd.FINISHED


def test_a_spell_that_ends_by_a_finish_dated_back_is_flagged():
    found = after(done(EARLY), standing(overdue=True), OVERDUE)
    assert flags(found) == [Flag.BACKDATED_FINISH]
    assert found.raised[0].evidence == {
        "from": None, "to": "2024-06-07T02:00:00+00:00", "due_at": "2024-06-10T09:00:00+00:00",
    }  # fmt: skip
    assert not found.dated_back, "there was a spell, and it ends so"


# --- ends that are dated back afterwards ------------------------------------------------------------------------------


def test_a_late_end_that_is_moved_to_before_the_due_instant_is_dated_back():
    found = after(done(EARLY), standing(done(LATE), Clock.ENDED), OVERDUE)
    assert (found.dated_back, flags(found)) == (True, [Flag.BACKDATED_FINISH])
    assert found.raised[0].evidence == {
        "from": "2024-06-11T02:00:00+00:00", "to": "2024-06-07T02:00:00+00:00", "due_at": "2024-06-10T09:00:00+00:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "before"),
    [
        (done(EARLY), standing(done(at("08/06 09:00")), Clock.ENDED)),  # it was not late before
        (done(EARLY), standing(done(at("08/06 09:00")), Clock.ENDED, was_overdue=True)),
        (done(at("12/06 09:00")), standing(done(LATE), Clock.ENDED)),  # late still
        (done(EARLY), standing(done(None), Clock.ENDED)),  # nobody knew that it was late
        (done(EARLY), standing()),
        (shown(), standing(was_overdue=True)),  # it has not ended
        (done(EARLY, due_at=DUE), standing(shown(due_at=None), was_overdue=True)),
        (done(None), standing(was_overdue=True)),
    ],
)  # fmt: skip
def test_what_is_no_end_dated_back(seen, before):
    found = after(seen, before, OVERDUE)
    assert (found.dated_back, Flag.BACKDATED_FINISH in flags(found)) == (False, False)


@pytest.mark.parametrize(
    "before",
    [
        standing(done(None), Clock.ENDED, was_overdue=True),  # it had ended without a date, and been overdue
        standing(was_overdue=True),  # its spell had ended by a pause, or by its disappearing
        standing(shown(Phase.PAUSED), Clock.STOPPED, was_overdue=True),
    ],
)
def test_an_end_before_the_due_instant_of_what_had_been_overdue_is_dated_back(before):
    found = after(done(EARLY), before, OVERDUE)
    assert (found.dated_back, flags(found)) == (True, [Flag.BACKDATED_FINISH])


def test_the_due_instant_that_was_missed_is_the_one_before():
    """A due date moved in the same poll does not make a timely finish of a late one, nor the other way."""
    before = standing(done(LATE), Clock.ENDED)
    assert after(done(at("10/06 17:00"), due_at=LATER), before, OVERDUE).dated_back is False
    assert after(done(EARLY, due_at=at("06/06 09:00")), before, OVERDUE).dated_back is True


# --- acceptance -------------------------------------------------------------------------------------------------------

WAITING = shown(Phase.PRE, submitted_at=at("03/06 07:40"))


def waiting(**fields):
    return standing(WAITING, Clock.ACCEPT, ladder=Clock.ACCEPT, submitted=at("03/06 07:40"), **fields)


def test_a_submission_that_waits_goes_on_in_its_episode():
    found = after(WAITING, waiting())
    assert (found.clock, found.ladder, found.episode, found.plan_reason) == (Clock.ACCEPT, Clock.ACCEPT, 3, None)


def test_its_deadline_put_on_begins_an_episode_and_sets_the_plan_anew():
    found = after(replace(WAITING, accept_due_at=LATE), waiting())
    assert (found.episode, found.plan_reason) == (4, PlanReason.CHANGED)


def test_its_due_date_that_moves_begins_none():
    found = after(replace(WAITING, due_at=LATER), waiting())
    assert (found.episode, found.plan_reason, found.due_kind) == (3, None, DueKind.EXTENDED_BEFORE)


def test_each_turn_from_one_clock_to_the_other_begins_an_episode():
    accepted = after(replace(WAITING, phase=Phase.RUNNING), waiting())
    assert (accepted.clock, accepted.ladder, accepted.episode, accepted.plan_reason) == (Clock.DUE, Clock.DUE, 4, None)
    back = after(WAITING, standing(replace(WAITING, phase=Phase.RUNNING), submitted=at("03/06 07:40")))
    assert (back.clock, back.ladder, back.episode) == (Clock.ACCEPT, Clock.ACCEPT, 4)


def test_a_pause_keeps_the_ladder_of_the_acceptance_and_its_deadline_moves_then_too():
    paused = after(replace(WAITING, phase=Phase.PAUSED), waiting())
    assert (paused.clock, paused.ladder, paused.episode) == (Clock.STOPPED, Clock.ACCEPT, 3)
    moved = after(replace(WAITING, phase=Phase.PAUSED, accept_due_at=LATE), waiting())
    assert (moved.ladder, moved.episode, moved.plan_reason) == (Clock.ACCEPT, 4, PlanReason.CHANGED)
    resumed = after(WAITING, replace(waiting(), clock=Clock.STOPPED))
    assert (resumed.plan_reason, resumed.episode) == (PlanReason.RESUMED, 3)


def test_what_is_submitted_says_nothing_of_a_dossier_that_runs():
    found = after(shown(submitted_at=LATE), standing(submitted=EARLY))
    assert (found.episode, found.plan_reason) == (3, None)


# --- days without a time, which are local ones ------------------------------------------------------------------------


def day(text, phase=Phase.DONE, **fields):
    """An end of which only the day is known; its 00:00 in Hanoi is the day before in UTC."""
    return shown(phase, finished_at=at(f"{text} 00:00"), day_only=("finished_at",), **fields)


def test_an_end_on_the_day_after_the_due_date_is_late():
    assert after(done(EARLY), standing(day("11/06"), Clock.ENDED), OVERDUE).dated_back
    spell = after(day("11/06", due_at=at("10/06 17:00")), standing(overdue=True), OVERDUE)
    assert spell.spell_end is SpellEnd.FINISHED


def test_an_end_on_the_due_day_itself_may_have_been_late():
    assert not after(day("10/06"), standing(done(LATE), Clock.ENDED), OVERDUE).dated_back
    assert not after(done(EARLY), standing(day("10/06"), Clock.ENDED), OVERDUE).dated_back


def test_a_due_date_without_a_time_is_as_it_was_whatever_the_calendar_makes_of_it():
    dated = {"due_on": date(2024, 6, 10)}
    found = after(shown(due_at=LATER, **dated), standing(shown(**dated)))
    assert (found.due_kind, found.episode) == (None, 3)
    spell = after(day("10/06", **dated), standing(shown(**dated), overdue=True), OVERDUE)
    assert spell.spell_end is SpellEnd.FINISHED


def test_dates_out_of_order_are_flagged_by_local_days_and_once():
    odd = done(at("03/06 09:00"), day_only=("received_at",))
    odd = replace(odd, received_at=at("04/06 00:00"))
    assert flags(first(odd, meaning(odd), NOW, ZONE)) == [Flag.ORDER]
    assert flags(after(odd)) == [Flag.ORDER]
    assert flags(after(odd, standing(odd, Clock.ENDED))) == []


def test_an_unknown_status_keeps_the_clock_of_the_one_before():
    assert after(shown(Phase.UNKNOWN), standing(clock=Clock.STOPPED)).clock is Clock.STOPPED
    assert after(shown(Phase.UNKNOWN)).clock is Clock.DUE


def test_a_pause_that_goes_on_is_as_it_was():
    since = Pause(1, RECEIVED)
    found = after(shown(Phase.PAUSED), standing(shown(Phase.PAUSED), Clock.STOPPED, pause=since))
    assert (found.pause, found.plan_reason) == (since, None)


def test_only_an_end_can_be_dated_back_and_only_one_of_no_open_spell():
    odd = after(shown(finished_at=EARLY), standing(was_overdue=True), OVERDUE)
    assert (odd.conflict, odd.dated_back) == (True, False)
    assert not after(done(EARLY), standing(overdue=True, was_overdue=True), OVERDUE).dated_back
