"""A citizen's dossier given out and taken away: nothing leads to it any more, and every count is what it was."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from sqlalchemy import insert, select, text

from alertd.core.dossier import Reject
from alertd.core.errors import InputError
from alertd.store import codes, migrate, privacy, tables
from tests.store.ground import World, at, dossier, finished

REASON = "yêu cầu của công dân, văn bản 12"
NAMES = ("HS-1", "BN-Đ-77")


@pytest.fixture
async def world(database):
    """HS-1 was overdue, told, explained and finished; HS-10 goes on, in the same messages."""
    made = World(database)
    due = {"due": "04/06 16:00"}
    one, ten = dossier("HS-1", aliases=("BN-Đ-77",), url="https://cong.example/HS-1", **due), dossier("HS-10", **due)
    aside = [Reject(7, "hs-1", "HS-1: ngày hẹn trả sai"), Reject(8, "HS-10", "sai")]
    made.run("03/06 08:00", one, ten, rejects=aside)
    made.run("05/06 09:00", one, ten, rejects=aside)
    await made.send("05/06 09:00")
    with database.write() as connection:
        row = made.stored()
        connection.execute(
            insert(tables.explanations).values(
                dossier_id=row.id,
                person="staff",
                at=at("05/06 10:00"),
                text="Công dân mẫu 12 chưa nộp bổ sung",
                via="telegram",
            )
        )
        connection.execute(
            insert(tables.feed_troubles).values(
                feed=row.feed, kind="flapping", since_at=at("05/06 10:00"), note="HS-1, HS-10"
            )
        )
    made.run("06/06 09:00", finished(one, "06/06 08:30"), ten, rejects=aside)
    await made.send("06/06 09:00")
    return made


def erase(world, code="HS-1"):
    with world.database.write() as connection:
        (row,) = [row for row in codes.find(connection, code) if row.code == code]
        return row, privacy.erase(connection, row, REASON, at("07/06 08:00"))


def everything(world):
    """All rows of all tables as texts, by table."""
    with world.database.read() as connection:
        return {
            table.name: [json.dumps([str(value) for value in row], ensure_ascii=False) + json.dumps(list(row), default=str)
                         for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
        }  # fmt: skip


async def test_after_an_erasure_no_name_of_the_dossier_stands_anywhere(world):
    held = "\n".join(row for rows in everything(world).values() for row in rows)
    assert all(re.search(rf"(?<!\w){name}(?!\w)", held) for name in NAMES), "they stood there before"
    erase(world)
    for table, rows in everything(world).items():
        for row in rows:
            for name in (*NAMES, json.dumps("BN-Đ-77")[1:-1], "hs-1", "Công dân mẫu"):
                assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row), (table, name, row)


async def test_every_count_stays_what_it_was(world):
    def counted():
        return (
            Counter((row.unit, row.clock, row.phase, row.finished_at) for row in world.rows("dossiers")),
            Counter((row.person, row.step, row.state, row.at) for row in world.rows("alerts")),
            Counter((row.person, row.kind, row.state) for row in world.rows("outbox")),
            Counter((row.channel, row.outcome) for row in world.rows("attempts")),
            Counter(row.person for row in world.rows("explanations")),
        )

    before = counted()
    erase(world)
    assert counted() == before


async def test_the_other_dossiers_are_left_alone(world):
    kept = world.stored("HS-10")
    texts = [row.text for row in world.rows("outbox")]
    erase(world)
    assert world.stored("HS-10") == kept
    assert world.rows("observations", dossier_id=kept.id)
    assert [row.code for row in world.rows("quarantine")] == ["HS-10"]
    assert [row.text.count("HS-10") for row in world.rows("outbox")] == [text.count("HS-10") for text in texts]
    assert world.rows("feed_troubles")[0].note.endswith(", HS-10")


async def test_the_erasure_itself_stays_on_record_with_its_reason(world):
    row, touched = erase(world)
    (erasure,) = world.rows("erasures")
    assert (erasure.dossier_id, erasure.reason, erasure.done_at) == (row.id, REASON, at("07/06 08:00"))
    assert touched["history"] > 0
    assert touched["quarantine"] == touched["explanations"] == 1


async def test_a_dossier_under_way_is_not_erased(world):
    before = everything(world)
    with pytest.raises(InputError, match="HS-10: this dossier is under way"):
        erase(world, "HS-10")
    assert everything(world) == before


async def test_an_export_holds_what_is_on_record_and_nothing_of_another_dossier(world):
    with world.database.read() as connection:
        found = privacy.export(connection, world.stored())
    assert "BN-Đ-77" in [each["code"] for each in found["aliases"]]
    assert len(found["observations"]) == len(world.rows("observations", dossier_id=world.stored().id))
    assert found["explanations"][0]["text"] == "Công dân mẫu 12 chưa nộp bổ sung"
    assert found["alerts"]
    assert found["messages"]
    assert [each["code"] for each in found["quarantine"]] == ["hs-1"]
    assert "HS-10" not in json.dumps(found, default=str)


async def test_after_an_erasure_the_daemon_goes_on(world):
    erase(world)
    world.run("07/06 09:00", dossier("HS-10", due="04/06 16:00"))
    await world.send("07/06 09:00")
    world.compose("07/06 13:00")


async def test_while_the_portal_shows_it_as_ended_it_does_not_come_back(world):
    one, ten = dossier("HS-1", due="04/06 16:00"), dossier("HS-10", due="04/06 16:00")
    erase(world)
    world.run("07/06 09:00", finished(one, "06/06 08:30"), ten)
    assert "HS-1" not in [row.code for row in world.rows("dossiers")]
    world.run("07/06 10:00", one, ten)
    assert world.stored("HS-1").clock == "due", "opened again, it is followed again"


async def test_a_code_that_another_dossier_also_claims_stays_the_one_s_whose_own_it_is(world):
    """HS-1 says that it is also known as HS-10; what is said of HS-10 is not its own."""
    one = dossier("HS-1", due="04/06 16:00", aliases=("BN-Đ-77", "HS-10"))
    world.run("06/06 10:00", finished(one, "06/06 08:30"), dossier("HS-10", due="04/06 16:00"))
    erase(world)
    assert world.stored("HS-10").code == "HS-10"
    assert any("HS-10" in row.text for row in world.rows("outbox"))


def test_what_the_database_keeps_from_being_changed_is_known_to_an_erasure(database):
    migrate.upgrade(database)
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name <> :carrier"
        if database.is_sqlite
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        " WHERE trigger_schema = current_schema() AND trigger_name <> :carrier"
    )
    with database.read() as connection:
        # this one refuses nothing: it carries the end of a dossier over to its alerts
        guarded = set(connection.execute(text(query), {"carrier": "dossiers_end_in_alerts"}).scalars())
    assert guarded
    assert guarded <= {table.name for table in privacy.KEPT}
