"""The order of a message's lines (DESIGN section 7, delivery reference 7.9): grouped, worst group first, new ones first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertd.core.digest import RESOLVED, VANISHED, Block, Limits, Line, arrange, latest, pack, worst_first
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


def test_each_dossier_is_named_once_with_its_latest_step():
    early, late = line("A", 1, step="soon", ident=1), line("A", 1, step="overdue", ident=1, at=NOW + timedelta(1))
    assert latest([late, early]) == latest([early, late]) == [late]
    together = line("A", 1, step="chairman", ident=1)
    assert latest([early, together]) == [together], "of two at the same instant the later in the policy"


def test_that_a_spell_has_ended_stays_said_beside_a_step():
    step = line("A", 1, ident=1, at=NOW + timedelta(1))
    end = replace(line("A", 1, step=VANISHED, ident=1), note="paused")
    assert latest([end, step]) == [replace(step, note="paused")]
    assert latest([end, line("B", 1, ident=2)]) == [line("B", 1, ident=2), end]
    newer = replace(end, note="cancelled", at=NOW + timedelta(2))
    assert latest([newer, end]) == [newer]


def test_only_a_line_of_an_ended_spell_has_vanished():
    assert line("A", 1, step=VANISHED).vanished
    assert not line("A", 1).vanished


def test_overdue_comes_before_accepted_late_and_both_before_the_rest():
    accepting = replace(line("A", 9), accepting=True)
    dateless = replace(line("D", -1, at=NOW - timedelta(hours=3)), due_at=None)
    ordered = sorted([line("C", -2), accepting, dateless, line("B", 1), line("a", 1)], key=worst_first)
    assert [one.code for one in ordered] == ["B", "a", "A", "D", "C"]


def test_a_head_who_handles_some_reads_by_officer():
    lines = [line("A", 1, own=True), line("B", 2, officers="Binh")]
    assert shown(*lines) == [("Binh", ["B"]), ("An", ["A"])]


# --- parts ------------------------------------------------------------------------------------------------------------


def render(number, parts, blocks, tail):
    return " ".join([f"{number}/{parts}", *(block.text for block in blocks), *([tail] if tail else [])])


def packed(*texts, tail="", limit=20, units=1000):
    blocks = [Block(text, (line(text[0], 1),)) for text in texts]
    return [(text, [one.code for one in lines]) for text, lines in pack(blocks, tail, render, Limits(limit, units))]


def test_what_fits_is_one_part_with_its_tail():
    assert packed("aaaa", "bb", tail="end") == [("1/1 aaaa bb end", ["a", "b"])]
    assert packed() == [("1/1", [])]


def test_parts_are_cut_between_dossiers_with_room_for_the_longest_mark():
    # "999/999 aaaa bbbbbbb" has twenty characters, one more does not fit
    assert packed("aaaa", "bbbbbbb") == [("1/1 aaaa bbbbbbb", ["a", "b"])]
    assert packed("aaaa", "bbbbbbbb", "c") == [("1/2 aaaa", ["a"]), ("2/2 bbbbbbbb c", ["b", "c"])]


def test_the_tail_fits_beside_the_last_part_and_stands_there_alone():
    assert packed("aaaa", "bbb", tail="end") == [("1/1 aaaa bbb end", ["a", "b"])]
    assert packed("aaaa", "bbbb", tail="end") == [("1/2 aaaa", ["a"]), ("2/2 bbbb end", ["b"])]


def test_a_dossier_longer_than_a_part_stays_whole():
    assert packed("a" * 40, "b") == [("1/2 " + "a" * 40, ["a"]), ("2/2 b", ["b"])]


@pytest.mark.parametrize(("text", "fits"), [("ế" * 10, True), ("ế" * 11, False), ("😀" * 4, True), ("😀" * 5, False)])
def test_a_part_is_measured_in_characters_and_in_utf_16(text, fits):
    assert Limits(10, 8 if "😀" in text else 100).allow(text) is fits
    assert Limits() == Limits(1900, 3900)
