"""What is wrong with a feed, in the words of the admin: the notes of its alarms, and the same in a log's English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.shape import Change, Measure
from alertd.messages import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

#: What each measure counts, in Vietnamese and in English.
MEASURES: Mapping[Measure, tuple[str, str]] = {
    Measure.READABLE: ("dòng đọc được", "readable rows"),
    Measure.STATUS_KNOWN: ("trạng thái nhận biết được", "known statuses"),
    Measure.UNIT_MATCHED: ("đơn vị khớp danh mục", "matched units"),
    Measure.DUE: ("ngày hẹn trả", "due date"),
    Measure.RECEIVED: ("ngày tiếp nhận", "date of receipt"),
    Measure.STATUS: ("trạng thái", "status"),
    Measure.UNIT: ("đơn vị xử lý", "unit"),
    Measure.FINISHED: ("ngày kết thúc xử lý", "date of finish"),
    Measure.RETURNED: ("ngày trả kết quả", "date of return"),
    Measure.SUBMITTED: ("ngày nộp", "date of submission"),
    Measure.OFFICERS: ("cán bộ xử lý", "officer"),
    Measure.PROCEDURE: ("tên thủ tục", "procedure"),
    Measure.PROCEDURE_CODE: ("mã thủ tục", "code of procedure"),
    Measure.FIELD: ("lĩnh vực", "field"),
    Measure.CHANNEL: ("kênh nộp", "channel"),
    Measure.RECEIVED_UNIT: ("đơn vị tiếp nhận", "receiving unit"),
}

#: What the admin hears when a trouble is over.
READ_AGAIN = "đã đọc lại được"
SAME_AGAIN = "dữ liệu đã đủ như trước"
CLOCKS_AGREE = "đồng hồ của cổng đã khớp với máy này"


def shrunk(rows: int, before: int, rejected: int) -> str:
    """A source with a third fewer rows, of which nothing was taken."""
    unread = f", {rejected} dòng không đọc được" if rejected else ""
    return f"chỉ còn {rows} hồ sơ, lần trước {before}{unread}. Chưa nhận dữ liệu này."


def refused(changes: Iterable[Change]) -> str:
    """A source of another shape, of which nothing was taken."""
    return f"dữ liệu không còn như trước: {fallen(changes)}. Chưa nhận dữ liệu này."


def changed(changes: Iterable[Change]) -> str:
    """A source of another shape that was taken."""
    return f"dữ liệu thiếu đi so với trước: {fallen(changes)}. Vẫn nhận dữ liệu này."


def fallen(changes: Iterable[Change]) -> str:
    """`ngày hẹn trả 98 % → 3 %`."""
    return ", ".join(f"{MEASURES[c.measure][0]} {c.before:.0%} → {c.now:.0%}" for c in changes)


def fallen_in_english(changes: Iterable[Change]) -> str:
    """`due date 98% → 3%`."""
    return ", ".join(f"{MEASURES[c.measure][1]} {c.before:.0%} → {c.now:.0%}" for c in changes)


def never(detail: str) -> str:
    """A feed that was not read yet."""
    return f"chưa đọc được lần nào. {detail}".strip()


def stale(as_of: datetime, zone: ZoneInfo, detail: str) -> str:
    """A feed whose data are too old."""
    return (
        f"dữ liệu mới nhất từ {as_of.astimezone(zone):%H:%M %d/%m/%Y}; cảnh báo từ hạn trở đi chờ dữ liệu mới. {detail}"
    ).strip()


def failing(since: datetime, times: int, until: datetime, zone: ZoneInfo, detail: str) -> str:
    """A feed that cannot be read while what is known of it may still be acted upon."""
    return (
        f"không đọc được từ {since.astimezone(zone):%H:%M %d/%m/%Y} ({times} lần); dữ liệu đã có dùng được đến"
        f" {until.astimezone(zone):%H:%M %d/%m/%Y}. {detail}"
    ).strip()


def skewed(skew: timedelta) -> str:
    """The two clocks; which of them is wrong is not known."""
    return f"đồng hồ của cổng {skew_of(skew)} đồng hồ máy này. Kiểm tra giờ (NTP) của máy này trước."


def skew_of(skew: timedelta) -> str:
    """`nhanh hơn 5 phút`, `chậm hơn 40 giây`, `đúng với`."""
    seconds = round(abs(skew).total_seconds())
    if not seconds:
        return "đúng với"
    amount = f"{seconds} giây" if seconds < 60 else words.elapsed(skew)  # noqa: PLR2004 - a minute
    return f"{'nhanh' if skew.total_seconds() > 0 else 'chậm'} hơn {amount}"
