"""Problem 8: the ways in which portals write that there is no due date."""

from __future__ import annotations

import pytest

from tests.feeds.problems.ground import opencps

NONE = (
    "", None, 0, "null", "01/01/0001 00:00:00", "0001-01-01T00:00:00", "01/01/1900 00:00:00", "1900-01-01T00:00:00",
    "1899-12-30T00:00:00", "31/12/9999 23:59:59", "0000-00-00 00:00:00", "undefindedCompleteTime", "KhongCoNgayHenTra",
)  # fmt: skip


@pytest.mark.parametrize("written", NONE)
def test_it_is_no_date_and_the_dossier_is_on_a_list_of_its_own(office, portal, rows, written):
    rows.extend([opencps(1, dueDate=written), opencps(2)])
    office.reads_opencps(portal)
    told = office.reading("30/06 09:00")
    assert office.stored(rows[0]["dossierNo"]).due_at is None
    status = office.status("30/06 09:00")
    assert [entry["code"] for entry in status["lists"]["without_due_date"]] == [rows[0]["dossierNo"]]
    assert (status["total"]["no_due"], status["total"]["overdue"]) == (1, 1)
    assert status["lists"]["quarantine"] == []
    assert not any(rows[0]["dossierNo"] in text for _, text in told), "without a due date nobody is late"
