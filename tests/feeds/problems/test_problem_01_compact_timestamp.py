"""Problem 1: `yyyyMMddHHmmss` read as milliseconds since 1970 gives the year 2609, or loses zeros as a number."""

from __future__ import annotations

from tests.feeds.problems.ground import OFFICER, line, opencps, shown

#: An index writes the due date compactly, as a text or a number; one has been through a reader that took it for an epoch.
COMPACT = (
    opencps(1, dueDate="20260610160000"),
    opencps(2, dueDate=20260610160000),
    opencps(3, dueDate="26090704075542"),  # the year 2609
    opencps(4, dueDate="2026061016000"),  # a digit is lost; as milliseconds it would be in 2034
    opencps(5, submitDate="20180822142266"),  # 66 seconds: damaged, and nothing is decided by it
)


def test_it_is_read_by_its_digits_and_what_is_no_date_of_our_time_is_set_aside_loudly(office, portal, rows):
    office.reads_opencps(portal)
    rows.extend(COMPACT)
    counts = office.poll("08/06 09:00")
    assert counts.new == 3
    assert [shown(office.stored(f"H27.35-260608-000{n}").due_at) for n in (1, 2, 5)] == ["10/06/2026 16:00"] * 3
    aside = {row["code"]: row["reason"] for row in office.status("08/06 09:00")["lists"]["quarantine"]}
    assert set(aside) == {f"H27.35-260608-000{n}" for n in (3, 4, 5)}
    assert "dueDate: '26090704075542' is not a date; expected dd/MM/yyyy" in aside["H27.35-260608-0003"]
    assert "submitDate: '20180822142266' is not a date" in aside["H27.35-260608-0005"]
    assert "the rest of the row was taken" in aside["H27.35-260608-0005"]


def test_the_officer_hears_of_the_right_hour(office, portal, rows):
    office.reads_opencps(portal)
    rows.append(COMPACT[0])
    assert "hạn 16:00 Thứ Tư 10/06" in line(office.reading("08/06 09:00"), OFFICER, "H27.35-260608-0001")
