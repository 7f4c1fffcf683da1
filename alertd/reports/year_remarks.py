"""What keeps a year from being whole: weeks that are missing, made anew or counted otherwise, goals that nobody set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.rates.rate import Indicator
from alertd.core.weekly import Mark, Remark
from alertd.reports import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from alertd.core.yearly import UnitYear, WeekUsed


def remarks(
    used: Sequence[WeekUsed],
    missing: Sequence[str],
    left_out: Mapping[str, Collection[int]],
    units: Sequence[UnitYear],
    *,
    goals: bool,
) -> Iterator[Remark]:
    """In the order in which they are printed.

    `left_out` are, by indicator, the places of weeks that were counted by another formula; `goals` says whether there
    is any goal at all.
    """
    if missing:
        text = f"Thiếu số liệu {len(missing)} tuần: {words.ranges(missing)}."
        yield Remark("weeks_missing", None, text)
    if empty := _marked(used, Mark.EMPTY):
        yield Remark("weeks_empty", None, f"Tuần không có hồ sơ nào: {words.ranges(empty)}.")
    if rebuilt := _marked(used, Mark.RECONSTRUCTED):
        yield Remark("reconstructed", None, f"Tuần dựng lại từ dữ liệu nguồn: {words.ranges(rebuilt)}.")
    for week in used:
        if week.number > 1:
            text = f"Tuần {week.week}: dùng bản đính chính {week.number} của {week.by} ({week.reason})."
            yield Remark("corrected", None, text)
    for key, out in left_out.items():
        text = f"{words.INDICATORS[Indicator(key)]}: không cộng {len(out)} tuần tính theo công thức khác."
        yield Remark("variant", None, text)
    if not goals:
        yield Remark("no_goals", None, "Chưa có chỉ tiêu nào: các tỷ lệ không được đánh giá.")
        return
    for row in (each.row for each in units):
        if row.unit is not None and all(cell.goal is None for cell in row.rates.values()):
            yield Remark("no_goal", row.unit, f"{row.name}: chưa được giao chỉ tiêu.")


def _marked(used: Sequence[WeekUsed], mark: Mark) -> list[str]:
    return [each.week for each in used if mark in each.marks]
