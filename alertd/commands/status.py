"""`alertd status`: the state of every unit, feed and of the outbox, and the lists that have an owner."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd import assembly
from alertd.commands import feed_states, national, pruned, pulse, reachability, watched
from alertd.commands.options import config_option, configuration, format_option, instant, stored, table
from alertd.core.dossier import Clock
from alertd.core.due_classes import CLASSES, bounds
from alertd.core.policy import Subject
from alertd.store import audits, codes, overview

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from alertd.config.load import Loaded

COUNTS = ("open", *CLASSES)
HEADERS = [
    "đơn vị",
    "đang mở",
    "sắp hạn",
    "hạn hôm nay",
    "quá hạn",
    "trễ tiếp nhận",
    "tạm dừng",
    "không hạn",
    "mất dấu",
]
#: Entries of one list in JSON, and on the terminal.
MOST_LISTED, MOST_SHOWN = 1000, 10


@click.command("status")
@click.option("--at", "at", help="Tính tại thời điểm (ISO 8601), mặc định: bây giờ. / Count as of this instant.")
@format_option
@config_option
def command(at: str | None, shape: str, folder: Path) -> None:
    """Tình trạng từng đơn vị, nguồn dữ liệu và hàng đợi gửi tin. / Units, feeds and the outbox."""
    loaded = configuration(folder)
    now = instant(at, loaded.settings.zone, "--at") if at else datetime.now(UTC)
    database = stored(loaded)
    with database.read() as connection:
        found = _status(connection, loaded, now) | {
            "channels": reachability.channels(connection, database, loaded, now),
            "credentials": reachability.credentials(connection, loaded),
        }
        if loaded.settings.reconcile:
            found["national"] = national.compared(connection, loaded)
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)


def _status(connection: Connection, loaded: Loaded, now: datetime) -> dict[str, Any]:
    rules = loaded.rules
    rows = overview.units(connection, *bounds(rules, now))
    units = [
        {"unit": row.unit, "name": _name(loaded, row.unit)} | {key: int(getattr(row, key)) for key in COUNTS}
        for row in rows
    ]
    return {
        "at": now.astimezone(rules.zone).isoformat(),
        "units": units,
        "total": {key: sum(unit[key] for unit in units) for key in COUNTS},
        "feeds": feed_states.feeds(connection, loaded, now),
        "outbox": overview.outbox_states(connection),
        "alerts_waiting": overview.waiting_alerts(connection),
        "next_slot": _next_slot(loaded, now),
        "lists": _lists(connection, loaded, now),
        "audit": _audit(connection, loaded),
        "heartbeat": pulse.heartbeat(connection, loaded, now),
        "retention": pruned.pruned(connection, loaded),
    }


def _next_slot(loaded: Loaded, now: datetime) -> str | None:
    """When what waits leaves; None where it leaves at once."""
    leaves = assembly.slots(loaded).following(now, loaded.rules.calendar)
    return leaves.astimezone(loaded.rules.zone).isoformat() if leaves > now else None


def _audit(connection: Connection, loaded: Loaded) -> dict[str, Any] | None:
    row = audits.last(connection)
    if row is None:
        return None
    ended = row.ended_at.astimezone(loaded.rules.zone).isoformat()
    return {"ended_at": ended, "dossiers": row.dossiers, "undecided": row.undecided, "findings": row.findings,
            "lines": row.lines}  # fmt: skip


def _name(loaded: Loaded, code: str | None) -> str:
    unit = loaded.rules.organisation.units.get(code or "")
    return unit.name if unit else "(chưa xác định đơn vị)"


def _lists(connection: Connection, loaded: Loaded, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What needs a person; each list is cut at so many entries, the counts per unit are not."""
    rules = loaded.rules
    day = rules.local_date(now)
    directory = rules.organisation.on(day)
    unmatched: Counter[tuple[str, str | None, str]] = Counter()
    unnamed: Counter[tuple[str, str | None]] = Counter()
    for row in overview.handlers(connection):
        for text in directory.officers(row.unit, row.officers).unmatched:
            unmatched[row.feed, row.unit, text] += row.dossiers
        if not directory.officers(row.unit, row.officers, row.handed_to).people:
            unnamed[row.feed, row.unit] += row.dossiers
    return {
        "unmatched_units": [dict(row._mapping) for row in overview.unmatched_units(connection)],
        "unmatched_officers": [
            {"feed": feed, "unit": unit, "officer": text, "dossiers": count}
            for (feed, unit, text), count in unmatched.most_common()
        ],
        "without_officer": [
            {"feed": feed, "unit": unit, "dossiers": count} for (feed, unit), count in unnamed.most_common()
        ],
        "without_policy": [
            {"unit": row.unit, "procedure": row.procedure or row.procedure_code, "dossiers": row.dossiers}
            for row in overview.kinds(connection)
            if not rules.policy_for(Subject(*row[:5]), Clock.DUE, day)
        ],
        "without_due_date": [dict(row._mapping) for row in overview.without_due(connection, MOST_LISTED)],
        "missing": [
            {"feed": row.feed, "code": row.code, "unit": row.unit,
             "since": row.missing_since.astimezone(rules.zone).isoformat()}
            for row in overview.missing(connection, MOST_LISTED)
        ],
        **watched.lists(connection, rules, now, MOST_LISTED),
        "shared_codes": codes.shared(connection)[:MOST_LISTED],
        "unknown_statuses": [dict(row._mapping) for row in overview.unknown_statuses(connection)],
        "quarantine": [
            {"feed": row.feed, "row": row.row, "code": row.code, "reason": row.reason}
            for row in overview.quarantine_rows(connection, MOST_LISTED)
        ],
        "dead_addresses": [
            {"person": row.person, "channel": row.channel, "reason": row.reason}
            for row in overview.dead_addresses(connection)
        ],
    }  # fmt: skip


