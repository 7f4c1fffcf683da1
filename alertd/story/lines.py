"""The story in words, for people on a terminal: what it is, the plan, everything that happened in its order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alertd.messages.words import LATE_REASONS, PAUSES, elapsed
from alertd.story import flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATES = {
    "pending": "chờ soạn tin", "sent": "đã vào tin", "coalesced": "gộp vào bước sau", "muted": "đã xác nhận",
    "not_applied": "quy tắc có sau, không áp dụng", "nobody": "không có ai để báo", "superseded": "lỗi thời khi gửi",
    "discarded": "bỏ theo quyết định",
}  # fmt: skip
DELIVERIES = {
    "pending": "chờ gửi", "sending": "đang gửi", "accepted": "kênh đã nhận", "retry": "chờ gửi lại",
    "unknown": "chưa rõ kết quả", "failed": "không gửi được", "superseded": "được tin sau thay thế",
    "held": "tạm giữ chờ quyết định", "discarded": "bỏ theo quyết định", "past_term": "tin đã hết thời hạn lưu giữ",
}  # fmt: skip

_UNIT_BY = {"code": "mã", "name": "tên", "alias": "tên khác"}
_OFFICER_BY = {
    "portal_id": "khớp theo tài khoản", "name": "khớp theo tên trong đơn vị", "placeholder": "không phải tên người",
    None: "không khớp với ai",
}  # fmt: skip

#: An instant, and what is said of it.
_Said = tuple[str, str]


def lines(one: dict[str, Any]) -> list[str]:
    """A story that `tell` made, line by line."""
    happened = sorted([*_portal(one), *_alerts(one), *_messages(one), *_answers(one)],
                      key=lambda said: datetime.fromisoformat(said[0]))  # fmt: skip
    return [
        *_head(one),
        *_plan(one),
        *(f"  {_at(at)}  {text}" for at, text in happened),
        *([f"  chưa báo ai vì {one['silence']}"] if one["silence"] else []),
        f"  tiếp theo: {_at(one['next_step_at'] or one['waiting_at'])}",
    ]


def _head(one: dict[str, Any]) -> Iterator[str]:
    """What the dossier is and where it stands."""
    yield f"{one['code']} · {one['procedure'] or '(không rõ thủ tục)'} · nguồn {one['feed']}"
    if one["other_codes"]:
        yield f"  mã khác: {', '.join(other['code'] for other in one['other_codes'])}"
    unit = one["unit"]
    yield f"  giai đoạn {one['phase']} (trạng thái «{one['status']}»)"
    how = f": khớp theo {_UNIT_BY[unit['matched_by']]}{_written(unit['rule'])}" if unit["matched_by"] else ""
    after = f", kế thừa {unit['succeeds']}" if unit["succeeds"] else ""
    yield f"  đơn vị {unit['code'] or '(chưa khớp)'} «{unit['as_shown']}»{how}{after}"
    yield from _officers(one)
    yield f"  tiếp nhận {_at(one['received_at'])}, hẹn trả {_at(one['due_at'])}, xong {_at(one['finished_at'])}"
    if one["clock"] == "accept" and one["accept_by"]:
        yield f"  nộp, chờ tiếp nhận; hạn tiếp nhận {_at(one['accept_by'])}"
    if one["working_hours_left"] is not None and one["clock"] in ("due", "accept"):
        late = "QUÁ HẠN" if one["overdue"] else "TRỄ TIẾP NHẬN" if one["late_accept"] else "còn"
        yield f"  {late} {_hours(abs(one['working_hours_left']))} làm việc{_written(one['calendar'], 'lịch ')}"
        yield from (f"    {day}" for day in one["working_days"])
    if one["missing_since"]:
        yield f"  không còn thấy trên cổng từ {_at(one['missing_since'])}: cảnh báo tạm giữ"


def _officers(one: dict[str, Any]) -> Iterator[str]:
    officers = one["officers"]
    named = ", ".join([*officers["people"], *(f"«{o}» (chưa khớp)" for o in officers["unmatched"])])
    yield f"  cán bộ: {named or '(không có)'}{', nhận chuyển giao' if one['handed_to'] in officers['people'] else ''}"
    for shown in officers["matched"]:
        who = f"→ {shown['person']}, " if shown["person"] else ""
        yield f"    «{shown['as_shown']}» {who}{_OFFICER_BY[shown['by']]}{_written(shown['rule'])}"


def _plan(one: dict[str, Any]) -> Iterator[str]:
    yield f"  chính sách: {one['policy'] or '(không có)'}{_written(one['policy_rule'])}"
    for step in one["plan"]:
        repeat = f", lặp lại {step['every']}" if step["every"] else ""
        people = ", ".join(step["people"])
        yield (f"    {step['step']}: {_at(step['at'])}{repeat} → {', '.join(step['to'])} = {people}"
               f"{_written(step['rule'])}")  # fmt: skip
        if step["sum"] and one["next_step_at"]:
            yield f"      mốc tới {_at(step['next'])}: {step['sum']['means']}"
            yield from (f"        {day}" for day in step["sum"]["days"])
        if step["held_until"]:
            yield f"      mốc {_at(step['next'])} giữ đến {_at(step['held_until'])}: {LATE_REASONS['held']}"


def _portal(one: dict[str, Any]) -> Iterator[_Said]:
    for event in one["history"]:
        yield event["at"], _event(event)


def _source(source: str | None) -> str:
    return f" (từ {source})" if source else ""


def _event(event: dict[str, Any]) -> str:
    return _EVENTS[event["event"]](event)


_EVENTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "seen": lambda e: (
        "ghi nhận " + ", ".join(f"{field}={value}" for field, value in e["changed"].items()) + _source(e["source"])
    ),
    "phase": lambda e: f"giai đoạn {e['from']} → {e['to']}",
    "due": lambda e: f"hẹn trả {_at(e['from'])} → {_at(e['to'])} ({e['kind']})",
    "pause": lambda e: f"{PAUSES.get(e['kind'] or '', 'tạm dừng xử lý')} («{e['status']}»)",
    "pause_ended": lambda e: (
        f"hết {PAUSES.get(e['kind'] or '', 'tạm dừng xử lý')}, sau {elapsed(timedelta(seconds=e['seconds']))}"
    ),
    "overdue": lambda e: f"bắt đầu quá hạn (hạn {_at(e['due_at'])})",
    "overdue_ended": lambda e: f"hết quá hạn: {e['kind']}",
    "flag": lambda e: f"dấu hiệu: {flags.words(e['flag'], e['evidence'], _at)}",
}


def _alerts(one: dict[str, Any]) -> Iterator[_Said]:
    for alert in one["alerts"]:
        state = STATES.get(alert["state"], alert["state"])
        if alert["acknowledged_at"]:
            state = f"không gửi, đã xác nhận lúc {_at(alert['acknowledged_at'])}"
        delivery = f", {DELIVERIES.get(alert['delivery'], alert['delivery'])}" if alert["delivery"] else ""
        rule = f"{alert['policy']}/{alert['step']}" if alert["policy"] else alert["step"]
        text = (f"cảnh báo {rule} lần {alert['occurrence'] + 1}, mốc {_at(alert['at'])}{_late(alert)} → "
                f"{alert['person']} ({alert['to']}): {state}{delivery}{_by(alert['rule'])}")  # fmt: skip
        yield alert["recorded_at"], text


def _by(rule: dict[str, Any] | None) -> str:
    """The line by which an alert was made, in the configuration that ran then."""
    if rule is None or rule["at"] is None:
        return ""
    return f" [{rule['at']}, bản {rule['configuration']}]"


def _written(rule: str | None, before: str = "") -> str:
    """Where a rule stands."""
    return f" [{before}{rule}]" if rule else ""


def _late(alert: dict[str, Any]) -> str:
    if alert["late_hours"] is None:
        return ""
    how = f"{_hours(alert['late_hours'])} làm việc" if alert["late_hours"] else "ngoài giờ làm việc"
    why = LATE_REASONS.get(alert["late_reason"], "")
    return f" (muộn {how}{': ' if why else ''}{why})"


def _messages(one: dict[str, Any]) -> Iterator[_Said]:
    for message in one["messages"]:
        state = DELIVERIES.get(message["state"], message["state"])
        reason = f": {message['reason']}" if message["reason"] else ""
        yield message["created_at"], f"tin {message['id']} → {message['person']}: {state}{reason}"
        for attempt in message["attempts"]:
            said = f"{attempt['outcome'] or 'chưa rõ'} {attempt['code']}".rstrip()
            known = f" (mã của kênh: {attempt['provider_id']})" if attempt["provider_id"] else ""
            yield attempt["at"], f"  gửi {message['id']} qua {attempt['channel']}: {said}{known}"


def _answers(one: dict[str, Any]) -> Iterator[_Said]:
    for ack in one["acknowledgements"]:
        yield ack["at"], f"{ack['person']} đã xác nhận (qua {ack['via']})"
    for handover in one["handovers"]:
        ended = f", đến {_at(handover['ended_at'])}" if handover["ended_at"] else ""
        yield handover["at"], f"{handover['from']} chuyển cho {handover['to']} (qua {handover['via']}){ended}"
    for said in one["explanations"]:
        text = said["text"].replace("\n", "\n    ")
        yield said["at"], f"{said['person']} giải trình (qua {said['via']}):\n    {text}"


def _hours(hours: float) -> str:
    """Working time: `40 h 30`."""
    whole, minutes = divmod(round(timedelta(hours=hours) / timedelta(minutes=1)), 60)
    return f"{whole} h {minutes:02}"


def _at(text: str | None) -> str:
    """An instant as people read it."""
    return f"{datetime.fromisoformat(text):%H:%M:%S %d/%m/%Y}" if text else "—"
