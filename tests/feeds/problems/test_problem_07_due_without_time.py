"""Problem 7: a due date without a time means the end of that day's work, not its dawn and not its midnight."""

from __future__ import annotations

from datetime import date

import pytest

from tests.feeds.problems.ground import HEAD, OFFICER, opencps, people, shown

ROW = "HS-1;Đang xử lý;Phòng Tư pháp;tp.chuyenvien;01/06/2026;{due};"
WITHOUT = ("10/06/2026", "10/06/2026 00:00", "2026-06-10", "2026-06-10 00:00:00")
WITH = {"10/06/2026 17:00": "17:00", "10/06/2026 23:59": "23:59", "10/06/2026 08:00": "08:00"}


@pytest.mark.parametrize("written", WITHOUT)
def test_it_is_due_at_the_end_of_the_last_session(office, written):
    office.drops("a.csv", [ROW.format(due=written)], "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    row = office.stored("HS-1")
    assert (row.due_on, shown(row.due_at)) == (date(2026, 6, 10), "10/06/2026 17:00")


@pytest.mark.parametrize("written", WITH)
def test_a_time_that_is_written_is_the_time(office, written):
    office.drops("a.csv", [ROW.format(due=written)], "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    row = office.stored("HS-1")
    assert (row.due_on, shown(row.due_at)) == (None, f"10/06/2026 {WITH[written]}")


def test_on_a_saturday_it_is_the_end_of_the_calendar_day(office):
    office.drops("a.csv", [ROW.format(due="13/06/2026")], "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    assert shown(office.stored("HS-1").due_at) == "14/06/2026 00:00"


def test_whoever_takes_midnight_at_its_word_says_so(office, portal, rows):
    rows.append(opencps(1, dueDate="10/06/2026 00:00:00"))
    office.reads_opencps(portal, due_midnight="exact")
    office.poll("08/06 09:00")
    told = office.reading("10/06 00:01")
    assert people(told, rows[0]["dossierNo"]) == [OFFICER, HEAD]


def test_status_counts_it_as_due_today_all_day_long_and_as_overdue_after_work(office):
    office.drops("a.csv", [ROW.format(due="10/06/2026")], "10/06 00:30")
    office.reads_files()
    office.poll("10/06 07:00")
    for when, expected in (("10/06 07:00", (1, 0)), ("10/06 16:59", (1, 0)), ("10/06 17:01", (0, 1))):
        total = office.status(when)["total"]
        assert (total["due_today"], total["overdue"]) == expected, when
