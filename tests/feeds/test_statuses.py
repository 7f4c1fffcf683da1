from __future__ import annotations

import pytest

from alertd.core.dossier import Phase
from alertd.feeds.statuses import Statuses

PLAIN = Statuses.of({})


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("1", "pre"),
        ("2", "running"),
        ("3", "rejected"),
        ("4", "running"),
        ("04", "running"),
        ("5", "paused"),
        ("6", "paused"),
        ("7", "cancelled"),
        ("8", "unknown"),
        ("9", "done"),
        ("10", "returned"),
        ("11", "unknown"),
        ("0", "unknown"),
        ("", "unknown"),
        ("Mới đăng ký", "pre"),
        ("chờ tiếp nhận", "pre"),
        ("Được tiếp nhận", "running"),
        ("ĐANG  XỬ LÝ", "running"),
        ("Đang thụ lý", "running"),
        ("Gia hạn", "running"),
        ("Yêu cầu bổ sung giấy tờ", "paused"),
        ("Chờ cơ quan thuế xác nhận", "paused"),
        ("Dừng tính thời gian", "paused"),
        ("Niêm yết", "paused"),
        ("Đã có kết quả", "done"),
        ("Đã xử lý xong", "done"),
        ("Đã trả kết quả", "returned"),
        ("Công dân yêu cầu rút hồ sơ", "cancelled"),
        ("Không được tiếp nhận", "rejected"),
        ("Dừng xử lý", "unknown"),
        ("Quá hạn", "unknown"),
        ("Trễ hạn", "unknown"),
    ],
)
def test_numbers_and_labels_mean_the_phases_of_the_table(status, phase):
    assert PLAIN.label(status, finished=False) == phase


def test_handed_back_is_a_refusal_unless_the_dossier_is_finished():
    assert PLAIN.label("Trả lại", finished=False) is Phase.REJECTED
    assert PLAIN.label("Trả lại", finished=True) is Phase.RETURNED


def test_a_source_says_itself_what_stopped_means():
    own = Statuses.of({"paused": ["Dừng xử lý", "8"], "running": ["paying"]})
    assert own.label("dừng xử lý", finished=False) is Phase.PAUSED
    assert own.label("08", finished=False) is Phase.PAUSED
    assert own.opencps("paying", "", received=True, released=False) is Phase.RUNNING


def test_a_phase_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="stopped"):
        Statuses.of({"stopped": ["x"]})


@pytest.mark.parametrize(
    ("status", "received", "released", "phase"),
    [
        ("new", False, False, "pre"),
        ("new", True, False, "running"),
        ("receiving", False, False, "pre"),
        ("receiving", True, False, "paused"),
        ("processing", True, False, "running"),
        ("interoperating", True, False, "running"),
        ("waiting", True, False, "paused"),
        ("pausing", True, False, "paused"),
        ("correcting", True, False, "paused"),
        ("paying", True, False, "paused"),
        ("cancelling", True, False, "running"),
        ("releasing", True, True, "done"),
        ("releasing", True, False, "running"),
        ("posting", True, True, "done"),
        ("done", True, True, "returned"),
        ("denied", True, False, "rejected"),
        ("unresolved", True, True, "rejected"),
        ("cancelled", True, False, "cancelled"),
        ("handover", True, False, "unknown"),
        ("", True, False, "unknown"),
    ],
)
def test_opencps_names_mean_the_phases_of_the_table(status, received, released, phase):
    assert PLAIN.opencps(status, "", received=received, released=released) == phase


@pytest.mark.parametrize("lock", ["PAUSE", "LOCK", "PAUSE_OVERDUE"])
def test_a_lock_stops_an_open_dossier_and_no_other(lock):
    assert PLAIN.opencps("processing", lock, received=True, released=False) is Phase.PAUSED
    assert PLAIN.opencps("done", lock, received=True, released=True) is Phase.RETURNED
