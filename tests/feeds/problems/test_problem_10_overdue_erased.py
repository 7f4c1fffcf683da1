"""Problem 10: a portal's button sets the finish of late dossiers back to their due date, also of many at once."""

from __future__ import annotations

from tests.feeds.problems.ground import HEAD, opencps, people

LATE = range(1, 13)


def codes():
    return [opencps(n)["dossierNo"] for n in LATE]


def test_many_overdue_dossiers_that_were_on_time_all_along_are_each_told_to_the_head(office, portal, rows):
    rows.extend(opencps(n) for n in LATE)
    office.reads_opencps(portal)
    office.reading("10/06 09:00")
    office.reading("11/06 09:00")  # seen overdue
    rows[:] = [opencps(n, dossierStatus="releasing", releaseDate="10/06/2026 16:00:00") for n in LATE]
    told = office.reading("11/06 14:00")
    assert all(HEAD in people(told, code) for code in codes())
    assert "ngày kết thúc ghi lùi về trước hạn" in dict(told)[HEAD]
    for code in codes():
        (end,) = office.history(code, "11/06 14:01", "overdue_ended")
        assert end["kind"] == "backdated_finish"
    assert office.status("11/06 14:01")["total"]["overdue"] == 0


def test_a_late_finish_that_is_set_back_afterwards_is_seen_too(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("11/06 09:00")
    rows[0] = opencps(1, dossierStatus="releasing", releaseDate="11/06/2026 10:00:00")
    office.reading("11/06 10:30")
    rows[0] = opencps(1, dossierStatus="releasing", releaseDate="10/06/2026 16:00:00")
    told = office.reading("12/06 09:00")
    assert people(told, codes()[0]) == [HEAD]
    (flag,) = office.listed("flags", "12/06 09:01")
    assert flag["flag"] == "backdated_finish"
    (end,) = office.history(codes()[0], "12/06 09:01", "overdue_ended")
    assert end["kind"] == "finished", "the spell stays as it ended"


def test_a_dossier_that_was_finished_in_time_raises_no_question(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("10/06 09:00")
    rows[0] = opencps(1, dossierStatus="releasing", releaseDate="10/06/2026 15:30:00")
    assert office.reading("11/06 09:00") == []
    assert office.listed("flags", "11/06 09:01") == []
