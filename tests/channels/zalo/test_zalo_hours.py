from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from alertd.channels.zalo import hours
from alertd.channels.zalo.codes import Again

VIETNAM = timezone(timedelta(hours=7))


def vietnam(day, hour, minute, second=0):
    return datetime(2024, 6, day, hour, minute, second, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (vietnam(4, 22, 0), vietnam(5, 6, 5)),
        (vietnam(5, 0, 0), vietnam(5, 6, 5)),
        (vietnam(5, 6, 4, 59), vietnam(5, 6, 5)),
        (vietnam(5, 6, 5), vietnam(6, 6, 5)),
        (vietnam(4, 16, 0), vietnam(5, 6, 5)),
    ],
)
def test_after_the_night_is_the_next_morning_and_ten_minutes_of_spread(now, morning):
    found = [hours.instant(Again.AFTER_NIGHT, now, f"m{number}") for number in range(200)]

    assert all(morning <= at < morning + timedelta(minutes=10) for at in found)
    assert all(at.tzinfo is UTC for at in found)
    assert len(set(found)) > 100
    assert found == [hours.instant(Again.AFTER_NIGHT, now, f"m{number}") for number in range(200)]


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (vietnam(4, 23, 59), vietnam(5, 6, 5)),
        (vietnam(5, 0, 0), vietnam(6, 6, 5)),
        (vietnam(5, 6, 0), vietnam(6, 6, 5)),
    ],
)
def test_a_quota_is_new_on_the_next_day_of_vietnam(now, at):
    assert hours.instant(Again.NEXT_DAY, now, "") == at


def test_the_next_minute_is_a_full_one_and_never_this_one():
    assert hours.next_minute(vietnam(4, 16, 0)) == vietnam(4, 16, 1)
    assert hours.next_minute(vietnam(4, 16, 0, 59)) == vietnam(4, 16, 1)
