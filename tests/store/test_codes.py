"""The codes of a dossier (reference 5, problem 14): found under any of them, joined under none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.store import codes, history
from tests.store.ground import World, at, dossier, finished


@pytest.fixture
def world(database):
    return World(database)


def found(world, code):
    with world.database.read() as connection:
        return [row.code for row in codes.find(connection, code)]


def shared(world):
    with world.database.read() as connection:
        return [(e["dossier"], e["code"], e["others"], e["own"]) for e in codes.shared(connection)]


def test_a_dossier_is_found_under_every_code_that_a_feed_shows_of_it_however_it_is_written(world):
    world.poll("03/06 08:00", dossier("HS-1", aliases=("H27.35-1", "BN 77")), dossier("HS-2"))
    for code in ("hs-1", "h27.35–1", " bn77"):
        assert found(world, code) == ["HS-1"]
    assert found(world, "BN-77") == []


def test_a_code_that_comes_later_is_kept_with_the_instant_and_one_that_goes_still_finds(world):
    world.poll("03/06 08:00", dossier(aliases=("A-1",)))
    world.poll("03/06 09:00", dossier(aliases=("A-2",)))
    world.poll("03/06 10:00", dossier(aliases=("A-2", "a-1", "HS-1", "")))
    kept = [(row.code, row.code_norm, row.first_seen_at) for row in world.rows("aliases")]
    assert kept == [("A-1", "A-1", at("03/06 08:00")), ("A-2", "A-2", at("03/06 09:00"))]
    assert found(world, "A-1") == found(world, "A-2") == ["HS-1"]


def test_a_dossier_that_got_another_code_is_still_found_under_the_first_with_the_messages_that_named_it_so(world):
    world.run("10/06 17:00", dossier("TAM-1", key="id-1"))
    world.compose("10/06 17:00")
    world.poll("11/06 08:00", dossier("H27.35-9", key="id-1"))
    assert found(world, "TAM-1") == found(world, "H27.35-9") == ["H27.35-9"]
    with world.database.read() as connection:
        (row,) = codes.find(connection, "TAM-1")
        told = history.record(connection, row, at("11/06 08:00"))
    assert {part.person for part in told.parts} == {"an", "head"}


def test_whose_own_code_it_is_comes_first(world):
    world.poll("03/06 08:00", dossier("HS-1", aliases=("HS-2",)), dossier("HS-2"))
    assert found(world, "HS-2") == ["HS-2", "HS-1"]


def test_two_dossiers_that_claim_each_others_code_stay_two_and_are_listed(world):
    world.poll("03/06 08:00", dossier("HS-1", aliases=("HS-2",)), dossier("HS-2", aliases=("HS-1",)), dossier("HS-3"))
    assert [row.code for row in world.rows("dossiers")] == ["HS-1", "HS-2", "HS-3"]
    assert sorted(shared(world)) == [("HS-1", "HS-2", ["HS-2"], True), ("HS-2", "HS-1", ["HS-1"], True)]


def test_one_code_claimed_by_two_dossiers_is_listed_for_both(world):
    world.poll("03/06 08:00", *(dossier(f"HS-{n}", aliases=("BN-7", f"X-{n}")) for n in (1, 2)))
    assert sorted(shared(world)) == [("HS-1", "BN-7", ["HS-2"], False), ("HS-2", "BN-7", ["HS-1"], False)]


def test_a_claim_taken_back_or_of_an_ended_dossier_is_listed_no_more(world):
    both = [dossier("HS-1", aliases=("HS-2",)), dossier("HS-2")]
    world.poll("03/06 08:00", *both)
    world.poll("03/06 09:00", replace(both[0], aliases=()), both[1])
    assert shared(world) == []
    world.poll("03/06 10:00", *both)
    assert len(shared(world)) == 1
    world.poll("03/06 11:00", finished(both[0], "03/06 10:30"), both[1])
    assert shared(world) == []


def test_dossiers_without_other_codes_have_no_rows(world):
    world.poll("03/06 08:00", dossier("HS-1"), dossier("HS-2"))
    assert world.rows("aliases") == []
    assert shared(world) == []


def test_one_code_of_two_open_dossiers_is_a_list_entry_and_not_once_one_of_them_has_ended(world):
    world.poll("03/06 08:00", dossier("HS-1", key="1"), dossier("hs-1", key="2"), dossier("HS-2", key="3"))
    assert [(claimed.upper(), code.upper(), len(others), own) for claimed, code, others, own in shared(world)] == [
        ("HS-1", "HS-1", 1, True)
    ]
    world.poll("03/06 08:05", finished(dossier("HS-1", key="1"), "03/06 08:04"), dossier("hs-1", key="2"))
    assert shared(world) == []
