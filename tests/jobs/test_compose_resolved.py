"""Đã giải quyết xong: whoever was told that a dossier is overdue hears that it is finished (issue: everyone told)."""

from __future__ import annotations

import pytest

from alertd.core.dossier import Phase
from alertd.core.freshness import MaxAge
from alertd.core.outcome import Outcome
from tests.store.ground import World, at, dossier, finished, rules, slots, step

SLOTS = slots("07:30", "13:00", quiet=("21:30", "06:30"))
LADDER = (step("soon", "-3d", "officer"), step("overdue", "0d", "officer", "head"))
LATE = dossier(due="05/06 16:00")


@pytest.fixture
def world(database):
    made = World(database, rules(*LADDER), slots=SLOTS, max_age=MaxAge(working_days=20))
    made.tick("03/06 07:30")
    made.compose("03/06 07:30")
    return made


async def told_overdue(world, *more):
    """HS-1 is overdue; officer and head were told on the 6th, 07:30."""
    world.poll("05/06 16:30", LATE, *more)
    world.tick("06/06 07:30")
    await world.send("06/06 07:30")
    world.sent.clear()


async def slot(world, when, *shown):
    if shown:
        world.poll(when, *shown)
    world.tick(when)
    await world.send(when)
    found = [(part.person, part.kind, part.text) for part in world.sent]
    world.sent.clear()
    return sorted(found)


async def test_everyone_told_gets_a_short_message_of_its_own_at_the_next_slot(world):
    await told_overdue(world)
    world.poll("06/06 09:00", finished(LATE, "06/06 08:40"))
    assert await slot(world, "06/06 13:00") == [
        ("an", "resolved", "Đã giải quyết xong: 1 hồ sơ\n1. HS-1 · Phòng Tư pháp"),
        ("head", "resolved", "Đã giải quyết xong: 1 hồ sơ\n1. HS-1 · Phòng Tư pháp · Chuyên viên 1"),
    ]
    assert await slot(world, "07/06 07:30") == []
    assert world.alerts(step="resolved") == [("resolved", "an", "sent"), ("resolved", "head", "sent")]


async def test_beside_anything_else_it_is_a_count_line(world):
    await told_overdue(world)
    other = dossier("HS-2", due="11/06 09:00")
    world.poll("06/06 09:00", finished(LATE, "06/06 08:40"), other)
    an, head = await slot(world, "06/06 13:00")
    assert an[:2] == ("an", "digest")
    assert an[2].endswith("\nĐã giải quyết xong: 1 hồ sơ.")
    assert an[2].startswith("Sắp đến hạn: 1 hồ sơ")
    assert "HS-1" not in an[2]
    assert head[:2] == ("head", "resolved")


async def test_who_was_told_only_before_due_hears_it_with_the_next_message_they_get_anyway(world):
    early = dossier(due="10/06 16:00")
    world.poll("05/06 16:30", early)
    await slot(world, "06/06 07:30")
    assert await slot(world, "06/06 13:00", finished(early, "06/06 08:40")) == []
    assert world.alerts(step="resolved") == []


@pytest.mark.parametrize(
    "end",
    [
        [dossier(due="05/06 16:00", phase=Phase.CANCELLED)],
        [finished(LATE, "05/06 15:00")],  # dated back
        [dossier(due="05/06 16:00", phase=Phase.PAUSED)],
        [finished(dossier(due="20/06 16:00"), "06/06 08:40")],  # its due date was moved with the finish
        [],  # vanished
    ],
)
async def test_nobody_is_told_that_it_is_finished_where_it_is_not_beyond_doubt(world, end):
    await told_overdue(world)
    world.poll("06/06 09:00", *end, dossier("HS-9", due="28/06 16:00"))
    world.poll("06/06 09:05", *end, dossier("HS-9", due="28/06 16:00"))
    world.tick("06/06 13:00")
    await slot(world, "06/06 13:00")
    assert world.alerts(step="resolved") == []


async def test_who_was_not_reached_is_not_told(world):
    world.channels["console"].answers = [Outcome.PERM_RECIPIENT] * 2
    await told_overdue(world)
    world.poll("06/06 09:00", finished(LATE, "06/06 08:40"))
    assert world.alerts(step="resolved") == []


async def test_a_dossier_that_was_opened_again_before_the_slot_is_not_said_to_be_finished(world):
    await told_overdue(world)
    world.poll("06/06 09:00", finished(LATE, "06/06 08:40"))
    world.poll("06/06 10:00", dossier(due="20/06 16:00"))
    assert await slot(world, "06/06 13:00") == []
    assert {state for _, _, state in world.alerts(step="resolved")} == {"superseded"}


async def test_a_second_finish_is_told_again(world):
    await told_overdue(world)
    await slot(world, "06/06 13:00", finished(LATE, "06/06 08:40"))
    again = dossier(due="10/06 16:00")
    world.poll("07/06 09:00", again)
    world.poll("10/06 16:30", again)
    await slot(world, "11/06 07:30")
    assert [found[:2] for found in await slot(world, "11/06 13:00", finished(again, "11/06 09:00"))] == [
        ("an", "resolved"), ("head", "resolved"),
    ]  # fmt: skip


async def test_those_told_only_before_due_are_counted_beside_those_that_are_named(world):
    early = dossier("HS-2", due="10/06 16:00")
    await told_overdue(world, early)
    world.poll("06/06 09:00", finished(LATE, "06/06 08:40"), finished(early, "06/06 08:50"))
    an, head = await slot(world, "06/06 13:00")
    assert an[2].endswith("1. HS-1 · Phòng Tư pháp\nĐã giải quyết xong thêm: 1 hồ sơ.")
    assert "thêm" not in head[2]


async def test_it_waits_for_quiet_hours_to_pass(database):
    world = World(database, rules(*LADDER), slots=slots(quiet=("21:30", "06:30")), max_age=MaxAge(working_days=20))
    world.run("05/06 16:30", LATE)
    await world.send("05/06 16:30")
    world.sent.clear()
    world.poll("05/06 22:00", finished(LATE, "05/06 21:00"))
    assert await slot(world, "05/06 22:00") == []
    assert {found[0] for found in await slot(world, "06/06 06:30")} == {"an", "head"}
    assert {row.at for row in world.rows("alerts", step="resolved")} == {at("05/06 22:00")}
