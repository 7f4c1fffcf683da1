"""The arithmetic line by line: what a step's offset means, and the dates that it crosses."""

from __future__ import annotations

from datetime import date

import pytest

from alertd.core.plan import Anchor, instant
from alertd.core.worktime import Calendar
from alertd.story.sums import of_step, stretch
from tests.store.ground import ZONE, at, step

#: Thursday 6 June is off, Saturday 8 June makes it up.
CALENDAR = Calendar(ZONE, days_off=frozenset({date(2024, 6, 6)}), working_days=frozenset({date(2024, 6, 8)}))
ANCHOR = Anchor(at("10/06 10:00"), CALENDAR, received_at=at("03/06 08:00"))


def told(offset, index=0, **more):
    one = step("one", offset, "officer", **more)
    return of_step(one, index, ANCHOR, instant(one, index, ANCHOR))


def test_the_dates_to_the_due_instant_with_what_is_off_and_made_up():
    assert stretch(CALENDAR, at("05/06 16:00"), at("10/06 10:00")) == [
        "Thứ Tư 05/06: 1 h 00 (16:00-17:00)",
        "Thứ Năm 06/06: 0 h 00 (nghỉ)",
        "Thứ Sáu 07/06: 8 h 00 (07:30-11:30, 13:00-17:00)",
        "Thứ Bảy 08/06: 8 h 00 (làm bù, 07:30-11:30, 13:00-17:00)",
        "Thứ Hai 10/06: 2 h 30 (07:30-10:00)",
    ]


def test_the_order_of_the_two_instants_is_no_matter():
    one, other = at("05/06 16:00"), at("07/06 10:00")
    assert stretch(CALENDAR, one, other) == stretch(CALENDAR, other, one)


def test_a_long_stretch_is_folded_in_its_middle():
    lines = stretch(CALENDAR, at("01/03/2024 07:30"), at("10/06 10:00"))
    assert len(lines) == 13
    assert lines[0] == "Thứ Sáu 01/03: 8 h 00 (07:30-11:30, 13:00-17:00)"
    assert lines[8] == "13/03/2024 đến 05/06/2024: 488 h 00 (61 ngày làm việc)"
    assert lines[-1] == "Thứ Hai 10/06: 2 h 30 (07:30-10:00)"


@pytest.mark.parametrize(
    ("offset", "index", "more", "means", "days"),
    [
        ("-1d", 0, {}, "-1d = 8 h 00 làm việc trước hạn", ["Thứ Bảy 08/06", "Thứ Hai 10/06"]),
        ("-4h", 0, {}, "-4h = 4 h 00 làm việc trước hạn", ["Thứ Bảy 08/06", "Thứ Hai 10/06"]),
        ("+1d", 0, {"every": "1d"}, "+1d = 8 h 00 làm việc sau hạn", ["Thứ Hai 10/06", "Thứ Ba 11/06"]),
        ("+1d", 2, {"every": "4h"}, "+1d và 2 lần 4h = 16 h 00 làm việc sau hạn",
         ["Thứ Hai 10/06", "Thứ Ba 11/06", "Thứ Tư 12/06"]),
        ("-2cd", 0, {}, "-2cd = 2 ngày lịch trước hạn", []),
        ("0d", 3, {"every": "1cd"}, "0d và 3 lần 1cd = 3 ngày lịch sau hạn", []),
        ("50%", 0, {}, "50% của 42 h 00 từ tiếp nhận đến hạn = 21 h 00 sau tiếp nhận",
         ["Thứ Hai 03/06", "Thứ Ba 04/06", "Thứ Tư 05/06"]),
    ],
)  # fmt: skip
def test_what_an_offset_means(offset, index, more, means, days):
    found = told(offset, index, **more)
    assert found["means"] == means
    assert [day.partition(":")[0] for day in found["days"]] == days


def test_the_due_instant_itself_needs_no_sum():
    assert told("0d") is None
