"""The weekly report as sections to be laid out: document, PDF and page say the same, in the same words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alertd.core.rates.goals import Verdict
from alertd.core.rates.rate import Indicator
from alertd.core.transition import DueKind, SpellEnd
from alertd.reports import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from alertd.core.weekly import Explanation, RateCell, UnitRow, WeeklyReport

VERDICTS = {Verdict.MET: "đạt", Verdict.MISSED: "chưa đạt", Verdict.NO_GOAL: "", Verdict.NOT_APPLICABLE: ""}
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


@dataclass(frozen=True, slots=True)
class Table:
    """Text in cells. `widths` are shares; columns in `numbers` are set to the right; the last `foot` rows are sums."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: frozenset[int] = frozenset()
    foot: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, items of a list, tables, in this order. `charts` names figures that stand at its end."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[str, ...] = field(default=())


def title(report: WeeklyReport) -> str:
    """`Tuần 23 năm 2024 (từ 03/06/2024 đến 09/06/2024)`."""
    zone = ZoneInfo(report.zone)
    year, _, week = report.edition.week.partition("-W")
    last = (report.edition.cutoff - timedelta(microseconds=1)).astimezone(zone)
    return f"Tuần {int(week)} năm {year} (từ {report.edition.start.astimezone(zone):%d/%m/%Y} đến {last:%d/%m/%Y})"


def source(report: WeeklyReport) -> str:
    """Where the numbers are from: the snapshot, its cut-off, its marks."""
    zone, edition = ZoneInfo(report.zone), report.edition
    kept = f"bản chốt số {edition.snapshot}, lần {edition.number}" if edition.snapshot else "chưa chốt"
    marks = "".join(f"; {words.MARKS[mark]}" for mark in edition.marks)
    why = f"; đính chính bởi {edition.by}: {edition.reason}" if edition.reason else ""
    return f"Số liệu đến {edition.cutoff.astimezone(zone):%H:%M %d/%m/%Y}, {kept} ({edition.digest[:12]}){marks}{why}."


def sections(report: WeeklyReport) -> tuple[Section, ...]:
    """All of them, in the order of the document; one without anything to say is left out."""
    made = (
        _summary(report), _handling(report), _rates(report), _mentions(report), _overdue(report), _moved(report),
        _explanations(report), _trend(report), _notes(report),
    )  # fmt: skip
    return tuple(section for section in made if section is not None)


def _summary(report: WeeklyReport) -> Section:
    counts, before = report.whole.counts, report.whole.previous
    finished = counts.early + counts.on_time
    change = "" if before is None else f" ({_signed(counts.overdue - before.overdue)} so với tuần trước)"
    came = (
        f"Trong tuần tiếp nhận {counts.received} hồ sơ, tuần trước chuyển sang {counts.carried_over} hồ sơ; đã giải "
        f"quyết {counts.finished} hồ sơ, trong đó trước hạn và đúng hạn {finished}, quá hạn {counts.late}."
    )
    left = (
        f"Đến cuối tuần còn {counts.open} hồ sơ: trong hạn {counts.in_time}, sắp đến hạn "
        f"{counts.due_soon + counts.due_today}, quá hạn {counts.overdue}{change}, tạm dừng {counts.paused}, chưa có "
        f"ngày hẹn trả {counts.no_due}."
    )
    rates = "; ".join(_phrase(report.whole.rates[indicator]) for indicator in _PLANNED)
    paragraphs = [came, left, f"{rates}."]
    if report.explanations_due:
        names = ", ".join(due.name for due in report.explanations_due)
        paragraphs.append(f"Đơn vị phải giải trình: {names}.")
    return Section("Tóm tắt", (*paragraphs, source(report)))


_PLANNED = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED, Indicator.ON_TIME)


def _phrase(cell: RateCell) -> str:
    name = words.INDICATORS[cell.indicator]
    goal = _against_goal(cell)
    return f"{name} {words.percent(cell.rate.value)}{f', {goal}' if goal else ''}"


