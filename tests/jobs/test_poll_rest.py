"""A JSON portal on its way into the store, on each engine."""

from __future__ import annotations

import pytest

from alertd.assembly.rest import rest
from alertd.config.feeds import RestFeed
from alertd.core.errors import FeedError
from alertd.jobs.poll import Poll
from alertd.store import polls
from tests.peers.json_portal import JsonPortal
from tests.peers.loopback import json_answer
from tests.store.ground import ZONE, World, at


@pytest.fixture
def world(database):
    return World(database)


def item(number, **more):
    return {
        "ma": f"HS-{number}", "tt": "4", "dv": "Phòng Tư pháp", "nhan": "20240527080000", "hen": "20240610160000", **more,
    }  # fmt: skip


def job(world, portal, scope="all", **more):
    settings = {
        "name": "portal", "type": "rest", "url": portal.url, "rows": "$.data.items", "total": "$.data.total",
        "paging": {"type": "page"}, "page_size": 3,
        "fields": {"code": "$.ma", "status": "$.tt", "unit": "$.dv", "officer": "$.cb", "received_at": "$.nhan",
                   "due_at": "$.hen", "procedure": "$.ten", "fee_total": "$.phi", "url": "$.link"},
        **more,
    }  # fmt: skip
    feed = rest(RestFeed.model_validate(settings), ZONE)
    feed._client.keywords["pause"] = 0.0
    return Poll(world.database, world.rules, feed, scope)


async def test_a_portal_is_taken_whole_and_what_is_gone_from_it_is_missing(world):
    async with JsonPortal([item(number) for number in range(7)]) as portal:
        counts = await job(world, portal).tick(at("03/06 08:00"))
        assert (counts.new, counts.rejected) == (7, 0)
        del portal.rows[3]
        counts = await job(world, portal).tick(at("03/06 08:05"))
    assert (counts.unchanged, counts.changed) == (6, 0)
    assert [row.code for row in world.rows("dossiers") if row.missing_since] == ["HS-3"]


async def test_a_login_that_has_expired_makes_nothing_missing(world):
    async with JsonPortal([item(number) for number in range(7)]) as portal:
        await job(world, portal).tick(at("03/06 08:00"))
        portal.faults.instead[4] = json_answer({"error_code": -3})
        with pytest.raises(FeedError, match="check the path, and whether the login has expired"):
            await job(world, portal).tick(at("03/06 08:05"))
    assert [row.code for row in world.rows("dossiers") if row.missing_since] == []
    with world.database.read() as connection:
        state = polls.state(connection, "portal")
    assert (state.state, state.as_of) == ("failed", at("03/06 08:00"))


async def test_texts_that_no_database_keeps_are_stored_without_what_cannot_be_kept(world):
    odd = item(
        1, dv="Phòng\x00 Tư\ud800 pháp", ten="\x00", cb=["a\x1bb"], link="https://cong.example/\x00", phi="5\x00"
    )
    bad = item(2, ma="HS\ud800-2", hen="\ud800\x00 sớm")
    async with JsonPortal([odd, bad]) as portal:
        counts = await job(world, portal).tick(at("03/06 08:00"))
    assert (counts.new, counts.rejected) == (1, 1)
    row = world.stored()
    assert (row.unit, row.procedure, row.officers, row.fee_total) == ("TP", "", ["ab"], 5)
    (aside,) = world.rows("quarantine")
    assert (aside.code, aside.reason[:16]) == ("HS-2", "due_at: 'sớm' is")


async def test_the_national_copy_is_counted_and_nobody_is_told(world):
    copies = [
        {"MaHoSo": f"QG-{state}", "TrangThaiHoSo": state, "NgayTiepNhan": "20240527080000", "DonViXuLy": "Phòng Tư pháp",
         "NgayHenTra": "20240529160000", "NgayKetThucXuLy": "20240527080000"}
        for state in ("4", "5", "9")
    ]  # fmt: skip
    async with JsonPortal(copies, paging="none") as portal:
        poll = job(world, portal, "part", map="dvcqg", deadlines="false", paging="none", fields={})
        await poll.tick(at("03/06 08:00"))
        world.tick("03/06 08:00")
        await poll.tick(at("10/06 08:00"))
        world.tick("10/06 08:00")
    clocks = {row.code: (row.phase, row.clock) for row in world.rows("dossiers")}
    assert clocks == {"QG-4": ("running", "none"), "QG-5": ("paused", "stopped"), "QG-9": ("unknown", "none")}
    assert world.rows("alerts") == []
    assert world.rows("overdue_spells") == []
