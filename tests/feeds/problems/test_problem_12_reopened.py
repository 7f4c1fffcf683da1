"""Problem 12: a finished dossier goes back to processing, and its dates are cleared."""

from __future__ import annotations

from tests.feeds.problems.ground import HEAD, OFFICER, opencps, people

CODE = opencps(1)["dossierNo"]
DONE = opencps(1, dossierStatus="releasing", releaseDate="09/06/2026 10:00:00")


def test_it_runs_again_against_its_due_date_and_is_flagged(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("08/06 09:00")
    rows[0] = DONE
    assert office.reading("09/06 11:00") == []
    rows[0] = opencps(1)
    office.reading("09/06 15:00")
    row = office.stored(CODE)
    assert (row.phase, row.finished_at, row.episode) == ("running", None, 2)
    phases = [(entry["from"], entry["to"]) for entry in office.history(CODE, "09/06 15:01", "phase")]
    assert phases[-2:] == [("running", "done"), ("done", "running")]
    assert [flag["flag"] for flag in office.listed("flags", "09/06 15:01")] == ["reopened"]
    told = office.reading("10/06 16:01")
    assert people(told, CODE) == [OFFICER, HEAD]


def test_one_that_is_reopened_after_its_due_date_is_overdue_at_once(office, portal, rows):
    rows.append(DONE)
    office.reads_opencps(portal)
    assert office.reading("09/06 11:00") == []
    rows[0] = opencps(1)
    told = office.reading("12/06 09:00")
    assert {OFFICER, HEAD} <= set(people(told, CODE))
    assert office.status("12/06 09:01")["total"]["overdue"] == 1
