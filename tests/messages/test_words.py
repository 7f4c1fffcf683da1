"""Times and amounts in the words of an office, row by row."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest

from alertd.core.transition import PlanReason, SpellEnd
from alertd.messages import words
from tests.store.ground import ZONE, at


@pytest.mark.parametrize(
    ("instant", "now", "said"),
    [
        ("04/06 16:00", "04/06 08:00", "16:00 hôm nay"),
        ("04/06 16:00", "04/06 23:59", "16:00 hôm nay"),
        ("04/06 00:00", "03/06 23:59", "24:00 hôm nay"),
        ("10/06 00:00", "04/06 08:00", "24:00 Chủ Nhật 09/06"),
        ("01/01 00:00", "04/06 08:00", "24:00 Chủ Nhật 31/12/2023"),
        ("10/06 00:01", "04/06 08:00", "00:01 Thứ Hai 10/06"),
        ("05/06 07:30", "04/06 08:00", "07:30 ngày mai"),
        ("06/06 16:00", "04/06 08:00", "16:00 Thứ Năm 06/06"),
        ("03/06 16:00", "04/06 08:00", "16:00 Thứ Hai 03/06"),
        ("09/06 16:00", "04/06 08:00", "16:00 Chủ Nhật 09/06"),
        ("04/06/2025 16:00", "04/06 08:00", "16:00 Thứ Tư 04/06/2025"),
        ("29/12/2023 17:00", "02/01 08:00", "17:00 Thứ Sáu 29/12/2023"),
    ],
)
def test_an_instant_is_said_with_its_day_as_people_say_it(instant, now, said):
    assert words.when(at(instant), at(now), ZONE) == said


@pytest.mark.parametrize(
    ("minutes", "per_day", "said"),
    [
        (0, 8, "0 phút"),
        (0.5, 8, "0 phút"),
        (45, 8, "45 phút"),
        (60, 8, "1 giờ"),
        (210, 8, "3 giờ 30 phút"),
        (480, 8, "1 ngày"),
        (600, 8, "1 ngày 2 giờ"),
        (605, 8, "1 ngày 2 giờ"),
        (485, 8, "1 ngày 5 phút"),
        (-600, 8, "1 ngày 2 giờ"),
        (450, 7.5, "1 ngày"),
        (480 * 3000, 8, "3000 ngày"),
    ],
)
def test_working_time_is_said_in_days_of_the_calendar_and_at_most_two_units(minutes, per_day, said):
    assert words.duration(timedelta(minutes=minutes), per_day) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(20, "20 phút"), (90, "1 giờ 30 phút"), (1440, "1 ngày"), (1440 * 2 + 61, "2 ngày 1 giờ")]
)
def test_elapsed_time_is_said_in_days_of_24_hours(minutes, said):
    assert words.elapsed(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(("minutes", "said"), [(0, ""), (0.9, ""), (5, "5 phút"), (200, "3 giờ"), (-1900, "3 ngày")])
def test_a_lock_screen_gets_the_largest_unit_only(minutes, said):
    assert words.short(timedelta(minutes=minutes), 8) == said


@pytest.mark.parametrize(("length", "said"), [(7, "Tư pháp"), (6, "Tư ph…"), (4, "Tư…")])
def test_a_text_that_is_too_long_is_cut_with_its_marks_kept(length, said):
    assert words.cut(unicodedata.normalize("NFD", "Tư pháp"), length) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  Tư\tpháp \n", "Tư pháp"),
        ("a\x00b\x1bc", "a b c"),
        ("\u202eđảo\u202c", "đảo"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("lone \ud800 half", "lone half"),
        (unicodedata.normalize("NFD", "Đức Lạng"), "Đức Lạng"),
        ("🏛️ <b>&[@", "🏛️ <b>&[@"),
    ],
)
def test_a_plain_text_is_one_line_that_reads_as_it_was_meant(text, said):
    assert words.plain(text) == said


def test_every_reason_and_every_end_has_its_words():
    assert {*PlanReason, "down", "held", "storm"} == words.LATE_REASONS.keys()
    assert {*SpellEnd} - {SpellEnd.FINISHED} == words.SPELL_ENDINGS.keys()
