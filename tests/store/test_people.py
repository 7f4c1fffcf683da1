"""Who has which chat: tokens used once, one chat one person, wrong codes, marks that come and go."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from alertd.core.ways import Connected
from alertd.store import people
from alertd.store.tables import addresses, connections, invitations, metadata

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TOKEN = "a-token-that-must-never-be-stored"


@pytest.fixture
def connection(database):
    with database.write() as open_:
        yield open_


def invited(connection, person="an", channel="telegram", token=TOKEN, valid=HOUR):
    assert people.invite(connection, person, channel, token, NOW, NOW + valid)
    return people.invitation(connection, channel, token)


def dead(connection):
    return {(row.person, row.channel, row.address, row.reason) for row in connection.execute(select(addresses))}


# --- invitations ------------------------------------------------------------------------------------------------------


def test_a_token_is_stored_nowhere(connection):
    invited(connection)
    people.connect(connection, "an", "telegram", "1", NOW)
    everything = [str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert len(everything) == 2
    assert not any(TOKEN in row for row in everything)


def test_a_token_is_used_once_and_not_at_its_end_or_later(connection):
    hashed = invited(connection).token_hash
    assert not people.use(connection, hashed, NOW + HOUR)
    assert people.use(connection, hashed, NOW + HOUR - timedelta(microseconds=1))
    assert not people.use(connection, hashed, NOW)


def test_a_token_is_good_on_its_channel_only(connection):
    invited(connection, channel="zalo", token="12345678")
    assert people.invitation(connection, "zalo_bot", "12345678") is None
    assert people.invitation(connection, "zalo", "12345679") is None


def test_a_new_invitation_replaces_the_open_one_of_the_same_person_and_channel(connection):
    invited(connection, token="first")
    invited(connection, channel="zalo", token="other")
    used = invited(connection, "binh", token="used").token_hash
    people.use(connection, used, NOW)
    invited(connection, token="second")
    invited(connection, "binh", token="again")
    kept = [people.invitation(connection, *key) is not None for key in
            [("telegram", "first"), ("zalo", "other"), ("telegram", "used"), ("telegram", "second")]]  # fmt: skip
    assert kept == [False, True, True, True]


def test_a_token_that_exists_already_is_refused_and_changes_nothing(connection):
    invited(connection, "an", "zalo", "12345678")
    assert not people.invite(connection, "binh", "zalo", "12345678", NOW, NOW + HOUR)
    assert people.invitation(connection, "zalo", "12345678").person == "an"


def test_old_invitations_go(connection):
    invited(connection, token="old")
    later = NOW + people.KEPT + 2 * HOUR
    assert people.invite(connection, "binh", "telegram", "new", later, later + HOUR)
    assert [row.person for row in connection.execute(select(invitations))] == ["binh"]


def test_of_two_chats_with_one_token_exactly_one_wins(database):
    with database.write() as connection:
        hashed = invited(connection).token_hash
    start, won = threading.Barrier(8), []

    def take(chat):
        start.wait()
        with database.write() as connection:
            if people.use(connection, hashed, NOW):
                won.append(chat)
                assert people.connect(connection, "an", "telegram", chat, NOW)

    threads = [threading.Thread(target=take, args=(str(chat),)) for chat in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with database.read() as connection:
        assert people.connected(connection) == {"an": {"telegram": Connected(won[0], NOW)}}


# --- chats ------------------------------------------------------------------------------------------------------------


def test_a_person_has_one_chat_on_a_channel_and_one_on_another(connection):
    assert people.connect(connection, "an", "telegram", "1", NOW)
    assert people.connect(connection, "an", "zalo", "1", NOW)
    assert people.connect(connection, "an", "telegram", "2", NOW + HOUR)
    assert people.connected(connection) == {"an": {"telegram": Connected("2", NOW + HOUR), "zalo": Connected("1", NOW)}}
    at = [people.person_at(connection, *chat) for chat in [("telegram", "1"), ("telegram", "2"), ("zalo", "1")]]
    assert at == [None, "an", "an"]


def test_a_chat_belongs_to_one_person(connection):
    people.connect(connection, "an", "telegram", "1", NOW)
    people.connect(connection, "binh", "telegram", "2", NOW)
    assert not people.connect(connection, "binh", "telegram", "1", NOW + HOUR)
    assert people.person_at(connection, "telegram", "1") == "an"
    assert people.person_at(connection, "telegram", "2") == "binh", "and who was refused keeps what they had"


def test_two_people_who_connect_the_same_chat_at_the_same_time(database):
    start, won = threading.Barrier(6), []

    def take(person):
        start.wait()
        with database.write() as connection:
            if people.connect(connection, person, "telegram", "1", NOW):
                won.append(person)

    threads = [threading.Thread(target=take, args=(f"p{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert list(people.connected(connection)) == won
    assert len(won) == 1


@pytest.mark.parametrize(("channel", "forms"), [("telegram", {"7"}), ("zalo", {"cs:7", "uid:7"}), ("zalo_bot", {"7"})])
def test_who_blocks_the_channel_is_dead_at_once_and_alive_when_back(connection, channel, forms):
    people.connect(connection, "an", channel, "7", NOW)
    people.gone(connection, "an", channel, "7", NOW)
    assert dead(connection) == {("an", channel, form, "blocked") for form in forms}
    assert people.person_at(connection, channel, "7") == "an"
    people.back(connection, "an", channel, "7", NOW)
    assert dead(connection) == set()


def test_connecting_again_takes_away_the_marks_of_the_channel_but_not_a_phone_number_s(connection):
    marks = [("an", "zalo", "uid:1"), ("an", "zalo", "phone:84"), ("an", "telegram", "1"), ("binh", "zalo", "uid:2")]
    connection.execute(insert(addresses), [
        {"person": p, "channel": c, "address": a, "dead_since": NOW, "reason": "blocked"} for p, c, a in marks
    ])  # fmt: skip
    people.connect(connection, "an", "zalo", "9", NOW)
    assert {row[:3] for row in dead(connection)} == set(marks[1:])


def test_who_disconnects_is_unknown_and_never_written_to(connection):
    people.connect(connection, "an", "zalo", "7", NOW)
    assert people.disconnect(connection, "an", "zalo", NOW) == "7"
    assert people.disconnect(connection, "an", "zalo", NOW) is None
    assert people.connected(connection) == {}
    assert {row[2:] for row in dead(connection)} == {("cs:7", "disconnected"), ("uid:7", "disconnected")}


def test_a_word_is_noted_at_most_once_an_hour(connection):
    people.connect(connection, "an", "zalo", "7", NOW)
    seen = []
    for minutes in (0, 59, 60, 100, 119, 120):
        people.spoke(connection, "zalo", "7", NOW + minutes * MINUTE)
        seen.append((connection.scalar(select(connections.c.spoke_at)) - NOW) // MINUTE)
    assert seen == [0, 0, 60, 60, 60, 120]


# --- wrong codes ------------------------------------------------------------------------------------------------------


def tries(connection, at, address="7"):
    """Whether a try is heard; if so it is a wrong one."""
    heard = people.may_try(connection, "zalo", address, at)
    if heard:
        people.wrong(connection, "zalo", address, at)
    return heard


def test_after_five_wrong_codes_a_sender_is_not_heard_for_fifteen_minutes(connection):
    assert [tries(connection, NOW + at * MINUTE) for at in range(8)] == [True] * 5 + [False] * 3
    assert tries(connection, NOW, address="8"), "others are"
    last = NOW + 4 * MINUTE
    assert not people.may_try(connection, "zalo", "7", last + people.SILENCE - timedelta(seconds=1))
    again = last + people.SILENCE
    assert [tries(connection, again) for _ in range(6)] == [True] * 5 + [False]


def test_a_right_code_wipes_out_the_wrong_ones(connection):
    for _ in range(4):
        tries(connection, NOW)
    people.forgive(connection, "zalo", "7")
    assert [tries(connection, NOW) for _ in range(6)] == [True] * 5 + [False]


def test_wrong_codes_at_the_same_time_are_all_counted(database):
    start, heard = threading.Barrier(8), []

    def take():
        start.wait()
        with database.write() as connection:
            heard.append(tries(connection, NOW))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [False] * 3 + [True] * 5
