"""A portal's clock against ours: only what the way to it cannot explain is a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alertd.demo.portal import Portal, dossier
from alertd.feeds.clock import ClockCheck
from alertd.feeds.opencps import OpencpsFeed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
ASKED = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)


def seconds(count):
    return timedelta(seconds=count)


@pytest.mark.parametrize(
    ("date", "took", "expected"),
    [
        ("Mon, 23 Nov 2026 03:00:00 GMT", 0.1, 0),
        ("Mon, 23 Nov 2026 02:59:59 GMT", 0.1, 0),  # within its second
        ("Mon, 23 Nov 2026 03:00:20 GMT", 30, 0),  # a slow answer explains it
        ("Mon, 23 Nov 2026 03:02:00 GMT", 30, 90),
        ("Mon, 23 Nov 2026 02:58:00 GMT", 30, -119),
        ("Mon, 23 Nov 2026 10:00:00 +0700", 0.1, 0),
        ("Mon, 23 Nov 2026 03:00:00 -0000", 0.1, 0),
    ],
)
def test_the_difference_is_what_the_time_that_the_answer_took_does_not_explain(date, took, expected):
    clock = ClockCheck()
    clock.hear(date, ASKED, ASKED + seconds(took))
    assert clock.skew == seconds(expected)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 03:00:00 GMT"])
def test_what_is_no_date_says_nothing(date):
    clock = ClockCheck()
    clock.hear(date, ASKED, ASKED)
    assert clock.skew is None


def test_of_several_answers_the_one_nearest_to_our_clock_counts():
    clock = ClockCheck()
    for date in ("Mon, 23 Nov 2026 03:05:00 GMT", "Mon, 23 Nov 2026 03:01:00 GMT", "Mon, 23 Nov 2026 03:09:00 GMT"):
        clock.hear(date, ASKED, ASKED)
    assert clock.skew == seconds(60)


async def test_a_portals_clock_is_compared_with_real_time_and_not_with_that_of_the_jobs():
    received = datetime(2024, 6, 3, 8, tzinfo=HANOI)
    shown = [dossier(1, zone=HANOI, received=received, due=received + timedelta(days=3))]
    with Portal(lambda: {"1": shown}) as portal:
        feed = OpencpsFeed("cong", portal.url, ["1"], "", "", zone=HANOI)
        long_ago = datetime(2011, 1, 1, tzinfo=UTC)
        found = []
        for skew in (0, 3600, -3600):
            portal.faults.skew = skew
            (source,) = feed.sources(long_ago)
            found.append([page async for page in source.pages()][-1].skew)
    assert found[0] == timedelta()
    assert timedelta(minutes=59) < found[1] <= timedelta(hours=1)
    assert -timedelta(hours=1) <= found[2] < -timedelta(minutes=59)
