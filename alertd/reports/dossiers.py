"""The annex of the weekly report that names dossiers: overdue, moved, and to be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alertd.core.transition import DueKind, SpellEnd
from alertd.reports import words
from alertd.reports.layout import Section, Table, filled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from alertd.core.named import Explanation
    from alertd.core.weekly import ExplanationDue, WeeklyReport

MOVES = {
    DueKind.EXTENDED_BEFORE.value: "gia hạn trước hạn",
    DueKind.EXTENDED_AFTER.value: "gia hạn sau khi quá hạn",
    DueKind.SHORTENED.value: "rút ngắn",
    DueKind.REMOVED.value: "bỏ ngày hẹn trả",
    DueKind.ADDED.value: "thêm ngày hẹn trả",
    DueKind.RESUMED.value: "tiếp tục sau tạm dừng",
}
ENDS = {
    SpellEnd.DUE_MOVED.value: "dời ngày hẹn trả",
    SpellEnd.BACKDATED.value: "ghi lùi ngày kết thúc",
    SpellEnd.PAUSED.value: "chuyển sang tạm dừng",
    SpellEnd.CANCELLED.value: "rút hoặc từ chối",
    SpellEnd.DISAPPEARED.value: "không còn trên cổng",
}


def overdue(report: WeeklyReport) -> Section:
    """Every dossier that is overdue at the cut-off."""
    if not report.overdue:
        return Section("Hồ sơ đang quá hạn", ("Không có hồ sơ quá hạn.",))
    names = _names(report)
    rows = tuple(
        (each.code, each.procedure, names.get(each.unit, words.UNMATCHED), each.officers, day(each.due_at, report),
         f"{each.working_days:.1f}".replace(".", ","), str(each.moves) if each.moves else "")
        for each in report.overdue
    )  # fmt: skip
    headers = ("Mã hồ sơ", "Thủ tục", "Đơn vị", "Cán bộ", "Hẹn trả", "Chậm (ngày làm việc)", "Đổi hẹn (lần)")
    table = Table("Hồ sơ đang quá hạn theo đơn vị, cán bộ", headers, rows, (16, 24, 20, 18, 9, 7, 6),
                  frozenset({5, 6}), sheet="Quá hạn")  # fmt: skip
    return Section("Hồ sơ đang quá hạn", tables=(filled(table),))


def moved(report: WeeklyReport) -> Section | None:
    """Due dates that moved, and overdue spells that ended by anything but a finish; None without any."""
    names = _names(report)
    rows = [
        (each.code, names.get(each.unit, words.UNMATCHED), each.officers, MOVES.get(each.kind, each.kind),
         f"{day(each.old_due_at, report)} → {day(each.new_due_at, report)}")
        for each in report.moved
    ] + [
        (each.code, names.get(each.unit, words.UNMATCHED), each.officers,
         f"hết quá hạn: {ENDS.get(each.kind, each.kind)}",
         f"hạn {day(each.due_at, report)}, ghi nhận {day(each.ended_seen_at, report)}")
        for each in report.ended
    ]  # fmt: skip
    if not rows:
        return None
    headers = ("Mã hồ sơ", "Đơn vị", "Cán bộ", "Thay đổi", "Chi tiết")
    caption = "Ngày hẹn trả đã đổi; hồ sơ hết quá hạn mà chưa giải quyết xong"
    table = Table(caption, headers, tuple(rows), (16, 22, 20, 21, 21), sheet="Đổi hẹn trả")
    return Section("Ngày hẹn trả đã đổi, ngày kết thúc ghi lùi", tables=(table,))


def explanations(report: WeeklyReport) -> Section | None:
    """Whose heads explain, with the dossiers and what was said; None when nobody has to."""
    if not report.explanations_due:
        return None
    rows = tuple(
        (due.name, ", ".join(due.head) or words.VACANT, breaches(due), ", ".join(due.overdue) or "–",
         _received(due.received, report))
        for due in report.explanations_due
    )  # fmt: skip
    headers = ("Đơn vị", "Người đứng đầu", "Nội dung phải giải trình", "Hồ sơ quá hạn", "Giải trình đã nhận")
    table = Table("Hồ sơ và nội dung giải trình", headers, rows, (15, 14, 17, 36, 18), sheet="Giải trình")
    return Section("Hồ sơ phải giải trình", tables=(table,))


def _received(said: Sequence[Explanation], report: WeeklyReport) -> str:
    lines = [f"{each.code}: {each.text} ({each.person}, {day(each.at, report)})" for each in said]
    return "\n".join(lines) or "chưa có"


def breaches(one: ExplanationDue) -> str:
    """Why, in words."""
    return "; ".join(words.BREACHES[each] for each in one.breaches)


def _names(report: WeeklyReport) -> dict[str | None, str]:
    return {row.unit: row.name for row in report.units}


def day(at: datetime | None, report: WeeklyReport) -> str:
    """`03/06/2024`, in the report's zone."""
    return f"{at.astimezone(ZoneInfo(report.zone)):%d/%m/%Y}" if at else "–"
