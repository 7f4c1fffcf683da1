"""When a batch of messages is held for an operator (DESIGN section 7, delivery reference 7.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.core.storm import Hold, StormBrake, is_storm, note, usual_at_once, usual_at_slots

BRAKE = StormBrake(factor=3, share=0.2, at_least=50)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2024, 6, 3, 7, 30, tzinfo=ZONE).astimezone(UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("messages", "newcomers", "usual", "held"),
    [
        (49, 49, 0, False),  # never below at_least
        (50, 0, 0, True),  # without history anything is more than usual
        (150, 0, 50, False),  # three times the usual is not more than three times
        (151, 0, 50, True),
        (100, 20, 100, False),  # a fifth is not more than a fifth
        (100, 21, 100, True),
        (50, 10, 50, False),
        (50, 11, 50, True),
    ],
)
def test_a_batch_is_held_when_it_is_large_and_unlike_the_usual(messages, newcomers, usual, held):
    assert is_storm(BRAKE, messages, newcomers, usual) is held


@pytest.mark.parametrize(("counts", "usual"), [([], 0), ([7], 7), ([1, 2, 90], 2), ([10, 20], 15)])
def test_usual_is_the_median_of_the_slots_that_had_messages(counts, usual):
    assert usual_at_slots([(MORNING + n * DAY, count) for n, count in enumerate(counts)]) == usual


def test_at_once_usual_is_the_median_over_the_days_of_the_fullest_ten_minutes():
    days = [(MORNING + n * DAY + tick * MINUTE, 20) for n in range(3) for tick in range(4)]
    trickle = [(MORNING + n * DAY + hour * timedelta(hours=1), 1) for n in range(3) for hour in range(1, 9)]
    assert usual_at_once([*days, *trickle], ZONE) == 80
    assert usual_at_once([], ZONE) == 0


def test_a_day_is_a_day_of_the_configured_zone():
    # 23:50 and 00:10 in Việt Nam are one date in UTC
    night = datetime(2024, 6, 3, 23, 50, tzinfo=ZONE)
    assert usual_at_once([(night, 10), (night + 20 * MINUTE, 30)], ZONE) == 20


def test_a_hold_takes_everybody_or_those_that_it_names():
    assert Hold(1).takes("an")
    assert Hold(1, {"an"}).takes("an")
    assert not Hold(1, {"an"}).takes("binh")


def test_what_the_admins_alert_carries():
    assert note(60, 55, 12, "11:30") == "60|55|12|11:30"


def test_ticks_a_second_apart_are_one_batch_and_ten_minutes_apart_are_not():
    seconds = [(MORNING + n * timedelta(seconds=1), 10) for n in range(5)]
    assert usual_at_once(seconds, ZONE) == 50
    assert usual_at_once([(MORNING, 10), (MORNING + 10 * MINUTE, 4)], ZONE) == 10
