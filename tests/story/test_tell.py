"""The story as of an instant, in the order in which it happened."""

from __future__ import annotations

from datetime import datetime

import pytest

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.store import codes, history
from alertd.story import lines, tell
from tests.store.ground import World, at, dossier, rules, step

LADDER = (step("soon", "-3d", "officer"), step("overdue", "0d", "officer", "head"))


@pytest.fixture
def world(database):
    return World(database, rules(*LADDER), max_age=MaxAge(working_days=20))


def told(world, when, *, past=False):
    now = at(when) if isinstance(when, str) else when
    with world.database.read() as connection:
        (row,) = codes.find(connection, "HS-1")
        return tell(history.record(connection, row, now), world.rules, now, past=past)


def names(found):
    return [event["event"] for event in found["history"]]


def test_what_one_poll_brings_to_light_is_told_cause_first(world):
    world.run("07/06 17:30", dossier(due="07/06 16:00"))
    assert names(told(world, "07/06 17:31")) == ["seen", "overdue"]
    world.run("10/06 08:00", dossier(due="12/06 16:00"))
    assert names(told(world, "10/06 08:01")) == ["seen", "overdue", "seen", "due", "overdue_ended", "flag"]
    world.run("13/06 08:00", dossier(due="12/06 16:00"))
    world.run("13/06 09:00", dossier(due="12/06 16:00", phase=Phase.DONE, finished_at=at("13/06 08:30")))
    assert names(told(world, "13/06 09:01"))[-4:] == ["overdue", "seen", "phase", "overdue_ended"]


async def test_everything_stands_in_the_order_in_which_it_happened(world):
    """A message of the morning stands before what the portal showed at noon."""
    world.run("05/06 16:30", dossier(due="07/06 16:00"))
    world.compose("06/06 07:30")
    await world.send("06/06 07:31")
    world.run("06/06 12:00", dossier(due="10/06 16:00"))
    said = [line for line in lines(told(world, "06/06 13:00")) if line[2:4].isdigit()]
    times = [datetime.strptime(line[2:21], "%H:%M:%S %d/%m/%Y") for line in said]
    assert times == sorted(times)
    kinds = [line[23:].split()[0] for line in said]
    assert kinds.index("tin") < kinds.index("hẹn"), "\n".join(said)


async def test_as_of_an_instant_nothing_later_is_known(world):
    world.run("07/06 17:30", dossier(due="07/06 16:00"))
    before = told(world, "07/06 17:31", past=True)
    world.compose("10/06 07:30")
    await world.send("10/06 07:31")
    world.run("10/06 08:00", dossier(due="12/06 16:00"))
    assert told(world, "07/06 17:31", past=True) == before
    assert [(alert["state"], alert["message"], alert["delivery"]) for alert in before["alerts"] if alert["step"] == "overdue"] == [
        ("pending", None, None)
    ] * 2  # fmt: skip
    composed = told(world, "10/06 07:30", past=True)
    assert {message["state"] for message in composed["messages"]} == {"pending"}
    assert {alert["delivery"] for alert in composed["alerts"] if alert["state"] == "sent"} == {"pending"}
    after = told(world, "10/06 07:32", past=True)
    assert {message["state"] for message in after["messages"]} == {"accepted"}


def test_how_late_an_alert_was_is_in_working_time(world):
    world.run("10/06 07:45", dossier(due="07/06 16:30"))
    found = told(world, "10/06 07:46")
    assert {alert["late_hours"] for alert in found["alerts"] if alert["step"] == "overdue"} == {0.75}
    assert any("(muộn 0 h 45 làm việc: mới nhận được dữ liệu)" in line for line in lines(found))
