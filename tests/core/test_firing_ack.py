"""Acknowledging (DESIGN section 5): what it mutes for its person, what it holds for others, and what it leaves alone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.acknowledging import Ack, held
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState, Case, Ledger, fire
from alertd.core.organisation import Edge, Organisation, Person, Post, Target, Unit
from alertd.core.plan import occurrences
from alertd.core.policy import Duration, Match, Policy, Step, Subject
from alertd.core.rules import Rules
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
US, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
DAY = timedelta(days=1)


def at(text):
    """`03/06 08:00` on the clocks of 2024 (03/06 is a Monday, 07/06 a Friday), in UTC."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE).astimezone(UTC)


def step(name, offset, *to, every=None, times=None):
    targets = tuple(Target.parse(target) for target in to or ("officer",))
    return Step(name, Duration.parse(offset), targets, Duration.parse(every) if every else None, times)


ORGANISATION = Organisation(
    {u.code: u for u in (Unit("UBND", "UBND"), Unit("TP", "Tư pháp", edges=(Edge("UBND"),)))},
    {
        p.id: p
        for p in (
            Person("chair", "Chủ tịch", posts=(Post("UBND", "head"),)),
            Person("head", "Trưởng phòng", posts=(Post("TP", "head"),)),
            Person("an", "Chuyên viên 1", ("tp.an",), (Post("TP", "staff"),)),
            Person("binh", "Chuyên viên 2", ("tp.binh",), (Post("TP", "staff"),)),
        )
    },
    {},
    Target.parse("person:chair"),
)


def rules(*steps, mutes=None, holds=None):
    mutes, holds = (Duration.parse(text) if text else None for text in (mutes, holds))
    policy = Policy("standard", Match(), steps, ack_mutes=mutes, ack_holds=holds)
    return Rules(ZONE, Calendar(ZONE), {}, ORGANISATION, (policy,))


def case(due, **values):
    due_at = at(due) if isinstance(due, str) else due
    made = Case(
        1, Clock.DUE, 1, Subject("TP", "", "", "", ""), ("tp.an",), None, due_at, None, at("20/05 08:00"),
        "first_seen", fresh=True,
    )  # fmt: skip
    return replace(made, **values)


@dataclass
class Desk:
    """One dossier through ticks and acknowledgements, with the ledger that the store would keep."""

    rules: Rules
    case: Case
    acks: list[Ack] = field(default_factory=list)
    alerts: list = field(default_factory=list)
    recorded: list = field(default_factory=list)
    next_at: datetime | None = None

    def ack(self, person, when):
        self.acks.append(Ack(person, at(when) if isinstance(when, str) else when))

    def tick(self, when):
        """The states of what is recorded at this tick, by (step, person)."""
        now = at(when) if isinstance(when, str) else when
        fired, reached = {}, {}
        for alert in self.alerts:
            fired[alert.step] = max(fired.get(alert.step, -1), alert.occurrence)
            if alert.state in (AlertState.PENDING, AlertState.COALESCED):
                reached[alert.person] = max(reached.get(alert.person, alert.at), alert.at)
        firing = fire(self.case, Ledger(fired, {}, tuple(self.acks), reached), self.rules, now)
        assert firing.next_step_at is None or firing.next_step_at > now, "the tick would not end"
        self.next_at = firing.next_step_at
        self.alerts += firing.alerts
        self.recorded += [now] * len(firing.alerts)
        return {(alert.step, alert.person): alert.state.value for alert in firing.alerts}


# --- muting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ack", "mutes", "instant", "state"),
    [
        ("07/06 16:00", "1d", "07/06 16:00", "muted"),  # its own instant
        ("07/06 16:00", "1d", "08/06 09:00", "muted"),  # a Saturday
        ("07/06 16:00", "1d", "10/06 16:00", "muted"),  # one hour of Friday and seven of Monday
        ("07/06 16:00", "1d", "10/06 16:01", "pending"),
        ("07/06 16:00", "4h", "10/06 10:30", "muted"),
        ("07/06 16:00", "4h", "10/06 10:31", "pending"),
        ("08/06 10:00", "1d", "10/06 17:00", "muted"),  # from a Saturday: all of Monday
        ("08/06 10:00", "1d", "10/06 17:01", "pending"),
        ("08/06 10:00", "1d", "11/06 07:30", "pending"),  # no more working time, but later
        ("07/06 16:00", "1cd", "08/06 16:00", "muted"),
        ("07/06 16:00", "1cd", "08/06 16:01", "pending"),
        ("07/06 16:01", "1d", "07/06 16:00", "pending"),  # fell due before it
        ("07/06 16:00", None, "07/06 16:30", "pending"),
    ],
)
def test_alerts_to_the_person_within_the_working_time_of_an_acknowledgement_are_muted(ack, mutes, instant, state):
    desk = Desk(rules(step("before", "-1cd"), mutes=mutes), case(at(instant) + DAY))
    desk.ack("an", ack)
    assert desk.tick(max(at(instant), at(ack)) + MINUTE) == {("before", "an"): state}


