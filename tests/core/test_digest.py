"""The order of a message's lines (DESIGN section 7, delivery reference 7.9): grouped, worst group first, new ones first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alertd.core.digest import RESOLVED, Line, arrange, latest
from alertd.core.policy import Urgency

NOW = datetime(2024, 6, 5, 3, 0, tzinfo=UTC)


def line(code, hours, *, officers="An", unit="TP", own=False, known=False, step="overdue", at=NOW, ident=None):
    """A dossier that was due so many hours ago (negative: falls due in so many)."""
    return Line(
        dossier_id=ident or ord(code), code=code, procedure="", url="", unit=unit, officers=officers, step=step, at=at,
        due_at=NOW - timedelta(hours=hours), left=timedelta(hours=-hours), overdue=hours > 0, urgency=Urgency.HIGH,
        own=own, known=known,
    )  # fmt: skip


def shown(*lines):
    return [(group.title, [one.code for one in group.lines]) for group in arrange(lines)]


def test_an_officer_reads_a_list_of_their_own_new_first_then_the_rest_each_worst_first():
    lines = [line("A", 9, known=True), line("B", -2), line("C", 1), line("D", 3, known=True), line("E", 2)]
    own = [line(one.code, -one.left.total_seconds() / 3600, own=True, known=one.known) for one in lines]
    assert shown(*own) == [("", ["E", "C", "B", "A", "D"])]


def test_a_head_reads_by_officer_whoever_has_the_worst_first_and_within_each_the_new_first():
    lines = [line("A", 1, officers="An"), line("B", 5, officers="Binh", known=True), line("C", 2, officers="Binh"),
             line("D", 3, officers="An", known=True)]  # fmt: skip
    assert shown(*lines) == [("Binh", ["C", "B"]), ("An", ["A", "D"])]


def test_a_chairman_reads_by_unit_the_worst_first():
    lines = [line("A", 1, unit="TP"), line("B", 5, unit="NV"), line("C", 2, unit="TP")]
    assert shown(*lines) == [("NV", ["B"]), ("TP", ["C", "A"])]


def test_a_finish_is_a_line_of_its_dossier_like_a_step():
    done = line("A", 1, step=RESOLVED, ident=1)
    assert [one.step for one in latest([done, line("B", 1, ident=2)])] == [RESOLVED, "overdue"]
