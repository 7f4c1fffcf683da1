"""Times and amounts in the words of an office."""

from __future__ import annotations

import unicodedata
from datetime import time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

#: What stands for characters by their category: controls and ends of lines become blanks, formats and halves vanish.
_SEEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": ""}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
LATE_REASONS = {
    "first_seen": "mới nhận được dữ liệu",
    "due_moved": "hẹn trả vừa thay đổi",
    "resumed": "hồ sơ vừa tiếp tục xử lý",
    "reappeared": "hồ sơ vừa có lại trên cổng",
    "stale": "chờ dữ liệu mới từ cổng",
    "rules": "quy định nhắc vừa thay đổi",
    "changed": "hồ sơ vừa thay đổi trên cổng",
    "down": "hệ thống gián đoạn",
    "held": "cán bộ đã xác nhận đang xử lý",
    "storm": "tin hàng loạt được giữ lại để kiểm tra",
}
#: What a paused dossier waits for, and what its history is flagged for.
PAUSES = {"supplement": "chờ bổ sung giấy tờ", "obligation": "chờ nghĩa vụ tài chính", "other": "tạm dừng xử lý"}
FLAGS = {
    "supplement_repeat": "yêu cầu bổ sung từ lần thứ hai",
    "extended_after_due": "dời hẹn trả khi đã quá hạn",
    "second_extension": "dời hẹn trả từ lần thứ hai",
    "conflict": "đang mở mà có ngày kết thúc",
    "order": "các ngày trái thứ tự",
    "estimated_finish": "kết thúc mà không có ngày nào",
    "reopened": "mở lại sau khi kết thúc",
    "backdated_finish": "ngày kết thúc ghi lùi về trước hạn",
    "accepted_late": "tiếp nhận trễ",
}
SPELL_ENDINGS = {
    "due_moved": "ngày hẹn trả bị dời",
    "backdated_finish": "ngày kết thúc ghi lùi về trước hạn",
    "paused": "chuyển sang tạm dừng",
    "cancelled": "đã rút hoặc bị từ chối",
    "disappeared": "không còn thấy trên cổng",
}


def when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`16:00 hôm nay`, `07:30 ngày mai`, `16:00 Thứ Ba 04/06`, with the year when it is another one.

    Midnight is the end of the day before: what a sheet has due on a Sunday is due by 24:00 on Sunday.
    """
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock, day = f"{local:%H:%M}", local.date()
    if local.time() == time():
        clock, day = "24:00", day - timedelta(days=1)
    if day == today:
        return f"{clock} hôm nay"
    if day == today + timedelta(days=1):
        return f"{clock} ngày mai"
    year = "" if day.year == today.year else f"/{day.year}"
    return f"{clock} {WEEKDAYS[day.weekday()]} {day:%d/%m}{year}"


def instant(local: datetime) -> str:
    """`16:00 Thứ Ba 02/06/2026`: an instant on its own wall clock, where no present is known."""
    return f"{local:%H:%M} {WEEKDAYS[local.weekday()]} {local:%d/%m/%Y}"


def duration(amount: timedelta, hours_per_day: float) -> str:
    """Working time: `1 ngày 2 giờ`, `3 giờ`, `45 phút`; a day is the calendar's hours."""
    minutes = int(abs(amount).total_seconds() // 60)
    per_day = int(hours_per_day * 60)
    days, rest = divmod(minutes, per_day) if per_day else (0, minutes)
    return _words(days, rest)


def elapsed(amount: timedelta) -> str:
    """Elapsed time, days of 24 hours."""
    return _words(*divmod(int(abs(amount).total_seconds() // 60), 1440))


def short(amount: timedelta, hours_per_day: float) -> str:
    """The largest unit only, for a lock screen: `4 ngày`, `3 giờ`; empty below a minute."""
    words = duration(amount, hours_per_day).split(" ")
    return "" if words[0] == "0" else " ".join(words[:2])


def plain(text: str) -> str:
    """One line of NFC: no control characters, nothing invisible that turns the writing round, single blanks."""
    kept = (_SEEN.get(unicodedata.category(character), character) for character in text)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def cut(text: str, length: int) -> str:
    """At most so many characters, in one line, of a text that nobody has limited; marks kept on their letters."""
    text = plain(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _words(days: int, minutes: int) -> str:
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "ngày"), (hours, "giờ"), (minutes, "phút")]
    shown = [f"{number} {word}" for number, word in parts if number]
    return " ".join(shown[:2]) or "0 phút"
