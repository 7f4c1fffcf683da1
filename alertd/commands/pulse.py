"""What `status` and `doctor` say of the audit of the ledger and of the outgoing heartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd import assembly
from alertd.commands.doctor_finding import bad, ok, warn
from alertd.core.vitality import unsound
from alertd.messages.vitality import said
from alertd.store import heartbeats, vitals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from alertd.commands.doctor_finding import Found
    from alertd.config.load import Loaded

#: How late a heartbeat may be, beside twice its period, before `doctor` says so.
SLACK = timedelta(minutes=2)
AUDIT, HEARTBEAT = "tự kiểm tra", "tín hiệu sống"


def heartbeat(connection: Connection, loaded: Loaded, now: datetime) -> dict[str, Any] | None:
    """When it was last sent, why the last try failed, why it is withheld at `now`; None where it is off."""
    if loaded.settings.heartbeat is None:
        return None
    row, jobs, zone = heartbeats.last(connection), assembly.working(loaded), loaded.settings.zone
    sent_at = row.sent_at if row is not None else None
    return {
        "sent_at": sent_at.astimezone(zone).isoformat() if sent_at else None,
        "failure": row.failure if row is not None else "",
        "withheld": [said(each, zone) for each in unsound(vitals.signs(connection, jobs, now), jobs, now)],
    }


def line(found: dict[str, Any] | None) -> str:
    """The heartbeat on the terminal."""
    if found is None:
        return f"{HEARTBEAT}: không dùng (heartbeat)"
    last = f"gửi được lần cuối {found['sent_at'][:19]}" if found["sent_at"] else "chưa gửi được lần nào"
    if found["withheld"]:
        return f"{HEARTBEAT}: ĐANG GIỮ vì {'; '.join(found['withheld'])}; {last}"
    return f"{HEARTBEAT}: KHÔNG GỬI ĐƯỢC: {found['failure']}; {last}" if found["failure"] else f"{HEARTBEAT}: {last}"


def examined(connection: Connection, loaded: Loaded, now: datetime) -> Iterator[Found]:
    """The same for `doctor`, with what to do."""
    yield _audit(connection, loaded, now)
    yield _heartbeat(connection, loaded, now)


def _audit(connection: Connection, loaded: Loaded, now: datetime) -> Found:
    audited = vitals.signs(connection, assembly.working(loaded), now).audited
    if audited is None:
        return warn(AUDIT, "chưa chạy lần nào", "alertd run tự chạy sau một phút; alertd audit chạy ngay")
    at = f"{audited.ended_at.astimezone(loaded.settings.zone):%H:%M %d/%m/%Y}"
    if audited.findings:
        todo = "alertd audit nêu từng dòng; alertd explain MÃ; docs/runbook.md"
        return bad(AUDIT, f"{audited.findings} sai lệch trong sổ cảnh báo, lúc {at}", todo)
    if now > audited.good_until:
        return warn(AUDIT, f"lần cuối đã lâu, lúc {at}", "systemctl status alertd; journalctl -u alertd -n 50")
    return ok(AUDIT, f"sổ cảnh báo khớp, lúc {at}")


def _heartbeat(connection: Connection, loaded: Loaded, now: datetime) -> Found:
    found = heartbeat(connection, loaded, now)
    if found is None:
        return ok(HEARTBEAT, "không dùng; nếu cả máy ngừng thì không nơi nào báo (heartbeat, docs/operation.md)")
    what = line(found).removeprefix(f"{HEARTBEAT}: ")
    if found["withheld"]:
        return bad(HEARTBEAT, what, "sửa điều nêu trên; tín hiệu tự gửi lại. docs/runbook.md")
    if found["failure"]:
        return bad(HEARTBEAT, what, "thử địa chỉ heartbeat.url bằng curl trên máy này; kiểm tra mạng, DNS")
    settings, sent_at = loaded.settings.heartbeat, found["sent_at"]
    if settings is not None and sent_at and now - datetime.fromisoformat(sent_at) > 2 * settings.every + SLACK:
        return bad(HEARTBEAT, what, "không có lý do giữ mà không gửi: systemctl restart alertd; journalctl -u alertd")
    if sent_at is None:
        return warn(HEARTBEAT, what, "alertd run gửi trong vòng 15 giây sau khi mọi việc đã chạy")
    return ok(HEARTBEAT, what)
