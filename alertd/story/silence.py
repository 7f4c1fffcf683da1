"""Why nobody was told of a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.dossier import Clock

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.store.history import Record


def silence(record: Record, clock: Clock, due_at: datetime | None, now: datetime, *, no_policy: bool) -> str:
    """The first reason that holds, in words that follow "chưa báo ai vì"."""
    if clock is Clock.ENDED:
        return "hồ sơ đã kết thúc trước khi có bước nào đến hạn"
    if clock is Clock.NONE:
        return "nguồn này không dùng để tính hạn (deadlines: false)"
    if clock is not Clock.DUE:
        return "hồ sơ không chạy hạn ở giai đoạn này"
    if due_at is None:
        return "hồ sơ không có ngày hẹn trả"
    if no_policy:
        return "không chính sách nào khớp với hồ sơ"
    if record.dossier.missing_since:
        return "hồ sơ đang mất dấu trên cổng, cảnh báo tạm giữ"
    if record.dossier.waiting_at:
        return "bước đã đến hạn chờ dữ liệu mới từ cổng"
    upcoming = record.dossier.next_step_at
    if upcoming is not None and upcoming <= now:
        return "bước đã đến hạn chờ lần quét tới của tiến trình alertd run"
    return "chưa bước nào đến hạn"
