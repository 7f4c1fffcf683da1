"""A dossier's absence from complete polls is on record from its first day to its last."""

from __future__ import annotations

from tests.store.ground import World, at, dossier


def test_an_absence_begins_with_the_first_complete_poll_and_ends_when_it_is_seen_again(database):
    world = World(database)
    one, other = dossier("HS-1"), dossier("HS-2")
    world.poll("03/06 08:00", one, other)
    world.poll("03/06 09:00", other)
    world.poll("03/06 10:00", other)
    (row,) = world.rows("absences")
    assert (row.dossier_id, row.since, row.until) == (world.stored("HS-1").id, at("03/06 09:00"), None)
    world.poll("03/06 11:00", one, other)
    assert [(r.since, r.until) for r in world.rows("absences")] == [(at("03/06 09:00"), at("03/06 11:00"))]
    world.poll("03/06 12:00", other)
    assert [r.since for r in world.rows("absences")] == [at("03/06 09:00"), at("03/06 12:00")]


def test_an_absence_ends_with_a_change_too(database):
    world = World(database)
    world.poll("03/06 08:00", dossier("HS-1"), dossier("HS-2"))
    world.poll("03/06 09:00", dossier("HS-2"))
    world.poll("03/06 10:00", dossier("HS-1", status="5"), dossier("HS-2"))
    assert [r.until for r in world.rows("absences")] == [at("03/06 10:00")]
