"""Problem 4: `+0700` without a colon, `.000`, `/Date(ms)/`, ISO without a zone: one instant, written in many ways."""

from __future__ import annotations

from tests.feeds.problems.ground import opencps, shown

#: 16:00 on 10/06/2026 in Việt Nam.
WRITTEN = (
    "2026-06-10T16:00:00.000+0700",
    "2026-06-10T16:00:00+07:00",
    "2026-06-10T16:00:00+07",
    "2026-06-10T09:00:00.000+0000",
    "2026-06-10T09:00:00 +0000",
    "2026-06-10T16:00:00",
    "2026-06-10 16:00:00.0",
    "2026-06-10T16:00",
    "/Date(1781082000000)/",
    "\\/Date(1781082000000+0700)\\/",
    1781082000000,
    "10/06/2026 16:00:00",
    "10-06-2026 16:00",
    "10.6.2026 16:00",
)


def test_every_way_of_writing_it_is_the_same_instant(office, portal, rows):
    rows.extend(opencps(number, dueDate=written) for number, written in enumerate(WRITTEN, 1))
    office.reads_opencps(portal)
    counts = office.poll("08/06 09:00")
    assert (counts.new, counts.rejected) == (len(WRITTEN), 0)
    assert {shown(row.due_at) for row in office.world.rows("dossiers")} == {"10/06/2026 16:00"}


def test_a_portal_that_changes_its_way_of_writing_has_moved_no_deadline(office, portal, rows):
    rows.append(opencps(1, dueDate=WRITTEN[0]))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    for minute, written in enumerate(WRITTEN[1:], 1):
        rows[0] = opencps(1, dueDate=written)
        assert office.poll(f"08/06 09:{minute:02}").unchanged == 1, written
    assert office.world.rows("due_changes") == []
