"""Problem 25: a dossier is deleted, migrated or force-ended, and is simply not there any more; perhaps while overdue."""

from __future__ import annotations

from tests.feeds.problems.ground import HEAD, OFFICER, igate, line, opencps, people

CODE = opencps(1)["dossierNo"]


def shown(rows, *numbers):
    rows[:] = [opencps(n) for n in numbers]


def test_missing_is_never_finished_its_alerts_are_held_and_it_is_listed(office, portal, rows):
    shown(rows, *range(1, 13))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    shown(rows, *range(2, 13))
    told = office.reading("10/06 16:01")
    assert people(told, CODE) == []
    (entry,) = office.listed("missing", "10/06 16:02")
    assert (entry["code"], entry["unit"]) == (CODE, "TP")
    assert office.status("10/06 16:02")["total"]["open"] == 12
    assert office.stored(CODE).finished_at is None


def test_one_that_vanishes_while_overdue_is_told_to_the_head_after_the_second_complete_poll(office, portal, rows):
    shown(rows, *range(1, 13))
    office.reads_opencps(portal)
    office.reading("11/06 09:00")
    shown(rows, *range(2, 13))
    assert people(office.reading("11/06 09:05"), CODE) == []
    told = office.reading("11/06 09:10")
    assert people(told, CODE) == [HEAD]
    assert "không còn quá hạn vì không còn thấy trên cổng" in line(told, HEAD, CODE)
    (end,) = office.history(CODE, "11/06 09:11", "overdue_ended")
    assert end["kind"] == "disappeared"


def test_one_that_comes_back_goes_on_where_it_was(office, portal, rows):
    shown(rows, *range(1, 13))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    shown(rows, *range(2, 13))
    office.reading("10/06 15:00")
    shown(rows, *range(1, 13))
    told = office.reading("10/06 16:30")
    assert {OFFICER, HEAD} <= set(people(told, CODE))
    assert "hồ sơ vừa có lại trên cổng" in "".join(text for _, text in told)


def test_absence_from_a_part_says_nothing(office, portal, rows):
    shown(rows, *range(1, 13))
    office.reads_opencps(portal, scope="part")
    office.reading("08/06 09:00")
    shown(rows, *range(2, 13))
    told = office.reading("10/06 16:01")
    assert office.listed("missing", "10/06 16:02") == []
    assert HEAD in people(told, CODE)


def test_one_that_igate_has_removed_is_missing_and_not_finished(office, portal, rows):
    rows.extend(igate(n) for n in range(1, 13))
    office.reads_igate(portal)
    office.reading("08/06 09:00")
    rows[0] = igate(1, removeStatus=1)
    office.reading("08/06 09:05")
    assert [entry["code"] for entry in office.listed("missing", "08/06 09:06")] == [CODE]


def test_one_that_was_force_ended_without_a_date_is_flagged(office, portal, rows):
    rows.append(igate(1))
    office.reads_igate(portal)
    office.reading("08/06 09:00")
    labels = [{"languageId": 228, "name": "Có kết quả"}]
    rows[0] = igate(1, dossierStatus={"id": 4, "name": labels}, dossierTaskStatus={"id": "4", "name": labels})
    office.reading("08/06 09:05")
    assert [flag["flag"] for flag in office.listed("flags", "08/06 09:06")] == ["estimated_finish"]
