"""From alerts to what people are sent on a day: slots, quiet hours, one message per person and slot."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alertd.core.replay import Replayed
from alertd.core.slots import Slots
from alertd.core.workload import Load, over, workload
from alertd.core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE, days_off=frozenset({date(2024, 6, 5)}))
SLOTS = Slots((time(7, 30), time(13, 0)), (time(21, 30), time(6, 30)))
AT_ONCE = Slots((), (time(21, 30), time(6, 30)))


def at(text):
    """`03/06 08:00` on the clocks of 2024; 03/06 is a Monday, 05/06 a day off."""
    return datetime.strptime(f"{text} 2024", "%d/%m %H:%M %Y").replace(tzinfo=ZONE)


def alert(when, person="an", dossier="HS-1", *, critical=False):
    return Replayed(at(when), dossier, "standard", "soon", 0, "officer", person, "TP", critical)


@pytest.mark.parametrize(
    ("slots", "when", "leaves"),
    [
        (SLOTS, "03/06 07:30", "03/06 07:30"),
        (SLOTS, "03/06 07:31", "03/06 13:00"),
        (SLOTS, "03/06 16:00", "04/06 07:30"),
        (SLOTS, "04/06 16:00", "06/06 07:30"),  # a day off between
        (SLOTS, "07/06 16:00", "10/06 07:30"),  # a week-end
        (Slots((time(7, 30),), working_only=False), "07/06 16:00", "08/06 07:30"),
        (Slots((time(13, 0), time(7, 30))), "03/06 06:00", "03/06 07:30"),  # in whatever order they are written
        (Slots((time(5, 0),), (time(21, 30), time(6, 30))), "03/06 04:00", "03/06 06:30"),  # a slot in quiet hours
        (AT_ONCE, "03/06 16:01", "03/06 16:01"),
        (AT_ONCE, "03/06 22:00", "04/06 06:30"),
        (AT_ONCE, "04/06 06:29", "04/06 06:30"),
        (Slots((), (time(12, 0), time(13, 0))), "03/06 12:15", "03/06 13:00"),
        (Slots(()), "03/06 03:00", "03/06 03:00"),
    ],
)
def test_when_what_falls_due_leaves(slots, when, leaves):
    assert slots.following(at(when), CALENDAR) == at(leaves)
    assert slots.following(at(when).astimezone(UTC), CALENDAR) == at(leaves)


def test_without_any_slot_in_four_weeks_it_leaves_at_once():
    never = Calendar(ZONE, week={})
    assert SLOTS.following(at("03/06 08:00"), never) == at("03/06 08:00")


def test_what_the_daemon_sends_at_a_slot_is_what_leaves_then():
    """The latest slot at the instant of leaving is that instant: both look at the same days and times."""
    for hour in range(24):
        for day in range(3, 11):
            leaves = SLOTS.following(at(f"{day:02}/06 {hour:02}:10"), CALENDAR)
            assert SLOTS.latest(leaves, CALENDAR) == leaves


def test_one_message_per_person_and_slot_names_each_dossier_once():
    alerts = [
        alert("03/06 08:00"), alert("03/06 09:00"), alert("03/06 09:00", dossier="HS-2"),
        alert("03/06 10:00", person="head"), alert("03/06 13:30"), alert("04/06 07:00", dossier="HS-3"),
    ]  # fmt: skip
    assert workload(alerts, SLOTS, CALENDAR) == [
        Load(date(2024, 6, 3), "an", 1, 2),
        Load(date(2024, 6, 3), "head", 1, 1),
        Load(date(2024, 6, 4), "an", 1, 2),
    ]


def test_critical_alerts_wait_for_nothing():
    alerts = [alert("03/06 08:00"), alert("03/06 23:00", critical=True), alert("03/06 23:30")]
    assert workload(alerts, SLOTS, CALENDAR) == [
        Load(date(2024, 6, 3), "an", 2, 2), Load(date(2024, 6, 4), "an", 1, 1),
    ]  # fmt: skip


def test_at_once_everything_of_one_instant_is_one_message():
    alerts = [alert("03/06 08:00"), alert("03/06 08:00", dossier="HS-2"), alert("03/06 08:01", dossier="HS-3")]
    assert workload(alerts, AT_ONCE, CALENDAR) == [Load(date(2024, 6, 3), "an", 2, 3)]


def test_over_the_ceiling_is_more_than_it_and_without_one_nothing_is():
    loads = [Load(date(2024, 6, 3), "an", 1, 5), Load(date(2024, 6, 3), "head", 2, 6)]
    assert over(loads, 5) == loads[1:]
    assert over(loads, None) == []


def test_a_message_names_what_falls_due_at_its_own_slot():
    loads = workload(
        [alert("03/06 07:00"), alert("03/06 07:30", dossier="HS-2"), alert("03/06 07:31", dossier="HS-3")],
        SLOTS,
        CALENDAR,
    )
    assert loads == [Load(date(2024, 6, 3), "an", 2, 3)]


def test_at_once_each_instant_is_a_message_of_its_own_on_its_local_day():
    loads = workload(
        [alert("03/06 06:31"), alert("03/06 06:31", dossier="HS-2"), alert("03/06 06:40")], AT_ONCE, CALENDAR
    )
    assert loads == [Load(date(2024, 6, 3), "an", 2, 3)]
