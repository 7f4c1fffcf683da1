"""Who has to explain, whom to commend and to criticise, and what keeps a report from saying more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.core.directory import HEAD
from alertd.core.rates.goals import Verdict
from alertd.core.rates.rate import RANKED_FROM, Indicator
from alertd.core.weekly import Breach, ExplanationDue, Mention, Remark
from alertd.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alertd.core.directory import Directory
    from alertd.core.named import EndedSpell, Explanation, LateFinish, OverdueDossier
    from alertd.core.organisation import Person
    from alertd.core.rates.goals import Goal
    from alertd.core.weekly import RateCell, UnitRow

#: Rates for which the letter asks an explanation (reference 0.1).
EXPLAINED = {
    Indicator.DIGITISED: Breach.DIGITISED,
    Indicator.ONLINE: Breach.ONLINE,
    Indicator.ONLINE_PAYMENT: Breach.ONLINE_PAYMENT,
}


class Lists:
    """The evidence: dossiers that were overdue at any time in the week, and what was said about them."""

    def __init__(
        self,
        overdue: Iterable[OverdueDossier],
        finished_late: Iterable[LateFinish],
        ended: Iterable[EndedSpell],
        explanations: Iterable[Explanation],
    ) -> None:
        """Each dossier once, in the order of the lists."""
        named = [(row.unit, row.code) for row in overdue]
        named += [(row.unit, row.code) for row in finished_late] + [(row.unit, row.code) for row in ended]
        self._codes: dict[str | None, dict[str, None]] = {}
        for unit, code in named:
            self._codes.setdefault(unit, {})[code] = None
        self._said: dict[str, list[Explanation]] = {}
        for one in explanations:
            self._said.setdefault(one.code, []).append(one)

    def codes(self, unit: str) -> tuple[str, ...]:
        """Codes of a unit's dossiers."""
        return tuple(self._codes.get(unit, ()))

    def about(self, codes: Sequence[str]) -> tuple[Explanation, ...]:
        """Explanations of these dossiers, oldest first."""
        return tuple(sorted((one for code in codes for one in self._said.get(code, ())), key=lambda one: one.at))


def due(
    units: Sequence[UnitRow], lists: Lists, directory: Directory, people: Mapping[str, Person]
) -> tuple[ExplanationDue, ...]:
    """Units whose heads explain to the chairman: overdue dossiers, or a rate below plan."""
    found = []
    for row in units:
        if row.unit is None:
            continue
        breaches = [Breach.OVERDUE] if row.counts.ever_overdue else []
        breaches += [
            breach for indicator, breach in EXPLAINED.items() if row.rates[indicator].verdict is Verdict.MISSED
        ]
        if not breaches:
            continue
        codes = lists.codes(row.unit)
        head = tuple(people[person].name for person in directory.holders(row.unit, HEAD))
        found.append(ExplanationDue(row.unit, row.name, head, tuple(breaches), codes, lists.about(codes)))
    return tuple(found)


def commend(units: Sequence[UnitRow]) -> tuple[Mention, ...]:
    """Enough to do, nothing overdue at any time, no goal missed; most work first."""
    found = []
    for row in sorted(units, key=lambda row: -row.counts.finished):
        missed = [cell for cell in row.rates.values() if cell.verdict is Verdict.MISSED]
        if row.unit is None or row.counts.handled < RANKED_FROM or row.counts.ever_overdue or missed:
            continue
        met = [cell for cell in row.rates.values() if cell.verdict is Verdict.MET]
        reasons = [f"giải quyết {row.counts.finished} hồ sơ, không để hồ sơ nào quá hạn", *(_met(cell) for cell in met)]
        found.append(Mention(row.unit, row.name, tuple(reasons)))
    return tuple(found)


def criticise(units: Sequence[UnitRow]) -> tuple[Mention, ...]:
    """Overdue dossiers, or goals missed; worst first."""
    found: list[tuple[tuple[int, int, int], int, Mention]] = []
    for row in units:
        if row.unit is None:
            continue
        reasons = []
        if row.counts.overdue:
            reasons.append(f"đang có {row.counts.overdue} hồ sơ quá hạn")
        if row.counts.late:
            reasons.append(f"{row.counts.late} hồ sơ giải quyết trễ hạn")
        if row.counts.overdue_hidden:
            reasons.append(f"{row.counts.overdue_hidden} hồ sơ quá hạn đã đổi hẹn trả, lùi ngày kết thúc hoặc tạm dừng")
        missed = [cell for cell in row.rates.values() if cell.verdict is Verdict.MISSED]
        reasons += [_missed(cell) for cell in missed]
        if reasons:
            order = (-row.counts.overdue, -row.counts.ever_overdue, -len(missed))
            found.append((order, len(found), Mention(row.unit, row.name, tuple(reasons))))
    return tuple(mention for _, _, mention in sorted(found, key=lambda each: each[:2]))


def remarks(
    whole: UnitRow, units: Sequence[UnitRow], goals: Sequence[Goal], directory: Directory
) -> tuple[Remark, ...]:
    """What keeps the report from saying more."""
    made = []
    if not whole.counts.handled:
        made.append(Remark("no_data", None, "Trong kỳ không có hồ sơ nào để tính."))
    if not goals:
        made.append(Remark("no_goals", None, "Chưa có chỉ tiêu nào trong targets.yaml: các tỷ lệ không được đánh giá."))
    for indicator, cell in whole.rates.items():
        if cell.rate.unknown:
            known = words.percent(cell.rate.coverage)
            text = f"{words.INDICATORS[indicator]}: mới rõ {known} số hồ sơ, {cell.rate.unknown} hồ sơ chưa có dữ liệu."
            made.append(Remark("coverage", None, text))
        if cell.weeks_missing:
            text = f"{words.INDICATORS[indicator]}: thiếu số liệu {cell.weeks_missing} tuần từ đầu kỳ kế hoạch."
            made.append(Remark("weeks_missing", None, text))
    for row in units:
        if row.unit is None:
            text = f"{row.counts.handled} hồ sơ chưa khớp đơn vị nào trong organisation.yaml."
            made.append(Remark("unmatched", None, text))
            continue
        if goals and all(cell.goal is None for cell in row.rates.values()):
            made.append(Remark("no_goal", row.unit, f"{row.name}: chưa được giao chỉ tiêu."))
        if row.counts.handled and not directory.holders(row.unit, HEAD):
            made.append(Remark("vacant_head", row.unit, f"{row.name}: chưa có người giữ chức vụ đứng đầu."))
    return tuple(made)


def _met(cell: RateCell) -> str:
    return _against(cell, "đạt chỉ tiêu")


def _missed(cell: RateCell) -> str:
    return _against(cell, "chưa đạt chỉ tiêu")


def _against(cell: RateCell, verdict: str) -> str:
    assert cell.goal is not None
    name = words.INDICATORS[cell.indicator].removeprefix("Tỷ lệ ")
    return f"{name} {words.percent(cell.judged.value)}, {verdict} {words.percent(cell.goal.value)}"
