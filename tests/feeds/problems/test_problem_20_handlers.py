"""Problem 20: the handler is missing, a placeholder, several in one cell, a GUID, or somebody who has left."""

from __future__ import annotations

import pytest

from tests.feeds.problems.ground import HEAD, OFFICER, exported, igate, people

SOON = "08/06 09:00"
GUID = "8f14e45f-ceea-467f-a0e6-1c2b3d4e5f60"


def soon(office, officer):
    """Who hears that a dossier of these handlers is due in two days."""
    office.drops("a.csv", [exported("HS-1", officer=officer)], "08/06 08:00")
    office.reads_files()
    return people(office.reading(SOON), "HS-1")


@pytest.mark.parametrize("joint", ["##", "#", "; ", " ; ", "####"])
def test_several_in_one_cell_are_each_told(office, joint):
    assert soon(office, joint.join(["tp.chuyenvien", "tp.truongphong"])) == [OFFICER, HEAD]


@pytest.mark.parametrize("nobody", ["", "Chuyên viên", "CÁN BỘ MỘT CỬA", "chuyen vien", "-", "null"])
def test_a_placeholder_is_nobody_and_the_units_duty_officer_is_told(office, nobody):
    assert soon(office, nobody) == [OFFICER], "who has the duty in this unit"
    assert office.listed("without_officer", SOON) == [{"feed": "portal", "unit": "TP", "dossiers": 1}]


def test_an_account_that_fits_nobody_is_listed_and_the_duty_officer_told(office):
    assert soon(office, GUID) == [OFFICER]
    (entry,) = office.listed("unmatched_officers", SOON)
    assert (entry["officer"], entry["unit"], entry["dossiers"]) == (GUID, "TP", 1)


def test_a_guid_in_portal_ids_is_that_person(office):
    office.reads_files()
    office.edit("organisation.yaml", "portal_ids: [tp.truongphong]", f'portal_ids: [tp.truongphong, "{GUID}"]')
    office.drops("a.csv", [exported("HS-1", officer=GUID)], "08/06 08:00")
    assert people(office.reading(SOON), "HS-1") == [HEAD]


def test_whoever_has_left_the_office_is_told_nothing(office):
    office.reads_files()
    post = "portal_ids: [tp.chuyenvien]\n    posts: [{unit: TP, post: duty}]"
    left = "portal_ids: []\n    posts: [{unit: TP, post: duty, until: 2026-05-31}]"
    office.edit("organisation.yaml", post, left)
    office.drops("a.csv", [exported("HS-1", officer="tp.chuyenvien")], "08/06 08:00")
    assert people(office.reading(SOON), "HS-1") == [HEAD], "no duty officer either: the head"


def test_names_with_a_comma_are_one_name(office):
    office.drops("a.csv", [exported("HS-1", officer="Chuyên viên, Phòng Tư pháp")], "08/06 08:00")
    office.reads_files()
    office.poll(SOON)
    assert office.stored("HS-1").officers == ["Chuyên viên, Phòng Tư pháp"]


def test_igate_names_them_by_task_and_a_task_that_waits_for_one_of_a_group_has_none(office, portal, rows):
    (task,) = igate(1)["currentTask"]
    second = {**task, "assignee": {"fullname": "Trưởng phòng Tư pháp"}}
    nobody = {name: value for name, value in task.items() if name != "assignee"} | {"candidateGroup": [{"id": "1"}]}
    rows.extend([igate(1), igate(2, currentTask=[task, second]), igate(3, currentTask=nobody)])
    office.reads_igate(portal)
    told = office.reading(SOON)
    named = [people(told, f"H27.35-260608-000{n}") for n in (1, 2, 3)]
    assert named == [[OFFICER], [OFFICER, HEAD], [OFFICER]], "of the last the duty officer hears"
    assert office.listed("without_officer", SOON)[0]["dossiers"] == 1
