from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from alertd.core.errors import StoreError
from alertd.core.grant import Grant, GrantState
from alertd.store.credentials import Credentials
from alertd.store.tables import credentials

NOW = datetime(2024, 6, 4, 9, 0, 0, 250, tzinfo=UTC)
GRANT = Grant(
    access="TEST-access",
    refresh="TEST-refresh",
    access_issued_at=NOW,
    access_expires_at=NOW + timedelta(hours=25),
    refresh_issued_at=NOW,
    version=0,
    state=GrantState.IDLE,
    state_since=NOW,
    seed="5eed",
    imported=True,
)


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "zalo.journal"


@pytest.fixture
def kept(database, journal):
    return Credentials(database, b"k" * 32, "zalo", "42", journal)


def test_a_grant_comes_back_as_it_was_and_is_nowhere_in_the_clear(kept, database):
    assert kept.load() is None
    adopted = kept.adopt(GRANT)

    assert adopted == replace(GRANT, version=1)
    assert kept.load() == adopted
    with database.read() as connection:
        row = connection.execute(select(credentials)).one()
    assert "TEST" not in str(row)
    assert (row.account, row.version, row.state) == ("42", 1, "idle")


def test_a_grant_shows_no_token_in_its_repr():
    assert "TEST" not in repr(GRANT)


def test_adopting_again_takes_the_place_and_the_next_version(kept):
    kept.adopt(GRANT)
    kept.adopt(replace(GRANT, access="TEST-other"))

    assert (kept.load().access, kept.load().version) == ("TEST-other", 2)


def test_a_state_is_entered_only_from_the_one_that_was_seen(kept):
    seen = kept.adopt(GRANT)
    later = NOW + timedelta(seconds=1)
    begun = kept.mark(seen, GrantState.IN_FLIGHT, "", later)

    assert (begun.state, begun.state_since) == (GrantState.IN_FLIGHT, later)
    assert kept.load() == begun
    assert kept.mark(seen, GrantState.IN_FLIGHT, "", later) is None
    assert kept.mark(begun, GrantState.DEAD, "zoauth:-14014", later).detail == "zoauth:-14014"
    assert kept.load().state is GrantState.DEAD


def test_a_state_entered_twice_at_the_same_kind_is_told_apart_by_its_time(kept):
    seen = kept.adopt(GRANT)
    first = kept.mark(seen, GrantState.IN_FLIGHT, "", NOW + timedelta(seconds=1))
    second = kept.mark(first, GrantState.IN_FLIGHT, "", NOW + timedelta(seconds=90))

    assert kept.mark(first, GrantState.IN_FLIGHT, "", NOW) is None
    assert kept.load() == second


def test_only_the_successor_of_what_is_stored_is_stored(kept):
    first = kept.adopt(GRANT)
    second = replace(first, access="TEST-2", version=2, imported=False)

    assert kept.save(second)
    assert not kept.save(replace(second, access="TEST-late"))
    assert kept.load() == second


def test_what_is_stored_while_in_flight_is_stored_too(kept):
    begun = kept.mark(kept.adopt(GRANT), GrantState.IN_FLIGHT, "", NOW)

    assert kept.save(replace(begun, version=2, state=GrantState.IDLE))
    assert kept.load().state is GrantState.IDLE


def test_another_key_finds_a_dead_grant_with_its_version(kept, database, journal):
    kept.adopt(GRANT)
    found = Credentials(database, b"x" * 32, "zalo", "42", journal).load()

    assert (found.access, found.refresh, found.state, found.version) == ("", "", GrantState.DEAD, 1)
    assert found.detail == "cannot be read with this key"


def test_the_journal_is_its_owners_alone_and_imported_once(kept, journal):
    first = kept.adopt(GRANT)
    kept.keep(replace(first, access="TEST-2", version=2, imported=False))

    assert journal.stat().st_mode & 0o777 == 0o600
    assert b"TEST" not in journal.read_bytes()
    assert (kept.load().access, kept.load().version) == ("TEST-2", 2)
    assert list(journal.parent.glob("zalo*")) == []


def test_an_older_journal_changes_nothing_and_goes(kept, journal):
    first = kept.adopt(GRANT)
    kept.keep(replace(first, access="TEST-old", version=2))
    kept.save(replace(first, access="TEST-2", version=2))

    assert kept.load().access == "TEST-2"
    assert not journal.exists()


def test_a_journal_catches_up_with_a_database_that_was_restored(kept, journal):
    first = kept.adopt(GRANT)
    kept.keep(replace(first, access="TEST-7", version=7, imported=False))

    assert (kept.load().access, kept.load().version) == ("TEST-7", 7)


@pytest.mark.parametrize("content", [b"", b"not sealed", b"\xff\xfe"])
def test_a_journal_that_cannot_be_read_is_left_for_a_human(kept, journal, content):
    kept.adopt(GRANT)
    journal.write_bytes(content)

    assert kept.load().access == "TEST-access"
    assert journal.read_bytes() == content


def test_a_database_that_refuses_is_told_and_keeps_the_journal(kept, database, journal):
    first = kept.adopt(GRANT)
    kept.keep(replace(first, version=2))
    with database.write() as connection:
        credentials.drop(connection)

    for work in (kept.load, lambda: kept.adopt(GRANT), lambda: kept.save(GRANT)):
        with pytest.raises(StoreError):
            work()
    assert journal.exists()


def test_a_journal_is_replaced_whole(kept, journal):
    first = kept.adopt(GRANT)
    for number in range(3):
        kept.keep(replace(first, access=f"TEST-{number}", version=2))

    assert kept.load().access == "TEST-2"