def _against_goal(cell: RateCell) -> str:
    """`chỉ tiêu 80%: chưa đạt`; empty where there is no goal, or nothing to judge."""
    if cell.goal is None or cell.verdict not in (Verdict.MET, Verdict.MISSED):
        return ""
    return f"chỉ tiêu {words.percent(cell.goal.value)}: {VERDICTS[cell.verdict]}"


def _handling(report: WeeklyReport) -> Section:
    headers = (
        "Đơn vị", "Tồn trước", "Tiếp nhận", "Xong trước hạn", "Xong đúng hạn", "Xong quá hạn", "Còn trong hạn",
        "Sắp đến hạn", "Đang quá hạn", "Tạm dừng", "Dừng lâu nhất (ngày)",
    )  # fmt: skip
    rows = tuple(_handled(row) for row in (*report.units, report.whole))
    caption = "Bảng 1. Tình hình tiếp nhận và giải quyết hồ sơ"
    table = Table(caption, headers, rows, (28, *[8] * 10), frozenset(range(1, 11)), foot=1)
    return Section("Tình hình giải quyết hồ sơ", tables=(table,))


def _handled(row: UnitRow) -> tuple[str, ...]:
    c = row.counts
    numbers = (c.carried_over, c.received, c.early, c.on_time, c.late, c.in_time, c.due_soon + c.due_today, c.overdue,
               c.paused, c.paused_oldest_days)  # fmt: skip
    return (row.name, *(str(number) for number in numbers))


def _rates(report: WeeklyReport) -> Section:
    first = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED)
    second = (Indicator.ON_TIME, Indicator.OVERDUE, Indicator.EVER_OVERDUE, Indicator.PAUSED)
    return Section(
        "Các tỷ lệ so với kế hoạch",
        tables=(
            _rate_table("Bảng 2. Nộp trực tuyến, thanh toán trực tuyến, số hóa kết quả", report, first),
            _rate_table("Bảng 3. Đúng hạn, quá hạn, tạm dừng", report, second),
        ),
        charts=("rates",),
    )


