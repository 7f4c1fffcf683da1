"""A rehearsal: a database as it is now, on which everything may be done and of which nothing stays."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from alertd.core.errors import StoreError
from alertd.store import polls
from alertd.store.rehearsal import rehearsal
from tests.store.ground import FEED, World, dossier


@pytest.fixture
def world(database):
    made = World(database)
    made.poll("03/06 08:00", dossier())
    return made


def test_it_holds_what_is_stored_and_gives_back_nothing(world, url):
    before = world.counts()
    with rehearsal(url) as copy:
        there = World(copy)
        assert there.stored().code == "HS-1"
        there.run("10/06 16:01", dossier(status="9"), dossier("HS-2"))
        assert len(there.rows("dossiers")) == 2
        assert there.rows("alerts")
    assert world.counts() == before
    assert world.stored().status == "4"


def test_what_fails_in_it_undoes_itself_and_the_rest_goes_on(world, url):
    with rehearsal(url) as copy:
        with pytest.raises(StoreError), copy.write() as connection:
            connection.execute(text("INSERT INTO feeds (name) VALUES ('half a row')"))
        with copy.read() as connection:
            assert list(polls.states(connection)) == [FEED]
    assert world.counts()["feeds"] == 1


def test_an_error_inside_leaves_nothing_either(world, url):
    def rehearse():
        with rehearsal(url) as copy:
            World(copy).poll("03/06 09:00", dossier("HS-2"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rehearse()
    assert [row.code for row in world.rows("dossiers")] == ["HS-1"]


def test_others_write_meanwhile(world, url):
    with rehearsal(url) as copy:
        World(copy).poll("03/06 09:00", dossier("HS-2"))
        world.poll("03/06 09:01", dossier(), dossier("HS-3"))
    assert [row.code for row in world.rows("dossiers")] == ["HS-1", "HS-3"]


def test_where_there_is_no_file_yet_it_is_empty_and_none_is_made(tmp_path):
    with rehearsal(f"sqlite:///{tmp_path / 'none' / 'alertd.db'}") as copy:
        World(copy).poll("03/06 09:00", dossier())
    assert list(tmp_path.iterdir()) == []


def test_a_newer_schema_is_refused(database, url):
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer than this alertd"), rehearsal(url):
        pass
