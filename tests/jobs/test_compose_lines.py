"""What a line says of its dossier: new or told before, who handles it, whether they have acknowledged it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from alertd.core.freshness import MaxAge
from alertd.store.tables import acknowledgements, dossiers
from tests.store.ground import World, at, dossier, rules, slots, step

LADDER = (
    step("soon", "-2d", "officer"), step("overdue", "0d", "officer", "head"),
    step("again", "+1h", "head", every="1h"),
)  # fmt: skip


@pytest.fixture
def world(database):
    return World(database, rules(*LADDER), max_age=MaxAge(working_days=20))


async def text(world, person, when, *shown):
    world.run(when, *shown)
    world.sent.clear()
    await world.send(when)
    (part,) = [part for part in world.sent if part.person == person]
    return part.text


def acknowledge(world, person, when, episode=1, code="HS-1"):
    row = {"dossier_id": world.stored(code).id, "episode": episode, "person": person, "at": at(when), "via": "page"}
    with world.database.write() as connection:
        connection.execute(insert(acknowledgements), row)


def hand_over(world, person):
    with world.database.write() as connection:
        connection.execute(update(dossiers).values(handed_to=person))


OLD, NEW = dossier(due="05/06 09:00"), dossier("HS-2", due="05/06 10:00")


async def test_what_is_new_to_the_reader_comes_before_what_was_told_before_and_says_so(world):
    first = await text(world, "head", "05/06 09:01", OLD, NEW)
    assert "mới" not in first, "where everything is new nothing needs to say so"
    again = await text(world, "head", "05/06 10:01", OLD, NEW)
    assert again == (
        "QUÁ HẠN đến 1 giờ: 2 hồ sơ (Phòng Tư pháp)\n"
        "Chuyên viên 1:\n"
        "1. HS-2 · Chứng thực bản sao · mới\n"
        "   chậm 1 phút, hạn 10:00 hôm nay · cán bộ chưa xác nhận\n"
        "2. HS-1 · Chứng thực bản sao\n"
        "   chậm 1 giờ 1 phút, hạn 09:00 hôm nay · cán bộ chưa xác nhận"
    )
    assert "mới" not in await text(world, "head", "05/06 11:01", OLD, NEW)


async def test_to_fall_overdue_is_news_of_a_dossier_told_before(world):
    soon = dossier("HS-3", due="07/06 16:00")
    await text(world, "an", "05/06 09:00", OLD, NEW)
    await world.send("05/06 10:00")
    found = await text(world, "an", "05/06 16:00", OLD, NEW, soon)
    assert [line for line in found.split("\n") if line[0].isdigit()] == [
        "1. HS-2 · Chứng thực bản sao", "2. HS-3 · Chứng thực bản sao",
    ]  # fmt: skip


async def test_a_head_reads_whether_the_officer_has_acknowledged(world):
    await text(world, "head", "05/06 09:00", OLD)
    assert "   chậm 1 giờ, hạn 09:00 hôm nay · cán bộ chưa xác nhận" in await text(world, "head", "05/06 10:00", OLD)
    acknowledge(world, "an", "05/06 10:15")
    acknowledge(world, "head", "05/06 10:10")
    found = await text(world, "head", "05/06 11:00", OLD)
    assert "   chậm 2 giờ, hạn 09:00 hôm nay · cán bộ đã xác nhận 10:15 hôm nay" in found


async def test_where_nobody_can_acknowledge_nobody_is_said_not_to_have(world):
    await text(world, "head", "05/06 09:00", OLD)
    world.run("05/06 10:00", OLD)
    replace(world.composer, answers=False).tick(at("05/06 10:00"))
    assert "xác nhận" not in world.rows("outbox", person="head")[-1].text


async def test_an_acknowledgement_of_an_earlier_episode_or_of_somebody_else_does_not_count(world):
    await text(world, "head", "05/06 09:00", OLD)
    acknowledge(world, "an", "05/06 09:10", episode=0)
    acknowledge(world, "binh", "05/06 09:20")
    assert "· cán bộ chưa xác nhận" in await text(world, "head", "05/06 10:00", OLD)


async def test_an_officer_who_was_told_nothing_is_not_said_to_have_been_silent(database):
    world = World(database, rules(step("overdue", "0d", "head", every="1h")), max_age=MaxAge(working_days=20))
    await text(world, "head", "05/06 09:00", OLD)
    assert "xác nhận" not in await text(world, "head", "05/06 10:00", OLD)


async def test_an_officer_s_own_line_says_nothing_of_acknowledging(world):
    await text(world, "an", "05/06 08:00", OLD)
    assert "xác nhận" not in await text(world, "an", "05/06 09:00", OLD)


async def test_the_colleague_to_whom_it_was_handed_is_named_as_its_handler(world):
    await text(world, "head", "05/06 09:00", OLD)
    hand_over(world, "binh")
    found = await text(world, "head", "05/06 10:00", OLD)
    assert "Chuyên viên 1" not in found
    assert found.split("\n")[1] == "Chuyên viên 2:"


# --- quiet hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "quiet", "morning"),
    [
        ((), ("21:30", "06:30"), "06:30"),
        ((), ("12:00", "06:00"), "06:00"),
        (("07:30",), ("21:30", "06:30"), "07:30"),
        (("07:30",), ("12:00", "08:00"), "08:00"),
    ],
)
async def test_only_critical_alerts_leave_in_quiet_hours_which_may_pass_midnight(database, times, quiet, morning):
    ladder = rules(step("fire", "0d", "head", urgency="critical"), step("before", "-1h", "officer"))
    world = World(database, ladder, slots=slots(*times, quiet=quiet), max_age=MaxAge(working_days=20))
    world.tick("05/06 10:00")
    world.compose("05/06 10:00")
    world.poll("05/06 22:00", dossier(due="05/06 21:50"))
    found = []
    for when in ("05/06 22:00", "05/06 23:59", *(f"06/06 {clock}" for clock in
                 ("00:00", "05:59", "06:00", "06:29", "06:30", "07:29", "07:30", "08:00"))):  # fmt: skip
        world.tick(when)
        world.sent.clear()
        await world.send(when)
        found += [(part.person, when) for part in world.sent]
    assert found == [("head", "05/06 22:00"), ("an", f"06/06 {morning}")]


async def test_how_late_is_said_in_working_time_as_everything_else(world):
    """Due on Friday afternoon, seen on Monday: a weekend on the clock, three quarters of an hour at work."""
    shown = await text(world, "head", "10/06 07:45", dossier(due="07/06 16:30"))
    assert "chậm 45 phút, hạn 16:30 Thứ Sáu 07/06" in shown
    assert "(báo muộn 45 phút làm việc: mới nhận được dữ liệu)" in shown


async def test_what_was_only_late_at_night_says_so(world):
    world.poll("05/06 16:00", dossier(due="05/06 17:00"))
    world.tick("05/06 20:00")
    world.sent.clear()
    world.compose("06/06 07:30")
    await world.send("06/06 07:30")
    said = {part.person: part.text for part in world.sent}
    assert "(báo muộn: hệ thống gián đoạn)" in said["head"]
