"""What `status` lists of what must not be forgotten: pauses by their age, flags by their kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.pausing import requests
from alertd.messages.words import FLAGS, PAUSES, elapsed
from alertd.store import happened, overview

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.core.rules import Rules

RECENT = timedelta(days=7)
#: Dossiers named for one kind of flag, in JSON and on the terminal.
MOST_NAMED, MOST_SHOWN = 100, 5


def lists(connection: Connection, rules: Rules, now: datetime, limit: int) -> dict[str, list[dict[str, Any]]]:
    """`paused`, the longest first with its age in seconds; `flags`, a line a kind."""

    def local(at: datetime) -> str:
        return at.astimezone(rules.zone).isoformat()

    return {
        "paused": [
            {"feed": row.feed, "code": row.code, "unit": row.unit, "kind": row.pause_kind, "status": row.status,
             "since": local(row.paused_since), "age_seconds": int((now - row.paused_since).total_seconds()),
             "pauses": row.pause_count, "supplements": requests(row.supplements, row.supplement_count)}
            for row in overview.paused(connection, limit)
        ],
        "flags": [
            {"flag": each["flag"], "total": each["total"], "last_7_days": each["recent"],
             "newest": [{**one, "seen_at": local(one["seen_at"])} for one in each["newest"]]}
            for each in happened.flag_counts(connection, now - RECENT, MOST_NAMED)
        ],
    }  # fmt: skip


def pause_line(entry: dict[str, Any]) -> str:
    """`HS-1 (TP): 12 ngày 3 giờ, chờ bổ sung giấy tờ («5»), tạm dừng lần 2, bổ sung lần 2`."""
    kind = PAUSES.get(entry["kind"] or "", "chưa rõ lý do")
    asked = f", bổ sung lần {entry['supplements']}" if entry["supplements"] > 1 else ""
    age = elapsed(timedelta(seconds=entry["age_seconds"]))
    return f"{entry['code']} ({entry['unit']}): {age}, {kind} («{entry['status']}»), lần {entry['pauses']}{asked}"


def flag_line(entry: dict[str, Any]) -> str:
    """`dời hẹn trả khi đã quá hạn: 3 lần, 7 ngày qua 1 lần; mới nhất HS-1 (TP)`."""
    named = ", ".join(f"{one['code']} ({one['unit']})" for one in entry["newest"][:MOST_SHOWN])
    words = FLAGS.get(entry["flag"], entry["flag"])
    return f"{words}: {entry['total']} lần, 7 ngày qua {entry['last_7_days']} lần; mới nhất {named}"
