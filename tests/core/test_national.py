from __future__ import annotations

from datetime import date

from alertd.core.national import Difference, Total, differences
from alertd.core.organisation import Edge, Unit
from tests.store.ground import UNITS, organisation

TODAY = date(2024, 6, 10)


def compared(totals, own, units=UNITS):
    return differences(totals, own, organisation(units=units).on(TODAY))


def test_a_unit_counts_with_all_that_is_below_it():
    found = compared([Total("UBND", "", 12), Total("TP", "", 7)], {"UBND": 1, "TP": 4, "NV": 5})
    assert found == [Difference("TP", 7, 4), Difference("UBND", 12, 10)]


def test_a_unit_is_found_by_its_code_or_its_name_and_a_foreign_one_is_left_out():
    found = compared([Total("H27.35.2", "PHÒNG TƯ PHÁP", 7), Total("H99", "Xã khác", 3)], {"TP": 7})
    assert found == [Difference("TP", 7, 7)]


def test_a_unit_of_which_we_have_nothing_shows_that():
    assert compared([Total("NV", "", 7)], {}) == [Difference("NV", 7, 0)]


def test_of_two_rows_for_one_unit_the_first_counts():
    assert compared([Total("NV", "", 7), Total("", "Phòng Nội vụ", 9)], {"NV": 7}) == [Difference("NV", 7, 7)]


def test_a_loop_of_reporting_counts_each_unit_once():
    units = (Unit("A", "a", edges=(Edge("B"),)), Unit("B", "b", edges=(Edge("A"),)))
    assert compared([Total("A", "", 3)], {"A": 1, "B": 2}, units) == [Difference("A", 3, 3)]
