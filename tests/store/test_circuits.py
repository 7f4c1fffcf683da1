"""Open circuits survive a restart; closed ones leave nothing behind."""

from __future__ import annotations

from datetime import timedelta

from alertd.core.circuit import Circuit
from alertd.store import circuits
from tests.store.ground import at

NOW = at("05/06 16:00")


def test_an_open_circuit_comes_back_as_it_was(database):
    with database.write() as connection:
        circuits.save(connection, "telegram", Circuit(NOW, "auth tg:401", NOW + timedelta(minutes=1)))
        circuits.save(connection, "zalo", Circuit(NOW, "quota", None))
    with database.read() as connection:
        found = circuits.open_circuits(connection)
    assert found == {
        "telegram": Circuit(NOW, "auth tg:401", NOW + timedelta(minutes=1)), "zalo": Circuit(NOW, "quota", None),
    }  # fmt: skip
    assert found["telegram"].opened_at.utcoffset() == timedelta(0)


def test_a_later_probe_takes_the_place_of_the_earlier(database):
    with database.write() as connection:
        for minutes in (1, 2):
            circuits.save(connection, "telegram", Circuit(NOW, "x", NOW + timedelta(minutes=minutes)))
        assert circuits.open_circuits(connection)["telegram"].probed_at == NOW + timedelta(minutes=2)


def test_a_closed_circuit_has_no_row_and_may_be_saved_as_often_as_one_likes(database):
    with database.write() as connection:
        circuits.save(connection, "telegram", Circuit())
        circuits.save(connection, "telegram", Circuit(NOW, "x", NOW))
        circuits.save(connection, "zalo", Circuit(NOW, "y", NOW))
        circuits.save(connection, "telegram", Circuit())
        circuits.save(connection, "telegram", Circuit())
        assert list(circuits.open_circuits(connection)) == ["zalo"]
