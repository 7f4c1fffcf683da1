"""Problem 3: a local midnight kept in UTC (`…T17:00:00.000+0000`) is the day after the one that is written."""

from __future__ import annotations

from datetime import date

import pytest

from tests.feeds.problems.ground import CHAIR, HEAD, OFFICER, igate, line, opencps, people, shown

CODE = opencps(1)["dossierNo"]
#: All of them mean 10/06/2026 as a date.
MIDNIGHTS = ("2026-06-09T17:00:00.000+0000", "2026-06-10T00:00:00.000+0700", 1781024400000, "/Date(1781024400000)/")


@pytest.mark.parametrize("written", MIDNIGHTS)
def test_it_is_the_local_date_until_the_end_of_its_last_session(office, portal, rows, written):
    rows.append(opencps(1, dueDate=written))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    row = office.stored(CODE)
    assert (row.due_on, shown(row.due_at)) == (date(2026, 6, 10), "10/06/2026 17:00")


def test_nobody_is_told_at_dawn_that_it_is_overdue(office, portal, rows):
    rows.append(opencps(1, dueDate=MIDNIGHTS[0]))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    told = office.reading("10/06 07:30")
    assert not any("QUÁ HẠN" in text for _, text in told)
    told = office.reading("10/06 13:01")
    assert "hạn 17:00 hôm nay" in line(told, OFFICER, CODE)
    told = office.reading("10/06 17:01")
    assert people(told, CODE) == [OFFICER, HEAD]
    assert CHAIR not in people(told, CODE)


@pytest.mark.parametrize("written", MIDNIGHTS[:2])
def test_igate_keeps_its_appointments_so(office, portal, rows, written):
    rows.append(igate(1, appointmentDate=written))
    office.reads_igate(portal)
    office.poll("08/06 09:00")
    assert office.stored(CODE).due_on == date(2026, 6, 10)