def test_the_window_ends_to_the_microsecond():
    desk = Desk(rules(step("before", "-1cd"), mutes="1d"), case(at("10/06 16:00") + DAY + US))
    desk.ack("an", "07/06 16:00")
    assert desk.tick("10/06 16:01") == {("before", "an"): "pending"}


def test_others_are_told_all_the_same():
    desk = Desk(rules(step("before", "-4h", "officer", "head"), mutes="1d"), case("10/06 16:00"))
    desk.ack("an", "10/06 08:00")
    assert desk.tick("10/06 10:30") == {("before", "an"): "muted", ("before", "head"): "pending"}


def test_a_second_acknowledgement_mutes_from_its_own_instant():
    desk = Desk(rules(step("before", "-5d", every="1d", times=5), mutes="1d"), case("14/06 16:00"))
    desk.ack("an", "07/06 15:00")
    assert desk.tick("07/06 16:00") == {("before", "an"): "muted"}
    assert desk.tick("10/06 16:00") == {("before", "an"): "pending"}
    desk.ack("an", "11/06 15:00")
    assert desk.tick("11/06 16:00") == {("before", "an"): "muted"}


OVERDUE = (step("today", "-4h"), step("overdue", "0d", "officer", "head"), step("late", "+4h", every="4h"))


def test_the_first_alert_at_or_after_the_due_instant_is_never_muted_the_second_is():
    desk = Desk(rules(*OVERDUE, mutes="2d"), case("10/06 11:30"))
    desk.ack("an", "10/06 07:30")
    assert desk.tick("10/06 07:30") == {("today", "an"): "muted"}
    assert desk.tick("10/06 11:30") == {("overdue", "an"): "pending", ("overdue", "head"): "pending"}
    assert desk.tick("10/06 17:00") == {("late", "an"): "muted"}
    assert desk.tick("11/06 11:30") == {("late", "an"): "muted"}
    assert desk.tick("11/06 17:00") == {("late", "an"): "muted"}  # the last instant of the two days
    assert desk.tick("12/06 11:30") == {("late", "an"): "pending"}


def test_it_is_the_first_for_that_person_whatever_others_were_told():
    steps = (step("overdue", "0d", "head"), step("late", "+4h", "officer", "head"))
    desk = Desk(rules(*steps, mutes="2d"), case("10/06 11:30"))
    desk.ack("an", "10/06 07:30")
    desk.ack("head", "10/06 07:30")
    assert desk.tick("10/06 11:30") == {("overdue", "head"): "pending"}
    assert desk.tick("10/06 17:00") == {("late", "an"): "pending", ("late", "head"): "muted"}


def test_an_overdue_alert_taken_back_before_it_was_sent_leaves_the_next_one_the_first():
    desk = Desk(rules(*OVERDUE, mutes="2d"), case("10/06 11:30"))
    desk.ack("an", "10/06 07:30")
    desk.tick("10/06 11:30")
    desk.alerts = [replace(alert, state=AlertState.SUPERSEDED) for alert in desk.alerts]
    assert desk.tick("10/06 17:00") == {("late", "an"): "pending"}


def test_what_falls_due_together_after_due_is_one_first_alert():
    desk = Desk(rules(*OVERDUE, mutes="2d"), case("10/06 11:30"))
    desk.ack("an", "10/06 07:30")
    told = desk.tick("10/06 17:00")  # after an outage
    assert told == {
        ("today", "an"): "coalesced", ("overdue", "an"): "coalesced", ("late", "an"): "pending",
        ("overdue", "head"): "pending",
    }  # fmt: skip
    assert desk.tick("11/06 11:30") == {("late", "an"): "muted"}


def test_a_muted_latest_alert_brings_back_no_earlier_one():
    steps = (step("soon", "-3d"), step("today", "-4h"))
    desk = Desk(rules(*steps, mutes="1d"), case("10/06 16:00"))
    desk.ack("an", "07/06 16:00")  # soon fell due on Wednesday, before it, and was not recorded
    assert desk.tick("10/06 10:30") == {("soon", "an"): "coalesced", ("today", "an"): "muted"}


def test_an_earlier_one_in_the_window_does_not_mute_a_later_one_out_of_it():
    steps = (step("soon", "-1d"), step("today", "-1h"))
    desk = Desk(rules(*steps, mutes="1h"), case("10/06 16:00"))
    desk.ack("an", "07/06 15:30")
    assert desk.tick("10/06 15:00") == {("soon", "an"): "coalesced", ("today", "an"): "pending"}


