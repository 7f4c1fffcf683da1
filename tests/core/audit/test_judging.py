"""What is wrong with a ledger, row by row: a right one is silent, each fault is named with what was expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.audit.judging import Entry, Fault, Finding, Held, Verdict, judge
from alertd.core.dossier import Clock
from alertd.core.organisation import Edge, Organisation, Person, Post, Target, Unit
from alertd.core.planning import Stretch
from alertd.core.policy import Duration, Match, Policy, Step, Subject
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)


def at(text):
    """`10/06 16:00` on the clocks of the district in 2024, in UTC."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


def step(name, offset, *to, every=None, times=None):
    targets = tuple(Target.parse(target) for target in to or ("officer",))
    return Step(name, Duration.parse(offset), targets, Duration.parse(every) if every else None, times)


SOON, OVERDUE = step("soon", "-1d"), step("overdue", "0d", "officer", "head")
AGAIN = step("again", "+1d", "head", every="1d", times=3)
PEOPLE = (
    Person("an", "An", ("tp.an",), (Post("TP", "officer"),)),
    Person("binh", "Bình", ("tp.binh",), (Post("TP", "officer"),)),
    Person("head", "Trưởng phòng", (), (Post("TP", "head"),)),
)
UNITS = {
    "UBND": Unit("UBND", "UBND", "district"),
    "TP": Unit("TP", "Phòng Tư pháp", "department", edges=(Edge("UBND"),)),
}
ORGANISATION = Organisation(UNITS, {one.id: one for one in PEOPLE}, {}, Target.parse("person:head"))


def rules(*steps, calendar=None, ack_holds=None):
    policy = Policy("standard", Match(), steps or (SOON, OVERDUE, AGAIN), ack_holds=ack_holds)
    return Rules(ZONE, calendar or Calendar(ZONE), {}, ORGANISATION, (policy,))


RULES = rules()
DUE = at("10/06 16:00")
#: What is told of a dossier due on Monday 10/06 16:00, up to Tuesday evening.
SOON_AT, AGAIN_AT = at("07/06 16:00"), at("11/06 16:00")


def entry(name, when, person="an", occurrence=0, **fields):
    values = {"episode": 1, "folded": 0, "policy": "standard", "unit": "TP", "recorded_at": when, "state": "sent"}
    return Entry(step=name, occurrence=occurrence, person=person, at=when, **(values | fields))


LEDGER = (
    entry("soon", SOON_AT),
    entry("overdue", DUE),
    entry("overdue", DUE, "head"),
    entry("again", AGAIN_AT, "head"),
)
NEXT = at("12/06 16:00")
MARK = at("11/06 17:00")
HELD = Held(
    "H27-1", Clock.DUE, 1, Subject("TP", "", "", "", "direct"), ("tp.an",), None,
    Stretch(at("03/06 08:00"), DUE, None), True, NEXT, None, at("03/06 08:00"), at("03/06 08:00"), False, False, 0,
    LEDGER,
)  # fmt: skip


def found(held, of=RULES, mark=MARK):
    verdict = judge(held, of, mark)
    assert verdict.judged
    return [(each.fault.value, each.step, each.person) for each in verdict.findings]


def without(*gone):
    return replace(HELD, entries=tuple(each for each in LEDGER if each not in gone))


def test_a_ledger_that_nobody_has_touched_is_in_order():
    assert judge(HELD, RULES, MARK) == Verdict(())


# --- what is on record ------------------------------------------------------------------------------------------------


def test_an_occurrence_on_record_twice_is_told_with_its_person():
    twice = replace(HELD, entries=(*LEDGER, entry("soon", SOON_AT, occurrence=1, folded=1)))
    assert (
        Finding(Fault.TWICE, "H27-1", "soon", "an", SOON_AT, "occurrence 0 is on record twice")
        in judge(twice, RULES, MARK).findings
    )


