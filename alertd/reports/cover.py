"""What is said with the report's file: enough for a lock screen and for whoever opens no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.rates.goals import Verdict
from alertd.reports import words

if TYPE_CHECKING:
    from alertd.core.weekly import WeeklyReport

#: Under a file Telegram takes 1,024 UTF-16 units; marks of a repeat or of a late message come on top.
LONGEST = 800
#: Units named in one line.
MOST_NAMED = 8


def cover(report: WeeklyReport, of: str, remark: str = "") -> str:
    """Some lines; the first is short. `of` is the unit whose page it is, empty for the whole; `remark` ends them."""
    counts, before = report.whole.counts, report.whole.previous
    year, _, week = report.edition.week.partition("-W")
    overdue = f"{counts.overdue} hồ sơ quá hạn" if counts.overdue else "không có hồ sơ quá hạn"
    marks = "".join(f"; {words.MARKS[mark]}" for mark in report.edition.marks)
    lines = [
        f"Báo cáo tuần {int(week)}/{year}: {overdue}",
        f"{of or words.WHOLE}: tiếp nhận {counts.received}, giải quyết {counts.finished} (trễ {counts.late}), "
        f"còn {counts.open}, quá hạn {counts.overdue}"
        + ("" if before is None else f" (tuần trước {before.overdue})") + f"{marks}.",
        *_missed(report),
    ]  # fmt: skip
    if report.explanations_due and not of:
        names = [due.name for due in report.explanations_due]
        more = f" và {len(names) - MOST_NAMED} đơn vị khác" if len(names) > MOST_NAMED else ""
        lines.append(f"Phải giải trình: {', '.join(names[:MOST_NAMED])}{more}.")
    elif report.explanations_due:
        breaches = "; ".join(words.BREACHES[each] for each in report.explanations_due[0].breaches)
        lines.append(f"Phải giải trình: {breaches}.")
    text = "\n".join([*lines, *([remark] if remark else [])])
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _missed(report: WeeklyReport) -> list[str]:
    """The rates below plan, in one line; none where all are as planned, or nothing is planned."""
    missed = [
        f"{words.INDICATORS[cell.indicator].removeprefix('Tỷ lệ ')} {words.percent(cell.judged.value)} "
        f"(chỉ tiêu {words.percent(cell.goal.value)})"
        for cell in report.whole.rates.values()
        if cell.goal is not None and cell.verdict is Verdict.MISSED
    ]
    return [f"Chưa đạt: {'; '.join(missed)}."] if missed else []
