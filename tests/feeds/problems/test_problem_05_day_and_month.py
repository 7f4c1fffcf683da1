"""Problem 5: `05/06` is the fifth of June; in a file from an American Excel it is the sixth of May."""

from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from tests.feeds.problems.ground import opencps, shown

ROW = "HS-{n};Đang xử lý;Phòng Tư pháp;tp.chuyenvien;{received};{due};"


def export(*dates):
    return [ROW.format(n=n, received=received, due=due) for n, (received, due) in enumerate(dates, 1)]


def test_the_day_comes_first(office):
    office.drops("a.csv", export(("01/06/2026", "05/06/2026"), ("1/6/2026", "5/6/2026")), "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    assert {shown(row.due_at) for row in office.world.rows("dossiers")} == {"05/06/2026 17:00"}


def test_a_file_that_writes_the_month_first_is_refused_whole_and_no_cell_is_guessed(office):
    american = export(("06/01/2026", "06/05/2026"), ("06/02/2026", "06/18/2026"), ("06/03/2026", "06/25/2026"))
    office.drops("a.csv", american, "08/06 09:00")
    office.reads_files()
    with pytest.raises(FeedError, match="date_order: month-first"):
        office.poll("08/06 09:01")
    assert office.world.rows("dossiers") == [], "the row that could be read either way neither"
    office.reads_files(date_order="month-first")
    office.poll("08/06 09:05")
    assert shown(office.stored("HS-1").due_at) == "05/06/2026 17:00"


def test_a_year_of_two_digits_is_set_aside(office, portal, rows):
    rows.extend([opencps(1, dueDate="05/06/26"), opencps(2)])
    office.reads_opencps(portal)
    assert office.poll("08/06 09:00").new == 1
    (aside,) = office.status("08/06 09:00")["lists"]["quarantine"]
    assert aside["reason"].startswith("dueDate: '05/06/26' is not a date; expected dd/MM/yyyy")