@pytest.mark.parametrize(
    "other",
    [
        entry("again", NEXT, "head", occurrence=1),  # the next one
        entry("soon", SOON_AT, episode=2),
        entry("soon", SOON_AT, "binh"),
        entry("soon", SOON_AT, occurrence=3, state="not_applied"),
    ],
)
def test_what_is_no_second_row_of_the_same_occurrence(other):
    rows = (other, *LEDGER)
    assert "twice" not in [fault for fault, _, _ in found(replace(HELD, entries=rows, next_step_at=at("13/06 16:00")))]


def test_an_alert_of_an_episode_that_has_not_begun_is_told():
    early = entry("soon", SOON_AT, "binh", episode=2)
    assert (
        Finding(Fault.EPISODE, "H27-1", "soon", "binh", SOON_AT, "it is of episode 2, and the dossier is in episode 1")
        in judge(replace(HELD, entries=(*LEDGER, early)), RULES, MARK).findings
    )
    later = replace(HELD, episode=2, entries=(*LEDGER, early), next_step_at=None)
    assert "episode" not in [fault for fault, _, _ in found(later)]


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("overdue", "spells", "text"),
    [
        (True, 0, "0 overdue spells are open, and it is marked overdue"),
        (True, 2, "2 overdue spells are open, and it is marked overdue"),
        (False, 1, "1 overdue spells are open, and it is not marked overdue"),
        (True, 1, None),
        (False, 0, None),
    ],
)
def test_an_overdue_spell_is_open_while_the_dossier_is_marked_overdue_and_no_longer(overdue, spells, text, runs):
    held = replace(HELD, overdue=overdue, spells=spells, runs=runs, next_step_at=NEXT if runs else None)
    told = [Finding(Fault.SPELL, "H27-1", "", "", None, text)] if text else []
    assert list(judge(held, RULES, MARK).findings) == told


def test_rows_are_compared_in_the_order_of_their_occurrences():
    rows = tuple(entry("again", at(f"1{day}/06 16:00"), "head", occurrence=day - 1) for day in (3, 1, 2))
    held = replace(HELD, entries=LEDGER[:3] + rows, next_step_at=None)
    assert found(held, mark=at("13/06 17:00")) == []


def test_a_step_that_the_policy_does_not_have_is_told():
    odd = entry("never", SOON_AT)
    assert (
        Finding(Fault.REASONLESS, "H27-1", "never", "an", SOON_AT, "policy standard has no step never")
        in judge(replace(HELD, entries=(*LEDGER, odd)), RULES, MARK).findings
    )


def test_after_a_step_that_is_not_there_the_others_are_looked_at_all_the_same():
    rows = (entry("never", SOON_AT), replace(LEDGER[0], at=SOON_AT + MINUTE), *LEDGER[1:])
    assert ("instant", "soon", "an") in found(replace(HELD, entries=rows))


def test_an_instant_that_is_another_is_told_with_the_one_expected():
    rows = (replace(LEDGER[0], at=SOON_AT + MINUTE), *LEDGER[1:])
    assert judge(replace(HELD, entries=rows), RULES, MARK).findings == (
        Finding(Fault.INSTANT, "H27-1", "soon", "an", SOON_AT + MINUTE,
                "occurrence 0 falls due 2024-06-07T09:00:00+00:00"),
    )  # fmt: skip


def test_a_percentage_of_a_dossier_without_receipt_never_falls_due():
    half = rules(step("half", "50%"))
    rows = (entry("half", SOON_AT),)
    held = replace(HELD, entries=rows, stretch=Stretch(None, DUE, None), next_step_at=None)
    assert [each.detail for each in judge(held, half, MARK).findings] == ["occurrence 0 falls due never"]


@pytest.mark.parametrize(
    "fields",
    [
        {"episode": 2},  # of another due date
        {"recorded_at": at("03/06 08:00")},  # at the instant of the last change: which came first is not known
        {"recorded_at": at("03/06 07:59")},
        {"unit": "UBND"},
        {"policy": "other"},
        {"state": "not_applied"},
    ],
)
def test_what_was_recorded_when_things_were_otherwise_is_not_recounted(fields):
    rows = (replace(LEDGER[0], at=SOON_AT + MINUTE, **fields), LEDGER[0], *LEDGER[1:])
    assert "instant" not in [fault for fault, _, _ in found(replace(HELD, entries=rows))]


