"""The headers by which a sheet's columns are known without `columns:` (reference 1.5); case, marks and blanks aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of several aliases in one sheet the first listed is used. "Hạn xử lý" comes last: OpenCPS writes a text there.
# Some exports know only the receiving unit; it is then the best name there is for the processing one.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "code": ("Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "code"),
    "aliases": ("Số biên nhận", "Mã hồ sơ gốc", "aliases"),
    "parent": ("Mã hồ sơ cha", "Mã hồ sơ liên thông", "parent"),
    "received_at": ("Ngày tiếp nhận", "Ngày nhận", "received_at"),
    "due_at": ("Ngày hẹn trả", "Ngày hẹn trả kết quả", "Hạn trả", "Hạn trả kết quả", "Hạn xử lý", "due_at"),
    "due_before_at": ("Ngày hẹn trả trước", "Ngày hẹn trả cũ", "due_before_at"),
    "finished_at": ("Ngày kết thúc xử lý", "Ngày hoàn thành", "Ngày có kết quả", "finished_at"),
    "returned_at": ("Trả thực tế", "Ngày trả", "Ngày trả kết quả", "returned_at"),
    "submitted_at": ("Ngày gửi", "Ngày nộp", "Ngày nộp hồ sơ", "submitted_at"),
    "accept_due_at": ("Hạn tiếp nhận", "accept_due_at"),
    "unit": (
        "Đơn vị giải quyết", "Cơ quan xử lý", "Cơ quan thụ lý", "Đơn vị", "Tên đơn vị", "unit", "Đơn vị tiếp nhận",
    ),
    "received_unit": ("Đơn vị tiếp nhận", "received_unit"),
    "officer": (
        "Cán bộ đang xử lý", "Cán bộ xử lý", "Cán bộ thụ lý", "Người xử lý", "Đơn vị/ cá nhân giải quyết", "officer",
    ),
    "step": ("Bước xử lý", "Bước hiện tại", "Bộ phận hiện tại", "Công đoạn", "step"),
    "step_due_at": ("Hạn xử lý bước", "Hạn của bước", "step_due_at"),
    "status": ("Trạng thái", "Trạng thái hồ sơ", "status"),
    "supplements": ("Số lần bổ sung", "Số lần yêu cầu bổ sung", "supplements"),
    "channel": ("Trực tuyến", "Kênh thực hiện", "Hình thức nộp", "channel"),
    "procedure": ("Tên thủ tục hành chính", "Tên thủ tục", "Thủ tục hành chính", "Thủ tục", "Quy trình", "procedure"),
    "procedure_code": ("Mã thủ tục", "Mã thủ tục hành chính", "Mã TTHC", "procedure_code"),
    "field": ("Lĩnh vực", "field"),
    "service_level": ("Mức độ", "Mức độ dịch vụ công", "Mức độ DVC", "service_level"),
    "fee": ("Có phí", "Thu phí", "Có thu phí", "fee"),
    "fee_total": ("Phí, lệ phí", "Lệ phí", "Tổng phí, lệ phí", "Tổng phí", "fee_total"),
    "paid_online": ("Thanh toán trực tuyến", "Hình thức thanh toán", "paid_online"),
    "result_required": ("Có kết quả giải quyết", "Trả kết quả bản giấy", "result_required"),
    "result_digital": ("Số hóa kết quả", "Kết quả số hóa", "Kết quả điện tử", "result_digital"),
    "components_digital": (
        "Số hóa thành phần hồ sơ", "Số hóa thành phần", "Thành phần hồ sơ số hóa", "components_digital",
    ),
    "url": ("url", "Đường dẫn"),
}  # fmt: skip
DATES = (
    "received_at", "due_at", "due_before_at", "finished_at", "returned_at", "submitted_at", "accept_due_at",
    "step_due_at",
)  # fmt: skip


def squeeze(text: str) -> str:
    """A header to compare by: no case, no marks, no spaces."""
    return fold(text).replace(" ", "")


FIELDS = tuple(ALIASES)
ALIAS_KEYS = {field: tuple(map(squeeze, aliases)) for field, aliases in ALIASES.items()}
KNOWN = {key for keys in ALIAS_KEYS.values() for key in keys}
#: Beside the date on which the result was handed over, "Ngày trả" is the promised one (the communes' tracker).
HANDED_OVER, RETURN_DAY = squeeze("Trả thực tế"), squeeze("Ngày trả")
#: A text ("Còn 2 ngày") in one system and a date in others: the column's content decides.
TEXT_OR_DATE = squeeze("Hạn xử lý")
