"""`alertd explain CODE`: who was told what, when, by which rule, and what comes next."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from alertd.commands.options import config_option, configuration, format_option, instant, stored
from alertd.core.dossier import FIELDS, Clock, Phase, clock_of
from alertd.core.errors import AlertdError
from alertd.core.plan import first_from
from alertd.core.plan import instant as instant_of
from alertd.core.policy import Subject
from alertd.store import history

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.core.rules import Rules
    from alertd.store.history import Record

INSTANTS = ("submitted_at", "received_at", "due_at", "due_on", "finished_at", "returned_at")


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
        records = [history.record(connection, row, now) for row in history.find(connection, code)]
    records = [record for record in records if record.observations]
    if not records:
        raise AlertdError(f"{code}: no dossier of this code is on record; `alertd status` shows what was set aside")
    found = [_explained(record, loaded.rules, now) for record in records]
    if shape == "json":
        click.echo(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)


def _as_of(record: Record) -> dict[str, Any]:
    """The fields as the feed had shown them by then: the first observation, with every later change over it."""
    fields: dict[str, Any] = dict.fromkeys(FIELDS, "") | dict.fromkeys(INSTANTS) | {"officers": []}
    for observation in record.observations:
        fields |= observation.changed
    return fields


def _explained(record: Record, rules: Rules, now: datetime) -> dict[str, Any]:
    fields = _as_of(record)
    day = rules.local_date(now)
    directory = rules.organisation.on(day)
    unit = directory.unit(fields["unit"])
    officers = directory.officers(unit, tuple(fields["officers"]))
    due_at = rules.due_instant(unit, _instant(fields["due_at"]), _date(fields["due_on"]))
    phase = Phase(fields["phase"])
    subject = Subject(unit, fields["procedure_code"], fields["procedure"], fields["field"], fields["channel"])
    policy = rules.policy_for(subject, Clock.DUE, day)
    clock = _clock(record)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(rules.zone).isoformat() if at else None

    plan: list[dict[str, Any]] = []
    if policy and due_at:
        anchor = rules.anchor(unit, due_at, _instant(fields["received_at"]), _instant(fields["finished_at"]))
        for step in policy.steps:
            upcoming = first_from(step, anchor, now)
            plan.append({
                "step": step.name,
                "at": local(instant_of(step, 0, anchor)),
                "every": step.every.text if step.every else None,
                "next": local(upcoming[1]) if upcoming else None,
                "to": [target.text for target in step.to],
                "people": sorted({p for target in step.to
                                  for p in directory.resolve(target, unit, tuple(fields["officers"]))}),
            })  # fmt: skip
    overdue = clock is Clock.DUE and due_at is not None and due_at < now
    return {
        "code": record.dossier.code,
        "feed": record.dossier.feed,
        "phase": phase.value,
        "status": fields["status"],
        "clock": clock.value,
        "unit": {"code": unit, "as_shown": fields["unit"]},
        "officers": {"people": list(officers.people), "unmatched": list(officers.unmatched)},
        "procedure": fields["procedure"] or fields["procedure_code"],
        "received_at": local(_instant(fields["received_at"])),
        "due_at": local(due_at),
        "finished_at": local(_instant(fields["finished_at"])),
        "overdue": overdue,
        "working_hours_left": _hours(rules, unit, now, due_at),
        "missing_since": local(record.dossier.missing_since),
        "policy": policy.name if policy else None,
        "plan": plan,
        "next_step_at": local(record.dossier.next_step_at),
        "waiting_at": local(record.dossier.waiting_at),
        "history": _history(record, local),
        "alerts": [
            {
                "step": a.step, "occurrence": a.occurrence, "folded": a.folded, "at": local(a.at),
                "recorded_at": local(a.recorded_at), "person": a.person, "policy": a.policy, "to": a.target,
                "state": a.state, "urgency": a.urgency, "late_reason": a.late_reason, "note": a.note,
                "episode": a.episode, "message": a.message,
            }
            for a in record.alerts
        ],
        "messages": [_message(record, part, local) for part in record.parts],
        "silence": None if record.alerts else _silence(record, clock, due_at, policy is None),
    }  # fmt: skip


def _clock(record: Record) -> Clock:
    clock = clock_of(Phase(record.observations[0].changed["phase"]))
    for change in record.phases:
        clock = clock_of(Phase(change.new_phase), clock)
    return clock


def _history(record: Record, local: Any) -> list[dict[str, Any]]:
    events = [{"at": o.seen_at, "event": "seen", "changed": o.changed} for o in record.observations]
    events += [{"at": p.seen_at, "event": "phase", "from": p.old_phase, "to": p.new_phase} for p in record.phases]
    events += [{"at": d.seen_at, "event": "due", "kind": d.kind, "from": local(d.old_due_at), "to": local(d.new_due_at)}
               for d in record.dues]  # fmt: skip
    for spell in record.spells:
        events.append({"at": spell.first_seen_at, "event": "overdue", "due_at": local(spell.due_at)})
        if spell.ended_seen_at:
            events.append({"at": spell.ended_seen_at, "event": "overdue_ended", "kind": spell.end_kind})
    events.sort(key=lambda event: event["at"])
    return [event | {"at": local(event["at"])} for event in events]


def _message(record: Record, part: Any, local: Any) -> dict[str, Any]:
    return {
        "id": part.id, "message": part.message, "person": part.person, "state": part.state, "part": part.part,
        "parts": part.parts, "created_at": local(part.created_at),
        "attempts": [
            {"channel": a.channel, "at": local(a.started_at), "outcome": a.outcome, "code": a.code,
             "provider_id": a.provider_id}
            for a in record.attempts if a.outbox_id == part.id
        ],
    }  # fmt: skip


def _silence(record: Record, clock: Clock, due_at: datetime | None, no_policy: bool) -> str:
    """Why nobody was told."""
    if clock is Clock.ENDED:
        return "hồ sơ đã kết thúc trước khi có bước nào đến hạn"
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
    return "chưa bước nào đến hạn"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _date(text: str | None) -> Any:
    return datetime.fromisoformat(text).date() if text else None


def _hours(rules: Rules, unit: str | None, now: datetime, due_at: datetime | None) -> float | None:
    if due_at is None:
        return None
    return round(rules.calendar_of(unit).between(now, due_at) / timedelta(hours=1), 2)


def _print(one: dict[str, Any]) -> None:
    click.echo(f"{one['code']} · {one['procedure'] or '(không rõ thủ tục)'} · nguồn {one['feed']}")
    unit = one["unit"]
    click.echo(f"  giai đoạn {one['phase']} (trạng thái «{one['status']}»), đơn vị {unit['code'] or '(chưa khớp)'}"
               f" «{unit['as_shown']}»")  # fmt: skip
    named = ", ".join([*one["officers"]["people"], *(f"«{o}» (chưa khớp)" for o in one["officers"]["unmatched"])])
    click.echo(f"  cán bộ: {named or '(không có)'}")
    click.echo(f"  tiếp nhận {one['received_at']}, hẹn trả {one['due_at']}, xong {one['finished_at']}")
    if one["working_hours_left"] is not None:
        click.echo(f"  còn {one['working_hours_left']} giờ làm việc{' · QUÁ HẠN' if one['overdue'] else ''}")
    click.echo(f"  chính sách: {one['policy'] or '(không có)'}")
    for step in one["plan"]:
        repeat = f", lặp lại {step['every']}" if step["every"] else ""
        click.echo(f"    {step['step']}: {step['at']}{repeat} → {', '.join(step['to'])} = {', '.join(step['people'])}")
    for event in one["history"]:
        detail = ", ".join(f"{k} {v}" for k, v in event.items() if k not in ("at", "event") and v is not None)
        click.echo(f"  {event['at']}  {event['event']}: {detail}")
    for alert in one["alerts"]:
        click.echo(f"  {alert['recorded_at']}  cảnh báo {alert['step']} lần {alert['occurrence'] + 1} → "
                   f"{alert['person']} ({alert['to']}): {alert['state']}")  # fmt: skip
    for message in one["messages"]:
        for attempt in message["attempts"]:
            click.echo(f"  {attempt['at']}  tin {message['id']} → {message['person']} qua {attempt['channel']}: "
                       f"{attempt['outcome'] or 'chưa rõ'} {attempt['code']}")  # fmt: skip
    if one["silence"]:
        click.echo(f"  chưa báo ai vì {one['silence']}")
    click.echo(f"  tiếp theo: {one['next_step_at'] or one['waiting_at'] or 'không còn bước nào'}")