def test_what_is_passed_over_does_not_keep_the_rest_from_being_looked_at():
    for fields in ({"episode": 2}, {"policy": "other"}):
        rows = (replace(LEDGER[0], **fields), *LEDGER[:3], replace(LEDGER[3], at=AGAIN_AT + MINUTE))
        assert ("instant", "again", "head") in found(replace(HELD, entries=rows))


# --- people -----------------------------------------------------------------------------------------------------------


def test_who_should_have_been_told_with_the_others_is_missing():
    assert judge(without(LEDGER[2]), RULES, MARK).findings == (
        Finding(Fault.MISSING, "H27-1", "overdue", "head", DUE, "the others of this step were told"),
    )


def test_who_was_told_and_should_not_have_been_is_named():
    rows = (*LEDGER, entry("soon", SOON_AT, "binh"))
    assert judge(replace(HELD, entries=rows), RULES, MARK).findings == (
        Finding(Fault.RECIPIENT, "H27-1", "soon", "binh", SOON_AT, "the step is not for this person"),
    )


def test_several_people_are_named_in_order():
    rows = (LEDGER[0], entry("overdue", DUE, "binh"), LEDGER[3])
    assert found(replace(HELD, entries=rows)) == [
        ("missing", "overdue", "an"), ("missing", "overdue", "head"), ("recipient", "overdue", "binh"),
    ]  # fmt: skip


def test_a_step_that_reaches_nobody_is_on_record_for_nobody():
    nobody = rules(step("soon", "-1d", "person:gone"))
    held = replace(HELD, entries=(entry("soon", SOON_AT, ""),), next_step_at=None)
    gone = replace(nobody, organisation=Organisation(UNITS, {}, {}, Target.parse("person:gone")))
    assert found(held, gone) == []


def test_people_are_those_of_the_day_on_which_it_was_recorded():
    moved = [replace(PEOPLE[2], posts=(Post("TP", "head", span=replace(PEOPLE[2].posts[0].span, last=at("10/06 12:00").date())),)),
             Person("new", "Mới", (), (Post("TP", "head", span=replace(PEOPLE[2].posts[0].span, first=at("11/06 12:00").date())),))]  # fmt: skip
    people = {one.id: one for one in (*PEOPLE[:2], *moved)}
    changed = replace(RULES, organisation=Organisation(UNITS, people, {}, Target.parse("person:head")))
    assert found(HELD, changed) == [("missing", "again", "new"), ("recipient", "again", "head")]
    assert found(replace(HELD, entries=(*LEDGER[:3], replace(LEDGER[3], person="new"))), changed) == []


def test_of_a_dossier_that_was_handed_over_only_instants_are_recounted():
    handed = replace(without(LEDGER[2]), handed_to="binh")
    assert found(handed) == []
    assert found(replace(handed, entries=(replace(LEDGER[0], at=DUE), *handed.entries[1:]))) == [
        ("instant", "soon", "an")
    ]


def test_in_a_later_episode_who_was_told_depends_on_the_earlier_one():
    earlier = tuple(replace(each, episode=0) for each in LEDGER[:1])
    assert found(replace(without(LEDGER[2]), entries=(*earlier, *without(LEDGER[2]).entries))) == []


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_a_step_that_fell_due_and_is_not_on_record_is_missing():
    assert judge(without(LEDGER[0]), RULES, MARK).findings == (
        Finding(Fault.MISSING, "H27-1", "soon", "", SOON_AT, "occurrence 0 fell due, nobody is on record"),
    )


def test_a_step_that_falls_due_at_the_mark_is_owed_and_one_after_it_is_not():
    held = without(LEDGER[3])
    assert ("missing", "again", "") in found(held, mark=AGAIN_AT)
    assert found(replace(held, next_step_at=AGAIN_AT), mark=AGAIN_AT - MINUTE) == []


def test_what_is_planned_is_not_missing_yet():
    held = replace(without(LEDGER[3]), next_step_at=AGAIN_AT, planned_at=MARK)
    assert found(held) == [], "planned anew at the mark: the tick has not come by"
    assert found(replace(held, next_step_at=None, waiting_at=AGAIN_AT)) == [], "it waits for fresh data"


