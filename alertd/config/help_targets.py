"""Help on the keys of targets.yaml."""

from __future__ import annotations

TARGETS: dict[str, dict[str, tuple[str, str]]] = {
    "TargetsModel": {
        "targets": ("Các chỉ tiêu.", "The goals."),
    },
    "GoalModel": {
        "scope": (
            "Giao cho ai: mã đơn vị, kind:LOẠI (mỗi đơn vị loại đó) hoặc all (toàn huyện).",
            "For whom: a unit's code, kind:KIND (each unit of it), or all (the whole district).",
        ),
        "indicator": (
            "R1 nộp trực tuyến, R2 thanh toán, R3 số hóa, R4 đúng hạn, R5 quá hạn, R6 từng quá hạn, R7 tạm dừng.",
            "R1 online, R2 online payment, R3 digital results, R4 on time, R5 overdue, R6 ever overdue, R7 paused.",
        ),
        "value": (
            "Chỉ tiêu, như 60%. R5, R6, R7 là mức không được vượt.",
            "The goal, such as 60%; for R5, R6, R7 the most allowed.",
        ),
        "basis": ("Văn bản giao chỉ tiêu; in trong báo cáo.", "The document that sets it; printed in the report."),
        "from": ("Ngày bắt đầu kỳ kế hoạch.", "First day of the plan's period."),
        "until": (
            "Ngày cuối kỳ kế hoạch; không ghi thì không dự báo.",
            "Last day of it; without one nothing is projected.",
        ),
    },
}
