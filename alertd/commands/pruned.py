"""When what is past its term last went, for `status` and `doctor`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.commands.doctor_finding import ok, warn
from alertd.store import prunings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from alertd.commands.doctor_finding import Found
    from alertd.config.load import Loaded

NAMES = {
    "dossiers": "hồ sơ", "messages": "tin nhắn", "access": "dòng nhật ký", "quarantine": "dòng treo",
    "inbound": "tin đến không xử lý được", "polls": "lần đọc nguồn", "configurations": "cấu hình cũ",
    "weeks": "tuần đã chốt",
}  # fmt: skip
#: It is done every night; after so long it is worth a look.
LATE = timedelta(days=4)


def pruned(connection: Connection, loaded: Loaded) -> dict[str, Any] | None:
    """The last pruning: when it began and ended (null: there is more to do), and how many of each class went."""
    row = prunings.last(connection)
    if row is None:
        return None
    zone = loaded.rules.zone
    ended = row.ended_at.astimezone(zone).isoformat() if row.ended_at is not None else None
    return {"begun_at": row.begun_at.astimezone(zone).isoformat(), "ended_at": ended, "counts": row.counts}


def line(found: dict[str, Any] | None) -> str:
    """The same for people."""
    if found is None:
        return "thời hạn lưu giữ: chưa xóa lần nào"
    gone = ", ".join(f"{count} {NAMES.get(name, name)}" for name, count in sorted(found["counts"].items()))
    more = "" if found["ended_at"] else ", còn tiếp"
    at = (found["ended_at"] or found["begun_at"])[:19]
    return f"thời hạn lưu giữ, xóa lần cuối lúc {at}: {gone or 'không có gì'}{more}"


def looked(connection: Connection, loaded: Loaded, now: datetime) -> Found:
    """Whether it is done."""
    name = "thời hạn lưu giữ"
    row = prunings.last(connection)
    if not loaded.settings.retention.terms:
        return ok(name, "giữ mãi mọi dữ liệu (retention)")
    if row is None:
        return ok(name, "chưa đến đêm đầu tiên")
    if now - row.begun_at > LATE:
        days = (now - row.begun_at).days
        return warn(name, f"lần cuối cách đây {days} ngày", "để alertd run chạy qua đêm; xem nhật ký, dòng job=prune")
    return ok(name, line(pruned(connection, loaded)).partition(", ")[2])