def test_a_plan_that_came_due_and_did_not_fire_is_told():
    late = replace(without(LEDGER[3]), next_step_at=AGAIN_AT)
    assert judge(late, RULES, MARK).findings == (
        Finding(Fault.UNFIRED, "H27-1", "", "", AGAIN_AT, "planned, and not fired by 2024-06-11T10:00:00+00:00"),
    )
    assert found(late, mark=AGAIN_AT) == [], "it may have been planned after the tick of that very instant"
    (later,) = judge(late, RULES, MARK + MINUTE).findings
    assert later.key == judge(late, RULES, MARK).findings[0].key, "another tick, and the same difference"
    assert found(replace(late, planned_at=MARK - MINUTE)) == [("unfired", "", "")]


def test_a_plan_that_is_empty_or_too_late_is_told():
    assert judge(replace(HELD, next_step_at=None), RULES, MARK).findings == (
        Finding(Fault.NO_PLAN, "H27-1", "again", "", NEXT, "its plan is empty"),
    )
    late = replace(HELD, next_step_at=NEXT + MINUTE)
    assert judge(late, RULES, MARK).findings == (
        Finding(Fault.NO_PLAN, "H27-1", "again", "", NEXT, "its plan is 2024-06-12T09:01:00+00:00"),
    )
    assert found(replace(HELD, next_step_at=NEXT - MINUTE)) == [], "the tick looks, and finds nothing yet"


def test_the_earliest_of_what_is_to_come_is_what_the_plan_is_for():
    fresh = replace(HELD, entries=(), next_step_at=None)
    assert found(fresh, mark=at("04/06 08:00")) == [("no_plan", "soon", "")]
    backwards = rules(AGAIN, OVERDUE, SOON)
    assert found(fresh, backwards, at("04/06 08:00")) == [("no_plan", "soon", "")]


def test_when_nothing_is_to_come_no_plan_is_right():
    told = (*LEDGER, *(entry("again", at(f"1{day}/06 16:00"), "head", occurrence=day - 1) for day in (2, 3)))
    assert found(replace(HELD, entries=told, next_step_at=None), mark=at("20/06 08:00")) == []


def test_a_hole_between_two_occurrences_is_told_with_both_ends():
    rows = (*LEDGER, entry("again", at("13/06 16:00"), "head", occurrence=2))
    held = replace(HELD, entries=rows, next_step_at=None)
    assert judge(held, RULES, at("13/06 17:00")).findings == (
        Finding(Fault.MISSING, "H27-1", "again", "head", at("13/06 16:00"), "occurrences 1 to 1 are not on record"),
    )
    folded = (*LEDGER, entry("again", at("13/06 16:00"), "head", occurrence=2, folded=1))
    assert found(replace(held, entries=folded), mark=at("13/06 17:00")) == []


def test_what_was_not_applied_stands_for_all_before_it():
    rows = (*LEDGER[:3], entry("again", at("13/06 16:00"), "head", occurrence=2, state="not_applied"))
    assert found(replace(HELD, entries=rows, next_step_at=None), mark=at("13/06 17:00")) == []


def test_a_row_within_what_another_stands_for_makes_no_hole():
    often = rules(SOON, OVERDUE, step("again", "+1d", "head", every="1d", times=4))
    rows = (
        *LEDGER[:3],
        entry("again", at("13/06 16:00"), "head", occurrence=2, folded=2),
        entry("again", at("12/06 16:00"), "binh", occurrence=1),
        entry("again", at("14/06 16:00"), "head", occurrence=3),
    )
    held = replace(HELD, entries=rows, next_step_at=None)
    verdict = judge(held, often, at("14/06 17:00"))
    assert [each.detail for each in verdict.findings if "not on record" in each.detail] == []


