"""Why alertd does not do its work, or keeps its heartbeat back, in the words of the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.vitality import Sign

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from alertd.core.vitality import Problem

URGENCIES = {"high": "gấp", "critical": "khẩn"}


def said(problem: Problem, zone: ZoneInfo) -> str:
    """`kênh telegram không gửi từ 08:00 03/06/2024`."""
    since = f"từ {problem.since.astimezone(zone):%H:%M %d/%m/%Y}" if problem.since else "lần nào"
    match problem.sign:
        case Sign.ESCALATE:
            return f"không xét hạn {since}"
        case Sign.OUTBOX:
            return f"{problem.count} phần tin {URGENCIES.get(problem.subject, problem.subject)} chờ gửi {since}"
        case Sign.POLL:
            return f"nguồn {problem.subject} không được đọc {since}"
        case Sign.COMPOSE:
            return f"không soạn tin {since}"
        case Sign.DELIVER:
            return f"việc gửi qua kênh {problem.subject} không chạy {since}"
        case Sign.AUDIT:
            return f"chưa tự kiểm tra sổ cảnh báo {since}"
        case Sign.LEDGER:
            return f"sổ cảnh báo có {problem.count} sai lệch"
