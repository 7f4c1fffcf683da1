"""Questions about one's own dossiers: the right ones, worst first, in words that fit one message."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import event, text

from alertd.core.dossier import Phase
from alertd.core.organisation import Unit
from alertd.replies.scope import Scope
from alertd.replies.standing import handles
from alertd.store import migrate, questions
from alertd.store.database import Database
from tests.replies.desk_ground import MESSAGE, NOW, Office, shown
from tests.store.ground import DAY, UNITS, at, dossier, finished, organisation, person, rules


@pytest.fixture
def office(database):
    made = Office(database).poll(*shown())
    return made.connect("an", "1").connect("head", "3").connect("head-nv", "4").connect("chair", "5")


def test_an_officer_s_overdue_dossiers_worst_first(office):
    assert office.says("/quahan") == (
        "Đang quá hạn: 2 hồ sơ\n"
        "1. HS-1 · Cải chính hộ tịch\n   chậm 1 ngày 6 giờ, hạn 16:00 Thứ Năm 06/06\n"
        "2. HS-2 · Chứng thực bản sao\n   chậm 2 giờ 30 phút, hạn 10:00 hôm nay"
    )


def test_a_head_sees_how_many_each_officer_has(office):
    said = office.says("/quahan", "3").splitlines()
    assert said[:3] == ["Đang quá hạn: 3 hồ sơ", "- Chuyên viên 1: 2", "- Chuyên viên 2: 1"]
    assert said[4].endswith("· Chuyên viên 1")


def test_the_chairman_sees_how_many_each_unit_has(office):
    assert office.says("/quahan", "5").splitlines()[:4] == [
        "Đang quá hạn: 4 hồ sơ", "- Phòng Tư pháp: 3", "- Phòng Nội vụ: 1", "1. HS-6 · Chứng thực bản sao",
    ]  # fmt: skip


def test_due_today_is_what_is_still_to_come_today(office):
    assert office.says("hôm nay") == (
        "Đến hạn hôm nay: 1 hồ sơ\n1. HS-3 · Chứng thực bản sao\n   hạn 16:00 hôm nay · còn 2 giờ làm việc"
    )
    office.now = at("10/06 16:00")
    assert "HS-3" in office.says("hôm nay"), "due this instant, not yet overdue"
    office.now = at("10/06 16:01")
    assert office.says("hôm nay") == "Từ giờ đến hết hôm nay không có hồ sơ nào đến hạn."
    assert "HS-3" in office.says("quá hạn")


def test_a_dossier_is_found_under_any_of_its_codes(office):
    office.poll(dossier("HS-1", due="06/06 16:00", procedure="Cải chính hộ tịch", aliases=("H27.35-240527-0001",)))
    said = office.says("/hoso h27.35-240527-0001")
    assert said.startswith("HS-1: đang xử lý\n")
    assert said == office.says("/hoso HS-1")


def test_what_is_paused_or_finished_is_not_overdue(office):
    gone = [
        dossier("HS-1", due="06/06 16:00", phase=Phase.PAUSED),
        finished(dossier("HS-2", due="10/06 10:00"), "10/06 13:30"),
    ]
    office.poll(*gone, *shown()[2:])
    assert office.says("/quahan") == "Không có hồ sơ nào quá hạn."


def test_many_dossiers_fit_one_message_and_the_rest_is_counted(database):
    many = [dossier(f"HS-{n:03d}", due="06/06 16:00", procedure="Thủ tục " + "rất dài " * 20) for n in range(100)]
    said = Office(database).poll(*many).connect("an", "1").says("/quahan")
    assert len(said) <= 2000
    named = said.count(". HS-")
    assert 5 < named < 100
    assert said.endswith(f"\n… và {100 - named} hồ sơ nữa")


def test_one_dossier_with_who_was_told_and_who_acknowledged(office):
    office.tell(MESSAGE, "an", "HS-1", settled=at("10/06 07:30"))
    with office.database.write() as connection:
        row = {"d": office.stored("HS-1").id}
        connection.execute(text("INSERT INTO acknowledgements (dossier_id, episode, person, at, via)"
                                " VALUES (:d, 1, 'an', '2024-06-10T01:00:00.000000+00:00', 'telegram')"), row)  # fmt: skip
    assert office.says("/hoso hs-1", "3") == (
        "HS-1: đang xử lý\nCải chính hộ tịch\nPhòng Tư pháp · Chuyên viên 1\n"
        "Chậm 1 ngày 6 giờ, hạn 16:00 Thứ Năm 06/06\n"
        "Đã báo: Chuyên viên 1 (07:30 hôm nay)\nĐã xác nhận: Chuyên viên 1"
    )


def test_a_dossier_without_due_date_paused_or_missing(office):
    office.poll(dossier("HS-1", due=None), dossier("HS-2", due="10/06 10:00", phase=Phase.PAUSED))
    assert "Không có ngày hẹn trả." in office.says("/hoso HS-1")
    said = office.says("/hoso HS-2")
    assert said.startswith("HS-2: tạm dừng")
    assert "Hạn 10:00 hôm nay\n" in said
    assert "Không còn thấy trên cổng từ 14:00 hôm nay." in office.says("/hoso HS-3")


def test_who_was_told_of_a_dossier_may_ask_about_it_later(office):
    office.poll(*shown()[1:], dossier("HS-1", due="06/06 16:00", officers=("tp.binh",)))
    assert office.says("/hoso HS-1").startswith("Không có hồ sơ HS-1")
    office.tell(MESSAGE, "an", "HS-1")
    assert office.says("/hoso HS-1").startswith("HS-1: đang xử lý")


def test_what_a_person_is_told_is_exactly_what_is_theirs(database):
    """Compared with every dossier looked at one by one; the district has units below units and odd portal ids."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    ids = ["a", "a%", "a_b", "ơ.đ", 'q"t', "tp.an", "tp.ang"]
    units = (*UNITS, Unit("BP", "Bộ phận một cửa", "team", edges=(UNITS[1].edges[0].__class__("TP"),)))
    people = [person(f"p{n}", f"staff@{rng.choice(['TP', 'NV', 'BP'])}", ids=(each,)) for n, each in enumerate(ids)]
    office = Office(database, rules(org=organisation(*people, person("an", "head@BP"), units=units)))
    office.poll(*[
        dossier(f"HS-{n}", due=rng.choice(["03/06 10:00", "07/06", "10/06 15:00", "12/06 09:00"]),
                unit=rng.choice(["TP", "NV", "BP", "Nơi lạ"]), officers=(rng.choice([*ids, "Cán bộ p3", "không ai"]),))
        for n in range(200)
    ])  # fmt: skip
    every = office.rows("dossiers")
    with database.read() as connection:
        for who in office.rules.organisation.people:
            scope = Scope.of(office.rules, who, NOW)
            theirs = {row.code for row in every if row.due_at < NOW
                      and (row.unit in scope.led or handles(scope.directory, row, who))}  # fmt: skip
            assert {row.code for row in scope.due(connection, None, NOW)} == theirs, who
    assert len(Scope.of(office.rules, "head", NOW).led) == 2


def test_the_questions_are_answered_from_an_index(tmp_path):
    """On SQLite, whose plans do not depend on how much there is."""
    database = Database(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrate.upgrade(database)
    office, seen = Office(database), []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append((args[2], args[3])))
    with database.read() as connection:
        Scope.of(office.rules, "an", NOW).due(connection, NOW - DAY, NOW)
        questions.told(connection, 1)
        questions.acknowledged(connection, 1, 1)
        questions.message_made(connection, MESSAGE)
        asked = [each for each in seen if each[0].startswith("SELECT")]
        plans = [(sql, connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()) for sql, values in asked]
    database.close()
    assert len(plans) == 6
    for sql, plan in plans:
        scanned = [row[-1] for row in plan if row[-1].startswith("SCAN") and "anon_1" not in row[-1]]
        assert not scanned, sql
    assert sum("dossiers_open" in str(plan) for _, plan in plans) == 3