def test_what_was_told_in_an_earlier_episode_counts_as_told():
    earlier = tuple(replace(each, episode=0) for each in LEDGER[:1])
    held = replace(HELD, entries=(*earlier, *LEDGER[1:]))
    assert found(held) == [], "the step had been told at that instant already"
    before = replace(earlier[0], recorded_at=SOON_AT - MINUTE)
    assert found(replace(held, entries=(before, *LEDGER[1:]))) == [("missing", "soon", "")]


# --- what is not judged -----------------------------------------------------------------------------------------------


def test_a_dossier_whose_clock_stands_still_has_no_plan():
    still = replace(without(LEDGER[0]), runs=False, next_step_at=None)
    assert found(still) == []
    assert judge(replace(still, next_step_at=NEXT), RULES, MARK).findings == (
        Finding(Fault.NO_PLAN, "H27-1", "", "", NEXT, "it does not run and has a plan"),
    )


def test_without_a_deadline_or_a_policy_there_is_nothing_to_say_but_of_rows_on_record_twice():
    bare = without(LEDGER[0])
    assert found(replace(bare, stretch=None)) == []
    assert found(bare, replace(RULES, policies=())) == []
    twice = replace(bare, stretch=None, entries=(LEDGER[0], replace(LEDGER[0], occurrence=1, folded=1)))
    assert found(twice) == [("twice", "soon", "an")]


def test_an_acknowledgement_that_holds_steps_leaves_open_when_they_are_due():
    held = replace(without(LEDGER[3]), put_off=True)
    holding = rules(ack_holds=Duration.parse("4h"))
    assert judge(held, holding, MARK) == Verdict((), judged=False)
    assert judge(held, RULES, MARK).judged, "this policy holds nothing"
    rows = (replace(LEDGER[0], at=DUE), *LEDGER[1:3])
    verdict = judge(replace(held, entries=rows), holding, MARK)
    assert [each.fault for each in verdict.findings] == [Fault.INSTANT], "what is on record is recounted"


def test_a_calendar_that_cannot_be_counted_with_leaves_it_open():
    verdict = judge(without(LEDGER[0]), rules(calendar=Calendar(ZONE, {})), MARK)
    assert not verdict.judged
    twice = replace(HELD, entries=(LEDGER[0], replace(LEDGER[0], occurrence=1, folded=1)))
    verdict = judge(twice, rules(calendar=Calendar(ZONE, {})), MARK)
    assert ([each.fault for each in verdict.findings], verdict.judged) == ([Fault.TWICE], False)


def test_the_calendar_is_that_of_the_processing_unit():
    own = replace(RULES, calendars={"TP": Calendar(ZONE, days_off=frozenset({at("11/06 12:00").date()}))})
    assert found(HELD, own) == [("instant", "again", "head")]
    fresh = replace(without(LEDGER[3]), next_step_at=NEXT)
    assert found(fresh, own) == [], "a day off: the step falls due a day later"
    assert found(fresh) == [("missing", "again", "")]


def test_a_step_that_is_planned_does_not_hide_another_that_fell_due():
    ladder = rules(AGAIN, OVERDUE, SOON)
    held = replace(without(LEDGER[0]), next_step_at=AGAIN_AT + MINUTE, planned_at=MARK, entries=LEDGER[1:3])
    later = rules(step("last", "+2d", "head"), OVERDUE, SOON)
    assert ("missing", "soon", "") in found(replace(held, next_step_at=NEXT), later)
    assert ("missing", "soon", "") in found(held, ladder)


def test_what_fell_due_at_the_mark_is_missing_and_no_plan_is_asked_for_it():
    held = replace(without(LEDGER[3]), next_step_at=None)
    assert found(held, mark=AGAIN_AT) == [("missing", "again", "")]


def test_the_policy_is_the_first_that_matches_the_dossier():
    other = Policy("other", Match(unit=("NV",)), (step("never", "-9d"),))
    both = replace(RULES, policies=(other, *RULES.policies))
    assert found(HELD, both) == []
    own = replace(other, match=Match(unit=("TP",)))
    assert ("missing", "never", "") not in found(HELD, both)
    assert found(replace(HELD, entries=(), next_step_at=at("20/06 08:00")), replace(both, policies=(own,))) == []
