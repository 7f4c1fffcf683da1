"""Problem 22: yes and no as texts, a status of "05", an empty channel that a report would count as direct."""

from __future__ import annotations

import pytest

from tests.feeds.problems.ground import HEADERS, exported, igate, opencps

FILED = [
    ("true", "online"), (True, "online"), ("1", "online"), (1, "online"), ("TRUE", "online"), ("false", "direct"),
    (False, "direct"), ("0", "direct"), (None, "unknown"), ("", "unknown"), ("maybe", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "channel"), FILED, ids=repr)
def test_how_it_was_filed_is_a_strict_table_and_unknown_is_no_no(office, portal, rows, written, channel):
    rows.append(opencps(1, online=written))
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    assert office.stored(rows[0]["dossierNo"]).channel == channel


@pytest.mark.parametrize(
    ("written", "phase"),
    [
        ("05", "paused"),
        ("5", "paused"),
        ("04", "running"),
        ("10", "returned"),
        ("11", "unknown"),
        ("8", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_status_with_a_leading_zero_is_its_number_and_one_of_two_meanings_is_unknown(office, written, phase):
    office.drops("a.csv", [exported("HS-1", status=written)], "08/06 08:00")
    office.reads_files()
    office.poll("08/06 09:00")
    assert office.stored("HS-1").phase == phase


def test_an_unknown_status_keeps_the_clock_running_and_is_listed(office):
    office.drops("a.csv", [exported("HS-1", status="Quá hạn")], "11/06 08:00")
    office.reads_files()
    told = office.reading("11/06 09:00")
    assert told, "the status column says nothing about the phase; the due date has passed"
    (entry,) = office.listed("unknown_statuses", "11/06 09:01")
    assert (entry["status"], entry["dossiers"]) == ("Quá hạn", 1)


@pytest.mark.parametrize(
    ("written", "paid"),
    [("có", True), ("X", True), ("1", True), ("không", False), ("chưa", False), ("", None), ("đang chờ", None)],
)
def test_yes_no_and_unknown_are_three_answers(office, written, paid):
    lines = [f"{HEADERS};Thanh toán trực tuyến", f"{exported('HS-1')};{written}"]
    office.drops("a.csv", "\n".join(lines), "08/06 08:00")
    office.reads_files()
    office.poll("08/06 09:00")
    assert office.stored("HS-1").paid_online is paid


def test_the_number_of_an_igate_status_means_nothing_and_an_unknown_label_is_listed(office, portal, rows):
    labels = [{"languageId": 228, "name": "Chờ thẩm tra liên ngành"}]
    rows.append(igate(1, dossierStatus={"id": 4, "name": labels}, dossierTaskStatus={"id": "1", "name": labels}))
    office.reads_igate(portal)
    office.poll("08/06 09:00")
    assert office.stored("H27.35-260608-0001").phase == "unknown"
    (entry,) = office.listed("unknown_statuses", "08/06 09:01")
    assert entry["status"].startswith("Chờ thẩm tra liên ngành")
