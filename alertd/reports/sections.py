"""The weekly report as a paper to be laid out: document, PDF and page say the same, in the same words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alertd.core.rates.goals import Verdict
from alertd.core.rates.rate import Indicator
from alertd.reports import dossiers, words
from alertd.reports.layout import Annex, Chart, HeatMap, Paper, Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.core.rates.rate import Rate
    from alertd.core.weekly import Mention, RateCell, UnitRow, WeeklyReport

KIND = "BÁO CÁO"
SUBJECT = "Kết quả giải quyết hồ sơ thủ tục hành chính"
#: More units than this are not named in a sentence; the annexes name them all.
MOST_NAMED = 20
VERDICTS = {Verdict.MET: "đạt", Verdict.MISSED: "chưa đạt", Verdict.NO_GOAL: "", Verdict.NOT_APPLICABLE: ""}


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


def paper(report: WeeklyReport) -> Paper:
    """The whole document: what the Office signs, then its numbers; what has nothing to say is left out."""
    annexes = (
        ("Số liệu theo đơn vị", (_handling(report), _rates(report), _scores(report))),
        ("Danh sách hồ sơ", (dossiers.overdue(report), dossiers.moved(report), dossiers.explanations(report))),
        ("Xu hướng", (_trend(report),)),
        ("Cách tính và nguồn số liệu", (_notes(report),)),
    )
    found = [(name, tuple(section for section in made if section is not None)) for name, made in annexes]
    return Paper(
        KIND,
        f"{SUBJECT}\n{title(report)}",
        tuple(section for section in (_summary(report), _mentions(report), _owed(report)) if section is not None),
        tuple(Annex(name, made) for name, made in found if made),
    )


def _summary(report: WeeklyReport) -> Section:
    counts, before = report.whole.counts, report.whole.previous
    finished = counts.early + counts.on_time
    change = "" if before is None else f" ({_signed(counts.overdue - before.overdue)} so với tuần trước)"
    undated = f", không có ngày hẹn trả {counts.finished_no_due}" if counts.finished_no_due else ""
    came = (
        f"Trong tuần tiếp nhận {counts.received} hồ sơ, tuần trước chuyển sang {counts.carried_over} hồ sơ; đã giải "
        f"quyết {counts.finished} hồ sơ, trong đó trước hạn và đúng hạn {finished}, quá hạn {counts.late}{undated}."
    )
    left = (
        f"Đến cuối tuần còn {counts.open} hồ sơ: trong hạn {counts.in_time}, sắp đến hạn "
        f"{counts.due_soon + counts.due_today}, quá hạn {counts.overdue}{change}, tạm dừng {counts.paused}, chưa có "
        f"ngày hẹn trả {counts.no_due}."
    )
    rates = "; ".join(_phrase(report.whole.rates[indicator]) for indicator in _PLANNED)
    paragraphs = [came, left, f"{rates}."]
    return Section("Tóm tắt", (*paragraphs, source(report)))


_PLANNED = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED, Indicator.ON_TIME)


def _phrase(cell: RateCell) -> str:
    name = words.INDICATORS[cell.indicator]
    goal = _against_goal(cell)
    if cell.rate.value is None:
        return f"{name}: không có số liệu"
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
    table = Table(
        "Tình hình tiếp nhận và giải quyết hồ sơ", headers, rows, (28, *[8] * 10), frozenset(range(1, 11)), foot=1
    )
    return Section("Tình hình giải quyết hồ sơ", tables=(table,))


def _handled(row: UnitRow) -> tuple[str, ...]:
    c = row.counts
    numbers = (c.carried_over, c.received, c.early, c.on_time, c.late, c.in_time, c.due_soon + c.due_today, c.overdue,
               c.paused, c.paused_oldest_days)  # fmt: skip
    return (row.name, *(str(number) for number in numbers))


def _rates(report: WeeklyReport) -> Section:
    first = (Indicator.ONLINE, Indicator.ONLINE_PAYMENT, Indicator.DIGITISED)
    second = (Indicator.ON_TIME, Indicator.OVERDUE, Indicator.EVER_OVERDUE, Indicator.PAUSED)
    rows = (*report.units, report.whole)
    return Section(
        "Các tỷ lệ so với kế hoạch",
        tables=(
            rate_table("Nộp trực tuyến, thanh toán trực tuyến, số hóa kết quả", rows, first),
            rate_table("Đúng hạn, quá hạn, tạm dừng", rows, second),
        ),
        charts=(Chart("rates", f"Tỷ lệ của từng đơn vị (%){_planned(report)}"),),
    )


def _planned(report: WeeklyReport) -> str:
    goals = [(each, report.whole.rates[each].goal) for each in _PLANNED]
    named = [f"{_short(i).lower()} {words.percent(goal.value)}" for i, goal in goals if goal]
    return f"; chỉ tiêu: {', '.join(named)}" if named else ""


def rate_table(caption: str, units: Sequence[UnitRow], indicators: Sequence[Indicator]) -> Table:
    """A column for each indicator; the last row is the whole."""
    headers = ("Đơn vị", *(_short(each) for each in indicators))
    rows = tuple((row.name, *(shown(row.rates[each]) for each in indicators)) for row in units)
    return Table(caption, headers, rows, (28, *[72 // len(indicators)] * len(indicators)), foot=1)


def _short(indicator: Indicator) -> str:
    return words.INDICATORS[indicator].removeprefix("Tỷ lệ ").capitalize()


def shown(cell: RateCell) -> str:
    """`72,46% (50/69) · chỉ tiêu 80%: chưa đạt · +1,2 · hạng 3/20`."""
    rate = cell.rate
    known = rate.value is not None
    parts = [f"{words.percent(rate.value)} ({rate.numerator}/{rate.denominator})" if known else words.NOT_APPLICABLE]
    if rate.unknown:
        parts.append(f"{rate.unknown} chưa rõ")
    if goal := _against_goal(cell):
        parts.append(goal)
    if cell.change:
        parts.append(f"{'+' if cell.change > 0 else '−'}{words.percent(abs(cell.change))}")
    if cell.rank is not None and cell.ranked > 1:
        parts.append(f"hạng {cell.rank}/{cell.ranked}")
    return " · ".join(parts)


def _scores(report: WeeklyReport) -> Section | None:
    """The parts of the score that the data allow, of the whole; each says what it lacks."""
    return score_section("Điểm theo Quyết định 766/QĐ-TTg (phần tính được)", report.whole)


def score_section(title_: str, whole: UnitRow) -> Section | None:
    """A row for each part of the score; None where no part has anything to count."""
    if all(part.rate.value is None for part in whole.scores):
        return None
    rows = tuple(
        (part.number, part.name, shown_rate(part.rate), words.points(part.points),
         str(part.most) if part.most is not None else words.NOT_APPLICABLE, "; ".join(part.missing))
        for part in whole.scores
    )  # fmt: skip
    headers = ("Chỉ số", "Nội dung", "Tỷ lệ", "Điểm đạt", "Điểm tối đa", "Còn thiếu")
    caption = "Phần điểm QĐ 766/QĐ-TTg tính được từ hồ sơ, toàn địa bàn"
    table = Table(caption, headers, rows, (8, 26, 18, 10, 10, 28), frozenset({3, 4}), sheet="Điểm QĐ 766")
    return Section(title_, tables=(table,))


def shown_rate(rate: Rate) -> str:
    """`72,46% (50/69)`."""
    if rate.value is None:
        return words.NOT_APPLICABLE
    return f"{words.percent(rate.value)} ({rate.numerator}/{rate.denominator})"


def _mentions(report: WeeklyReport) -> Section | None:
    return mentions(report.commend, report.criticise)


def mentions(commend: Sequence[Mention], criticise: Sequence[Mention]) -> Section | None:
    """An item a unit; of more than can be named in a signed text, the first, and how many more there are."""
    items = [f"Biểu dương {each.name}: {'; '.join(each.reasons)}." for each in commend[:MOST_NAMED]]
    items += _more("biểu dương", len(commend))
    items += [f"Phê bình {each.name}: {'; '.join(each.reasons)}." for each in criticise[:MOST_NAMED]]
    items += _more("phê bình", len(criticise))
    return Section("Đơn vị được biểu dương, bị phê bình", items=tuple(items)) if items else None


def _more(verb: str, count: int) -> list[str]:
    more = count - MOST_NAMED
    return [f"Và {more} đơn vị khác đáng {verb}: số liệu tại Phụ lục I."] if more > 0 else []


def _owed(report: WeeklyReport) -> Section | None:
    """Who has to explain, in the signed text: how many dossiers, and how many explanations there are."""
    due = report.explanations_due
    if not due:
        return None
    rows = tuple(
        (
            one.name,
            ", ".join(one.head) or words.VACANT,
            dossiers.breaches(one),
            str(len(one.overdue)),
            str(len(one.received)),
        )
        for one in due[:MOST_NAMED]
    )
    headers = ("Đơn vị", "Người đứng đầu", "Nội dung phải giải trình", "Hồ sơ quá hạn trong tuần", "Giải trình đã nhận")
    table = Table("Đơn vị phải giải trình với Chủ tịch", headers, rows, (27, 24, 27, 11, 11), frozenset({3, 4}))
    said = f"{len(due)} đơn vị phải giải trình với Chủ tịch; hồ sơ và nội dung giải trình tại Phụ lục II."
    if len(due) > MOST_NAMED:
        said += f" Bảng dưới đây nêu {MOST_NAMED} đơn vị đầu."
    return Section("Giải trình", (said,), tables=(table,))


def _trend(report: WeeklyReport) -> Section | None:
    if len(report.trend) <= 1:
        return None
    weeks = tuple(point.week.partition("-")[2] for point in report.trend)
    heat = HeatMap(
        "Hồ sơ đang quá hạn cuối tuần của từng đơn vị", "Đơn vị", weeks,
        tuple((row.name, row.overdue) for row in report.heat),
    )  # fmt: skip
    chart = Chart("trend", "Hồ sơ đang quá hạn cuối tuần và hồ sơ xong quá hạn trong tuần, toàn địa bàn")
    return Section("Diễn biến các tuần", charts=(chart,), heat=heat)


def _notes(report: WeeklyReport) -> Section:
    items = [f"{note.name}: {note.formula}; tính theo {words.SIDES[note.side]}." for note in report.indicators]
    items += [
        f"Tạm giữ nhắc trước hạn: {each.name}, {dossiers.day(each.since, report)} – "
        f"{dossiers.day(each.until, report)}, {each.reason}."
        for each in report.silences
    ]
    items += [remark.text for remark in report.remarks]
    items.append("Tỷ lệ có mẫu số dưới 10 được nêu nhưng không xếp hạng; dấu – là không có số liệu để tính.")
    return Section("Ghi chú", items=tuple(items))


def _signed(number: int) -> str:
    return f"tăng {number}" if number > 0 else f"giảm {-number}" if number < 0 else "không đổi"
