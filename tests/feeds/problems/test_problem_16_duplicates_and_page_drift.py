"""Problem 16: a dossier comes twice, as from a joined table, or while pages drift under the reader."""

from __future__ import annotations

from alertd.demo.portal import Portal
from tests.feeds.problems.ground import exported, opencps


def test_rows_joined_per_attachment_are_one_dossier_each(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 6))
    portal.faults.doubled = True
    office.reads_opencps(portal, page_size=3)
    assert office.poll("08/06 09:00").new == 5
    assert office.status("08/06 09:01")["feeds"][0]["state"] == "ok"


def test_groups_that_overlap_show_a_dossier_once(office, rows):
    rows.extend(opencps(n) for n in range(1, 4))
    with Portal(lambda: {"1": rows, "2": [*rows[1:], opencps(4)]}) as portal:
        office.reads("opencps", url=portal.url, groups=["1", "2"])
        assert office.poll("08/06 09:00").new == 4


def test_what_leaves_the_list_while_it_is_read_makes_no_other_dossier_missing(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 13))
    office.reads_opencps(portal, page_size=3)
    office.poll("08/06 09:00")
    portal.faults.leaving = 2  # the first two leave, one after each call: later pages move up
    office.poll("08/06 09:05")
    there = {row.code for row in office.world.rows("dossiers") if row.missing_since is None}
    assert there >= {opencps(n)["dossierNo"] for n in range(3, 13)}


def test_the_list_is_asked_for_in_an_order_that_nothing_changes(office, portal, rows):
    rows.extend(opencps(n) for n in range(1, 4))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    assert {request.parameters["sort"] for request in portal.requests} == {"dossierId"}


def test_a_row_of_a_file_that_repeats_another_differently_is_shown_to_a_person(office):
    twice = [exported("HS-1"), exported("HS-1"), exported("HS-1", due="12/06/2026 16:00")]
    office.drops("a.csv", twice, "08/06 09:00")
    office.reads_files()
    counts = office.poll("08/06 09:01")
    assert (counts.new, counts.rejected) == (1, 1)
    (aside,) = office.listed("quarantine", "08/06 09:02")
    assert "the code stands in row 2 already, with other values" in aside["reason"]
