"""Problem 13: the citizen is asked for something a second time, and a pause has no end."""

from __future__ import annotations

from tests.feeds.problems.ground import opencps

CODE = opencps(1)["dossierNo"]


def paused():
    return opencps(1, dossierStatus="waiting")


def test_every_pause_is_counted_and_a_second_request_is_flagged(office, portal, rows):
    rows.append(opencps(1, due="30/06 16:00"))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    for day, row in (("09/06", paused()), ("11/06", opencps(1, due="30/06 16:00")), ("12/06", paused())):
        rows[0] = row
        office.poll(f"{day} 09:00")
    (entry,) = office.listed("paused", "15/06 09:00")
    assert (entry["code"], entry["pauses"], entry["supplements"]) == (CODE, 2, 2)
    assert entry["age_seconds"] == 3 * 24 * 3600
    assert [flag["flag"] for flag in office.listed("flags", "15/06 09:00")] == ["supplement_repeat"]


def test_a_pause_without_end_alerts_nobody_and_stands_on_a_list_with_its_age(office, portal, rows):
    rows.append(paused())
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    for when in ("10/06 16:01", "30/06 09:00", "31/08 09:00"):
        assert office.reading(when) == []
    (entry,) = office.listed("paused", "31/08 09:00")
    assert entry["age_seconds"] == 84 * 24 * 3600
    assert entry["since"].startswith("2026-06-08T09:00")


def test_an_overdue_dossier_that_is_paused_is_told_to_the_head(office, portal, rows):
    rows.append(opencps(1))
    office.reads_opencps(portal)
    office.reading("11/06 09:00")
    rows[0] = paused()
    told = office.reading("11/06 14:00")
    assert any("không còn quá hạn vì chuyển sang tạm dừng" in text for _, text in told)
    (end,) = office.history(CODE, "11/06 14:01", "overdue_ended")
    assert end["kind"] == "paused"
