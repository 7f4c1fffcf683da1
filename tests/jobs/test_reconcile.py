from __future__ import annotations

import json
from datetime import timedelta

import pytest

from alertd.feeds.national import NationalEvaluation
from alertd.jobs.reconcile import Reconcile
from alertd.store import national
from tests.peers.loopback import Answer
from tests.peers.national_server import NationalServer, unit
from tests.store.ground import HOUR, World, at, dossier


@pytest.fixture
def world(database):
    return World(database)


def job(world, server, *feeds):
    return Reconcile(world.database, world.rules, NationalEvaluation(server.url, "id-H27"), feeds)


def on_record(world):
    with world.database.read() as connection:
        return national.last(connection)


async def test_our_counts_of_the_year_stand_beside_the_national_ones(world):
    late = dossier("HS-3", received_at=at("31/12/2023 23:59"))
    first = dossier("HS-4", received_at=at("01/01/2024 00:00"))
    world.poll("03/06 08:00", dossier("HS-1"), dossier("HS-2", unit="NV"), late, first, dossier("HS-5", unit="Lạ"))
    async with NationalServer([unit("TP", "", 5), unit("X", "Phòng Nội vụ", 1)], unit("UBND", "", 8)) as server:
        assert await job(world, server, "portal").tick(at("03/06 09:00"))
    row = on_record(world)
    assert (row.year, row.error, row.made_at, row.tried_at) == (2024, "", at("03/06 09:00"), at("03/06 09:00"))
    assert row.units == [
        {"unit": "NV", "national": 1, "own": 1},
        {"unit": "TP", "national": 5, "own": 2},
        {"unit": "UBND", "national": 8, "own": 3},
    ]
    assert server.violations == []


async def test_copies_that_have_no_deadlines_do_not_count(world):
    world.poll("03/06 08:00", dossier("HS-1"))
    async with NationalServer([unit("TP", "", 1)]) as server:
        await job(world, server).tick(at("03/06 09:00"))
    assert on_record(world).units == [{"unit": "TP", "national": 1, "own": 0}]


async def test_nothing_is_compared_before_every_feed_was_read_whole(world):
    world.poll("03/06 08:00", dossier("HS-1"), complete=False)
    async with NationalServer([unit("TP", "", 1)]) as server:
        assert not await job(world, server, "portal").tick(at("03/06 09:00"))
        world.poll("03/06 09:05", dossier("HS-1"))
        assert not await job(world, server, "portal", "other").tick(at("03/06 09:10"))
        assert await job(world, server, "portal").tick(at("03/06 09:15"))
    assert on_record(world).units == [{"unit": "TP", "national": 1, "own": 1}]


async def test_it_is_tried_once_in_24_hours_whatever_came_of_it(world):
    async with NationalServer([unit("TP", "", 1)]) as server:
        one = job(world, server)
        assert await one.tick(at("03/06 09:00"))
        assert not await one.tick(at("03/06 09:00") + timedelta(hours=23, minutes=59))
        server.instead = Answer(500)
        assert await one.tick(at("04/06 09:00"))
        assert not await one.tick(at("04/06 09:00") + HOUR)
        server.instead = None
        assert await one.tick(at("05/06 09:00"))
    assert len(server.calls) == 3
    assert on_record(world).error == ""


async def test_a_failure_keeps_the_comparison_before_it_and_alarms_nobody(world, caplog):
    world.poll("03/06 08:00", dossier("HS-1"))
    async with NationalServer([unit("TP", "", 1)]) as server:
        await job(world, server, "portal").tick(at("03/06 09:00"))
        server.instead = Answer(403)
        await job(world, server, "portal").tick(at("04/06 09:00"))
    row = on_record(world)
    assert (row.made_at, row.tried_at) == (at("03/06 09:00"), at("04/06 09:00"))
    assert row.units == [{"unit": "TP", "national": 1, "own": 1}]
    assert "answers 403" in row.error
    assert world.rows("alerts") == []
    assert [feed.state for feed in world.rows("feeds")] == ["ok"]


async def test_a_first_failure_is_on_record_too(world):
    async with NationalServer([]) as server:
        server.instead = Answer(200, json.dumps({"code": "OK"}).encode())
        await job(world, server).tick(at("03/06 09:00"))
    row = on_record(world)
    assert (row.made_at, row.year, row.units) == (None, None, [])
    assert "the answer is not that of the evaluation" in row.error
