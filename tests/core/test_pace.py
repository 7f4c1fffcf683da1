"""How fast a credential is used (delivery reference 7.5), on a clock of the test's own."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from alertd.core.pace import Limits, Pace, Slowed, limits

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)
TELEGRAM = limits("telegram", 25.0)


def seconds(n):
    return NOW + timedelta(seconds=n)


def call(pace, chat, now, took=0.0):
    pace.claimed(chat)
    pace.began(now)
    pace.ended(chat, now + timedelta(seconds=took))


def worst(instants, span=1.0):
    """The most instants in any window of so many seconds."""
    return max(sum(1 for other in instants if at <= other < at + timedelta(seconds=span)) for at in instants)


def pour(pace, length, *, urgent=True, step=0.01, delay=lambda: 0.0, start=NOW):
    """Claim all there is room for at each step, each call beginning after `delay`; the instants of the beginnings."""
    begun, held = [], []
    for n in range(int(length / step)):
        now = start + timedelta(seconds=n * step)
        for at in sorted(at for at in held if at <= now):
            held.remove(at)
            pace.began(at)
            begun.append(at)
        for _ in range(pace.room(now, urgent=urgent)):
            pace.claimed("x")
            held.append(now + timedelta(seconds=delay()))
    return begun


def test_without_a_limit_there_is_always_room():
    pace = Pace()
    for n in range(1000):
        call(pace, f"{n}", NOW)
    assert pace.room(NOW) > 1000
    assert pace.room_at(NOW) == NOW


@pytest.mark.parametrize("rate", [0.5, 1.0, 5.0, 25.0, 40.0])
@pytest.mark.parametrize("urgent", [True, False])
def test_the_rate_is_kept_and_used(rate, urgent):
    begun = pour(Pace(Limits(rate)), 20, urgent=urgent)
    assert worst(begun) <= max(rate, 1)
    assert 0.9 * rate * 20 <= len(begun) <= rate * 20 + max(1.25, rate / 5)


def test_no_second_sees_more_than_the_rate_however_long_claims_are_held_up():
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    rng = random.Random(seed)
    begun = pour(Pace(Limits(25.0)), 30, delay=lambda: rng.choice([0, 0.02, 0.3, 0.9]))
    assert worst(begun) <= 25
    assert len(begun) > 300


def test_a_digest_leaves_the_last_fifth_of_a_burst_to_what_is_urgent():
    pace = Pace(Limits(25.0))
    taken = 0
    while pace.room(NOW, urgent=False):
        pace.claimed("x")
        taken += 1
    assert (taken, pace.room(NOW)) == (4, 1)


def test_when_there_is_no_room_it_says_when_there_will_be():
    pace = Pace(Limits(25.0))
    for _ in range(5):
        call(pace, "x", NOW)
    at = pace.room_at(NOW)
    assert NOW < at <= seconds(0.1)
    assert pace.room(at, urgent=False) == 1


@pytest.mark.parametrize("rate", [1.0, 15.0, 17.5, 25.0, 40.0])
def test_at_the_instant_that_it_names_there_is_room(rate):
    pace, now = Pace(Limits(rate)), NOW
    for _ in range(200):
        now = pace.room_at(now)
        assert pace.room(now, urgent=False) >= 1
        call(pace, "x", now)


def test_a_private_chat_rests_for_a_second_and_a_group_longer_from_the_answer_on():
    pace = Pace(TELEGRAM)
    assert pace.free_at("7", NOW) <= NOW
    pace.claimed("7")
    assert pace.free_at("7", NOW) > NOW, "one call at a time"
    pace.began(NOW)
    pace.ended("7", seconds(0.5))
    assert pace.free_at("7", seconds(0.5)) == seconds(1.55)
    assert pace.free_at("8", seconds(0.5)) <= seconds(0.5)
    call(pace, "-7", NOW)
    assert pace.free_at("-7", NOW) == seconds(3.2)


def test_a_group_gets_at_most_eighteen_a_minute():
    pace, now, calls = Pace(TELEGRAM), NOW, []
    for _ in range(60):
        now = max(now, pace.free_at("-7", now))
        call(pace, "-7", now)
        calls.append(now)
    assert worst(calls, 60) == 18
    assert all(b - a >= timedelta(seconds=3.2) for a, b in pairwise(calls))


def test_a_refusal_pauses_the_chat_and_the_credential_and_halves_the_rate_which_comes_back():
    pace = Pace(TELEGRAM)
    call(pace, "7", NOW)
    pace.refused("7", seconds(10), NOW, whole=True)
    assert (pace.room(seconds(9)), pace.room_at(NOW), pace.free_at("7", NOW)) == (0, seconds(10), seconds(10))
    assert pace.rate(seconds(10)) == 12.5
    assert [pace.rate(seconds(60 * n)) for n in (1, 2, 5, 50)] == [15.0, 17.5, 25.0, 25.0]
    pace.refused("8", seconds(130), seconds(120), whole=True)
    assert pace.rate(seconds(120)) == 25.0 * 0.35


def test_calls_refused_together_are_one_refusal():
    pace = Pace(TELEGRAM)
    for chat in "abcdefgh":
        pace.refused(chat, seconds(10), NOW, whole=True)
    assert pace.rate(NOW) == 12.5


def test_a_refusal_about_one_chat_pauses_no_other():
    pace = Pace(TELEGRAM)
    pace.refused("7", seconds(10), NOW, whole=False)
    assert (pace.room(NOW) > 0, pace.rate(NOW), pace.free_at("7", NOW), pace.free_at("8", NOW)) == (
        True, 25.0, seconds(10), NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "pauses"), [("telegram", [1, 2, 4, 8]), ("zalo", [60, 60, 60, 60]), ("zalo_bot", [60, 120, 240, 480])]
)
def test_where_no_instant_is_named_the_pause_doubles(channel, pauses):
    pace, now, found = Pace(limits(channel, 10.0)), NOW, []
    for _ in range(4):
        wait = pace.pause_after_refusal(now)
        found.append(wait.total_seconds())
        pace.refused("7", now + timedelta(seconds=0.5), now, whole=True)
        now += timedelta(seconds=1)
    assert found == pauses


def test_a_restart_in_the_middle_of_a_pause_keeps_it_and_the_slower_rate():
    before, after = Pace(TELEGRAM), Pace(TELEGRAM)
    before.refused("7", seconds(30), NOW, whole=True)
    after.restore(before.slowed(seconds(1)))
    assert (after.room(seconds(29)), after.free_at("7", seconds(29))) == (0, seconds(30))
    assert after.rate(seconds(31)) == 12.5
    assert [row.chat for row in before.slowed(seconds(31))] == [""], "a pause that is over is not kept"


def test_a_restart_knows_what_left_just_before_it():
    pace = Pace(TELEGRAM)
    calls = [(f"{n}", seconds(-0.04 * n)) for n in reversed(range(24))] + [("-5", seconds(-1.2))]
    pace.warm(calls, NOW)
    assert pace.room(NOW) <= 1
    assert pace.free_at("0", NOW) == seconds(1.05)
    assert pace.free_at("-5", NOW) == seconds(2)
    later = pour(pace, 3, start=NOW)
    assert worst([at for _, at in calls if at > seconds(-1)] + later) <= 25


@pytest.mark.parametrize(
    ("channel", "made"),
    [
        ("telegram", Limits(9.0, timedelta(seconds=1.05), timedelta(seconds=3.2), 18)),
        ("zalo", Limits(9.0, pause=timedelta(minutes=1), longest_pause=timedelta(minutes=1))),
        ("zalo_bot", Limits(9.0, pause=timedelta(minutes=1), longest_pause=timedelta(hours=1))),
        ("email", Limits(9.0)),
    ],
)
def test_each_provider_has_its_limits(channel, made):
    assert limits(channel, 9.0) == made


def test_chats_that_may_be_used_again_are_forgotten_when_there_are_very_many():
    pace = Pace(TELEGRAM)
    for n in range(10_001):
        call(pace, f"{n}", NOW)
    call(pace, "late", seconds(60))
    assert len(pace._free) == 1
    assert pace.free_at("late", seconds(60)) == seconds(61.05)


def test_without_a_rate_nothing_of_an_earlier_process_is_taken_into_account():
    pace = Pace()
    pace.warm([("1", NOW)], NOW)
    assert pace.room(NOW) == Pace().room(NOW)


def test_a_row_about_a_chat_without_a_pause_restores_nothing():
    pace = Pace(TELEGRAM)
    pace.restore([Slowed("7", None), Slowed("8", seconds(5))])
    assert (pace.free_at("7", NOW), pace.free_at("8", NOW)) == (NOW, seconds(5))
    assert pace.rate(NOW) == 25.0


def test_calls_of_the_second_before_a_restart_count_to_its_bounds():
    def room(*instants):
        pace = Pace(limits("email", 100.0))
        pace.warm([(f"{n}", at) for n, at in enumerate(instants)], NOW)
        return pace.room(NOW)

    whole = room()
    assert room(NOW, NOW) == whole - 2
    assert room(seconds(-0.999), seconds(-1)) == whole - 1, "a second ago is over"
    assert room(seconds(1)) == whole, "a clock that was set back"


def test_a_restart_begins_without_the_tokens_that_were_spent():
    pace = Pace(limits("email", 5.0))
    pace.warm([(f"{n}", seconds(-0.01 * n)) for n in range(5)], NOW)
    assert pace.room(NOW) == 0
    assert pace._tokens < 1.0
    fresh = Pace(limits("email", 5.0))
    fresh.warm([], NOW)
    assert pace._tokens < fresh._tokens


def test_without_a_rate_calls_of_before_leave_no_trace_but_in_their_chats():
    pace = Pace(Limits(None, timedelta(seconds=5)))
    pace.warm([("7", seconds(-1))], NOW)
    assert (len(pace._begun), pace.free_at("7", NOW)) == (0, seconds(4))


def test_a_longer_pause_of_a_chat_stays_when_a_shorter_one_follows():
    pace = Pace(TELEGRAM)
    pace.refused("7", seconds(30), NOW, whole=False)
    pace.refused("7", seconds(10), NOW, whole=False)
    assert pace.free_at("7", NOW) == seconds(30)


def test_a_refusal_at_the_end_of_a_pause_is_another_one():
    pace = Pace(TELEGRAM)
    pace.refused("7", seconds(10), NOW, whole=True)
    pace.refused("8", seconds(20), seconds(10), whole=True)
    assert pace.rate(seconds(10)) == 6.25


def test_rates_halve_in_whole_percents():
    pace = Pace(TELEGRAM)
    for n in range(3):
        pace.refused("7", seconds(10 * (n + 1)), seconds(10 * n), whole=True)
    assert pace.percent == 12


def test_a_pause_that_ends_now_is_not_kept():
    pace = Pace(TELEGRAM)
    pace.refused("7", seconds(10), NOW, whole=False)
    assert [row.chat for row in pace.slowed(seconds(10))] == [""]
