"""Answers about one's own dossiers: `/quahan`, `/homnay`, `/hoso CODE`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from alertd.core.dossier import Clock
from alertd.core.errors import CalendarError
from alertd.core.worktime import HOUR_US
from alertd.messages.words import cut, duration, when
from alertd.replies import words
from alertd.store import questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from alertd.replies.scope import Scope

#: Officers or units counted in one answer.
MOST_COUNTED = 8


def overdue(connection: Connection, scope: Scope, now: datetime) -> str:
    """What is overdue, worst first; before that, for a head, how many each officer has, or each unit below."""
    rows = scope.due(connection, None, now)
    if not rows:
        return "Không có hồ sơ nào quá hạn."
    return _listed(f"Đang quá hạn: {len(rows)} hồ sơ", scope, rows, now)


def today(connection: Connection, scope: Scope, now: datetime) -> str:
    """What falls due between now and the end of the local day, soonest first."""
    tomorrow = datetime.combine(scope.directory.day + timedelta(days=1), time(), scope.rules.zone).astimezone(UTC)
    rows = scope.due(connection, now, tomorrow)
    if not rows:
        return "Từ giờ đến hết hôm nay không có hồ sơ nào đến hạn."
    return _listed(f"Đến hạn hôm nay: {len(rows)} hồ sơ", scope, rows, now)


def dossier(connection: Connection, scope: Scope, code: str, now: datetime) -> str:
    """State, due instant, working time left, who was told; for the same code in two feeds both."""
    rows = scope.named(connection, code)
    if not rows:
        return words.no_dossier(code)
    return words.fitting("", (_whole(connection, scope, row, now) for row in rows), len(rows)).strip()


def _listed(head: str, scope: Scope, rows: Sequence[Row[Any]], now: datetime) -> str:
    counts = _counts(scope, rows)
    blocks = (_line(scope, number, row, now) for number, row in enumerate(rows, 1))
    return words.fitting("\n".join([head, *counts]), blocks, len(rows))


def _counts(scope: Scope, rows: Sequence[Row[Any]]) -> list[str]:
    """For a head how many each officer has; for who leads several units, how many each of these; else nothing."""
    led = [row for row in rows if row.unit in scope.led]
    if not led:
        return []
    units = scope.rules.organisation.units
    by_unit = Counter(units[row.unit].name for row in led)
    counted = by_unit if len(by_unit) > 1 else Counter(_officers(scope, row) or "(chưa rõ cán bộ)" for row in led)
    lines = [f"- {cut(name, 60)}: {count}" for name, count in counted.most_common(MOST_COUNTED)]
    rest = sum(counted.values()) - sum(count for _, count in counted.most_common(MOST_COUNTED))
    return [*lines, f"- các nơi khác: {rest}"] if rest else lines


def _line(scope: Scope, number: int, row: Row[Any], now: datetime) -> str:
    procedure = f" · {cut(row.procedure, 60)}" if row.procedure else ""
    officers = _officers(scope, row) if row.unit in scope.led else ""
    by = f" · {cut(officers, 60)}" if officers else ""
    return f"{number}. {row.code}{procedure}\n   {_due(scope, row, now)}{by}"


def _whole(connection: Connection, scope: Scope, row: Row[Any], now: datetime) -> str:
    units, people = scope.rules.organisation.units, scope.rules.organisation.people
    unit = units[row.unit].name if row.unit in units else row.unit_text
    lines = [f"{row.code}: {words.PHASES[row.phase]}"]
    if row.procedure:
        lines.append(cut(row.procedure, 120))
    lines.append(" · ".join(part for part in (unit, _officers(scope, row)) if part) or "(chưa rõ đơn vị)")
    lines.append(_state(scope, row, now))
    if row.missing_since is not None:
        lines.append(f"Không còn thấy trên cổng từ {when(row.missing_since, now, scope.rules.zone)}.")
    told = [f"{people[each.person].name} ({when(each.at, now, scope.rules.zone)})"
            for each in questions.told(connection, row.id) if each.person in people]  # fmt: skip
    lines.append("Đã báo: " + (cut(", ".join(told), 600) if told else "chưa báo ai"))
    seen = [people[each].name for each in questions.acknowledged(connection, row.id, row.episode) if each in people]
    if seen:
        lines.append("Đã xác nhận: " + cut(", ".join(seen), 300))
    return "\n".join(lines)


def _state(scope: Scope, row: Row[Any], now: datetime) -> str:
    """The due instant, with the working time left while it runs; of what is not accepted the deadline for that."""
    if row.clock == Clock.ACCEPT.value:
        return _accepting(scope, row, now)
    if row.due_at is None:
        return "Không có ngày hẹn trả."
    if row.clock == Clock.DUE.value:
        text = _due(scope, row, now)
        return text[:1].upper() + text[1:]
    return f"Hạn {when(row.due_at, now, scope.rules.zone)}"


def _accepting(scope: Scope, row: Row[Any], now: datetime) -> str:
    if row.accept_by is None:
        return "Chờ tiếp nhận, không có hạn tiếp nhận."
    late = "Trễ tiếp nhận" if row.accept_by < now else "Chờ tiếp nhận"
    return f"{late}, hạn tiếp nhận {when(row.accept_by, now, scope.rules.zone)}"


def _due(scope: Scope, row: Row[Any], now: datetime) -> str:
    """`hạn 16:00 hôm nay · còn 3 giờ làm việc`, `chậm 1 ngày 2 giờ, hạn 16:00 Thứ Ba 04/06`."""
    calendar = scope.rules.calendar_of(row.unit)
    due = f"hạn {when(row.due_at, now, scope.rules.zone)}"
    try:
        left = calendar.between(now, row.due_at)
    except CalendarError:
        return due  # a calendar without working time; `alertd check` says so
    amount = duration(left, calendar.day_us / HOUR_US)
    return f"chậm {amount}, {due}" if row.due_at < now else f"{due} · còn {amount} làm việc"


def _officers(scope: Scope, row: Row[Any]) -> str:
    """The handlers by name; a text that fits nobody as the feed shows it."""
    found = scope.directory.officers(row.unit, tuple(row.officers), row.handed_to)
    names = [scope.rules.organisation.people[person].name for person in found.people]
    return ", ".join([*names, *found.unmatched])
