from __future__ import annotations

import pytest

from alertd.core.dossier import Phase
from alertd.feeds.pausing import pause_of


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5", "supplement"),
        ("05", "supplement"),
        ("6", "obligation"),
        ("8", "other"),
        ("waiting", "supplement"),
        ("receiving", "supplement"),
        ("correcting", "supplement"),
        ("paying", "obligation"),
        ("pausing", "other"),
        ("processing", "other"),
        ("Yêu cầu bổ sung giấy tờ", "supplement"),
        ("CHỜ BỔ SUNG", "supplement"),
        ("Chờ thực hiện nghĩa vụ tài chính", "obligation"),
        ("Chờ cơ quan thuế xác định NVTC", "obligation"),
        ("Niêm yết", "other"),
        ("Dừng tính thời gian", "other"),
        ("", "other"),
    ],
)
def test_the_status_of_a_paused_dossier_says_what_it_waits_for(status, kind):
    assert pause_of(Phase.PAUSED, status) == kind


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.PAUSED])
def test_a_dossier_that_is_not_paused_waits_for_nothing(phase):
    assert pause_of(phase, "Đã bổ sung") is None
