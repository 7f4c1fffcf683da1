"""The desk: who is answered what, buttons included; forged, foreign and late ones do nothing."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import insert

from alertd.core.conversation import Kind, Reply
from alertd.core.organisation import Absence, Contact
from alertd.core.signing import Signer
from alertd.replies import words
from alertd.store import addresses, people, tables
from tests.replies.desk_ground import MESSAGE, NOW, OF_BINH, SIGNER, Office, shown
from tests.store.ground import DAY, at, organisation, person, rules, span

ASKED = ["/quahan", "/homnay", "/hoso HS-1", "/giaitrinh HS-1 chờ Sở trả lời", "/chuyen HS-1", "/trogiup", "xin chào"]


@pytest.fixture
def office(database):
    """Officer an in chat 1, binh in chat 2, the head in chat 3, the other head in chat 4."""
    made = Office(database).poll(*shown())
    made.tell(MESSAGE, "an", "HS-1", "HS-2").tell(OF_BINH, "binh", "HS-5")
    return made.connect("an", "1").connect("binh", "2").connect("head", "3").connect("head-nv", "4")


def press(office, action, message=MESSAGE, whose="an", chat="1", **fields):
    return office.hears(SIGNER.button(action, message, whose), chat, kind=Kind.BUTTON, **fields)


# --- who is answered --------------------------------------------------------------------------------------------------


def test_a_stranger_hears_how_to_connect_and_nothing_else(office):
    for channel in ("telegram", "zalo_bot"):
        assert {office.says(text, "99", channel) for text in ASKED} == {words.stranger(channel)}
    assert office.rows("explanations") == office.rows("handovers") == []


def test_on_the_public_account_a_citizen_is_left_to_the_people_who_look_after_it(office):
    assert office.says("Cho tôi hỏi thủ tục khai sinh", "99", "zalo") is None
    assert office.says("hồ sơ HS-1", "99", "zalo") == words.stranger("zalo")


def test_in_a_group_nothing_personal_is_said(office):
    for text in [*ASKED, "/start T", "LIENKET 12345678", "/huy"]:
        said = office.says(text, "1", private=False)
        assert said == (None if text == "xin chào" else words.GROUP), text
    assert office.owner("1") == "an"


def test_a_button_in_a_group_does_nothing(office):
    assert press(office, "a", private=False) == Reply(toast=words.GROUP)
    assert office.rows("acknowledgements") == []


def test_without_a_key_everybody_is_refused_politely(office):
    office.signer = None
    office.invite("chair", token="T")
    assert {office.says(text) for text in [*ASKED, "/start T", "/huy"]} == {words.NO_KEY}
    assert office.says("/start T", "99") == words.NO_KEY
    assert office.owner("99") is None
    assert press(office, "a") == Reply(toast=words.NO_KEY)


def test_somebody_whose_chat_is_in_the_configuration_needs_no_connecting(database):
    org = organisation(person("an", "staff@TP", ids=("tp.an",), contacts=(Contact("telegram", "55"),)))
    office = Office(database, rules(org=org)).poll(*shown())
    assert "HS-1" in office.says("/quahan", "55")


def test_help_and_what_is_not_understood(office):
    assert "/hoso MÃ" in office.says("/trogiup")
    assert "HOSO MÃ" in office.connect("an", "9", "zalo").says("trợ giúp", "9", "zalo")
    assert office.says("/start") == office.says("/trogiup")
    assert office.says("alo") == words.unknown_text("telegram")
    assert [office.says(text) for text in ("/hoso", "/chuyen")] == [
        "Gõ /hoso MÃ, với MÃ là mã hồ sơ.", "Gõ /chuyen MÃ, với MÃ là mã hồ sơ.",
    ]  # fmt: skip


@pytest.mark.parametrize("channel", ["telegram", "zalo"])
def test_who_writes_from_a_chat_that_was_refused_is_reached_there_again(office, channel):
    office.connect("an", "7", channel)
    with office.database.write() as connection:
        for form in people.forms(channel, "7"):
            addresses.mark_dead(connection, "an", channel, form, "tg:403", NOW)
    office.says("/quahan", "2", channel)
    assert len(office.rows("addresses")) == len(people.forms(channel, "7")), "somebody else's word changes nothing"
    office.says("/quahan", "7", channel)
    assert office.rows("addresses") == []


def test_a_chat_that_its_person_has_disconnected_stays_so(database):
    org = organisation(person("an", "staff@TP", ids=("tp.an",), contacts=(Contact("telegram", "55"),)))
    office = Office(database, rules(org=org)).poll(*shown()).connect("an", "55")
    office.says("/huy", "55")
    office.says("/quahan", "55")
    assert [row.reason for row in office.rows("addresses")] == ["disconnected"]


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_the_button_acknowledges_every_dossier_of_its_message(office):
    assert press(office, "a") == Reply(toast="Đã xác nhận 2 hồ sơ.", settles=True)
    acked = {(row.dossier_id, row.person, row.via) for row in office.rows("acknowledgements")}
    assert acked == {(office.stored(code).id, "an", "telegram") for code in ("HS-1", "HS-2")}


FORGED = [
    "", "a", "a:", f"a:{MESSAGE}:{'0' * 16}", f"a:m{'c' * 24}:{'0' * 16}", "a:" + "x" * 200, "a:m\x00:é",
    SIGNER.button("a", MESSAGE, "binh"), Signer(b"x" * 32).button("a", MESSAGE, "an"),
    SIGNER.button("e", MESSAGE, "an").replace("e:", "a:", 1),
]  # fmt: skip


def test_a_forged_button_does_nothing(office):
    for data in FORGED:
        assert office.hears(data, kind=Kind.BUTTON) == Reply(toast=words.BAD_BUTTON), data
    assert office.rows("acknowledgements") == []


def test_somebody_else_s_button_does_nothing(office):
    assert press(office, "a", MESSAGE, "an", chat="2") == Reply(toast=words.NOT_YOURS)
    assert press(office, "a", OF_BINH, "binh", chat="1") == Reply(toast=words.NOT_YOURS)
    assert press(office, "a", chat="99") == Reply(toast=words.NOT_CONNECTED)
    assert office.rows("acknowledgements") == []


def test_a_button_expires_after_fourteen_days(office):
    office.now = NOW + 14 * DAY
    assert press(office, "a") == Reply(toast=words.BAD_BUTTON, settles=True)
    assert office.rows("acknowledgements") == []
    office.now -= DAY
    assert press(office, "a").toast == "Đã xác nhận 2 hồ sơ."


def test_the_button_to_explain_gives_the_page_or_the_words_to_type(office):
    assert press(office, "e").text.splitlines()[1:] == ["/giaitrinh HS-1 NỘI DUNG", "/giaitrinh HS-2 NỘI DUNG"]
    office.page = "https://canhbao.example/m/x"
    assert press(office, "e").text.endswith("\nhttps://canhbao.example/m/x")


def test_the_button_to_hand_over_lists_dossiers_or_for_one_the_colleagues(office):
    assert press(office, "h").text.splitlines()[1:] == ["/chuyen HS-1", "/chuyen HS-2"]
    said = press(office, "h", OF_BINH, "binh", chat="2").text
    assert "1. Chuyên viên 1\n   gõ: /chuyen HS-5 an" in said


# --- explaining and handing over --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chat", "who"), [("1", "an"), ("3", "head")])
def test_the_handler_and_the_head_explain(office, chat, who):
    said = office.says("Giải trình hs-1 Chờ Sở trả lời\nvăn bản số 12", chat)
    assert said == "Đã ghi giải trình cho hồ sơ\nHS-1."
    (row,) = office.rows("explanations")
    assert (row.dossier_id, row.person, row.text, row.via) == (
        office.stored("HS-1").id, who, "Chờ Sở trả lời\nvăn bản số 12", "telegram",
    )  # fmt: skip


def test_a_code_written_with_blanks_is_found(office):
    assert office.says("/giaitrinh HS - 1 Chờ Sở trả lời").startswith("Đã ghi")
    assert office.rows("explanations")[0].text == "Chờ Sở trả lời"


def test_too_short_an_explanation_says_so(office):
    assert "ít nhất 10 ký tự" in office.says("/giaitrinh HS-1 vì bận")
    assert "ít nhất 10 ký tự" in office.says("/giaitrinh HS-1")
    assert office.rows("explanations") == []


def test_somebody_else_s_code_is_answered_like_one_that_does_not_exist(office):
    foreign_to = [("1", "HS-5"), ("1", "HS-6"), ("4", "HS-1")]
    wishes = ["/hoso {}", "/giaitrinh {} Chờ Sở trả lời văn bản", "/chuyen {}", "/chuyen {} an"]
    for asking, (chat, foreign) in product(wishes, foreign_to):
        said = office.says(asking.format(foreign), chat)
        assert said.replace(foreign, "X") == office.says(asking.format("HS-0"), chat).replace("HS-0", "X")
        assert said.startswith("Không có hồ sơ")
    assert office.rows("explanations") == office.rows("handovers") == []


def test_a_dossier_is_handed_over_by_the_id_of_a_colleague(office):
    choices = office.says("/chuyen HS-1")
    assert "Chuyên viên 2\n   gõ: /chuyen HS-1 binh" in choices
    assert "Trưởng phòng Nội vụ" not in choices
    assert office.says("/chuyen HS-1 binh") == "Đã chuyển hồ sơ HS-1\ncho Chuyên viên 2."
    assert office.stored("HS-1").handed_to == "binh"
    assert "HS-1" in office.says("/quahan", "2")
    assert "HS-1" not in office.says("/quahan", "1")


def test_it_is_handed_to_nobody_outside_the_unit_or_unknown(office):
    assert "không giữ chức vụ nào trong đơn vị" in office.says("/chuyen HS-1 head-nv")
    assert office.says("/chuyen HS-1 nobody") == office.says("/chuyen HS-1")
    assert office.rows("handovers") == []


def test_who_stands_in_for_an_officer_is_answered_as_that_officer(database):
    away = person("an", "staff@TP", ids=("tp.an",)).__class__(
        "an", "Chuyên viên 1", ("tp.an",), person("an", "staff@TP").posts, (),
        (Absence(span(at("10/06 00:00").date(), at("11/06 12:00").date()), "office"),),
    )  # fmt: skip
    office = Office(database, rules(org=organisation(away))).poll(*shown()).connect("office", "1")
    assert "Đang quá hạn: 2 hồ sơ" in office.says("/quahan")
    office.now = at("12/06 08:00")
    assert office.says("/quahan") == "Không có hồ sơ nào quá hạn."


# --- what providers say -----------------------------------------------------------------------------------------------


def test_a_receipt_settles_a_part_whose_answer_was_lost(office):
    with office.database.write() as connection:
        part = {column.name: value for column, value in zip(tables.outbox.c, office.rows("outbox")[0], strict=True)}
        lost = part | {"id": "m1.1", "message": "m1", "dedupe_key": "m1", "state": "unknown", "settled_at": None}
        connection.execute(insert(tables.outbox).values(lost))
    assert office.hears("m1.1", "", kind=Kind.RECEIPT) is None
    assert [row.state for row in office.rows("outbox") if row.id == "m1.1"] == ["accepted"]


def test_a_notice_alarms_the_admin_once(office):
    before = len(office.rows("alerts"))
    for _ in range(2):
        assert office.hears("quota:\n" + "x" * 500, "", "zalo", Kind.NOTICE) is None
    (alarm,) = office.rows("alerts")[before:]
    assert (alarm.step, alarm.subject, alarm.person) == ("channel", "zalo", "admin")
    assert len(alarm.note) == len("news: ") + 200


def test_what_a_public_account_s_followers_do_alarms_nobody(office):
    before = len(office.rows("alerts"))
    assert office.hears("unknown:user_reacted_message", "", "zalo", Kind.NOTICE) is None
    assert len(office.rows("alerts")) == before
