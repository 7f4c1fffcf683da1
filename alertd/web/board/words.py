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
#: How a message that has not wholly left stands.
PART_STATES: Mapping[str, tuple[str, str]] = {
    "held": ("tạm giữ", "held"),
    "unknown": ("không rõ kết quả", "unknown"),
    "failed": ("không gửi được", "failed"),
    "retry": ("sẽ gửi lại", "to be tried again"),
    "sending": ("đang gửi dở", "being sent"),
    "pending": ("đang chờ", "waiting"),
}
#: How a feed's last poll ended.
FEED_STATES: Mapping[str, tuple[str, str]] = {
    "ok": ("đọc được", "read"),
    "failed": ("không đọc được", "failed"),
    "incomplete": ("đọc chưa hết", "incomplete"),
    "shrunk": ("hụt nhiều hồ sơ, chưa nhận", "shrunk, not believed"),
    "changed": ("dữ liệu đổi dạng, chưa nhận", "of another shape, not believed"),
}
#: What the log says somebody did.
DONE: Mapping[str, tuple[str, str]] = {
    "list": ("xem danh sách", "looked at a list"),
    "view": ("xem hồ sơ", "looked at a dossier"),
    "sign-in": ("vào bảng hồ sơ", "signed in"),
    "ack": ("xác nhận hồ sơ", "acknowledged"),
    "explain": ("giải trình", "explained"),
    "handover": ("chuyển hồ sơ", "handed over"),
    "download": ("tải tệp", "took a file"),
    "slip": ("lấy phiếu xin lỗi", "took the slip of apology"),
    "account set": ("đặt tài khoản", "set an account"),
    "account token": ("cấp mã truy cập", "made a token"),
    "account remove": ("xóa tài khoản", "removed an account"),
    "privacy export": ("trích dữ liệu công dân", "gave a citizen's data out"),
    "prune": ("xóa dữ liệu hết thời hạn lưu giữ", "deleted what was past its term"),
    "privacy erase": ("xóa dữ liệu công dân", "erased a citizen's data"),
    "outbox retry": ("cho gửi lại tin", "had a message sent again"),
    "outbox release": ("cho tin đi", "released a message"),
    "outbox discard": ("bỏ tin", "discarded a message"),
}
#: Steps that no policy writes.
RESERVED: Mapping[str, tuple[str, str]] = {
    "vanished": ("hết quá hạn mà chưa giải quyết", "no longer overdue, not finished"),
    "resolved": ("đã giải quyết xong", "finished"),
}


def speaking(language: str) -> Callable[[str, str], str]:
    """Of a Vietnamese and an English text the one to show."""
    return (lambda _vi, en: en) if language == "en" else (lambda vi, _en: vi)
