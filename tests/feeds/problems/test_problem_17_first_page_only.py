"""Problem 17: only the first page is read, the list says no total, or the rest never comes."""

from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from tests.feeds.problems.ground import igate, opencps

CODES = [opencps(n)["dossierNo"] for n in range(1, 46)]


def test_all_pages_are_read_and_not_only_the_first_twenty(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 46))
    office.reads_opencps(portal, page_size=20)
    assert office.poll("08/06 09:00").new == 45


def test_what_was_announced_and_did_not_come_is_not_missing_and_nobody_is_told_that_it_is_overdue(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 13))
    office.reads_opencps(portal, max_age="1h")
    office.reading("10/06 15:30")
    del rows[9:]
    portal.faults.missing = 3
    told = office.reading("10/06 16:35")
    (feed,) = office.status("10/06 16:35")["feeds"]
    assert feed["state"] == "incomplete"
    assert "9 dossiers came and 12 were announced" in feed["detail"]
    assert office.listed("missing", "10/06 16:35") == []
    assert told == [], "data from a complete poll are over an hour old: steps from the due instant on wait"
    portal.faults.missing = 0
    rows.extend(opencps(n) for n in range(10, 13))
    told = office.reading("10/06 16:40")
    assert all(any(code in text for _, text in told) for code in CODES[:12])


def test_a_list_that_says_no_total_is_read_twice_to_its_end(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 8))
    paging = {"type": "offset", "parameter": "start", "size": "end"}
    office.reads_rest(portal, total=None, page_size=1000, paging=paging)
    office.poll("08/06 09:00")
    assert office.status("08/06 09:01")["feeds"][0]["state"] == "ok"
    assert len([request for request in portal.requests if request.start == 0]) == 2


def test_a_portal_that_does_not_answer_in_time_changes_nothing(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 4))
    office.reads_opencps(portal, timeout="1s")
    office.poll("08/06 09:00")
    before = office.world.rows("dossiers")
    portal.faults.slow = 3.0
    with pytest.raises(FeedError, match="has not answered within 1 s"):
        office.poll("08/06 09:05")
    assert office.world.rows("dossiers") == before


def test_slices_that_say_no_total_are_read_to_the_last(office, portal, rows):
    rows.extend(igate(n) for n in range(1, 46))
    office.reads_igate(portal, spec="slice", page_size=20)
    assert office.poll("08/06 09:00").new == 45
    assert office.status("08/06 09:01")["feeds"][0]["state"] == "ok"
