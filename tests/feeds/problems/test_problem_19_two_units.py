"""Problem 19: one unit receives and another processes; the land branch serves two districts and answers to a third."""

from __future__ import annotations

from tests.feeds.problems.ground import HEADERS, exported, people

LATE = "11/06 09:00"
LAND = "Văn phòng ĐKĐĐ chi nhánh Hương Sơn - Đức Thọ"


def received_elsewhere(office, unit, receiver, officer=""):
    lines = [f"{HEADERS};Đơn vị tiếp nhận", f"{exported('HS-1', unit=unit, officer=officer)};{receiver}"]
    office.drops("a.csv", "\n".join(lines), "10/06 14:00")
    office.reads_files()


def test_whoever_processes_is_told_and_who_received_it_is_kept_beside(office):
    received_elsewhere(office, LAND, "UBND thị trấn Đức Thọ", "vpdk.vienchuc")
    assert people(office.reading(LATE), "HS-1") == ["giam-doc-vpdk", "vien-chuc-vpdk"]
    row = office.stored("HS-1")
    assert (row.unit, row.unit_text, row.received_unit) == ("VPDK", LAND, "UBND thị trấn Đức Thọ")
    (unit,) = [unit for unit in office.status(LATE)["units"] if unit["overdue"]]
    assert unit["unit"] == "VPDK"


def test_the_branch_answers_along_the_line_that_a_policy_names(office):
    received_elsewhere(office, LAND, "Trung tâm Hành chính công huyện", "vpdk.vienchuc")
    office.edit("escalation.yaml", "- {name: overdue,   at: 0d,  to: [officer, head]}",
                '- {name: overdue, at: 0d, to: [head, "head@parent:vertical", head@parent]}')  # fmt: skip
    office.reading("10/06 15:00")
    told = office.told("10/06 16:01")
    assert people(told, "HS-1") == ["chu-tich-huyen", "giam-doc-so-tnmt", "giam-doc-vpdk"]


def test_an_export_that_knows_only_who_received_it_takes_that_unit(office):
    content = "Mã hồ sơ;Đơn vị tiếp nhận;Ngày tiếp nhận;Ngày hẹn trả\nHS-1;Phòng Tư pháp;01/06/2026;10/06/2026 16:00"
    office.drops("a.csv", content, "11/06 08:00")
    office.reads_files()
    office.poll(LATE)
    assert office.stored("HS-1").unit == "TP"
