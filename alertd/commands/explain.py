"""`alertd explain CODE`: who was told what, when, by which rule, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import config_option, configuration, format_option, instant, stored
from alertd.commands.story import story
from alertd.core.errors import AlertdError
from alertd.messages.words import LATE_REASONS
from alertd.store import codes, history

if TYPE_CHECKING:
    from pathlib import Path


@click.command("explain")
@click.argument("code")
@click.option("--at", "at", help="Tại thời điểm (ISO 8601), mặc định: bây giờ. / As of this instant.")
@format_option
@config_option
def command(code: str, at: str | None, shape: str, folder: Path) -> None:
    """Lịch sử, kế hoạch, cảnh báo và tin đã gửi của một hồ sơ. / One dossier's whole story."""
    loaded = configuration(folder)
    now = instant(at, loaded.settings.zone, "--at") if at else datetime.now(UTC)
    database = stored(loaded)
    with database.read() as connection:
        records = [history.record(connection, row, now) for row in codes.find(connection, code)]
    records = [record for record in records if record.observations]
    if not records:
        raise AlertdError(f"{code}: no dossier of this code is on record; `alertd status` shows what was set aside")
    found = [story(record, loaded.rules, now, past=at is not None) for record in records]
    if shape == "json":
        click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)


STATES = {
    "pending": "chờ soạn tin", "sent": "đã vào tin", "coalesced": "gộp vào bước sau", "muted": "đã xác nhận",
    "not_applied": "quy tắc có sau, không áp dụng", "nobody": "không có ai để báo", "superseded": "lỗi thời khi gửi",
    "discarded": "bỏ theo quyết định",
}  # fmt: skip
DELIVERIES = {
    "pending": "chờ gửi", "sending": "đang gửi", "accepted": "kênh đã nhận", "retry": "chờ gửi lại",
    "unknown": "chưa rõ kết quả", "failed": "không gửi được", "superseded": "được tin sau thay thế",
    "held": "tạm giữ chờ quyết định", "discarded": "bỏ theo quyết định",
}  # fmt: skip


def _print_head(one: dict[str, Any]) -> None:
    """What the dossier is and where it stands."""
    click.echo(f"{one['code']} · {one['procedure'] or '(không rõ thủ tục)'} · nguồn {one['feed']}")
    if one["other_codes"]:
        click.echo(f"  mã khác: {', '.join(other['code'] for other in one['other_codes'])}")
    unit = one["unit"]
    click.echo(f"  giai đoạn {one['phase']} (trạng thái «{one['status']}»), đơn vị {unit['code'] or '(chưa khớp)'}"
               f" «{unit['as_shown']}»")  # fmt: skip
    named = ", ".join([*one["officers"]["people"], *(f"«{o}» (chưa khớp)" for o in one["officers"]["unmatched"])])
    click.echo(f"  cán bộ: {named or '(không có)'}")
    click.echo(f"  tiếp nhận {_at(one['received_at'])}, hẹn trả {_at(one['due_at'])}, xong {_at(one['finished_at'])}")
    if one["working_hours_left"] is not None and one["clock"] == "due":
        late = one["overdue"]
        click.echo(f"  {'QUÁ HẠN' if late else 'còn'} {abs(one['working_hours_left'])} giờ làm việc")
    if one["missing_since"]:
        click.echo(f"  không còn thấy trên cổng từ {_at(one['missing_since'])}: cảnh báo tạm giữ")


def _print(one: dict[str, Any]) -> None:
    _print_head(one)
    click.echo(f"  chính sách: {one['policy'] or '(không có)'}")
    for step in one["plan"]:
        repeat = f", lặp lại {step['every']}" if step["every"] else ""
        people = ", ".join(step["people"])
        click.echo(f"    {step['step']}: {_at(step['at'])}{repeat} → {', '.join(step['to'])} = {people}")
        if step["held_until"]:
            click.echo(f"      mốc {_at(step['next'])} giữ đến {_at(step['held_until'])}: {LATE_REASONS['held']}")
    for event in one["history"]:
        click.echo(f"  {_at(event['at'])}  {_event(event)}")
    for alert in one["alerts"]:
        _print_alert(alert)
    _print_answers(one)
    for message in one["messages"]:
        state = DELIVERIES.get(message["state"], message["state"])
        click.echo(f"  {_at(message['created_at'])}  tin {message['id']} → {message['person']}: {state}"
                   f"{': ' if message['reason'] else ''}{message['reason']}")  # fmt: skip
        for attempt in message["attempts"]:
            click.echo(f"    {_at(attempt['at'])}  qua {attempt['channel']}: {attempt['outcome'] or 'chưa rõ'} "
                       f"{attempt['code']}".rstrip())  # fmt: skip
    if one["silence"]:
        click.echo(f"  chưa báo ai vì {one['silence']}")
    click.echo(f"  tiếp theo: {_at(one['next_step_at'] or one['waiting_at'])}")


def _print_alert(alert: dict[str, Any]) -> None:
    state = STATES.get(alert["state"], alert["state"])
    if alert["acknowledged_at"]:
        state = f"không gửi, đã xác nhận lúc {_at(alert['acknowledged_at'])}"
    delivery = f", {DELIVERIES.get(alert['delivery'], alert['delivery'])}" if alert["delivery"] else ""
    late = f" (muộn: {LATE_REASONS.get(alert['late_reason'], '')})" if alert["late_reason"] else ""
    rule = f"{alert['policy']}/{alert['step']}" if alert["policy"] else alert["step"]
    click.echo(f"  {_at(alert['recorded_at'])}  cảnh báo {rule} lần {alert['occurrence'] + 1}, "
               f"mốc {_at(alert['at'])}{late} → {alert['person']} ({alert['to']}): {state}{delivery}")  # fmt: skip


def _print_answers(one: dict[str, Any]) -> None:
    for ack in one["acknowledgements"]:
        click.echo(f"  {_at(ack['at'])}  {ack['person']} đã xác nhận (qua {ack['via']})")
    for handover in one["handovers"]:
        ended = f", đến {_at(handover['ended_at'])}" if handover["ended_at"] else ""
        click.echo(f"  {_at(handover['at'])}  {handover['from']} chuyển cho {handover['to']} "
                   f"(qua {handover['via']}){ended}")  # fmt: skip
    for said in one["explanations"]:
        text = said["text"].replace("\n", "\n    ")
        click.echo(f"  {_at(said['at'])}  {said['person']} giải trình (qua {said['via']}):\n    {text}")


def _at(text: str | None) -> str:
    """An instant as people read it."""
    return f"{datetime.fromisoformat(text):%H:%M:%S %d/%m/%Y}" if text else "—"


def _event(event: dict[str, Any]) -> str:
    if event["event"] == "seen":
        return "ghi nhận " + ", ".join(f"{field}={value}" for field, value in event["changed"].items())
    if event["event"] == "phase":
        return f"giai đoạn {event['from']} → {event['to']}"
    if event["event"] == "due":
        return f"hẹn trả {_at(event['from'])} → {_at(event['to'])} ({event['kind']})"
    if event["event"] == "overdue":
        return f"bắt đầu quá hạn (hạn {_at(event['due_at'])})"
    return f"hết quá hạn: {event['kind']}"
