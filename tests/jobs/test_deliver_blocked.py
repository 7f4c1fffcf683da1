"""Who cannot be reached by one channel any more, and what leaves late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.outcome import Outcome, SendResult
from alertd.store import people
from tests.store.ground import HOUR, MINUTE, RecordingChannel, World, at, dossier, organisation, person, rules

START = at("05/06 16:00")
BLOCKED = SendResult(Outcome.PERM_RECIPIENT, code="tg:403", scope="recipient")


def make(database, count, *contacts):
    officers = [person(f"p{n}", "staff@TP", ids=(f"tp.p{n}",), contacts=contacts) for n in range(count)]
    channels = {name: RecordingChannel(name) for name in ("telegram", "webhook", "console")}
    return World(database, rules(org=organisation(*officers)), channels=channels, max_age=MaxAge(working_days=9))


def shown(count, first=0):
    return [dossier(f"HS-{first + n:03}", officers=(f"tp.p{n}",)) for n in range(count)]


def told(world):
    return [(row.person, row.subject, row.note) for row in world.rows("alerts", step="address")]


async def test_the_admin_hears_once_of_each_who_blocked_the_bot_though_the_next_channel_reaches_them(database):
    world = make(database, 20, Contact("telegram", "7"), Contact("webhook"))
    world.channels["telegram"].answers = [BLOCKED] * 20
    for round_ in range(3):
        when = START + round_ * HOUR
        world.run(when, *[seen for n in range(round_ + 1) for seen in shown(20, 100 * n)])
        await world.send(when)
        await world.send(when + MINUTE)
    assert sorted(told(world)) == sorted(("admin", f"p{n}", "telegram") for n in range(20))
    assert len(world.channels["telegram"].parts) == 20, "one call each"
    assert len(world.channels["webhook"].parts) == 60
    assert {part.text.split(" (")[0] for part in world.sent} == {"Liên hệ không còn dùng được: 20 người"}
    assert "".join(part.text for part in world.sent).count("không đến được") == 20


async def test_who_connected_anew_and_was_reached_is_told_of_again(database):
    world = make(database, 1, Contact("telegram"), Contact("webhook"))
    for round_, answers in enumerate(([BLOCKED], [], [BLOCKED])):
        when = START + round_ * HOUR
        world.channels["telegram"].answers = answers
        with database.write() as connection:
            people.connect(connection, "p0", "telegram", "7", when)
        world.run(when, *[seen for n in range(round_ + 1) for seen in shown(1, 100 * n)])
        await world.send(when)
    assert told(world) == [("admin", "p0", "telegram")] * 2


async def test_whom_nothing_reaches_is_told_of_as_that_alone(database):
    world = make(database, 1, Contact("telegram", "7"))
    world.channels["telegram"].answers = [BLOCKED]
    world.run(START, *shown(1))
    await world.send(START)
    assert told(world) == []
    assert [row.note for row in world.rows("alerts", step="delivery")] == ["unreachable"]


@pytest.mark.parametrize(("minutes", "late"), [(1, False), (29, False), (31, True), (60, True), (3 * 1440, True)])
async def test_a_message_that_its_channel_kept_for_long_says_so(database, minutes, late):
    world = make(database, 1, Contact("telegram", "7"))
    world.channels["telegram"].answers = [SendResult(Outcome.TRANSIENT, code="tg:connect")]
    world.run(START, *shown(1))
    await world.send(START)
    await world.send(START + timedelta(minutes=minutes))
    first, second = world.channels["telegram"].parts
    assert (first.late, second.late, second.id == first.id) == (False, late, True)
    assert ("(Tin soạn lúc 16:00" in second.text, "gửi muộn)" in second.text) == (late, late)
