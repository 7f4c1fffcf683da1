"""Problem 11: the national copy calls paused dossiers 9 "Đã xử lý xong", finished at the instant of their receipt."""

from __future__ import annotations

import pytest

from alertd.cli import main
from tests.feeds.problems.ground import opencps

ITEM = {
    "MaHoSo": "H27.35-260601-0001", "TrangThaiHoSo": "9", "NgayTiepNhan": "20260601080000",
    "NgayHenTra": "20260610160000", "NgayKetThucXuLy": "20260601080000", "DonViXuLy": "Phòng Tư pháp",
}  # fmt: skip
NATIONAL = {"fields": {}, "statuses": {}, "map": "dvcqg", "deadlines": False}


@pytest.mark.parametrize(
    ("finish", "phase"),
    [("20260601080000", "unknown"), ("", "unknown"), ("20260531080000", "unknown"), ("20260604100000", "done")],
)
def test_a_9_is_done_only_with_a_finish_after_the_receipt(office, portal, rows, finish, phase):
    rows.append(ITEM | {"NgayKetThucXuLy": finish})
    office.reads_rest(portal, **NATIONAL)
    office.poll("08/06 09:00")
    assert office.stored(ITEM["MaHoSo"]).phase == phase


def test_no_deadline_is_ever_taken_from_the_copy(office, portal, rows):
    rows.append(ITEM | {"TrangThaiHoSo": "4", "NgayKetThucXuLy": ""})
    office.reads_rest(portal, **NATIONAL)
    assert office.reading("30/06 09:00") == []
    status = office.status("30/06 09:00")
    assert (status["total"]["overdue"], status["lists"]["without_due_date"]) == (0, [])


def test_a_configuration_that_would_take_deadlines_from_it_is_a_fault(office, portal, capsys):
    office.reads_rest(portal, **{**NATIONAL, "deadlines": True})
    with pytest.raises(SystemExit) as end:
        main(["check", "--config", str(office.folder)])
    assert end.value.code == 2
    assert "[map.deadlines]" in capsys.readouterr().out


def test_a_pause_that_the_portal_itself_shows_stops_the_clock_and_ends_nothing(office, portal, rows):
    rows.append(opencps(1, lockState="PAUSE"))
    office.reads_opencps(portal)
    assert office.reading("30/06 09:00") == []
    status = office.status("30/06 09:00")
    assert (status["total"]["open"], status["total"]["paused"], status["total"]["overdue"]) == (1, 1, 0)
