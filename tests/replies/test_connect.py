"""Connecting a chat: by whom, once, for whom; and cutting it again."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from alertd.core.conversation import Kind
from alertd.core.organisation import Contact
from alertd.replies import connect, words
from alertd.store import tables
from tests.replies.desk_ground import Office
from tests.store.ground import DAY, HOUR, MINUTE, at, organisation, person, rules, span

CODE = "12345678"


@pytest.fixture
def office(database):
    return Office(database)


def test_a_link_connects_and_says_with_whom(office):
    token = office.invite("head")
    said = office.says(f"/start {token}")
    assert said == "Đã liên kết với Trưởng phòng Tư pháp, Phòng Tư pháp.\nKhông phải anh/chị? Gõ /huy."
    assert office.owner() == "head"


def test_a_code_connects_however_it_is_typed(office):
    typed = ["LIENKET 12345678", "liên kết 1234 5678", "Liên Kết  12345678 "]
    for chat, (channel, text) in enumerate(product(["zalo", "zalo_bot"], typed)):
        office.invite("an", channel, CODE)
        said = office.says(text, str(chat), channel)
        assert said == "Đã liên kết với Chuyên viên 1, Phòng Tư pháp.\nKhông phải anh/chị? Gõ HUY."
        assert office.owner(str(chat), channel) == "an"
        with office.database.write() as connection:
            connection.execute(delete(tables.invitations))


def test_pressing_again_in_the_same_chat_repeats_the_confirmation_and_elsewhere_does_not(office):
    token = office.invite()
    first = office.says(f"/start {token}")
    assert office.says(f"/start {token}") == first
    assert office.says(f"/start {token}", chat="2") == words.WRONG
    assert (office.owner("1"), office.owner("2")) == ("an", None)


def test_two_chats_with_one_token_at_the_same_time(office):
    token = office.invite()
    desk, start, said = office.desk, threading.Barrier(6), {}

    def press(chat):
        start.wait()
        said[chat] = desk.answer(office.event(f"/start {token}", chat=chat), office.now).text

    threads = [threading.Thread(target=press, args=(str(chat),)) for chat in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [chat for chat, text in said.items() if text != words.WRONG]
    assert len(won) == 1
    assert [office.owner(str(chat)) for chat in range(6)].count("an") == 1
    assert office.owner(won[0]) == "an"


def test_an_expired_a_foreign_and_an_invented_token_get_the_same_answer(office):
    office.invite("an", "telegram", "expired", timedelta(minutes=1))
    office.invite("binh", "zalo", "elsewhere")
    office.now += MINUTE
    said = {office.says(f"/start {token}") for token in ("expired", "elsewhere", "invented", "x" * 5000, "' OR 1=1")}
    assert said == {words.WRONG}
    assert office.owner() is None


def test_a_fifth_wrong_code_silences_the_sender_even_for_the_right_one(office):
    office.invite("an", "zalo", CODE, DAY)
    assert [office.says(f"LIENKET 1111111{n}", channel="zalo") for n in range(5)] == [words.WRONG] * 5
    assert office.says(f"LIENKET {CODE}", channel="zalo") is None
    assert office.owner(channel="zalo") is None
    office.now += 15 * MINUTE
    assert office.says(f"LIENKET {CODE}", channel="zalo").startswith("Đã liên kết")


def test_a_right_code_wipes_out_the_wrong_ones(office):
    office.invite("an", "zalo", CODE)
    said = [office.says(f"LIENKET {code}", channel="zalo") for code in [*"1111", CODE, *"11111", "1"]]
    assert said[4].startswith("Đã liên kết")
    assert [*said[:4], *said[5:]] == [words.WRONG] * 9 + [None]


def test_a_chat_that_somebody_else_connects_meanwhile_leaves_the_token_good(office):
    """What a second desk on the same database sees: nobody's chat when it looked, binh's when it writes."""
    token = office.invite("an")
    office.connect("binh", "1")
    with office.database.write() as connection:
        assert connect.connect(connection, office.rules, "telegram", "1", token, None, office.now) == words.TAKEN
    assert office.owner("1") == "binh"
    assert office.says(f"/start {token}", chat="2").startswith("Đã liên kết với Chuyên viên 1")


def test_a_chat_of_somebody_else_is_refused_and_the_token_stays_good(office):
    office.connect("binh", "1")
    token = office.invite("an")
    assert office.says(f"/start {token}") == words.TAKEN
    assert office.owner() == "binh"
    assert office.says(f"/start {token}", chat="2").startswith("Đã liên kết với Chuyên viên 1")


def test_a_chat_that_the_configuration_gives_to_somebody_else_is_refused(database):
    office = Office(database, rules(org=organisation(person("binh", contacts=(Contact("telegram", "1"),)))))
    assert office.says(f"/start {office.invite('an')}") == words.TAKEN
    assert office.owner() is None


def test_who_has_left_office_keeps_no_chat_and_cannot_connect(office):
    office.connect("gone", "1")
    assert office.says(f"/start {office.invite('an')}").startswith("Đã liên kết với Chuyên viên 1")
    assert office.says(f"/start {office.invite('gone', token='G')}", chat="2") == words.WRONG


def test_connecting_again_replaces_the_chat(office):
    office.connect("an", "1")
    office.says(f"/start {office.invite()}", chat="2")
    assert (office.owner("1"), office.owner("2")) == (None, "an")


def test_who_is_somebody_else_cancels_within_the_hour(office):
    office.connect("an", "1").connect("binh", "2", at=office.now - HOUR - MINUTE)
    assert office.says("/huy") == words.CANCELLED
    assert office.owner() is None
    assert office.says("Hủy") == words.stranger("telegram")
    assert office.says("hủy", chat="2") == words.TOO_LATE
    assert office.owner("2") == "binh"


def test_no_token_code_or_chat_is_logged(office, caplog):
    office.connect("binh", "9990001")
    secrets = [office.invite("an", token="SECRET-TOKEN"), "WRONG-TOKEN", "9990001", "9990002", "87654321"]
    with capture_logs() as logs:
        office.says("/start SECRET-TOKEN", chat="9990001")
        office.says("/start SECRET-TOKEN", chat="9990002")
        for _ in range(7):
            office.says("/start WRONG-TOKEN", chat="9990003")
        office.says("LIENKET 87654321", chat="9990002", channel="zalo")
        office.hears(chat="9990002", kind=Kind.GONE)
        office.hears(chat="9990002", kind=Kind.BACK)
        office.says("/huy", chat="9990002")
        office.hears("a:forged-9990001", chat="9990001", kind=Kind.BUTTON)
    # what was bound before by another command's set-up goes to the usual log
    written = [str(entry) for entry in logs] + [str(record.msg) for record in caplog.records]
    assert len(written) >= 8
    assert not [secret for secret in secrets if secret in str(written)]


# --- the channel says where the person went ---------------------------------------------------------------------------


def test_who_blocks_is_dead_at_once_and_alive_when_back(office):
    office.connect("an", "1")
    assert office.hears(kind=Kind.GONE) is None
    assert [(row.person, row.address, row.reason) for row in office.rows("addresses")] == [("an", "1", "blocked")]
    assert office.hears(kind=Kind.BACK) is None
    assert office.rows("addresses") == []


def test_a_chat_that_only_the_configuration_knows_is_marked_too_groups_included(database):
    office = Office(database, rules(org=organisation(person("an", contacts=(Contact("telegram", "-5"),)))))
    office.hears(chat="-5", kind=Kind.GONE, private=False)
    assert [(row.person, row.address) for row in office.rows("addresses")] == [("an", "-5")]


def test_a_stranger_who_goes_or_comes_changes_nothing(office):
    assert office.hears(kind=Kind.GONE) is None
    assert office.hears(kind=Kind.BACK) is None
    assert office.says(kind=Kind.BACK, channel="zalo") == words.stranger("zalo")
    assert office.rows("addresses") == office.rows("connections") == []


def test_a_word_on_zalo_opens_its_seven_days_also_for_who_was_configured(database):
    office = Office(database, rules(org=organisation(person("binh", contacts=(Contact("zalo", "77"),)))))
    office.connect("an", "5", "zalo", at=office.now - DAY)
    office.says("quá hạn", chat="5", channel="zalo")
    office.says("xin chào", chat="77", channel="zalo")
    assert {row.person: row.spoke_at for row in office.rows("connections")} == {"an": office.now, "binh": office.now}


def test_a_post_that_ended_yesterday(database):
    left = person("an", "staff@TP", ids=("tp.an",))
    post = left.posts[0].__class__("TP", "staff", span(None, at("09/06 12:00").date()))
    office = Office(database, rules(org=organisation(left.__class__("an", "Chuyên viên 1", ("tp.an",), (post,)))))
    office.connect("an", "1")
    assert office.says("/quahan") == words.LEFT
    assert office.says("/hoso HS-1") == words.LEFT