def _rate_table(caption: str, report: WeeklyReport, indicators: Sequence[Indicator]) -> Table:
    headers = ("Đơn vị", *(words.INDICATORS[each].removeprefix("Tỷ lệ ").capitalize() for each in indicators))
    rows = tuple((row.name, *(shown(row.rates[each]) for each in indicators)) for row in (*report.units, report.whole))
    return Table(caption, headers, rows, (28, *[72 // len(indicators)] * len(indicators)), foot=1)


def shown(cell: RateCell) -> str:
    """`72,46% (50/69) · chỉ tiêu 80%: chưa đạt · +1,2 · hạng 3/20`."""
    rate = cell.rate
    parts = [f"{words.percent(rate.value)} ({rate.numerator}/{rate.denominator})"]
    if rate.unknown:
        parts.append(f"{rate.unknown} chưa rõ")
    if goal := _against_goal(cell):
        parts.append(goal)
    if cell.change:
        parts.append(f"{'+' if cell.change > 0 else '−'}{words.percent(abs(cell.change))}")
    if cell.rank is not None:
        parts.append(f"hạng {cell.rank}/{cell.ranked}")
    return " · ".join(parts)


def _mentions(report: WeeklyReport) -> Section | None:
    items = [f"Biểu dương {each.name}: {'; '.join(each.reasons)}." for each in report.commend]
    items += [f"Phê bình {each.name}: {'; '.join(each.reasons)}." for each in report.criticise]
    return Section("Đơn vị được biểu dương, bị phê bình", items=tuple(items)) if items else None


def _overdue(report: WeeklyReport) -> Section:
    if not report.overdue:
        return Section("Hồ sơ đang quá hạn", ("Không có hồ sơ quá hạn.",))
    names = _names(report)
    rows = tuple(
        (each.code, each.procedure, names.get(each.unit, words.UNMATCHED), each.officers, _day(each.due_at, report),
         f"{each.working_days:.1f}".replace(".", ","), str(each.moves) if each.moves else "")
        for each in report.overdue
    )  # fmt: skip
    headers = ("Mã hồ sơ", "Thủ tục", "Đơn vị", "Cán bộ", "Hẹn trả", "Chậm (ngày làm việc)", "Số lần đổi hẹn")
    table = Table("Bảng 4. Hồ sơ đang quá hạn theo đơn vị, cán bộ", headers, rows, (18, 20, 14, 15, 15, 10, 8),
                  frozenset({5, 6}))  # fmt: skip
    return Section("Hồ sơ đang quá hạn", tables=(table,))


def _moved(report: WeeklyReport) -> Section | None:
    names = _names(report)
    rows = [
        (each.code, names.get(each.unit, words.UNMATCHED), each.officers, MOVES.get(each.kind, each.kind),
         f"{_day(each.old_due_at, report)} → {_day(each.new_due_at, report)}")
        for each in report.moved
    ] + [
        (each.code, names.get(each.unit, words.UNMATCHED), each.officers,
         f"hết quá hạn: {ENDS.get(each.kind, each.kind)}",
         f"hạn {_day(each.due_at, report)}, ghi nhận {_day(each.ended_seen_at, report)}")
        for each in report.ended
    ]  # fmt: skip
    if not rows:
        return None
    headers = ("Mã hồ sơ", "Đơn vị", "Cán bộ", "Thay đổi", "Chi tiết")
    caption = "Bảng 5. Ngày hẹn trả đã đổi; hồ sơ hết quá hạn mà chưa giải quyết xong"
    table = Table(caption, headers, tuple(rows), (22, 18, 18, 20, 22))
    return Section("Ngày hẹn trả đã đổi, ngày kết thúc ghi lùi", tables=(table,))


def _explanations(report: WeeklyReport) -> Section | None:
    if not report.explanations_due:
        return None
    rows = tuple(
        (due.name, ", ".join(due.head) or "(khuyết)", "; ".join(words.BREACHES[each] for each in due.breaches),
         ", ".join(due.overdue) or "—", _received(due.received, report))
        for due in report.explanations_due
    )  # fmt: skip
    headers = ("Đơn vị", "Người đứng đầu", "Nội dung phải giải trình", "Hồ sơ quá hạn", "Giải trình đã nhận")
    table = Table("Bảng 6. Đơn vị phải giải trình với Chủ tịch", headers, rows, (14, 14, 20, 32, 20))
    return Section("Giải trình", tables=(table,))


def _received(said: Sequence[Explanation], report: WeeklyReport) -> str:
    lines = [f"{each.code}: {each.text} ({each.person}, {_day(each.at, report)})" for each in said]
    return "\n".join(lines) or "chưa có"


def _trend(report: WeeklyReport) -> Section | None:
    if len(report.trend) <= 1:
        return None
    weeks = tuple(point.week.partition("-")[2] for point in report.trend)
    rows = tuple((row.name, *("" if n is None else str(n) for n in row.overdue)) for row in report.heat)
    table = Table("Bảng 7. Hồ sơ quá hạn cuối tuần của từng đơn vị", ("Đơn vị", *weeks), rows,
                  (28, *[72 // len(weeks)] * len(weeks)), frozenset(range(1, len(weeks) + 1)))  # fmt: skip
    return Section("Xu hướng", tables=(table,), charts=("trend", "heat"))


def _notes(report: WeeklyReport) -> Section:
    items = [f"{note.name}: {note.formula}; tính theo {words.SIDES[note.side]}." for note in report.indicators]
    items += [
        f"Tạm giữ nhắc trước hạn: {each.name}, {_day(each.since, report)} – {_day(each.until, report)}, {each.reason}."
        for each in report.silences
    ]
    items += [remark.text for remark in report.remarks]
    items.append("Tỷ lệ có mẫu số dưới 10 được nêu nhưng không xếp hạng; N/A là không có hồ sơ để tính.")
    return Section("Ghi chú cách tính", items=tuple(items))


def _names(report: WeeklyReport) -> dict[str | None, str]:
    return {row.unit: row.name for row in report.units}


def _day(at: datetime | None, report: WeeklyReport) -> str:
    return f"{at.astimezone(ZoneInfo(report.zone)):%d/%m/%Y}" if at else "—"


def _signed(number: int) -> str:
    return f"tăng {number}" if number > 0 else f"giảm {-number}" if number < 0 else "không đổi"
