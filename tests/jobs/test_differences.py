"""The admin hears of each difference between the ledger and its audit once, and of its end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from alertd.core.audit.judging import Fault, Finding
from alertd.core.freshness import MaxAge
from alertd.jobs.audit import Auditor
from alertd.store import differences
from tests.store.ground import HOUR, World, at, dossier

START = at("05/06 16:00")


@pytest.fixture
def world(database):
    made = World(database, max_age=MaxAge(working_days=9))
    made.run(START, *(dossier(code) for code in ("HS-1", "HS-2", "HS-3")))
    return made


def audited(world, now=START):
    """One audit of the daemon; gives the notes of all alarms so far."""
    Auditor(world.database, world.rules, lambda: now).tick(now)
    return [(row.person, row.note) for row in world.rows("alerts", step="audit") if row.state != "superseded"]


def change(world, statement):
    with world.database.write() as connection:
        connection.execute(text(statement))


def take_away(world, code):
    change(world, f"UPDATE dossiers SET next_step_at = NULL WHERE code = '{code}'")


def give_back(world, code):
    """HS-3 is planned like the others."""
    planned = "SELECT next_step_at FROM dossiers WHERE code = 'HS-3'"
    change(world, f"UPDATE dossiers SET next_step_at = ({planned}) WHERE code = '{code}'")


def test_a_ledger_in_order_is_no_news(world):
    assert audited(world) == []


async def test_each_difference_is_told_once_and_its_end_too(world):
    take_away(world, "HS-1")
    assert audited(world) == [("admin", "new|1|1|HS-1")]
    assert audited(world, START + HOUR) == [("admin", "new|1|1|HS-1")]
    take_away(world, "HS-2")
    assert audited(world)[1:] == [("admin", "new|1|2|HS-2")]
    await world.send(START)
    give_back(world, "HS-1")
    assert audited(world)[2:] == [("admin", "gone|1|1|")]
    give_back(world, "HS-2")
    assert audited(world)[3:] == [("admin", "gone|1|0|")]
    assert audited(world)[4:] == []
    take_away(world, "HS-1")
    assert audited(world)[4:] == [("admin", "new|1|1|HS-1")]


async def test_an_alarm_that_has_not_left_is_taken_back_when_all_is_right_again(world):
    take_away(world, "HS-1")
    assert len(audited(world)) == 1
    give_back(world, "HS-1")
    assert audited(world) == []


async def test_what_the_admin_reads_says_what_to_do(world):
    take_away(world, "HS-1")
    take_away(world, "HS-2")
    audited(world)
    await world.send(START)
    (part,) = [part for part in world.sent if part.person == "admin"]
    assert part.text.splitlines() == [
        "Sổ cảnh báo có 2 sai lệch",
        "Tự kiểm tra thấy 2 sai lệch mới trong sổ cảnh báo: HS-1, HS-2",
        "Có người có thể chưa được báo, hoặc bị báo nhầm.",
        "Xem: alertd audit",
    ]


def test_of_a_ledger_that_is_wrong_throughout_a_thousand_are_told_apart_and_all_are_counted(database):
    world = World(database)
    found = [Finding(Fault.MISSING, f"HS-{n}", "soon", "an", START, "") for n in range(differences.MOST + 5)]
    for _ in range(2):
        with database.write() as connection:
            differences.settle(connection, world.rules, found, START)
    (alarm,) = world.rows("alerts", step="audit")
    assert alarm.note == "new|1000|1005|HS-0, HS-1, HS-2, HS-3, HS-4, …"
    with database.write() as connection:
        differences.settle(connection, world.rules, list(reversed(found)), START)
    assert len(world.rows("alerts", step="audit")) == 1, "one that is behind a thousand others is not over"
    with database.write() as connection:
        differences.settle(connection, world.rules, [], START)
    with database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_findings")) == 0
