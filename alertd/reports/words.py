"""What the weekly report says in words: Vietnamese of the office, short."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator, Side
from alertd.core.weekly import Breach, Mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

#: Where there is nothing to count.
NOT_APPLICABLE = "–"
WHOLE = "Toàn địa bàn"
VACANT = "(khuyết)"
UNMATCHED = "Chưa khớp đơn vị"

INDICATORS: Mapping[Indicator, str] = {
    Indicator.ONLINE: "Tỷ lệ nộp hồ sơ trực tuyến",
    Indicator.ONLINE_PAYMENT: "Tỷ lệ thanh toán trực tuyến",
    Indicator.DIGITISED: "Tỷ lệ số hóa kết quả",
    Indicator.ON_TIME: "Tỷ lệ giải quyết đúng hạn",
    Indicator.OVERDUE: "Tỷ lệ hồ sơ đang quá hạn",
    Indicator.EVER_OVERDUE: "Tỷ lệ hồ sơ từng quá hạn trong kỳ",
    Indicator.PAUSED: "Tỷ lệ hồ sơ đang tạm dừng",
}
SIDES: Mapping[Side, str] = {Side.RECEIVING: "đơn vị tiếp nhận", Side.PROCESSING: "đơn vị giải quyết"}
#: What stands under a table: how a variant is counted.
FORMULAS: Mapping[tuple[Indicator, str], str] = {
    (Indicator.ONLINE, "received"): "hồ sơ nộp trực tuyến / hồ sơ tiếp nhận trong kỳ",
    (
        Indicator.ONLINE,
        "qd766",
    ): "hồ sơ nộp trực tuyến, có kết quả điện tử (nếu phải có) / hồ sơ tiếp nhận trong kỳ (chỉ số 3.3 QĐ 766/QĐ-TTg)",
    (Indicator.ONLINE, "offered"): "hồ sơ nộp trực tuyến / hồ sơ tiếp nhận của thủ tục có dịch vụ công trực tuyến",
    (Indicator.ONLINE, "full"): "hồ sơ nộp trực tuyến / hồ sơ tiếp nhận của thủ tục toàn trình",
    (Indicator.ONLINE_PAYMENT, "dossiers"): "hồ sơ thanh toán trực tuyến / hồ sơ tiếp nhận có phí, lệ phí",
    (
        Indicator.ONLINE_PAYMENT,
        "qd766",
    ): "hồ sơ thanh toán trực tuyến / hồ sơ tiếp nhận của thủ tục có phí, lệ phí (chỉ số 3.6 QĐ 766/QĐ-TTg)",
    (Indicator.ONLINE_PAYMENT, "amount"): "số tiền thanh toán trực tuyến / tổng phí, lệ phí của hồ sơ tiếp nhận",
    (Indicator.DIGITISED, "result"): "hồ sơ có tệp kết quả / hồ sơ giải quyết xong phải có kết quả",
    (Indicator.DIGITISED, "all-finished"): "hồ sơ có tệp kết quả / hồ sơ giải quyết xong trong kỳ",
    (Indicator.DIGITISED, "qd766"): "hồ sơ số hóa thành phần và kết quả / hồ sơ tiếp nhận trong kỳ (chỉ số 4.2 QĐ "
    "766/QĐ-TTg)",
    (Indicator.ON_TIME, "instant"): "hồ sơ xong không sau giờ hẹn trả / hồ sơ giải quyết xong có hẹn trả",
    (Indicator.ON_TIME, "day"): "hồ sơ xong không sau ngày hẹn trả / hồ sơ giải quyết xong có hẹn trả",
    (
        Indicator.ON_TIME,
        "qd766",
    ): "hồ sơ đúng hạn, còn trong hạn / hồ sơ tồn kỳ trước và tiếp nhận trong kỳ (chỉ số 2.1 QĐ 766/QĐ-TTg)",
    (Indicator.ON_TIME, "late-ratio"): "hồ sơ trễ hạn (đã xong và đang giải quyết) / hồ sơ phải giải quyết",
    (Indicator.OVERDUE, "instant"): "hồ sơ quá giờ hẹn trả / hồ sơ đang giải quyết có hẹn trả, tại thời điểm chốt",
    (Indicator.OVERDUE, "day"): "hồ sơ quá ngày hẹn trả / hồ sơ đang giải quyết có hẹn trả, tại thời điểm chốt",
    (Indicator.EVER_OVERDUE, "seen"): "hồ sơ từng quá hạn trong kỳ, kể cả đã đổi hẹn trả / hồ sơ phải giải quyết",
    (Indicator.PAUSED, "open"): "hồ sơ đang tạm dừng / hồ sơ chưa xong, tại thời điểm chốt",
}
MARKS: Mapping[Mark, str] = {
    Mark.RECONSTRUCTED: "dựng lại từ dữ liệu nguồn",
    Mark.PARTLY_RECONSTRUCTED: "một phần dựng lại từ dữ liệu nguồn",
    Mark.CORRECTED: "bản đính chính",
    Mark.PREVIEW: "chưa chốt số liệu",
    Mark.EMPTY: "không có hồ sơ nào",
}
BREACHES: Mapping[Breach, str] = {
    Breach.OVERDUE: "để hồ sơ quá hạn",
    Breach.DIGITISED: "số hóa kết quả chưa đạt chỉ tiêu",
    Breach.ONLINE: "nộp hồ sơ trực tuyến chưa đạt chỉ tiêu",
    Breach.ONLINE_PAYMENT: "thanh toán trực tuyến chưa đạt chỉ tiêu",
}
#: The parts of the QĐ 766/QĐ-TTg score: their names, and what dossiers never tell of them.
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "2.1": ("Hồ sơ giải quyết đúng hạn", ("chưa trừ thời gian chờ bổ sung của hồ sơ đã xong",)),
    "3.3": (
        "Hồ sơ nộp trực tuyến có kết quả điện tử",
        ("chưa nhân tỷ lệ đồng bộ với Cổng Dịch vụ công quốc gia", "chưa rõ điểm tối đa của chỉ số"),
    ),
    "3.6": ("Thanh toán trực tuyến", ("chỉ có phần hồ sơ thanh toán trực tuyến (6 trong 10 điểm của nhóm)",)),
    "4.1": ("Cấp kết quả điện tử", ()),
    "4.2": ("Số hóa thành phần và kết quả", ()),
}


def percent(value: Fraction | None) -> str:
    """`72,46%`; two decimals, halves up, as QĐ 766 shows them; a dash without a value."""
    if value is None:
        return NOT_APPLICABLE
    exact = Decimal(value.numerator) * 100 / Decimal(value.denominator)
    text = str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP)).rstrip("0").rstrip(".")
    return text.replace(".", ",") + "%"


def points(value: Fraction | None) -> str:
    """`15,4`; at most two decimals, halves up."""
    return percent(value / 100).removesuffix("%") if value is not None else NOT_APPLICABLE


def ranges(weeks: Sequence[str]) -> str:
    """`W01–W03, W05`: weeks in their order, those that follow each other drawn together."""
    found: list[list[str]] = []
    for week in weeks:
        if found and int(week[-2:]) == int(found[-1][-1][-2:]) + 1:
            found[-1].append(week)
        else:
            found.append([week])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1].rpartition('-')[2]}" for run in found)