# --- holding ----------------------------------------------------------------------------------------------------------

LADDER = (step("overdue", "0d", "officer", "head"), step("chairman", "+1d", "head@root", every="1d"))


def test_steps_to_other_posts_wait_and_say_why():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00"))
    desk.tick("07/06 15:00")
    desk.ack("an", "07/06 16:00")
    assert desk.tick("10/06 15:00") == {}  # planned for now
    assert desk.next_at == at("11/06 09:30")  # two hours of Monday, two of Tuesday
    assert desk.tick(at("11/06 09:30") - US) == {}
    assert desk.tick("11/06 09:30") == {("chairman", "chair"): "pending"}
    alert = desk.alerts[-1]
    assert (alert.at, alert.late_reason) == (at("10/06 15:00"), "held")
    assert desk.next_at == at("12/06 09:30")


def test_without_the_key_nothing_waits():
    desk = Desk(rules(*LADDER, mutes="1d"), case("07/06 15:00"))
    desk.tick("07/06 15:00")
    desk.ack("an", "07/06 16:00")
    assert desk.tick("10/06 15:00") == {("chairman", "chair"): "pending"}
    assert desk.alerts[-1].late_reason is None


def test_a_step_that_also_tells_who_acknowledged_is_not_held_for_anybody():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00"))
    desk.ack("an", "07/06 14:00")
    assert desk.tick("07/06 15:00") == {("overdue", "an"): "pending", ("overdue", "head"): "pending"}


def test_a_step_with_several_targets_none_of_whom_acknowledged_is_held_for_all():
    desk = Desk(rules(step("up", "+1d", "head", "head@root"), holds="4h"), case("07/06 15:00"))
    desk.ack("an", "07/06 16:00")
    assert desk.tick("10/06 15:00") == {}
    assert desk.tick("11/06 09:30") == {("up", "head"): "pending", ("up", "chair"): "pending"}


def test_further_acknowledgements_hold_nothing_more():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00"))
    desk.tick("07/06 15:00")
    desk.ack("an", "07/06 16:00")
    desk.tick("10/06 15:00")
    desk.ack("an", "11/06 08:00")
    desk.ack("head", "11/06 09:00")
    assert desk.tick("11/06 09:30") == {("chairman", "chair"): "pending"}


def test_what_fell_due_before_it_was_acknowledged_is_not_held():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00"))
    desk.tick("07/06 15:00")
    desk.ack("an", "10/06 15:00")  # at the very instant
    assert desk.tick("10/06 15:00") == {("chairman", "chair"): "pending"}
    assert desk.next_at == at("12/06 09:30")


def test_a_hold_may_be_in_calendar_days():
    desk = Desk(rules(*LADDER, holds="1cd"), case("07/06 15:00"))
    desk.ack("an", "07/06 15:30")
    desk.tick("10/06 15:00")
    assert desk.next_at == at("11/06 15:00")


def test_one_that_is_late_for_another_reason_says_that_one():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00"))
    desk.ack("an", "07/06 15:30")
    desk.tick("11/06 12:00")
    assert {(alert.step, alert.late_reason) for alert in desk.alerts} == {("overdue", "down"), ("chairman", "down")}


def test_a_held_step_after_due_still_waits_for_fresh_data():
    desk = Desk(rules(*LADDER, holds="4h"), case("07/06 15:00", fresh=False))
    desk.ack("an", "07/06 15:30")
    firing = fire(desk.case, Ledger({"overdue": 0}, {}, tuple(desk.acks)), desk.rules, at("10/06 16:00"))
    assert (firing.alerts, firing.next_step_at, firing.waiting_at) == ((), at("11/06 09:30"), None)
    firing = fire(desk.case, Ledger({"overdue": 0}, {}, tuple(desk.acks)), desk.rules, at("11/06 09:30"))
    assert (firing.alerts, firing.next_step_at, firing.waiting_at) == ((), None, at("11/06 09:30"))


def test_whoever_took_the_dossier_over_is_the_officer():
    desk = Desk(rules(*LADDER, mutes="1d"), case("07/06 15:00", handed_to="binh"))
    assert desk.tick("07/06 15:00") == {("overdue", "binh"): "pending", ("overdue", "head"): "pending"}


# --- whatever the rules and the acknowledgements ----------------------------------------------------------------------

OFFSETS = ["-3d", "-1d", "-4h", "-1cd", "0d", "+2h", "+1d", "+4h", "+2cd"]
TARGETS = [("officer",), ("head",), ("officer", "head"), ("head@root",), ("head", "head@root")]


