"""Words for faults in the goals of the plan."""

from __future__ import annotations

TARGETS: dict[str, tuple[str, str, str, str]] = {
    "goal.value": (
        "'{value}' không phải chỉ tiêu",
        "viết như 60% hoặc 0.6; không quá 100%",
        "'{value}' is no goal",
        "write it like 60% or 0.6; not above 100%",
    ),
    "goal.scope": (
        "'{value}' không phải phạm vi chỉ tiêu",
        "viết mã đơn vị, kind:LOẠI hoặc all",
        "'{value}' is no scope of a goal",
        "write a unit's code, kind:KIND or all",
    ),
    "goal.overlap": (
        "chỉ tiêu {indicator} của '{scope}' trùng thời gian với dòng {line}",
        "ghi until cho chỉ tiêu trước, from cho chỉ tiêu sau",
        "the goal {indicator} of '{scope}' overlaps in time with line {line}",
        "end the earlier with until, begin the later with from",
    ),
    "goal.no-centre": (
        "chỉ tiêu toàn huyện (all) mà chưa có đơn vị chịu trách nhiệm",
        "ghi report: {{centre: MÃ}} trong alertd.yaml, là mã Trung tâm Hành chính công",
        "a goal of the whole (all), and no unit answers for it",
        "write report: {{centre: CODE}} in alertd.yaml, the code of the one-gate centre",
    ),
}
