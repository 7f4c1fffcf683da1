"""Problem 9: the due date is moved later, perhaps after it has passed."""

from __future__ import annotations

from tests.feeds.problems.ground import HEAD, OFFICER, line, opencps, people

CODE = opencps(1)["dossierNo"]


def test_a_date_moved_after_it_has_passed_is_told_to_the_head_listed_and_never_forgotten(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    assert people(office.reading("10/06 16:01"), CODE) == [OFFICER, HEAD]
    rows[0] = opencps(1, due="17/06 16:00")
    told = office.reading("11/06 09:00")
    assert "không còn quá hạn vì ngày hẹn trả bị dời" in line(told, HEAD, CODE)
    (moved,) = office.history(CODE, "11/06 09:01", "due")
    assert moved["kind"] == "extended_after_due"
    assert (moved["from"][:16], moved["to"][:16]) == ("2026-06-10T16:00", "2026-06-17T16:00")
    (flag,) = office.listed("flags", "11/06 09:01")
    assert (flag["flag"], flag["newest"][0]["code"]) == ("extended_after_due", CODE)
    assert office.stored(CODE).due_original_at.hour == 9, "the first due instant stays (16:00 local, 09:00 UTC)"


def test_the_new_date_has_a_ladder_of_its_own(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    office.reading("10/06 16:01")
    rows[0] = opencps(1, due="17/06 16:00")
    office.reading("11/06 09:00")
    told = office.reading("17/06 16:01")
    assert people(told, CODE) == [OFFICER, HEAD]
    assert "QUÁ HẠN" in dict(told)[HEAD]


def test_a_date_moved_in_time_is_recorded_and_a_second_time_it_is_flagged(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    for when, due in (("09/06 09:00", "12/06 16:00"), ("11/06 09:00", "18/06 16:00")):
        rows[0] = opencps(1, due=due)
        office.poll(when)
    assert [entry["kind"] for entry in office.history(CODE, "11/06 09:01", "due")] == ["extended_before_due"] * 2
    assert [flag["flag"] for flag in office.listed("flags", "11/06 09:01")] == ["second_extension"]


def test_two_tables_of_a_portal_that_disagree_are_one_alarm_and_no_new_ladder_each_time(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    told = []
    for minute, due in ((5, "12/06 16:00"), (10, "10/06 16:00"), (15, "12/06 16:00"), (20, "10/06 16:00")):
        rows[0] = opencps(1, due=due)
        told += office.reading(f"08/06 09:{minute:02}")
    assert sum("đổi qua đổi lại" in text for _, text in told) == 1
    assert office.stored(CODE).episode == 2
