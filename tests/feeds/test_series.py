from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from alertd.feeds.series import Answer, Series, whole

LAST, MORE = True, False


def reading(*pages, size=2, totals=None, lasts=None, before=None):
    """One reading of a list, by the keys on each page; it ends where the series says so."""
    series = Series("the list", before=before)
    for index, keys in enumerate(pages):
        assert not series.is_read, f"page {index} is not asked for"
        total = totals[index] if totals else None
        series.take(Answer(list(keys), size, total, lasts[index] if lasts else None), "feed cong")
        here = set()
        for key in keys:
            series.meet(key, here)
    assert series.is_read, "another page is asked for"
    return series


def test_a_list_ends_with_all_that_was_announced_however_short_its_pages():
    assert reading("1", "2", "3", size=200, totals=[3, 3, 3]).doubt() == ""


def test_an_empty_list_is_whole():
    assert reading("", totals=[0]).doubt() == ""


def test_what_was_announced_and_never_comes_is_a_doubt():
    assert reading("12", "3", "", totals=[5, 5, 5]).doubt() == "the list: 3 dossiers came and 5 were announced"


def test_a_page_that_calls_itself_the_last_is_believed_against_the_number_announced():
    series = reading("12", "34", totals=[9, 9], lasts=[MORE, LAST])
    assert series.doubt() == "the list: 4 dossiers came and 9 were announced"


def test_dossiers_that_came_in_at_the_end_of_an_ordered_list_leave_no_doubt():
    assert reading("12", "34", "5", totals=[4, 5, 5]).doubt() == ""


@pytest.mark.parametrize(
    ("pages", "totals"),
    [
        (("12", "3"), [4, 3]),  # one has left, and another may have moved into the page that was read already
        (("12", "3"), [None, 3]),
        (("31", "24"), [3, 4]),  # in no order, a new one can stand anywhere
    ],
)
def test_any_other_change_of_the_number_is_a_doubt(pages, totals):
    assert (
        f"the number of dossiers changed while they were read, to {totals[-1]}"
        in reading(*pages, totals=totals).doubt()
    )


def test_a_dossier_on_two_pages_of_a_list_without_order_has_pushed_another_one_out():
    assert reading("31", "12", totals=[4, 4]).doubt() == "the list: dossiers moved between pages while they were read"


def test_a_dossier_on_two_pages_in_order_is_a_joined_tables_when_a_second_reading_finds_it_again():
    once = reading("12", "23", totals=[4, 4])
    assert once.doubt() == "the list: dossiers moved between pages while they were read"
    assert reading("12", "23", totals=[4, 4], before=once).doubt() == ""
    assert reading("12", "34", totals=[4, 4], before=once).doubt() == "", (
        "a page had shifted, and the fourth was missed"
    )
    assert "moved" in reading("13", "34", totals=[4, 4], before=once).doubt()


def test_numbers_are_in_order_as_numbers_and_other_keys_as_text():
    for pages in ((["9", "10"], ["10", "11"]), (["0a", "1b"], ["1b", "2c"])):
        assert reading(*pages, totals=[4, 4], before=reading(*pages, totals=[4, 4])).doubt() == ""


def test_without_a_number_a_list_ends_at_a_short_page_unless_the_portal_says_otherwise():
    assert reading("12", "3").rows == 3
    assert reading("12", "").rows == 2
    assert reading("1", "23", "4", lasts=[MORE, MORE, LAST]).rows == 4


def test_without_a_number_two_readings_must_agree():
    once = reading("12", "3")
    assert "does not say how many dossiers there are, and two readings did not agree" in once.doubt()
    assert reading("12", "3", before=once).doubt() == ""
    assert reading("12", "34", "", before=once).doubt() == "", "a new one has come in meanwhile"
    assert "did not agree" in reading("12", "4", before=once).doubt()
    assert "did not agree" in reading("13", "", before=once).doubt()


def test_without_a_number_the_portals_own_word_must_be_kept():
    once = reading("12", "", lasts=[MORE, MORE])
    again = reading("12", "", lasts=[MORE, MORE], before=once)
    assert again.doubt() == "the list: the portal announced another page and gave none"
    once = reading("12", "3", lasts=[MORE, LAST])
    assert reading("12", "3", lasts=[MORE, LAST], before=once).doubt() == ""


def test_a_portal_that_does_not_turn_the_page_is_left():
    stuck = "the list: the portal gives the same page again and again"
    once = reading("12", "12")
    assert once.doubt() == stuck
    assert reading("12", "12", before=once).doubt() == stuck
    assert reading("1", "1", "2", totals=[3, 3, 3]).doubt() == stuck


def test_rows_without_a_key_are_no_repetition():
    series = reading(["1", "2"], ["", ""], ["3"])
    assert (series.rows, series.keys) == (5, {"1", "2", "3"})


def test_only_the_reading_just_before_is_kept():
    first = reading("1")
    second = reading("1", before=first)
    third = reading("1", before=second)
    assert third.before is second
    assert second.before is None


def test_a_list_that_does_not_end_is_an_error(monkeypatch):
    monkeypatch.setattr("alertd.feeds.series.MAX_ROWS", 3)
    with pytest.raises(FeedError, match="feed cong: the list does not end after 3 dossiers"):
        reading("12", "34", totals=[9, 9])


@pytest.mark.parametrize(("value", "count"), [(7, 7), ("7", 7), (0, 0)])
def test_a_number_of_dossiers_may_come_as_a_text(value, count):
    assert whole(value) == count


@pytest.mark.parametrize("value", [None, True, -1, "-1", "", "7.0", 7.0, [7], "9" * 5000])
def test_anything_else_is_no_number_of_dossiers(value):
    assert whole(value) is None
