"""What the board says of classes and kinds, Vietnamese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Class: (Vietnamese, English).
CLASS_NAMES: Mapping[str, tuple[str, str]] = {
    "overdue": ("Quá hạn", "Overdue"),
    "due_today": ("Hạn hôm nay", "Due today"),
    "due_soon": ("Sắp đến hạn", "Due soon"),
    "late_accept": ("Trễ tiếp nhận", "Not accepted in time"),
    "paused": ("Tạm dừng", "Paused"),
    "no_due": ("Chưa có ngày hẹn trả", "Without due date"),
    "missing": ("Không còn thấy trên cổng", "Missing from the portal"),
    "open": ("Tất cả đang mở", "All open"),
}
PHASES: Mapping[str, tuple[str, str]] = {
    "pre": ("chờ tiếp nhận", "not accepted yet"),
    "running": ("đang xử lý", "being processed"),
    "paused": ("tạm dừng", "paused"),
    "done": ("đã xử lý xong", "finished"),
    "returned": ("đã trả kết quả", "result handed over"),
    "cancelled": ("đã rút", "withdrawn"),
    "rejected": ("không tiếp nhận", "refused"),
    "unknown": ("trạng thái lạ", "in an unknown status"),
}
DUE_KINDS: Mapping[str, tuple[str, str]] = {
    "extended_before_due": ("Gia hạn trước hạn", "Extended before due"),
    "extended_after_due": ("Gia hạn sau khi đã quá hạn", "Extended after due"),
    "shortened": ("Rút ngắn hạn", "Shortened"),
    "removed": ("Bỏ ngày hẹn trả", "Due date removed"),
    "added": ("Có ngày hẹn trả", "Due date added"),
    "resumed": ("Hẹn trả mới khi tiếp tục", "New due date on resuming"),
}
SPELL_ENDS: Mapping[str, tuple[str, str]] = {
    "finished": ("đã giải quyết xong", "finished"),
    "due_moved": ("ngày hẹn trả bị dời", "the due date was moved"),
    "backdated_finish": ("ngày kết thúc ghi lùi về trước hạn", "the finish was dated back"),
    "paused": ("chuyển sang tạm dừng", "it was paused"),
    "cancelled": ("đã rút hoặc bị từ chối", "withdrawn or refused"),
    "disappeared": ("không còn thấy trên cổng", "it disappeared from the portal"),
}
FLAGS: Mapping[str, tuple[str, str]] = {
    "supplement_repeat": ("Yêu cầu bổ sung từ lần thứ hai", "Asked for a supplement once more"),
    "extended_after_due": ("Dời hẹn trả khi đã quá hạn", "Put off when overdue"),
    "second_extension": ("Dời hẹn trả từ lần thứ hai", "Put off once more"),
    "conflict": ("Đang mở mà có ngày kết thúc", "Open, yet with a finish"),
    "order": ("Các ngày trái thứ tự", "Dates out of order"),
    "estimated_finish": ("Kết thúc mà không có ngày nào", "Ended without any date"),
    "reopened": ("Mở lại sau khi kết thúc", "Open again after its end"),
    "backdated_finish": ("Ngày kết thúc ghi lùi về trước hạn", "Finish dated back to before due"),
    "accepted_late": ("Tiếp nhận trễ", "Accepted after the deadline"),
}
PAUSES: Mapping[str | None, tuple[str, str]] = {
    "supplement": ("Tạm dừng: chờ bổ sung giấy tờ", "Paused: waits for a supplement"),
    "obligation": ("Tạm dừng: chờ nghĩa vụ tài chính", "Paused: waits for a payment"),
    "other": ("Tạm dừng", "Paused"),
    None: ("Tạm dừng", "Paused"),
}
#: Steps that no policy writes.
RESERVED: Mapping[str, tuple[str, str]] = {
    "vanished": ("hết quá hạn mà chưa giải quyết", "no longer overdue, not finished"),
    "resolved": ("đã giải quyết xong", "finished"),
}


def speaking(language: str) -> Callable[[str, str], str]:
    """Of a Vietnamese and an English text the one to show."""
    return (lambda _vi, en: en) if language == "en" else (lambda vi, _en: vi)
