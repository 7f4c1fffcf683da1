"""Problem 2: local time written with a `Z` is taken for UTC, and every deadline is seven hours late."""

from __future__ import annotations

from tests.feeds.problems.ground import HEAD, OFFICER, line, opencps, people, shown

FALSE_Z = opencps(1, dueDate="2026-06-10T16:00:00Z", receiveDate="2026-06-01T08:00:00Z")
CODE = FALSE_Z["dossierNo"]


def test_opencps_writes_its_local_time_with_a_z_and_is_read_so(office, portal, rows):
    rows.append(FALSE_Z)
    office.reads_opencps(portal)
    assert "hạn 16:00 Thứ Tư 10/06" in line(office.reading("08/06 09:00"), OFFICER, CODE)
    office.poll("10/06 16:01")
    told = office.told("10/06 16:01")
    assert people(told, CODE) == [OFFICER, HEAD], "the head hears of it at 16:00 and not at 23:00"


def test_the_zone_is_a_rule_of_the_source_and_never_of_the_value(office, portal, rows):
    rows.append(FALSE_Z)
    office.reads_rest(portal)
    office.poll("08/06 09:00")
    assert shown(office.stored(CODE).due_at) == "10/06/2026 23:00", "a portal that means what it writes"
    office.reads_rest(portal, z_is_local=True)
    office.poll("08/06 09:05")
    assert shown(office.stored(CODE).due_at) == "10/06/2026 16:00"
