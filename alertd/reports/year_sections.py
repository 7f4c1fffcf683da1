"""The report of a year as a paper to be laid out, for the year-end score of units and of their heads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alertd.core.rates.rate import Indicator
from alertd.reports import words
from alertd.reports.layout import Annex, Chart, HeatMap, Paper, Section, Table
from alertd.reports.sections import KIND, MOST_NAMED, SUBJECT, rate_table, score_section, shown_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.core.rates.counts import Counts
    from alertd.core.weekly import ScorePart
    from alertd.core.yearly import HeadYear, Owed, UnitYear, YearReport

_COUNTED = ("Tồn đầu", "Tiếp nhận", "Thêm, bớt", "Xong đúng hạn", "Xong quá hạn", "Rút", "Còn lại cuối kỳ",
            "Đang quá hạn", "Từng quá hạn")  # fmt: skip
_OWED = ("Tuần phải giải trình", "Hồ sơ phải giải trình", "Đã giải trình")

#: How weeks become a year; stands under its numbers.
COUNTED_SO = (
    "Tuần thuộc năm của ngày cuối tuần. R1 đến R4 là tổng các tuần; R5, R7 là số liệu cuối kỳ.",
    "Thêm, bớt: hồ sơ chuyển từ đơn vị khác đến hoặc mở lại, trừ hồ sơ chuyển đi.",
    "R6 đếm mỗi hồ sơ từng quá hạn một lần, dù quá hạn qua nhiều tuần.",
    "Tuần có thay người đứng đầu tính cho người giữ chức vụ vào ngày cuối tuần; có hai người thì tính cho cả hai.",
    "Chỉ số 2.1 coi hồ sơ tạm dừng là còn trong hạn.",
    "Chỉ số 3.3, 4.2 lấy kết quả đã có đến cuối tuần tiếp nhận; hồ sơ có kết quả sau tuần đó chưa được cộng.",
    "Hồ sơ phải giải trình là hồ sơ từng quá hạn; đã giải trình là hồ sơ có người trả lời trên hệ thống.",
    "Tỷ lệ có mẫu số dưới 10 được nêu nhưng không xếp hạng; dấu – là không có số liệu để tính.",
)


def title(report: YearReport) -> str:
    """`Năm 2026 (từ 29/12/2025 đến 27/12/2026)`."""
    zone = ZoneInfo(report.zone)
    last = (report.cutoff - timedelta(microseconds=1)).astimezone(zone)
    return f"Năm {report.year} (từ {report.start.astimezone(zone):%d/%m/%Y} đến {last:%d/%m/%Y})"


def paper(report: YearReport) -> Paper:
    """The whole document: what is signed, then units, heads, trend, and what the numbers are made of."""
    annexes = (
        Annex("Số liệu theo đơn vị", tuple(each for each in (_units(report), _rates(report), _scores(report)) if each)),
        Annex("Số liệu theo người đứng đầu", (_heads(report), _head_scores(report))),
        Annex("Diễn biến các tuần", (_trend(report),)),
        Annex("Cách tính và nguồn số liệu", (_notes(report), _weeks(report))),
    )
    body = tuple(section for section in (_summary(report), _owing(report)) if section is not None)
    return Paper(KIND, f"{SUBJECT}\n{title(report)}", body, annexes)


def source(report: YearReport) -> str:
    """How many weeks, which are missing, which were corrected."""
    text = f"Tổng hợp từ {len(report.weeks)} tuần đã chốt số liệu"
    if report.missing:
        text += f"; thiếu {len(report.missing)} tuần ({words.ranges(report.missing)})"
    if report.empty:
        text += f"; tuần không có hồ sơ: {words.ranges(report.empty)}"
    if report.corrected:
        text += f"; dùng bản đính chính mới nhất của tuần {words.ranges(report.corrected)}"
    return f"{text}."


def _summary(report: YearReport) -> Section:
    c = report.whole.row.counts
    came = (
        f"Trong năm tiếp nhận {c.received} hồ sơ, kỳ trước chuyển sang {c.carried_over} hồ sơ; đã giải quyết "
        f"{c.finished} hồ sơ, trong đó trước hạn và đúng hạn {c.early + c.on_time}, quá hạn {c.late}."
    )
    left = (
        f"Đến cuối kỳ còn {c.open} hồ sơ, trong đó quá hạn {c.overdue}, tạm dừng {c.paused}. Trong năm có "
        f"{c.ever_overdue} hồ sơ từng quá hạn, kể cả hồ sơ đã đổi ngày hẹn trả."
    )
    rates = [
        f"{words.INDICATORS[i]} {shown_rate(cell.rate)}" if cell.rate.value is not None
        else f"{words.INDICATORS[i]}: không có số liệu"
        for i, cell in report.whole.row.rates.items()
    ]  # fmt: skip
    return Section("Tóm tắt", (came, left, f"{'; '.join(rates)}.", source(report)))


def _owing(report: YearReport) -> Section | None:
    owing = sorted((unit for unit in report.units if unit.owed.weeks), key=lambda unit: -unit.owed.weeks)
    if not owing:
        return None
    rows = tuple((unit.row.name, *_owed(unit.owed)) for unit in owing[:MOST_NAMED])
    table = Table("Đơn vị phải giải trình trong năm", ("Đơn vị", *_OWED), rows, (46, 18, 18, 18), frozenset({1, 2, 3}))
    said = f"{len(owing)} đơn vị có tuần phải giải trình với Chủ tịch"
    said += f"; bảng dưới đây nêu {MOST_NAMED} đơn vị đầu." if len(owing) > MOST_NAMED else "."
    return Section("Giải trình", (said,), tables=(table,))


def _owed(owed: Owed) -> tuple[str, ...]:
    return str(owed.weeks), str(owed.dossiers), str(owed.explained)


def _counted(c: Counts, adjusted: int) -> tuple[str, ...]:
    numbers = (c.carried_over, c.received, adjusted, c.early + c.on_time + c.finished_no_due, c.late, c.withdrawn,
               c.open, c.overdue, c.ever_overdue)  # fmt: skip
    return tuple(str(number) for number in numbers)


def _units(report: YearReport) -> Section:
    rows = tuple(
        (unit.row.name, *_counted(unit.row.counts, unit.adjusted), *_owed(unit.owed))
        for unit in (*report.units, report.whole)
    )
    headers = ("Đơn vị", *_COUNTED, *_OWED)
    table = Table("Giải quyết hồ sơ và giải trình trong năm", headers, rows, (28, *[6] * 12),
                  frozenset(range(1, 13)), foot=1, sheet="Đơn vị cả năm")  # fmt: skip
    return Section("Tình hình giải quyết hồ sơ", tables=(table,))


def _rates(report: YearReport) -> Section:
    rows = [unit.row for unit in (*report.units, report.whole)]
    every = tuple(Indicator)
    return Section(
        "Các tỷ lệ so với kế hoạch",
        tables=(
            rate_table("Nộp trực tuyến, thanh toán trực tuyến, số hóa kết quả cả năm", rows, every[:3]),
            rate_table("Đúng hạn, quá hạn, tạm dừng cả năm", rows, every[3:]),
        ),
        charts=(Chart("rates", "Tỷ lệ cả năm của từng đơn vị (%)"),),
    )


def _scores(report: YearReport) -> Section | None:
    whole = score_section("Điểm theo Quyết định 766/QĐ-TTg (phần tính được)", report.whole.row)
    if whole is None:
        return None
    rows = tuple((unit.row.name, *_points(unit.row.scores), _share(unit), _rank(unit)) for unit in report.units)
    return Section(whole.title, tables=(*whole.tables, _score_table("đơn vị", rows, report, "Hạng")))


def _score_table(of: str, rows: tuple[tuple[str, ...], ...], report: YearReport, last: str) -> Table:
    parts = report.whole.row.scores
    headers = (of.capitalize(), *(f"{part.number} (tối đa {_most(part)})" for part in parts), "Tỷ lệ điểm đạt", last)
    return Table(f"Phần điểm tính được của từng {of}", headers, rows, (34, *[10] * len(parts), 9, 7),
                 frozenset(range(1, len(parts) + 1)), sheet=f"Điểm {of}")  # fmt: skip


def _most(part: ScorePart) -> str:
    return str(part.most) if part.most is not None else "chưa rõ"


def _points(parts: Sequence[ScorePart]) -> tuple[str, ...]:
    return tuple(words.points(part.points) for part in parts)


def _share(unit: UnitYear) -> str:
    return words.percent(unit.row.score)


def _rank(unit: UnitYear) -> str:
    return f"{unit.row.rank}/{unit.row.ranked}" if unit.row.rank and unit.row.ranked > 1 else ""


def _heads(report: YearReport) -> Section:
    rows = tuple((head.name, _tenures(head), *_counted(head.counts, head.adjusted), *_owed(head.owed))
                 for head in report.heads)  # fmt: skip
    headers = ("Người đứng đầu", "Thời gian giữ chức vụ", *_COUNTED, *_OWED)
    table = Table("Giải quyết hồ sơ và giải trình trong thời gian giữ chức vụ", headers, rows, (14, 18, *[5] * 12),
                  frozenset(range(2, 14)), sheet="Người đứng đầu")  # fmt: skip
    every = tuple(Indicator)
    rates = tuple((head.name, _tenures(head), *(shown_rate(head.rates[i]) for i in every)) for head in report.heads)
    names = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
    return Section("Người đứng đầu", tables=(
        table,
        Table("Các tỷ lệ trong thời gian giữ chức vụ", ("Người đứng đầu", "Thời gian giữ chức vụ", *names), rates,
              (18, 24, *[9] * 7), sheet="Tỷ lệ người đứng đầu"),
    ))  # fmt: skip


def _head_scores(report: YearReport) -> Section:
    rows = tuple((head.name, *_points(head.scores), words.percent(head.score), str(sum(t.weeks for t in head.tenures)))
                 for head in report.heads)  # fmt: skip
    return Section(
        "Điểm trong thời gian giữ chức vụ", tables=(_score_table("người đứng đầu", rows, report, "Số tuần"),)
    )


def _tenures(head: HeadYear) -> str:
    return "\n".join(f"{t.name}: {t.since:%d/%m/%Y} – {t.until:%d/%m/%Y} ({t.weeks} tuần)" for t in head.tenures)


def _trend(report: YearReport) -> Section:
    weeks = tuple(week.week.partition("-W")[2] for week in report.weeks)
    heat = HeatMap("Hồ sơ đang quá hạn cuối từng tuần của từng đơn vị", "Đơn vị", weeks,
                   tuple((row.name, row.overdue) for row in report.heat))  # fmt: skip
    charts = (Chart("trend", "Hồ sơ đang quá hạn cuối tuần và hồ sơ xong quá hạn trong tuần, toàn địa bàn"),)
    return Section("Các tuần trong năm", charts=charts, heat=heat)


def _notes(report: YearReport) -> Section:
    items = [f"{note.indicator.value} – {note.name}: {note.formula}; tính theo {words.SIDES[note.side]}."
             for note in report.indicators]  # fmt: skip
    items += [*COUNTED_SO, *(remark.text for remark in report.remarks)]
    return Section("Ghi chú", items=tuple(items))


def _weeks(report: YearReport) -> Section:
    rows = tuple(
        (week.week, str(week.number), str(week.snapshot), week.digest[:12],
         "; ".join(words.MARKS[mark] for mark in week.marks), f"{week.by}: {week.reason}" if week.reason else "")
        for week in report.weeks
    )  # fmt: skip
    headers = ("Tuần", "Bản", "Bản chốt số", "Mã kiểm", "Ghi chú", "Đính chính")
    table = Table("Các tuần đã dùng", headers, rows, (12, 7, 10, 15, 28, 28), frozenset({1, 2}), sheet="Các tuần")
    return Section("Nguồn số liệu", tables=(table,))