def made(chance, *, mutes, holds):
    """Some rules, a dossier, the instants of ticks and acknowledgements."""
    steps = [
        step(f"s{n}", offset, *chance.choice(TARGETS),
             every=None if "cd" in offset else chance.choice([None, "4h", "1d"]), times=chance.choice([1, 3, 6]))
        for n, offset in enumerate(chance.sample(OFFSETS, 5))
    ]  # fmt: skip
    steps = [one if one.every else replace(one, times=None) for one in steps]
    due = at("06/06 07:30") + chance.randrange(4 * 1440) * MINUTE
    start = due - 6 * DAY
    ticks = sorted({start + chance.randrange(14 * 1440) * MINUTE for _ in range(chance.choice([15, 60, 300]))})
    whose = sorted(
        (start + chance.randrange(12 * 1440) * MINUTE, chance.choice(["an", "head", "chair"]))
        for _ in range(chance.randrange(5))
    )
    return rules(*steps, mutes=mutes, holds=holds), case(due), ticks, [Ack(person, when) for when, person in whose]


def played(rulebook, dossier, ticks, acks):
    """The dossier after all ticks, each with the acknowledgements that were given before it."""
    desk = Desk(rulebook, dossier)
    for now in ticks:
        desk.acks = [ack for ack in acks if ack.at <= now]
        desk.tick(now)
    return desk


@pytest.mark.parametrize("seed", range(150))
def test_nobody_elses_alerts_change_without_a_hold(seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    rulebook, dossier, ticks, acks = made(chance, mutes=chance.choice(["4h", "1d", "2d", "1cd"]), holds=None)
    silent, spoken = (played(rulebook, dossier, ticks, given) for given in ([], acks))
    assert silent.alerts
    assert spoken.recorded == silent.recorded
    people = {ack.person for ack in acks}
    for before, after in zip(silent.alerts, spoken.alerts, strict=True):
        if after.state is AlertState.MUTED:
            assert after.person in people
            assert before == replace(after, state=AlertState.PENDING)
        else:
            assert after == before


@pytest.mark.parametrize("seed", range(150))
def test_an_alert_is_muted_exactly_in_the_window_but_the_first_overdue_one(seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    rulebook, dossier, ticks, acks = made(chance, mutes="1d", holds=None)
    desk, calendar = played(rulebook, dossier, ticks, acks), rulebook.calendar
    overdue = set()
    for alert, now in zip(desk.alerts, desk.recorded, strict=True):
        if alert.state is AlertState.COALESCED:
            continue

        def worked(since, until=alert.at):
            return calendar.between(since, until) / timedelta(hours=8)

        # at most one working day after it, and no later than the first instant with as much
        inside = any(
            ack.person == alert.person
            and ack.at <= min(alert.at, now)
            and (worked(ack.at) < 1 or (worked(ack.at) == 1 and worked(ack.at, alert.at - US) < 1))
            for ack in acks
        )
        first = alert.at >= dossier.due_at and alert.person not in overdue
        assert (alert.state is AlertState.MUTED) == (inside and not first)
        if alert.at >= dossier.due_at:
            overdue.add(alert.person)


@pytest.mark.parametrize("seed", range(150))
def test_every_occurrence_fires_once_at_the_first_tick_after_its_hold(seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    rulebook, dossier, ticks, acks = made(chance, mutes=None, holds="4h")
    desk, calendar = played(rulebook, dossier, ticks, acks), rulebook.calendar
    policy = rulebook.policies[0]
    people = {"officer": "an", "head": "head", "head@root": "chair"}
    anchor = rulebook.anchor("TP", dossier.due_at, None)
    fires = {}
    for alert, now in zip(desk.alerts, desk.recorded, strict=True):
        for index in range(alert.occurrence - alert.folded, alert.occurrence + 1):
            assert (alert.step, index, alert.person) not in fires
            fires[alert.step, index, alert.person] = now

    def expected(occurrence):
        told = {people[target.text] for target in occurrence.step.to}
        for now in ticks:
            # only what had been acknowledged by then can hold
            given = [ack for ack in acks if ack.at <= now]
            held = bool(given) and given[0].person not in told and occurrence.at > given[0].at
            waited = calendar.between(occurrence.at, now) >= timedelta(hours=4)
            if occurrence.at <= now and (waited or not held):
                return now
        return None

    for occurrence in occurrences(policy, anchor, ticks[0] - 30 * DAY, ticks[-1] + US):
        for person in {people[target.text] for target in occurrence.step.to}:
            assert fires.pop((occurrence.step.name, occurrence.index, person), None) == expected(occurrence)
    assert not fires


def test_without_an_acknowledgement_or_a_time_nothing_is_held():
    told = [(step("one", "0d"), {"an"})]
    calendar = Calendar(ZONE)
    assert held((), Duration.parse("4h"), calendar, told) is None
    assert held((Ack("binh", at("03/06 08:00")),), None, calendar, told) is None
    assert held((Ack("an", at("03/06 08:00")),), Duration.parse("4h"), calendar, told) is None