def _print(found: dict[str, Any]) -> None:
    rows = [[unit["name"], *(unit[key] for key in COUNTS)] for unit in found["units"]]
    table(HEADERS, [*rows, ["TỔNG", *(found["total"][key] for key in COUNTS)]])
    click.echo()
    for line in feed_states.lines(found):
        click.echo(line)
    states = ", ".join(f"{state} {count}" for state, count in found["outbox"].items()) or "trống"
    slot = f" (đợt gửi tới: {datetime.fromisoformat(found['next_slot']):%H:%M %d/%m/%Y})" if found["next_slot"] else ""
    click.echo(f"hàng gửi: {states}; cảnh báo chờ gửi: {found['alerts_waiting']}{slot}")
    click.echo(_audited(found["audit"]))
    click.echo(pulse.line(found["heartbeat"]))
    click.echo(pruned.line(found["retention"]))
    for line in (*reachability.lines(found), *national.lines(found.get("national"))):
        click.echo(line)
    for title, key, show in _LISTS:
        entries = found["lists"][key]
        for entry in entries[:MOST_SHOWN]:
            click.echo(f"{title}: {show(entry)}")
        if len(entries) > MOST_SHOWN:
            click.echo(f"{title}: … và {len(entries) - MOST_SHOWN} dòng nữa (--format json)")


def _audited(audit: dict[str, Any] | None) -> str:
    if audit is None:
        return "tự kiểm tra sổ cảnh báo: chưa chạy"
    compared = audit["dossiers"] - audit["undecided"]
    said = f"{audit['findings']} sai lệch: alertd audit" if audit["findings"] else f"so được {compared}, khớp"
    if not audit["findings"] and audit["dossiers"] and not compared:
        said = "chưa so được hồ sơ nào"
    return f"tự kiểm tra sổ cảnh báo lúc {audit['ended_at']}: {audit['dossiers']} hồ sơ, {said}"


_LISTS: tuple[tuple[str, str, Callable[[dict[str, Any]], str]], ...] = (
    ("đơn vị chưa khớp", "unmatched_units", lambda e: f"«{e['unit_text']}» ({e['dossiers']} hồ sơ, nguồn {e['feed']})"),
    (
        "cán bộ chưa khớp",
        "unmatched_officers",
        lambda e: f"«{e['officer']}» ({e['dossiers']} hồ sơ, {e['unit'] or 'chưa rõ đơn vị'})",
    ),
    (
        "chưa rõ cán bộ",
        "without_officer",
        lambda e: f"{e['dossiers']} hồ sơ ({e['unit'] or 'chưa rõ đơn vị'})",
    ),
    ("không chính sách", "without_policy", lambda e: f"{e['procedure']} ({e['dossiers']} hồ sơ, {e['unit']})"),
    ("không ngày hẹn trả", "without_due_date", lambda e: f"{e['code']} ({e['unit']}, nguồn {e['feed']})"),
    ("mất dấu trên cổng", "missing", lambda e: f"{e['code']} ({e['unit']}) từ {e['since']}"),
    ("tạm dừng lâu nhất", "paused", watched.pause_line),
    ("dấu hiệu", "flags", watched.flag_line),
    (
        "mã chung",
        "shared_codes",
        lambda e: (
            f"«{e['code']}» là mã của {len(e['others']) + 1} hồ sơ (nguồn {e['feed']})"
            if e["dossier"] == e["code"]
            else f"«{e['code']}» của {e['dossier']} cũng là mã của {', '.join(e['others'])} (nguồn {e['feed']})"
        ),
    ),
    ("trạng thái lạ", "unknown_statuses", lambda e: f"«{e['status']}» ({e['dossiers']} hồ sơ, nguồn {e['feed']})"),
    ("dòng treo", "quarantine", lambda e: f"{e['feed']} dòng {e['row']} {e['code']}: {e['reason']}"),
    ("liên hệ hỏng", "dead_addresses", lambda e: f"{e['person']} qua {e['channel']}: {e['reason']}"),
)
